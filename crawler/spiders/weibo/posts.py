"""One post object, as m.weibo.cn (``mblog``) and weibo.com (an element of ``data.list``) give it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from crawler.counters import parse_counter
from crawler.dates import parse_time
from crawler.page import Drift, Fetch
from crawler.spiders.weibo.address import PLATFORM, long_text_url, post_id_in, post_url
from crawler.spiders.weibo.tables import known_fields
from crawler.spiders.weibo.text import Anchor, Words, outward_links, read_html, tidy, unwrapped
from crawler.strict import Fields
from records import Counter, Link, Media, Post

_COUNTERS = {"likes": "attitudes_count", "comments": "comments_count", "reposts": "reposts_count"}
_REPOST_WORDS = re.compile(r"转发微博$|//@")
_PINNED_TYPE = 2  # mblogtype; 1 also occurs on ordinary super-topic posts


def parse_post(
    item: Fields, now: datetime, *, pinned: bool = False, whole: bool = False
) -> Iterator[Post | Fetch | Drift]:
    """The post, a Fetch of its whole text where the list cuts it, and a Drift for every field not known.

    A post not meant for everybody (``visible.type`` other than 0; seen only with its owner's session) gives
    a Drift and no Post. The original of a repost is not merged in: ``source_name`` is its author where the
    page still names one.

    Args:
        item: The post object.
        now: When the answer was given.
        pinned: The list marks the post as pinned outside of the object.
        whole: The page shows the whole text although ``isLongText`` is set (a post's own page).

    Raises:
        ParseError: A field that a post needs is absent or in an unknown form.
    """
    for field in sorted(set(item.data) - known_fields("post")):
        yield Drift(item.kind, f"post.{field}")
    visible = item.perhaps("visible")
    if visible is not None and visible.integer("type") != 0:
        yield Drift(item.kind, "post.visible.type")
        return
    post = _post(item, now, pinned, whole)
    yield post
    if not post.text_complete:
        yield Fetch(url=long_text_url(post.post_id), kind="long_text", about=f"text:{post.post_id}")


def _post(item: Fields, now: datetime, pinned: bool, whole: bool) -> Post:
    mid, uid = post_id(item), item.child("user").identifier("id")
    words = _words(item)
    original = item.perhaps("retweeted_status")
    is_repost = original is not None or bool(_REPOST_WORDS.match(words.text or ""))
    published_at, precision = _published(item, now)
    media = tuple(_media(item, is_repost))
    return Post(
        platform=PLATFORM,
        account=f"{PLATFORM}:{uid}",
        post_id=mid,
        url=post_url(uid, mid),
        published_at=published_at,
        time_precision=precision,
        title=_title(item, is_repost),
        text=words.text,
        text_complete=not (words.cut or (item.flag("isLongText") and not whole)),
        kind=_kind(item, media, is_repost),
        is_repost=is_repost,
        source_name=_author(original),
        pinned=pinned or _is_pinned(item),
        links=_links(item, words, is_repost),
        media=media,
        counters=counters(item),
    )


def post_id(item: Fields) -> str:
    """The mid; ParseError where the object has none."""
    key = "mid" if "mid" in item else "id"
    mid = item.identifier(key)
    if not mid.isdecimal() or post_id_in(mid) is None:
        raise item.error(key)
    return mid


def counters(item: Fields) -> Mapping[str, int | Counter | None]:
    """Likes, comments and reposts as shown, ``None`` where the object has no such field."""
    return {name: _counter(item, field) for name, field in _COUNTERS.items()}


def _counter(item: Fields, field: str) -> int | Counter | None:
    value = item.data.get(field)
    if value is None:
        return None
    try:
        return parse_counter(value)
    except ValueError as error:
        raise item.error(field) from error


def _published(item: Fields, now: datetime) -> tuple[datetime, str]:
    try:
        return parse_time(item.text("created_at"), now)
    except ValueError as error:
        raise item.error("created_at") from error


def _words(item: Fields) -> Words:
    words = read_html(item.text("text"))
    if words.text is None and item.words("text_raw") is not None:
        return Words(tidy(item.text("text_raw")), words.anchors, words.cut)
    return words


def _author(original: Fields | None) -> str | None:
    author = original.perhaps("user") if original is not None else None
    return author.words("screen_name") if author is not None else None


def _is_pinned(item: Fields) -> bool:
    title = item.perhaps("title")
    named = title is not None and title.words("text") == "置顶"
    return named or item.count("mblogtype") == _PINNED_TYPE or bool(item.flag("isTop"))


def _page_type(item: Fields, is_repost: bool) -> tuple[Fields | None, str]:
    """The card under the text and its type; a repost's card belongs to the original."""
    card = None if is_repost else item.perhaps("page_info")
    if card is None:
        return None, ""
    for key in ("type", "object_type"):
        value = card.data.get(key)
        if isinstance(value, str) and value and not value.isdecimal():
            return card, value
    return card, ""


def _title(item: Fields, is_repost: bool) -> str | None:
    card, kind = _page_type(item, is_repost)
    return tidy(card.words("page_title") or "") if card is not None and kind == "article" else None


def _kind(item: Fields, media: tuple[Media, ...], is_repost: bool) -> str:
    _, kind = _page_type(item, is_repost)
    if kind in ("video", "article"):
        return kind
    return "picture" if any(one.kind == "picture" for one in media) else "text"


def _media(item: Fields, is_repost: bool) -> Iterator[Media]:
    """Pictures at full size and videos; a video by its page, as its stream address expires within hours."""
    for picture in _pictures(item):
        yield Media("picture", _picture_url(picture))
        moving = picture.data.get("videoSrc") or picture.data.get("video")
        if isinstance(moving, str) and picture.data.get("type") in ("livephoto", "video"):
            yield Media("video", moving)
    card, kind = _page_type(item, is_repost)
    if card is not None and kind == "video":
        yield Media("video", f"https://video.weibo.com/show?fid={card.identifier('object_id')}")


def _pictures(item: Fields) -> Iterator[Fields]:
    """``pics`` (a list, at times an object keyed 0, 1, …) of m.weibo.cn, ``pic_infos`` of weibo.com."""
    key = "pics" if item.data.get("pics") else "pic_infos"
    shape = item.data.get(key)
    if not shape:
        return
    if isinstance(shape, list):
        yield from item.children(key)
        return
    holder = item.child(key)
    order = item.data.get("pic_ids") if key == "pic_infos" else None
    named = [name for name in order if name in holder] if isinstance(order, list) else list(holder.data)
    for name in named:
        yield holder.child(name)


def _picture_url(picture: Fields) -> str:
    for size in ("largest", "large", "original"):
        if (shape := picture.perhaps(size)) is not None:
            return shape.identifier("url")
    return picture.identifier("url")


def _links(item: Fields, words: Words, is_repost: bool) -> tuple[Link, ...]:
    known, titles = _known_targets(item, is_repost)
    raw = item.words("text_raw") or ""
    shorts = sorted((short for short in titles if short in raw), key=raw.index)
    behind = {known[short]: short for short in shorts if short in known}
    anchors = [replace(anchor, href=behind.get(anchor.href, anchor.href)) for anchor in words.anchors]
    shown = {anchor.href for anchor in anchors}
    anchors += [Anchor(short, "", titles[short]) for short in shorts if short not in shown]
    links = outward_links(anchors, known)
    # Where the words themselves are a short address, the reader sees it, wherever it leads.
    written = [short for short in shorts if short in (words.text or "") and short not in {one.url for one in links}]
    links += tuple(Link(short, known.get(short), titles[short] or None) for short in written)
    card, kind = _page_type(item, is_repost)
    if card is None or kind in ("video", "search_topic", "topic"):
        return links
    extra = outward_links(_card_anchor(card), known)
    seen = {address for link in links for address in (link.url, link.target)}
    return links + tuple(link for link in extra if link.url not in seen and (link.target or link.url) not in seen)


def _card_anchor(card: Fields) -> Iterator[Anchor]:
    address = card.words("url_ori") or card.words("page_url")
    if address is not None:
        yield Anchor(address, "", (card.words("page_title") or "").strip())


def _known_targets(item: Fields, is_repost: bool) -> tuple[dict[str, str], dict[str, str]]:
    """What short addresses lead to, and their titles, as ``url_struct`` and the card tell."""
    known: dict[str, str] = {}
    titles: dict[str, str] = {}
    for entry in item.children("url_struct") if item.data.get("url_struct") else ():
        short, target = entry.words("short_url"), entry.words("long_url")
        if short is None or not short.startswith("http"):
            continue
        titles[short] = entry.words("url_title") or ""
        if target is not None and target.startswith("http"):
            known[short] = unwrapped(target) or target
    card, _ = _page_type(item, is_repost)
    if card is not None and (short := card.words("url_ori")) and (target := card.words("page_url")):
        real = unwrapped(target) or target
        known.setdefault(short, real)
    return known, titles
