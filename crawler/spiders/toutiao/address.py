"""Addresses of toutiao.com: what kind of page they name, which account or post, and the form we ask for.

``/group/`` and ``/item/`` addresses, which feeds hand out and robots.txt excludes, are never built: a
post's address is ``/article/<id>/``, ``/w/<id>/`` or ``/video/<id>/``. Ids are text, they exceed 2**53.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, parse_qsl, urlsplit

PLATFORM = "toutiao"
SITE = "https://www.toutiao.com"

_TOKEN = re.compile(r"MS4wLjABAAAA[A-Za-z0-9_-]{20,120}")
_DIGITS = re.compile(r"[1-9][0-9]{3,19}")
_PROFILE_TOKEN = re.compile(r"/c/user/token/(?P<id>[A-Za-z0-9_-]+)/?")
_PROFILE_USER = re.compile(r"/c/user/(?P<id>[1-9][0-9]*)/?")
_INFO = re.compile(r"/i(?P<id>[1-9][0-9]*)/info(?:/v2)?/?")
_POSTS = (
    ("article", re.compile(r"/(?:article|group|item)/(?P<id>[1-9][0-9]*)/?")),
    ("article", re.compile(r"/[ai](?P<id>[1-9][0-9]*)/?")),
    ("micro_post", re.compile(r"/w/(?P<id>[1-9][0-9]*)/?")),
    ("video", re.compile(r"/video/(?P<id>[1-9][0-9]*)/?")),
)
_SHORT_LINK = re.compile(r"/is/[A-Za-z0-9_-]+/?")
_LIST_PATHS = ("/api/pc/list/user/feed", "/api/pc/list/feed")
_LIST_CATEGORY = "profile_all"
_WRAPPERS = ("url", "h5_url")
_UNWRAP_DEPTH = 3
_LONGEST_WRAPPER = 16 * 1024  # signs; no server takes a longer address, so nothing is wrapped in one


def profile_url(uid: str) -> str | None:
    """The public address of an account by its token or numeric user id; ``None`` for any other text."""
    if _TOKEN.fullmatch(uid):
        return f"{SITE}/c/user/token/{uid}/"
    return f"{SITE}/c/user/{uid}/" if _DIGITS.fullmatch(uid) else None


def article_url(group_id: str) -> str:
    """The public address of an article (文章)."""
    return f"{SITE}/article/{group_id}/"


def micro_post_url(thread_id: str) -> str:
    """The public address of a micro post (微头条)."""
    return f"{SITE}/w/{thread_id}/"


def video_url(group_id: str) -> str:
    """The public address of a video (视频)."""
    return f"{SITE}/video/{group_id}/"


def is_token(text: object) -> bool:
    """Whether this is an account's token (``MS4wLjABAAAA…``), which payloads also keep under ``user_id``."""
    return isinstance(text, str) and bool(_TOKEN.fullmatch(text))


def is_site(url: str) -> bool:
    """Whether the address lies on toutiao.com."""
    host = _host(url)
    return host == "toutiao.com" or host.endswith(".toutiao.com")


def account_key(url: str) -> str | None:
    """The token or numeric user id that a profile address names."""
    if _host(url) == "profile.zjurl.cn":
        found = parse_qs(urlsplit(url).query).get("user_id", [""])[0]
        return found if _DIGITS.fullmatch(found) else None
    if not is_site(url):
        return None
    path = urlsplit(url).path
    if (token := _PROFILE_TOKEN.fullmatch(path)) and is_token(token["id"]):
        return token["id"]
    user = _PROFILE_USER.fullmatch(path)
    return user["id"] if user else None


def post_of(url: str) -> tuple[str, str] | None:
    """``(kind, id)`` of the post that an address names, whatever of the site's forms it has."""
    if not is_site(url):
        return None
    for kind, pattern in _POSTS:
        if found := pattern.fullmatch(urlsplit(url).path):
            return kind, found["id"]
    return None


def post_url(url: str) -> tuple[str, str] | None:
    """``(kind, address to ask for)`` of a post's address; a short link stays as it is and leads to an article."""
    if found := post_of(url):
        kind, post_id = found
        builders = {"article": article_url, "micro_post": micro_post_url, "video": video_url}
        return kind, builders[kind](post_id)
    if is_site(url) and _SHORT_LINK.fullmatch(urlsplit(url).path):
        return "article", url
    return None


def kind_of(url: str) -> str | None:
    """The page kind that an address names; ``None`` for other hosts and unknown paths."""
    if not is_site(url):
        return None
    parts = urlsplit(url)
    if parts.hostname == "so.toutiao.com":
        return "search_users" if parts.path.startswith("/search") else None
    if _INFO.fullmatch(parts.path):
        return "info"
    if list_call(url) is not None:
        return "feed_json"
    if account_key(url):
        return "profile"
    if found := post_of(url):
        return found[0]
    return "home" if parts.path in ("", "/") else None


@dataclass(frozen=True, slots=True)
class ListCall:
    """What a list call of a profile asked for: whose list, and from which cursor (``"0"`` is the newest)."""

    token: str
    cursor: str


def list_call(url: str) -> ListCall | None:
    """The profile list that a call asked for; ``None`` for home and channel feeds and for single tabs."""
    if not is_site(url) or urlsplit(url).path.rstrip("/") not in _LIST_PATHS:
        return None
    query: Mapping[str, str] = dict(parse_qsl(urlsplit(url).query))
    if query.get("category") != _LIST_CATEGORY or not is_token(query.get("token")):
        return None
    return ListCall(query["token"], query.get("max_behot_time") or "0")


def unwrapped(url: str) -> str | None:
    """The http address behind the site's jump pages and app schemes; ``None`` where nothing is wrapped."""
    target, found = url, None
    for _ in range(_UNWRAP_DEPTH):
        query = parse_qs(_query(target))
        inner = next((query[name][0] for name in _WRAPPERS if name in query), None)
        if inner is None or not is_http(inner):
            return found
        target = found = inner
    return found


def is_http(url: str) -> bool:
    """Whether this is a web address at all."""
    return url.startswith(("http://", "https://")) and bool(_host(url))


def _query(url: str) -> str:
    if len(url) > _LONGEST_WRAPPER:
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    wraps = parts.scheme == "sslocal" or parts.path == "/search/jump" or parts.hostname == "article.zlink.toutiao.com"
    return parts.query if wraps else ""


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
