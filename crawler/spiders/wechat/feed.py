"""Feeds that an office's own bridge publishes (订阅源): RSS 2.0, Atom, JSON Feed. A hint, never a proof.

They keep 10-20 items, a busy account fills that in under two days. Times are the bridge's: when it
received the draft, not when the post went out. wewe-rss writes UTC, wechat-feeds +0800, we-mp-rss no
zone at all (Beijing). XML is read without document types, entities or network.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from lxml import etree

from crawler.dates import parse_time
from crawler.page import Extent, Fetch, Notice, Page, Parsed, ParseError
from crawler.spiders.wechat.address import address_key, biz_of_number, clean_address, is_biz
from crawler.spiders.wechat.literals import plain
from crawler.strict import Fields, parse_json
from records import Post

_KIND = "feed"
_ATOM = "{http://www.w3.org/2005/Atom}"
_BRIDGE_NUMBER = re.compile(r"MP_WXS_([1-9][0-9]*)")
_ZONELESS_MAIL = re.compile(r"(?:[A-Z][a-z]{2}, )?[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{5,8}")
_TAGS = re.compile(r"<[^<>]*>")
_BARE_BIZ = re.compile(r"[A-Za-z0-9]{14}")
_INVISIBLE_ENDS = "\u200b\u200c\u200d\u2060\ufeff "
EMPTY = "订阅源里没有条目"


@dataclass(frozen=True, slots=True)
class _Item:
    link: str | None
    title: str | None
    time: str | None


@dataclass(frozen=True, slots=True)
class _Channel:
    items: list[_Item]
    clock: str | None
    origins: tuple[str | None, ...]  # addresses in which the bridge may name the account


def parse_feed(page: Page) -> Iterator[Parsed]:
    """A post and its article fetch for every item, then the feed's extent with its own clock.

    An item proves no more than that the bridge lists it: ``proof`` is ``feed``, text is ``None``. Where
    the link is short and the feed names no account, the post's ``account`` is ``None``. An item without a
    post's link or a time is yielded as ParseError.

    Raises:
        ParseError: No feed of the known forms.

    Source: recorded feeds of wechat-feeds (2021); shapes of wewe-rss and we-mp-rss are known by their code only.
    """
    body = page.body.lstrip(b"\xef\xbb\xbf \t\r\n")
    channel = _json_feed(body) if body.startswith(b"{") else _xml_feed(body)
    biz = _account(page, channel)
    for item in channel.items:
        yield from _item(page, item, biz)
    if not channel.items:
        yield Notice("empty", EMPTY)
    yield Extent(source="feed", clock=_clock(page, channel))


def _item(page: Page, item: _Item, biz: str | None) -> Iterator[Parsed]:
    address, key = clean_address(item.link or ""), address_key(item.link or "")
    if address is None or key is None:
        yield ParseError(_KIND, "item.link", item.link)
        return
    try:
        published_at, precision = _time(item.time or "", page.fetched_at)
    except ValueError:
        yield ParseError(_KIND, "item.pubDate", item.time)
        return
    owner = key.split(":")[0] if ":" in key else biz
    yield Post(
        platform="wechat",
        account=f"wechat:{owner}" if owner else None,
        post_id=key,
        url=address,
        published_at=published_at,
        time_precision=precision,
        title=item.title,
        text=None,
        text_complete=False,
        kind="article",
        addresses=(key,),
        proof="feed",
    )
    yield Fetch(url=address, kind="article", about=key)


def _time(text: str, now: datetime) -> tuple[datetime, str]:
    bare = text.strip()
    return parse_time(f"{bare} +0800" if _ZONELESS_MAIL.fullmatch(bare) else bare, now)


def _clock(page: Page, channel: _Channel) -> datetime | None:
    if channel.clock is None:
        return None
    try:
        return _time(channel.clock, page.fetched_at)[0]
    except ValueError as error:
        raise ParseError(_KIND, "clock", channel.clock) from error


def _account(page: Page, channel: _Channel) -> str | None:
    """The account key that the bridge writes into its own addresses; ``None`` where it does not."""
    for origin in (*channel.origins, page.url):
        found = _BRIDGE_NUMBER.search(origin or "")
        if found:
            return biz_of_number(found[1])
        label = _label(origin or "")
        if _BARE_BIZ.fullmatch(label) and is_biz(f"{label}=="):
            return f"{label}=="
    return None


def _label(url: str) -> str:
    """The first label of the host as written, upper and lower case kept (wechat-feeds names the account there)."""
    try:
        return urlsplit(url).netloc.split(".")[0]
    except ValueError:
        return ""


def _json_feed(body: bytes) -> _Channel:
    data = parse_json(_KIND, body)
    if "jsonfeed.org" not in data.text("version"):
        raise data.error("version")
    items = [_json_item(entry) for entry in data.children("items")]
    return _Channel(items, None, (data.words("feed_url"), data.words("home_page_url")))


def _json_item(entry: Fields) -> _Item:
    time = entry.words("date_published") or entry.words("date_modified")
    return _Item(entry.words("url") or entry.words("external_url"), _title(entry.words("title")), time)


def _xml_feed(body: bytes) -> _Channel:
    if b"<!DOCTYPE" in body[:4096].upper() or b"<!ENTITY" in body.upper():
        raise ParseError(_KIND, "doctype")
    reader = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, reader)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ParseError(_KIND, "xml", str(error)) from error
    if root.getroottree().docinfo.internalDTD is not None:  # in an encoding that hides it from the check above
        raise ParseError(_KIND, "doctype")
    channel = root.find("channel")
    if root.tag == "rss" and channel is not None:
        return _rss(channel)
    if root.tag == f"{_ATOM}feed":
        return _atom(root)
    raise ParseError(_KIND, "root", root.tag)


def _rss(channel: etree._Element) -> _Channel:
    items = [
        _Item(_words(item, "link") or _permalink(item), _title(_words(item, "title")), _words(item, "pubDate"))
        for item in channel.findall("item")
    ]
    clock = _words(channel, "lastBuildDate") or _words(channel, "pubDate")
    return _Channel(items, clock, (_words(channel, "link"),))


def _permalink(item: etree._Element) -> str | None:
    guid = item.find("guid")
    return _words(item, "guid") if guid is not None and guid.get("isPermaLink", "true") == "true" else None


def _atom(root: etree._Element) -> _Channel:
    items = [
        _Item(
            _href(entry),
            _title(_words(entry, f"{_ATOM}title")),
            _words(entry, f"{_ATOM}published") or _words(entry, f"{_ATOM}updated"),
        )
        for entry in root.findall(f"{_ATOM}entry")
    ]
    return _Channel(items, _words(root, f"{_ATOM}updated"), (_words(root, f"{_ATOM}id"), _href(root)))


def _href(element: etree._Element) -> str | None:
    links = [link for link in element.findall(f"{_ATOM}link") if link.get("rel", "alternate") == "alternate"]
    return links[0].get("href") if links else None


def _words(element: etree._Element, name: str) -> str | None:
    found = element.find(name)
    return (found.text or "").strip() or None if found is not None else None


def _title(text: str | None) -> str | None:
    return plain(_TAGS.sub("", text)).strip(_INVISIBLE_ENDS) or None if text else None
