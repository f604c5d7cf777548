"""Posts from the items of Toutiao's feeds (home page, profile list): articles, micro posts, videos, reposts.

One list mixes item forms that share few keys. An item's form is told by several signals, never by
``cell_type`` alone (0 is a video in one feed and an article in another), and its time is ``publish_time``,
never ``behot_time``, which only orders the list.

Source: recorded home page (2025-11); the profile list's own forms follow public type lists, not a recording.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from crawler.page import Drift, Parsed, ParseError
from crawler.spiders.toutiao.accounts import Author, author_of, number_id
from crawler.spiders.toutiao.address import PLATFORM, article_url, is_site, micro_post_url, video_url
from crawler.spiders.toutiao.markup import flat, link, tidy
from crawler.spiders.toutiao.tables import known_fields
from crawler.spiders.toutiao.times import published_at
from crawler.strict import Fields, parse_json
from records import Link, Media, Post

KIND = "item"
_MICRO_POST, _OPERATION_CARDS = 32, frozenset((20, 26, 48, 51, 58))
_ARTICLES, _VIDEOS = frozenset((0, 60)), frozenset((49,))
_AD_TAG = "ad.platform.site"
_EXACT_IN_BROWSERS = 2**53
_STUCK = "置顶"
_NO_AUTHOR = Author()


def parse_item(item: Fields, owner: Author = _NO_AUTHOR) -> Iterator[Parsed]:
    """The post of one feed item, and Drift for fields and forms that are new; ParseError if it is unreadable.

    ``owner`` is whose list it is: taken as the author of an item that has the owner's number but no token,
    or the owner's name and no number to tell them apart. Operation cards and advertisements give only Drift.
    """
    yield from (Drift(KIND, field) for field in Fields(KIND, item.data).unknown(known_fields("item")))
    cell = item.count("cell_type")
    if _is_advertisement(item):
        yield Drift(KIND, "advertisement")
    elif cell in _OPERATION_CARDS:
        yield Drift(KIND, f"cell_type={cell}")
    else:
        form = _form(item, cell)
        if form == "other":
            yield Drift(KIND, f"cell_type={cell}")
        yield _post(_Item(item, form, _author(item, owner)))


@dataclass(frozen=True, slots=True)
class _Item:
    fields: Fields
    form: str  # article, micro_post, comment, video, other
    author: Author


def _is_advertisement(item: Fields) -> bool:
    flagged = any(item.data.get(key) in (True, 1) for key in ("is_feed_ad", "is_ad"))
    return flagged or item.data.get("tag") == _AD_TAG


def _form(item: Fields, cell: int | None) -> str:
    if item.perhaps("comment_base"):
        return "comment"
    if cell == _MICRO_POST:
        return "micro_post"
    if cell in _VIDEOS or item.flag("has_video") or item.perhaps("video"):
        return "video"
    return "article" if cell in _ARTICLES or cell is None else "other"


def _author(item: Fields, owner: Author) -> Author:
    author = author_of(item)
    if author.token is None and owner.uid is not None:
        named = author.name or item.words("source")
        same_number = author.user_id is not None and author.user_id == owner.user_id
        same_name = named is not None and named == owner.name and None in (author.user_id, owner.user_id)
        author = owner if same_number or same_name else author
    if author.uid is None:
        raise ParseError(KIND, f"{item.path}author", author.name or item.data.get("source"))
    return author


def _post(item: _Item) -> Post:
    post_id, fields = _post_id(item), item.fields
    writing = fields.child("comment_base") if item.form == "comment" else fields
    timed = "publish_time" if "publish_time" in writing else "create_time"
    origin = _origin(fields)
    title, text, complete, links = _words(item, writing)
    return Post(
        platform=PLATFORM,
        account=item.author.account,
        post_id=post_id,
        url=_url(item.form, post_id),
        published_at=published_at(writing, timed),
        title=title,
        text=text,
        text_complete=complete,
        kind=_kind(item),
        is_repost=origin is not None or item.form == "comment",
        declared_original=_declared_original(fields),
        source_name=_source_name(item, origin),
        pinned=_is_stuck(fields),
        links=(*links, *_card_links(fields)),
        media=tuple(_pictures(fields)),
        counters=_counters(fields),
        addresses=_other_ids(fields, post_id),
    )


def _exact(item: Fields, key: str) -> str | None:
    """An id that was never a browser's number: those lose their last digits beyond 2**53."""
    value = item.data.get(key)
    if isinstance(value, int) and value > _EXACT_IN_BROWSERS and str(value).endswith("000"):
        return None
    return number_id(value)


def _post_id(item: _Item) -> str:
    fields = item.fields
    if item.form == "comment":
        return fields.child("comment_base").identifier("id")
    micro = item.form == "micro_post"
    keys = ("thread_id_str", "thread_id", "id") if micro else ("group_id_str", "group_id", "item_id", "item_id_str")
    cell = _item_cell(fields)
    base = cell.perhaps("articleBase") if cell else None
    candidates = [
        *(_exact(fields, key) for key in keys),
        _exact(base, "gidStr") if base else None,
        _exact(fields, "id"),
    ]
    found = next((value for value in candidates if value), None)
    if found is None:
        raise fields.error(keys[0])
    return found


