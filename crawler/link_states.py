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
from crawler.link_addresses import Standing, is_home, is_own_home
from crawler.link_documents import Document
from crawler.link_signals import pattern, signals
from crawler.link_texts import decoded, has_password_field, is_text, may_say
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
_UNTOLD = Standing("uncheckable", "unparsed")
MAINTENANCE = Standing("failing", "maintenance")
# How much of the words around a spot a message may take, and how many spots of one page are looked at.
_BEFORE_SPOT, _AFTER_SPOT, _MOST_SPOTS = 400, 40, 20
_AUTHORITY = re.compile(r"(?i)https?://(?:[^/?#@]*@)?([^/?#:@\[\]]+)")


@dataclass(frozen=True, slots=True)
class Received:
    """An answer as it came over the wire, and the address that gave it; ``truncated`` where its body was left unread.

    It is what a link that is not alive rests on: of redirects the last answer. One that tells something only beside
    the host's answer to an address that cannot exist has that one as ``missing``.
    """

    url: str
    exchange: Exchange
    truncated: bool
    missing: Received | None = None


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
    sets_cookie: bool = False
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
    def words(self) -> str:
        """All words of the page, shown or not, white space folded."""
        return self._document.words

    @property
    def visible(self) -> str:
        """The words a reader sees, white space folded."""
        return self._document.visible

    @property
    def is_made_by_script(self) -> bool:
        """Whether a script has yet to make the page, which nobody has seen then."""
        return self._document.is_made_by_script

    @property
    def leads_to(self) -> tuple[str, ...]:
        """Where the page sends its reader by itself, as it is written there."""
        return self._document.leads_to

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
    return _standing_of_notice(answer, asked or answer.url) if answer.may_say and says_not_found(answer) else _ALIVE


def _standing_of_notice(answer: Answer, asked: str) -> Standing:
    """What a page that says there is none gives its address; a home page is there whatever it says."""
    if says_maintenance(answer):
        return MAINTENANCE
    if is_home(asked):
        return _UNTOLD
    # Where a deep address was led home, the host's answer to a missing one decides.
    return _ALIVE if is_home(answer.url) else _SOFT_404


def _standing_of_status(status: int) -> Standing | None:
    if 200 <= status < 300:
        return None
    if status in signals()["blocked_status"]:
        return Standing("blocked", f"http_{status}")
    return Standing("dead" if status in signals()["dead_status"] else "failing", f"http_{status}")


def is_wall(answer: Answer) -> bool:
    """Whether a verification stands in the place of the page, shown already or not."""
    if not answer.text:
        return False
    if pattern("wall_title").match(answer.title):
        return True
    if not answer.whole:
        return False
    n_words = len(answer.words)
    if n_words <= signals()["wall_longest"] and pattern("wall_message").search(answer.words):
        return True
    return n_words <= signals()["wall_script_longest"] and bool(pattern("wall_script").search(answer.text))


def is_login(answer: Answer) -> bool:
    """Whether the page is a login and nothing else: it asks for a password, says login, and is short."""
    if not answer.text or not answer.whole or not has_password_field(answer.text):
        return False
    if len(answer.words) > signals()["login_longest"]:
        return False
    said = pattern("login_words")
    return bool(said.search(answer.title) or said.search(answer.words))


def led_to_login(asked: str | None, final_address: str) -> bool:
    """Whether redirects ended at a login, by its address, that was not asked for."""
    if asked is None or asked == final_address:
        return False
    login = pattern("login_address")
    return bool(login.search(final_address)) and not login.search(asked)


def says_not_found(answer: Answer) -> bool:
    """Whether the page says that there is none: by its title and its message, or by a message that is all there is.

    Where a script has yet to make the page, only its title can say so: what else stands there may never be shown. A
    page that leads elsewhere than home says where its like is now.
    """
    if not answer.text:
        return False
    is_titled = _is_titled_not_found(answer.title)
    if not is_titled and not _is_all_notice(answer):
        return False
    return names_not_found(answer) and (is_titled or not answer.is_made_by_script) and not leads_on(answer)


def _is_all_notice(answer: Answer) -> bool:
    """Whether a notice on the page would be all there is, and not about other pages."""
    if not answer.whole or len(answer.words) > signals()["soft404_longest"]:
        return False
    return not pattern("soft404_doubtful").search(_all_words(answer))


def leads_on(answer: Answer) -> bool:
    """Whether the page sends its reader elsewhere than to its host's home page, or says that it will."""
    if pattern("leads_on").search(_all_words(answer)):
        return True
    return any(not is_own_home(named, answer.url) for named in answer.leads_to)


def says_maintenance(answer: Answer) -> bool:
    """Whether the page says, shown or not, that its host is at work on itself, or asks to come back later."""
    words = _all_words(answer)
    if pattern("maintenance_words").search(words):
        return True
    is_short = answer.whole and len(answer.words) <= signals()["maintenance_longest"]
    return is_short and bool(pattern("maintenance_word").search(words))


def _all_words(answer: Answer) -> str:
    return f"{answer.title} {answer.words}"


def _is_titled_not_found(title: str) -> bool:
    return len(title) <= signals()["soft404_title_longest"] and bool(pattern("soft404_title").match(title))


def names_not_found(answer: Answer) -> bool:
    """Whether the words of such a notice are shown anywhere on the page, which by itself says nothing.

    Of a page that repeats them without end only the first places are looked at.
    """
    if not answer.text:
        return False
    # Which words are shown takes long to tell, and few pages have any that matter.
    return _has_notice(_all_words(answer)) and _has_notice(f"{answer.title} {answer.visible}")


def _has_notice(words: str) -> bool:
    return any(_is_notice(words, spot) for spot in islice(pattern("soft404_spot").finditer(words), _MOST_SPOTS))


def _is_notice(words: str, spot: re.Match[str]) -> bool:
    """Whether a notice stands around a spot; one that ends just where the look does may go on, and is none."""
    end = spot.end() + _AFTER_SPOT
    found = pattern("soft404_message").finditer(words, max(0, spot.start() - _BEFORE_SPOT), end)
    return any(notice.end() < end for notice in found)


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
