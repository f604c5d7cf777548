"""Addresses and ids of Weibo: one post has four or more addresses, its mid is the one key.

A bid (``N69NQmumB``, shown in addresses) and a mid (``4914676545359937``) name the same post: base62,
cut from the right into groups of four characters, each seven decimal digits.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, quote, urlencode, urlsplit

PLATFORM = "weibo"
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MID = re.compile(r"[1-9][0-9]{9,18}")
_BID = re.compile(r"[1-9a-zA-Z][0-9a-zA-Z]{4,11}")
_UID = re.compile(r"[1-9][0-9]{4,11}")
_GETINDEX = "https://m.weibo.cn/api/container/getIndex"
_POST_PATHS = re.compile(r"/(?:status|detail|comment|mblog/picAll|statuses/show|[0-9]{5,12})/([0-9A-Za-z]+)/?")


def mid_of(bid: str) -> str:
    """The mid of a post from its bid.

    Raises:
        ValueError: Not a bid, or a group of it stands for more than seven digits.
    """
    if not _BID.fullmatch(bid):
        raise ValueError(f"no bid: {bid[:20]!r}")
    first = len(bid) % 4 or 4
    groups = [bid[:first], *(bid[at : at + 4] for at in range(first, len(bid), 4))]
    numbers = [_decimal(group) for group in groups]
    if any(number >= 10**7 for number in numbers):
        raise ValueError(f"no bid: {bid!r}")
    return str(numbers[0]) + "".join(f"{number:07d}" for number in numbers[1:])


def bid_of(mid: str) -> str:
    """The bid of a post from its mid.

    Raises:
        ValueError: Not a mid.
    """
    if not _MID.fullmatch(mid):
        raise ValueError(f"no mid: {mid[:20]!r}")
    first = len(mid) % 7 or 7
    groups = [mid[:first], *(mid[at : at + 7] for at in range(first, len(mid), 7))]
    return _base62(int(groups[0])) + "".join(_base62(int(group)).rjust(4, "0") for group in groups[1:])


def _decimal(text: str) -> int:
    number = 0
    for character in text:
        number = number * 62 + _DIGITS.index(character)
    return number


def _base62(number: int) -> str:
    text = ""
    while number:
        number, rest = divmod(number, 62)
        text = _DIGITS[rest] + text
    return text or "0"


def post_id_in(text: str) -> str | None:
    """The mid that an id text stands for, be it a mid or a bid; ``None`` if it is neither."""
    if _MID.fullmatch(text):
        return text
    try:
        return mid_of(text)
    except ValueError:
        return None


def post_id_of(url: str) -> str | None:
    """The mid of the post that an address of weibo.com, m.weibo.cn or weibo.cn names; ``None`` if it names none."""
    parts = _split(url)
    if parts is None:
        return None
    path, query = parts
    asked = query.get("id") or query.get("mid") or query.get("weibo_id")
    found = _POST_PATHS.fullmatch(path)
    if found:
        return post_id_in(found[1])
    if asked and path.startswith(("/statuses/", "/ajax/statuses/")):
        return post_id_in(asked[0])
    return None


def uid_of(url: str) -> str | None:
    """The uid in the address of a profile or list; ``None`` where the address names none (a domain or a name)."""
    parts = _split(url)
    if parts is None:
        return None
    path, query = parts
    for key in ("value", "uid"):
        if key in query and _UID.fullmatch(query[key][0]):
            return query[key][0]
    for container in query.get("containerid", []):
        if found := uid_in_container(container):
            return found
    found_in_path = re.fullmatch(r"/(?:u/|profile/)?([1-9][0-9]{4,11})(?:/(?:info|profile|[0-9A-Za-z]{9}))?/?", path)
    return found_in_path[1] if found_in_path else None


def uid_in_container(container: str) -> str | None:
    """The uid in a profile's or timeline's containerid (``107603<uid>``); ``None`` in any other."""
    found = re.match(r"(?:100505|107603|230283|230413)([1-9][0-9]{4,11})(?:_|$)", container)
    return found[1] if found else None


def _split(url: str) -> tuple[str, dict[str, list[str]]] | None:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return None
    if not (host in ("weibo.com", "weibo.cn") or host.endswith((".weibo.com", ".weibo.cn"))):
        return None
    return parts.path, parse_qs(parts.query)


def post_url(uid: str, mid: str) -> str:
    """The canonical public address of a post."""
    return f"https://weibo.com/{uid}/{bid_of(mid)}"


def status_url(mid: str) -> str:
    """The post's page on m.weibo.cn; also its public address where the author is not known."""
    return f"https://m.weibo.cn/detail/{mid}"


def profile_url(uid: str) -> str:
    """The profile card of m.weibo.cn."""
    return f"{_GETINDEX}?{urlencode({'type': 'uid', 'value': uid})}"


def timeline_url(uid: str, container: str = "", **cursor: str) -> str:
    """The post list of m.weibo.cn; ``cursor`` is ``since_id`` or ``page``, whichever the list before gave."""
    asked = {"type": "uid", "value": uid, "containerid": container or f"107603{uid}", **cursor}
    return f"{_GETINDEX}?{urlencode(asked)}"


def long_text_url(mid: str) -> str:
    """The whole text of a post that a list shows cut."""
    return f"https://m.weibo.cn/statuses/extend?id={mid}"


def domain_url(domain: str) -> str:
    """The desktop profile by an account's domain (``weibo.com/<domain>``), where the uid is not known yet."""
    return f"https://weibo.com/ajax/profile/info?{urlencode({'custom': domain})}"


def mymblog_url(uid: str, page: int, since_id: str = "") -> str:
    """A page of the desktop post list."""
    asked = {"uid": uid, "page": str(page), "feature": "0"} | ({"since_id": since_id} if since_id else {})
    return f"https://weibo.com/ajax/statuses/mymblog?{urlencode(asked)}"


def user_search_url(keyword: str) -> str:
    """The account search of s.weibo.com, to be opened in an ordinary browser."""
    return f"https://s.weibo.com/user?q={quote(keyword, safe='')}"


def mobile_search_url(keyword: str) -> str:
    """The account search of m.weibo.cn; the whole inner query is one parameter."""
    return f"{_GETINDEX}?containerid={quote(f'100103type=3&q={keyword}', safe='')}&page_type=searchall"
