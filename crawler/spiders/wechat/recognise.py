"""Which page of this platform it is, by its address, or where that is unknown by its content alone."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from crawler.page import Page
from crawler.spiders.wechat.address import HOST
from crawler.spiders.wechat.api import API_HOST, KIND, LIST_URL
from crawler.spiders.wechat.search import SEARCH_HOST

_HEAD_BYTES = 4096
_FEED = re.compile(rb"<(?:rss|feed)[\s>]", re.IGNORECASE)
_ARTICLE_PATHS = re.compile(r"/s(?:/[\w-]+)?/?")
_CONTENT = (
    ("article", re.compile(rb"""id=["']js_article["']|\bvar transferTargetLink\b""")),
    ("history", re.compile(rb"\A(?>[\s\S]*?\bvar msgList\b)[\s\S]*\bsougou/profile\.js")),
    ("sogou_accounts", re.compile(rb"sogou_vr_11002301_box_")),
    ("sogou_articles", re.compile(rb"sogou_vr_11002601_box_")),
    ("sogou_articles", re.compile("<title>[^<]*的相关微信公众号文章".encode())),
    ("sogou_accounts", re.compile("<title>[^<]*的相关微信公众号".encode())),
    ("album", re.compile(rb"\bjs_album_item\b")),
)


def recognise(page: Page) -> str | None:
    """``article album api_articles feed history sogou_accounts sogou_articles``, or ``None`` for any other page.

    With an address of this platform the address decides; a feed may lie anywhere, so under other
    addresses a feed that links to posts is known by its content; without an address content alone decides.
    """
    if not page.url:
        return _by_content(page.body)
    try:
        parts = urlsplit(page.url)
        query = parse_qs(parts.query)
    except ValueError:
        return None
    if parts.hostname == HOST:
        return _on_platform(parts.path, page.body)
    if parts.hostname == API_HOST:
        return KIND if parts.path == urlsplit(LIST_URL).path else None
    if parts.hostname == SEARCH_HOST:
        kind = query.get("type", [""])[0]
        return {"1": "sogou_accounts", "2": "sogou_articles"}.get(kind) if parts.path == "/weixin" else None
    return "feed" if _is_feed(page.body) and HOST.encode() in page.body else None


def _on_platform(path: str, body: bytes) -> str | None:
    if _ARTICLE_PATHS.fullmatch(path):
        return "article"
    if path == "/mp/appmsgalbum":
        return "album"
    return "history" if path == "/mp/profile" else None


def _by_content(body: bytes) -> str | None:
    if _is_feed(body):
        return "feed"
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        if b'"getalbum_resp"' in body:
            return "album"
        return KIND if b'"detail_list"' in body and b'"is_delay"' in body else None
    return next((kind for kind, pattern in _CONTENT if pattern.search(body)), None)


def _is_feed(body: bytes) -> bool:
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:_HEAD_BYTES]
    if start.startswith(b"{"):
        return b"jsonfeed.org/version" in start
    return start.startswith((b"<?xml", b"<rss", b"<feed")) and _FEED.search(start) is not None
