"""What an answer says of its address (链接状态). Pure: values in, values out.

States are ``alive dead failing moved blocked refused uncheckable``. The words and numbers are in
``crawler/link_signals.toml``. A verification page is told before anything else, so that no wall reads as a dead link.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from itertools import islice
from urllib.parse import urlsplit

from crawler import reading, walls
from crawler.link_addresses import Standing
from crawler.link_signals import pattern, signals
from crawler.link_texts import Document, decoded, has_password_field, is_text, may_say
from crawler.link_wire import Reply
from crawler.page import Exchange, Page

BODY_BYTES = 64 * 1024
PLATFORM_BODY_BYTES = 128 * 1024  # Toutiao's challenge page of 2026-01 tells what it is after 70 KB of script
PERMANENT = (301, 308)
REDIRECTS = (301, 302, 303, 307, 308)
_ALIVE = Standing("alive")
_VERIFICATION = Standing("blocked", "verification")
_LOGIN = Standing("blocked", "login")
_SOFT_404 = Standing("dead", "soft_404")
# How much of the words around a spot a message may take, and how many spots of one page are looked at.
_BEFORE_SPOT, _AFTER_SPOT, _MOST_SPOTS = 400, 40, 20
_AUTHORITY = re.compile(r"(?i)https?://(?:[^/?#@]*@)?([^/?#:@\[\]]+)")


@dataclass(frozen=True, slots=True)
class Received:
    """An answer as it came over the wire, and the address that gave it; ``truncated`` where its body was left unread.

    It is what a link that is not alive rests on: of redirects the last answer.
    """

    url: str
    exchange: Exchange
    truncated: bool


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; ``body`` is decompressed and cut, ``whole`` says whether it was all there was."""

    url: str
    status: int
    location: str | None
    content_type: str
    body: bytes
    whole: bool
    fetched_at: datetime
    seconds: float = 0.0
    reply: Reply | None = None

    @cached_property
    def text(self) -> str:
        """The body as text; ``""`` where it is none."""
        return decoded(self.body, self.content_type, self.whole) if is_text(self.content_type) else ""

    @cached_property
    def _document(self) -> Document:
        return Document(self.text)

    @property
    def title(self) -> str:
        """The page's title, white space folded."""
        return self._document.title

    @property
    def visible(self) -> str:
        """The words a reader sees, white space folded."""
        return self._document.visible

    @cached_property
    def may_say(self) -> bool:
        """Whether the page may hold a notice, a wall or a login; where it cannot, it need not be read."""
        return is_text(self.content_type) and bool(self.body) and may_say(self.body, self.content_type)


@lru_cache(maxsize=8192)
def _platform_of_host(host: str) -> str | None:
    return walls.platform_of_host(host)


def _platform_of(address: str) -> str | None:
    """The platform whose host the address names; ``None`` for any other."""
    plain = _AUTHORITY.match(address)
    if plain is not None:
        return _platform_of_host(plain[1].lower())
    try:
        return _platform_of_host((urlsplit(address).hostname or "").lower())
    except ValueError:
        return None


def most_bytes(address: str, at: datetime | None = None) -> int:
    """How much of an answer's body is enough to tell its state."""
    return PLATFORM_BODY_BYTES if _platform_of(address) is not None else BODY_BYTES


def standing_of_answer(answer: Answer, asked: str | None = None) -> Standing:
    """The state an answer gives its address; redirects are followed before, ``moved`` is told by the caller.

    Args:
        answer: The last answer, which is no redirect.
        asked: The address that was asked first; ``None`` where nothing led on. A login that a redirect led to
            is none of the page that was asked.
    """
    if answer.may_say and is_wall(answer):
        return _VERIFICATION
    told = _standing_of_status(answer.status) or _standing_by_platform(answer)
    if told is not None:
        return told
    if led_to_login(asked, answer.url) or (answer.may_say and is_login(answer)):
        return _LOGIN
    return _SOFT_404 if answer.may_say and says_not_found(answer) else _ALIVE


def _standing_of_status(status: int) -> Standing | None:
    if 200 <= status < 300:
        return None
    if status in signals()["blocked_status"]:
        return Standing("blocked", f"http_{status}")
    return Standing("dead" if status in signals()["dead_status"] else "failing", f"http_{status}")


def is_wall(answer: Answer) -> bool:
    """Whether a verification stands in the place of the page."""
    if not answer.text:
        return False
    if pattern("wall_title").match(answer.title):
        return True
    if not answer.whole:
        return False
    n_visible = len(answer.visible)
    if n_visible <= signals()["wall_longest"] and pattern("wall_message").search(answer.visible):
        return True
    return n_visible <= signals()["wall_script_longest"] and bool(pattern("wall_script").search(answer.text))


def is_login(answer: Answer) -> bool:
    """Whether the page is a login and nothing else: it asks for a password, says login, and is short."""
    if not answer.text or not answer.whole or not has_password_field(answer.text):
        return False
    if len(answer.visible) > signals()["login_longest"]:
        return False
    said = pattern("login_words")
    return bool(said.search(answer.title) or said.search(answer.visible))


def led_to_login(asked: str | None, final_address: str) -> bool:
    """Whether redirects ended at a login, by its address, that was not asked for."""
    if asked is None or asked == final_address:
        return False
    login = pattern("login_address")
    return bool(login.search(final_address)) and not login.search(asked)


def says_not_found(answer: Answer) -> bool:
    """Whether the page says that there is none: by its title and its message, or by a message that is all there is."""
    if not answer.text:
        return False
    is_all = answer.whole and len(answer.visible) <= signals()["soft404_longest"]
    return (is_all or bool(pattern("soft404_title").match(answer.title))) and names_not_found(answer)


def names_not_found(answer: Answer) -> bool:
    """Whether the words of such a notice stand anywhere on the page, which by itself says nothing.

    Of a page that repeats them without end only the first places are looked at.
    """
    if not answer.text:
        return False
    words, message = f"{answer.title} {answer.visible}", pattern("soft404_message")
    spots = islice(pattern("soft404_spot").finditer(words), _MOST_SPOTS)
    return any(message.search(words, max(0, spot.start() - _BEFORE_SPOT), spot.end() + _AFTER_SPOT) for spot in spots)


def _standing_by_platform(answer: Answer) -> Standing | None:
    """What a platform's own signals say; of a body that was cut, only that it is a wall."""
    platform = _platform_of(answer.url)
    if platform is None:
        return None
    page = Page(
        url=answer.url,
        body=answer.body,
        fetched_at=answer.fetched_at,
        status=answer.status,
        content_type=answer.content_type,
    )
    notice = walls.classify(page, platform, reading.recognise(page)[1])
    if notice is None:
        return None
    if notice.status in ("blocked", "login"):
        return _VERIFICATION if notice.status == "blocked" else _LOGIN
    if not answer.whole:
        return None
    return {"gone": Standing("dead", "gone"), "unparsed": Standing("uncheckable", "unparsed")}.get(notice.status)
