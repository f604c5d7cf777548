"""Which of Weibo's page kinds a page is, by its address or by its content alone."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from crawler.page import Page, ParseError
from crawler.spiders.weibo.answers import parse_answer
from crawler.strict import Fields

NOTHING_HERE = "这里还没有内容"
_PATHS = {
    "m.weibo.cn": (
        (r"/statuses/extend", "long_text"),
        (r"/(?:status|detail)/[0-9A-Za-z]+", "status_page"),
    ),
    "weibo.com": (
        (r"/ajax/profile/info", "ajax_profile"),
        (r"/ajax/statuses/mymblog", "ajax_timeline"),
        (r"/ajax/statuses/show", "ajax_post"),
        (r"/ajax/statuses/longtext", "ajax_long_text"),
    ),
    "weibo.cn": (
        (r"/mblog/picAll/[0-9A-Za-z]+", "old_pictures"),
        (r"/[0-9]+/info", "old_info"),
        (r"/(?:u/)?[0-9]+(?:/profile)?", "old_profile"),
    ),
    "s.weibo.com": ((r"/user(?:/.*)?", "search_users"),),
}
_MARKS = (
    ("status_page", re.compile(r"\$render_data\s*=\s*\[")),
    ("search_users", re.compile(r"pl_user_feedList")),
    ("old_profile", re.compile(r"<div class=\"c\" id=\"M_[0-9A-Za-z]{9}\"")),
    ("old_info", re.compile(r"<div class=\"tip\">基本信息</div><div class=\"c\">昵称[:：]")),
    ("old_pictures", re.compile(r"href=\"/mblog/oripic\?id=[0-9A-Za-z]{9}&")),
)


def recognise(page: Page) -> str | None:
    """The kind of a Weibo page; ``None`` for pages of others and pages that no parser reads."""
    address = page.url or page.final_url
    return _by_address(address) if address else _by_content(page.body)


def _by_address(address: str) -> str | None:
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    if host == "m.weibo.cn" and parts.path == "/api/container/getIndex":
        return _getindex_kind(parse_qs(parts.query))
    for pattern, kind in _PATHS.get(host, ()):
        if re.fullmatch(pattern, parts.path.rstrip("/")):
            return kind
    return None


def _getindex_kind(query: dict[str, list[str]]) -> str | None:
    container = query.get("containerid", [""])[0]
    if re.match(r"(?:107603|230413)[0-9]", container):
        return "timeline"
    if container.startswith("100103type=3&"):
        return "mobile_search"
    if re.match(r"100505[0-9]", container) or (not container and query.get("type") == ["uid"]):
        return "profile"
    return None


def _by_content(body: bytes) -> str | None:
    start = body.lstrip()[:1]
    if start == b"{" or b"<pre" in body[:600]:
        try:
            return _answer_kind(parse_answer("", body))
        except ParseError:
            return None
    text = body.decode("utf-8", "replace") if start == b"<" else ""
    return next((kind for kind, mark in _MARKS if mark.search(text)), None)


def _answer_kind(answer: Fields) -> str | None:
    if {"mblogid", "created_at", "text_raw"} <= answer.data.keys():
        return "ajax_post"
    data = answer.perhaps("data") if isinstance(answer.data.get("data"), dict) else None
    if data is None:
        return None
    if "userInfo" in data:
        return "profile"
    if "cardlistInfo" in data:
        container = data.child("cardlistInfo").data.get("containerid")
        return _getindex_kind({"containerid": [str(container)]})
    if "longTextContent" in data:
        return "long_text" if "reposts_count" in data else "ajax_long_text"
    if "user" in data and "screen_name" in data.child("user"):
        return "ajax_profile"
    if "list" in data and any("mblogid" in item for item in data.children("list")):
        return "ajax_timeline"
    return "timeline" if answer.data.get("msg") == NOTHING_HERE else None
