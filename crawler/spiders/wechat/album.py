"""Albums (合集): the only public list of posts, of those that the unit put into the album and of no others.

``/mp/appmsgalbum?action=getalbum&…&f=json`` answers without login (seen 2026-09); without ``f=json`` it is
HTML. Its times are 25-52 s before those of the posts. An album proves that posts exist, never that none was published.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from parsel import Selector

from crawler.page import Drift, Extent, Fetch, Notice, Page, Parsed, ParseError
from crawler.spiders.wechat.address import address_key, album_key, album_url, clean_address, is_place, long_key
from crawler.spiders.wechat.literals import plain
from crawler.spiders.wechat.tables import known_fields, post_kind
from crawler.strict import Fields, parse_json
from records import Post

_KIND = "album"
_MORE = {"1": True, "0": False}
_REFUSED = {-3: "blocked", 200013: "blocked"}  # no session, freq control


def parse_album(page: Page) -> Iterator[Parsed]:
    """The album's posts on this page with their article fetches, its extent, and the next page.

    A post of another account keeps that account. An item that cannot be read is yielded as ParseError.

    Raises:
        ParseError: Neither the JSON answer nor the HTML list of an album.
    """
    if page.body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        yield from _json(page)
    else:
        yield from _html(page)


def _json(page: Page) -> Iterator[Parsed]:
    data = parse_json(_KIND, page.body.lstrip(b"\xef\xbb\xbf"))
    answer = data.child("base_resp")
    refused = answer.integer("ret")
    if refused:
        words = answer.words("errmsg") or answer.words("err_msg") or ""
        yield Notice(_REFUSED.get(refused, "unparsed"), f"合集接口未给出内容：{refused} {words}".strip())
        return
    album = data.child("getalbum_resp")
    items = list(_items(album))
    for item in items:
        yield from _caught(item)
    yield from _rest(page, album, items)


def _items(album: Fields) -> Iterator[Fields]:
    """The items; a single one stands as an object instead of a list."""
    if isinstance(album.data.get("article_list"), dict):
        yield album.child("article_list")
    elif album.data.get("article_list"):
        yield from album.children("article_list")


def _caught(item: Fields) -> Iterator[Parsed]:
    try:
        yield from list(_item(item))
    except ParseError as error:
        yield error


def _item(item: Fields) -> Iterator[Parsed]:
    mid, idx = item.identifier("msgid"), item.identifier("itemidx")
    key = long_key(item.text("url"))
    if key is None or key.split(":")[1:] != [mid, idx]:
        raise item.error("url")
    show_type = item.count("item_show_type")
    kind = "article" if show_type is None else post_kind(str(show_type))
    if kind is None:
        yield Drift("item_show_type", str(show_type))
    yield from _listed(item.text("url"), item.words("title"), item.integer("create_time"), kind or "other")
    yield from (Drift("album_item", name.rsplit(".", 1)[-1]) for name in item.unknown(known_fields("album_item")))


def _listed(url: str, title: str | None, seconds: int, kind: str) -> Iterator[Parsed]:
    address, key = clean_address(url), address_key(url)
    if address is None or key is None:
        raise ParseError(_KIND, "url", url)
    yield Post(
        platform="wechat",
        account=f"wechat:{key.split(':')[0]}",
        post_id=key,
        url=address,
        published_at=_moment(seconds),
        time_precision="minute",
        title=plain(title) if title else None,
        text=None,
        text_complete=False,
        kind=kind,
        proof="album",
        addresses=(key,),
    )
    yield Fetch(url=address, kind="article", about=key)


def _moment(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise ParseError(_KIND, "create_time", seconds) from error


def _rest(page: Page, album: Fields, items: list[Fields]) -> Iterator[Parsed]:
    about = album.perhaps("base_info")
    total = about.count("article_count") if about else None
    more = _MORE.get(str(album.data.get("continue_flag")))
    if more is None:
        raise album.error("continue_flag")
    if not items:
        if more or total:
            raise album.error("article_list")
        yield Notice("empty", "合集没有更多内容" if total is None else "合集共 0 篇")
    yield Extent(total=total, more=more, source="album")
    here = album_key(page.url)
    if more and here is not None:
        last = items[-1]
        after = (last.identifier("msgid"), last.identifier("itemidx"))
        onward = album_url(*here, after=after)
        if is_place(*after) and onward != page.url:
            yield Fetch(url=onward, kind=_KIND, paging=True)


def _html(page: Page) -> Iterator[Parsed]:
    rows = Selector(text=page.body.decode("utf-8", "replace") or "<html></html>", type="html").css("li.js_album_item")
    if not rows:
        raise ParseError(_KIND, "js_album_item")
    for row in rows:
        yield from _row(row)
    yield Extent(source="album")


def _row(row: Selector) -> Iterator[Parsed]:
    link, mid = row.root.get("data-link") or "", row.root.get("data-msgid") or ""
    key = long_key(link)
    if key is None or key.split(":")[1] != mid:
        yield ParseError(_KIND, "data-link", link)
        return
    seconds = (row.css(".js_article_create_time::text").get() or "").strip()
    if not seconds.isdecimal():
        yield ParseError(_KIND, "js_article_create_time", seconds)
        return
    yield from _listed(link, row.root.get("data-title"), int(seconds), "article")
