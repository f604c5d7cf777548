"""Which of Toutiao's page kinds a page is: by its content where that is plain, else by its address."""

from __future__ import annotations

import json
import re

from crawler.page import Page
from crawler.spiders.toutiao.address import account_key, is_http, is_site, kind_of, post_of
from crawler.spiders.toutiao.embedded import render_data_text
from crawler.spiders.toutiao.search import keyword_in

_HEAD_BYTES = 16_384
_POST_KINDS = ("article", "micro_post", "video", "legacy")
_LEGACY = re.compile(rb"\bvar\s+BASE_DATA\s*=\s*\{")
_LEGACY_FORMS = (b"articleInfo:", b"BASE_DATA.galleryInfo")
_TITLE_ELEMENT = re.compile(r"<title[^>]*>([^<]*)</title>")
_OWN_TAG = re.compile(r"""<(?:link|meta)\b[^<>]{0,500}\b(?:rel=["']canonical|property=["']og:url)["'][^<>]{0,500}>""")
_OWN_ADDRESS = re.compile(r"""\b(?:href|content)=["'](https?://[^"']*)["']""")
_RENDER_DATA_FORMS = (
    ("home", ("initialFeedList",)),
    ("video", ("initialVideo",)),
    ("article", ("mediaInfo", "groupId")),
)
_INFO_FIELDS = ("gid", "media_user", "publish_time")
_ITEM_FIELDS = ("cell_type", "behot_time")


def recognise(page: Page) -> str | None:
    """The page's kind; ``None`` for another platform's page and for pages of this one that no parser reads."""
    address = page.address
    if is_http(address) and not (is_site(address) or account_key(address)):
        return None
    named = kind_of(address) if address else None
    return _by_content(page, named) or named or (None if address else _by_own_address(page))


def _by_content(page: Page, named: str | None) -> str | None:
    if page.body.lstrip()[:1] == b"{":
        return _json_kind(page.body)
    if named in (None, *_POST_KINDS) and _LEGACY.search(page.body):
        return "legacy" if any(form in page.body for form in _LEGACY_FORMS) else None
    if found := _render_data_kind(page.body):
        return found
    head = page.body[:_HEAD_BYTES].decode("utf-8", "replace")
    titled = _TITLE_ELEMENT.search(head)
    return "search_users" if titled and keyword_in(titled[1]) else None


def _json_kind(body: bytes) -> str | None:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(answer, dict):
        return None
    data = answer.get("data")
    if isinstance(data, dict) and all(field in data for field in _INFO_FIELDS):
        return "info"
    if not isinstance(data, list) or "has_more" not in answer:
        return None
    following = answer.get("next")
    paged = isinstance(following, dict) and "max_behot_time" in following
    listed = any(isinstance(item, dict) and any(field in item for field in _ITEM_FIELDS) for item in data)
    return "feed_json" if paged or listed else None


def _render_data_kind(body: bytes) -> str | None:
    text = render_data_text(body)
    if text is None:
        return None
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    data = data.get("data") if isinstance(data, dict) else None
    if not isinstance(data, dict):
        return None
    return next((kind for kind, fields in _RENDER_DATA_FORMS if all(field in data for field in fields)), None)


def _by_own_address(page: Page) -> str | None:
    """The kind that a saved page's own statement of its address names, where it lies on this site."""
    head = page.body[: _HEAD_BYTES * 4].decode("utf-8", "replace")
    for tag in _OWN_TAG.findall(head):
        url = found[1] if (found := _OWN_ADDRESS.search(tag)) else ""
        if is_site(url) and (post_of(url) or account_key(url)):
            return kind_of(url)
    return None
