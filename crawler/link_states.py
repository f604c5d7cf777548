"""What an answer says of its address (链接状态). Pure: values in, values out.

States are ``alive dead failing moved blocked refused uncheckable``. The words and numbers are in
``crawler/link_signals.toml``. A verification page is told before anything else, so that no wall reads as a dead link.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit

from crawler import reading, walls
from crawler.link_addresses import Standing, is_home
from crawler.link_answers import Answer, Received
from crawler.link_notices import (
    UNTOLD,
    is_login,
    is_wall,
    leads_on_in_place,
    led_to_login,
    says_not_found,
    standing_taken_back,
)
from crawler.link_signals import signals
from crawler.page import Page

__all__ = ["BODY_BYTES", "PERMANENT", "REDIRECTS", "Answer", "Received", "most_bytes", "standing_of_answer"]

BODY_BYTES = 64 * 1024
PLATFORM_BODY_BYTES = 128 * 1024  # Toutiao's challenge page of 2026-01 tells what it is after 70 KB of script
PERMANENT = (301, 308)
REDIRECTS = (301, 302, 303, 307, 308)
_ALIVE = Standing("alive")
_VERIFICATION = Standing("blocked", "verification")
_LOGIN = Standing("blocked", "login")
_SOFT_404 = Standing("dead", "soft_404")
_AUTHORITY = re.compile(r"(?i)https?://(?:[^/?#@]*@)?([^/?#:@\[\]]+)")


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


def standing_of_answer(answer: Answer, asked: str | None = None, *, had_cookie: bool = False) -> Standing:
    """The state an answer gives its address; redirects are followed before, ``moved`` is told by the caller.

    Args:
        answer: The last answer, which is no redirect.
        asked: The address that was asked first; ``None`` where nothing led on. A login that a redirect led to
            is none of the page that was asked.
        had_cookie: Whether a redirect before set a cookie. A browser brings it along and we do not, so that a 404
            behind it is ours alone.
    """
    if answer.may_say and is_wall(answer):
        return _VERIFICATION
    told = _standing_of_status(answer, had_cookie) or _standing_by_platform(answer)
    if told is not None:
        return told
    if led_to_login(asked, answer.url) or (answer.may_say and is_login(answer)):
        return _LOGIN
    return _standing_of_notice(answer, asked or answer.url) if answer.may_say and says_not_found(answer) else _ALIVE


def _standing_of_notice(answer: Answer, asked: str) -> Standing:
    """What a page that says there is none gives its address; a home page is there whatever it says."""
    taken_back = standing_taken_back(answer)
    if taken_back is not None:
        return taken_back
    if is_home(asked):
        return UNTOLD
    # Where a deep address was led home, the host's answer to a missing one decides.
    return _ALIVE if is_home(answer.url) else _SOFT_404


def _standing_of_status(answer: Answer, had_cookie: bool) -> Standing | None:
    status = answer.status
    if 200 <= status < 300:
        return None
    if status in signals()["blocked_status"]:
        return Standing("blocked", f"http_{status}")
    if status not in signals()["dead_status"]:
        return Standing("failing", f"http_{status}")
    return _standing_in_place(answer, had_cookie) or Standing("dead", f"http_{status}")


def _standing_in_place(answer: Answer, had_cookie: bool) -> Standing | None:
    """What keeps a status of 404 from saying that there is none; ``None`` where nothing does."""
    told = standing_taken_back(answer) if answer.may_qualify else None
    if told is not None:
        return told
    return UNTOLD if had_cookie or (answer.may_qualify and leads_on_in_place(answer)) else None


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
