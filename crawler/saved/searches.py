"""Which search (搜索) an address is: the platform and the keyword that a person asked for there. Pure."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from crawler.spiders.toutiao.search import user_search_url as toutiao_search_url
from crawler.spiders.wechat.search import search_url
from crawler.spiders.weibo.address import user_search_url as weibo_search_url

PLATFORMS = ("weibo", "wechat", "toutiao")
_HOSTS = frozenset({"s.weibo.com", "weixin.sogou.com", "so.toutiao.com"})
_MOBILE_WEIBO = re.compile(r"100103type=3&q=([^&]+)")
_STILL_ENCODED = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_MAX_KEYWORD = 60


def account_search_url(platform: str, keyword: str) -> str:
    """The address of a platform's account search, as a person opens it; WeChat's is Sogou's.

    Raises:
        KeyError: The platform has none.
    """
    return {"weibo": weibo_search_url, "wechat": search_url, "toutiao": toutiao_search_url}[platform](keyword)


def is_search_host(address: str) -> bool:
    """Whether an address lies where searches are asked, be it results or the wall before them."""
    return _host(address) in _HOSTS


def search_asked(address: str) -> tuple[str, str] | None:
    """``(platform, keyword)`` of an account search's address; ``None`` for any other, searches of posts among them."""
    try:
        parts = urlsplit(address)
        found = _asked(parts, parse_qs(parts.query))
    except ValueError:
        return None
    if found is None:
        return None
    platform, keyword = found
    # Weibo's own links encode the keyword twice.
    plain = unquote(keyword) if _STILL_ENCODED.fullmatch(keyword) else keyword
    words = " ".join(plain.split())
    return (platform, words) if 0 < len(words) <= _MAX_KEYWORD and words.isprintable() else None


def _asked(parts: SplitResult, query: dict[str, list[str]]) -> tuple[str, str] | None:
    host, path = parts.hostname, parts.path.rstrip("/")
    if host == "s.weibo.com" and path == "/user" and "q" in query:
        return "weibo", query["q"][0]
    if host == "s.weibo.com" and path.startswith("/user/"):
        return "weibo", unquote(path.removeprefix("/user/"))
    if host == "m.weibo.cn" and "containerid" in query:
        asked = _MOBILE_WEIBO.match(query["containerid"][0])
        return ("weibo", asked[1]) if asked else None
    if host == "weixin.sogou.com" and path == "/weixin" and query.get("type") == ["1"] and "query" in query:
        return "wechat", query["query"][0]
    if host == "so.toutiao.com" and path == "/search" and query.get("pd") == ["user"] and "keyword" in query:
        return "toutiao", query["keyword"][0]
    return None


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