def _other_ids(fields: Fields, post_id: str) -> tuple[str, ...]:
    others = (_exact(fields, key) for key in ("group_id", "item_id", "thread_id_str"))
    return tuple(dict.fromkeys(value for value in others if value and value != post_id))


def _url(form: str, post_id: str) -> str:
    builders = {"micro_post": micro_post_url, "comment": micro_post_url, "video": video_url}
    return builders.get(form, article_url)(post_id)


def _kind(item: _Item) -> str:
    if item.form == "article" and item.fields.flag("has_gallery"):
        return "picture"
    return {"micro_post": "text", "comment": "text"}.get(item.form, item.form)


def _words(item: _Item, writing: Fields) -> tuple[str | None, str | None, bool, tuple[Link, ...]]:
    """``(title, text, text_complete, links)``; a micro post's title is only its cut text."""
    if item.form in ("micro_post", "comment"):
        rich = flat(writing.words("rich_content") or "")
        plain = tidy(writing.words("content") or "") or rich.text
        if not plain and not _origin(item.fields) and not list(_pictures(item.fields)):
            raise writing.error("content")
        return None, plain or None, True, rich.links
    title = item.fields.words("title")
    if title is None:
        raise item.fields.error("title")
    summary = item.fields.words("abstract") or item.fields.words("Abstract")
    outside = item.fields.words("article_url")
    links = (link(outside),) if outside and outside.startswith("http") and not is_site(outside) else ()
    return tidy(title), tidy(summary) if summary else None, item.form == "video", links


def _origin(fields: Fields) -> Fields | None:
    """What a repost repeats, whatever it is; ``None`` for a post of its own."""
    for key, value in fields.data.items():
        if key.startswith("origin_") and isinstance(value, Mapping) and value:
            return Fields(KIND, dict(value), f"{fields.path}{key}.")
    return None


def _source_name(item: _Item, origin: Fields | None) -> str | None:
    if origin is not None:
        named = author_of(origin).name or origin.words("source")
    else:
        named = item.fields.words("source")
    return named if named != item.author.name else None


def _declared_original(fields: Fields) -> bool | None:
    stated = fields.flag("is_original")
    cell = _item_cell(fields)
    sorts = cell.perhaps("articleClassification") if cell else None
    return sorts.flag("isOriginal") if stated is None and sorts else stated


def _is_stuck(fields: Fields) -> bool:
    return bool(fields.flag("is_stick")) or fields.data.get("label") == _STUCK


def _card_links(fields: Fields) -> Iterator[Link]:
    """Goods and service cards under a post: a shop address is the plainest sign of advertising."""
    card = fields.perhaps("attach_card_info")
    if card is None:
        return
    review = card.perhaps("review_info")
    urls = [holder.words(key) for holder in (review, card) if holder for key in ("card_url", "button_url", "schema")]
    shown = list(dict.fromkeys(url for url in urls if url))
    outside = [url for url in shown if url.startswith("http")] or shown[:1]
    yield from (link(url, card.words("title")) for url in outside)


def _pictures(fields: Fields) -> Iterator[Media]:
    for key in ("large_image_list", "image_list", "thumb_image_list"):
        listed = fields.data.get(key)
        if isinstance(listed, list) and listed:
            yield from (Media("picture", picture.text("url")) for picture in fields.children(key))
            return
    middle = fields.perhaps("middle_image")
    if middle and (url := middle.words("url")):
        yield Media("picture", url)


def _item_cell(fields: Fields) -> Fields | None:
    """The item's ``itemCell``, which home pages keep as base64 of JSON in ``raw_data``."""
    if cell := fields.perhaps("itemCell"):
        return cell
    packed = fields.words("raw_data") or fields.words("common_raw_data")
    if packed is None:
        return None
    try:
        text = base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ParseError(KIND, f"{fields.path}raw_data", str(error)) from error
    return parse_json(KIND, text).perhaps("itemCell")


def _counters(fields: Fields) -> dict[str, int | None]:
    cell = _item_cell(fields)
    counted = cell.perhaps("itemCounter") if cell else None
    counted = counted or Fields(KIND, {})
    pairs = {
        "reads": ("readCount", "read_count"),
        "likes": ("diggCount", "digg_count"),
        "comments": ("commentCount", "comment_count"),
        "reposts": ("forwardCount", "forward_count"),
    }
    return {name: _first(counted.count(cell_key), fields.count(key)) for name, (cell_key, key) in pairs.items()}


def _first(one: int | None, other: int | None) -> int | None:
    return other if one is None else one


def listed(holder: Fields, key: str) -> list[Fields | ParseError]:
    """The items of a list in order, an element of another form as the ParseError that names it.

    Raises:
        ParseError: There is no list.
    """
    elements = holder.data.get(key)
    if not isinstance(elements, list):
        raise holder.error(key)
    places = [f"{holder.path}{key}[{number}]" for number in range(len(elements))]
    return [
        Fields(holder.kind, element, f"{place}.")
        if isinstance(element, dict)
        else ParseError(holder.kind, place, element)
        for place, element in zip(places, elements, strict=True)
    ]


def listed_at(item: Fields) -> datetime | None:
    """The publish time of a list item that is not stuck on top; ``None`` for stuck and unreadable items."""
    if _is_stuck(item):
        return None
    try:
        return published_at(item, "publish_time")
    except ParseError:
        return None
