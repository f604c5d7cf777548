"""weibo.cn, the old XHTML pages: list of posts, account information, pictures of one post. Recorded 2020-06.

They want a login and are read only where a person saved one. Dates carry no year: the footer
``weibo.cn[06-19 00:47]`` is the server's clock. Emoji end with a ``</span>`` that was never opened, so a text
is read to the end of its block, not of its span. Counters of reposts and comments stop at 1000000.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

from parsel import Selector

from crawler.counters import parse_counter
from crawler.dates import parse_time
from crawler.page import Extent, Fetch, Page, Parsed, ParseError
from crawler.spiders.weibo.address import (
    PLATFORM,
    long_text_url,
    mid_of,
    post_url,
    profile_url,
    status_url,
)
from crawler.spiders.weibo.text import Words, outward_links, read_element, tidy
from records import Counter, Media, Post, Profile

_CAP = 1_000_000
_CLOCK = re.compile(r"weibo\.cn\[([0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2})\]")
_CLOCK_SLACK = timedelta(hours=12)  # the server's clock may be ahead of ours
_COUNTERS = {"likes": "赞", "comments": "评论", "reposts": "转发"}
_AFTER_TEXT = "self::a[contains(@href, '/attitude/') or contains(@href, '/mblog/picAll/')]"
_VIDEO = re.compile(r"^https?://m\.weibo\.cn/s/video/show\?.*?object_id=([0-9]+:[0-9a-zA-Z]+)")


def _selector(page: Page) -> Selector:
    text = page.body.decode("utf-8", "replace").strip()
    return Selector(text=re.sub(r"^<\?xml[^>]*\?>", "", text) or "<html></html>", type="html")


def parse_old_profile(page: Page) -> Iterator[Parsed]:
    """The posts of a list page of weibo.cn, the account as its header shows it, the total, and the next page.

    Raises:
        ParseError: The footer clock, the account or the list is missing.
    """
    whole = _selector(page)
    now = _footer_clock(whole, page.fetched_at)
    uid = _list_uid(whole)
    parsed = [one for block in whole.css("div.c[id^='M_']") for one in _block(block, uid, now)]
    yield from parsed
    if not any(isinstance(one, Post) for one in parsed):
        raise ParseError("old_profile", "div.c#M_", "没有一条微博，也没有写明为空")
    yield from _header(whole, uid, page)
    following = whole.xpath("//div[@id='pagelist']//a[normalize-space()='下页']/@href").get()
    yield Extent(total=_stated(whole, "微博"), more=True if following else None)
    number = re.search(r"[?&]page=([0-9]{1,6})", following or "")
    if number:
        yield Fetch(url=f"https://weibo.cn/{uid}/profile?page={number[1]}", kind="old_profile", paging=True)
    yield Fetch(url=profile_url(uid), kind="profile", about=f"profile:{_title_name(whole, '的微博')}")


def _footer_clock(whole: Selector, fetched_at: datetime) -> datetime:
    found = _CLOCK.search(whole.xpath("string(//div[@class='b'][last()])").get(""))
    if found is None:
        raise ParseError("old_profile", "weibo.cn[..]")
    try:
        return parse_time(found[1], fetched_at + _CLOCK_SLACK)[0]
    except ValueError as error:
        raise ParseError("old_profile", "weibo.cn[..]", found[1]) from error


def _list_uid(whole: Selector) -> str:
    for href in whole.css("div.tip2 a::attr(href)").getall():
        if found := re.match(r"/([1-9][0-9]{4,11})/(?:follow|fans)", href):
            return found[1]
    raise ParseError("old_profile", "div.tip2")


def _stated(whole: Selector, label: str) -> int | None:
    """The number of ``微博[1159]`` or ``粉丝[70805573]`` in the header."""
    found = re.search(rf"{label}\[([0-9]{{1,12}})\]", whole.css("div.tip2").xpath("string()").get(""))
    return int(found[1]) if found else None


def _header(whole: Selector, uid: str, page: Page) -> Iterator[Profile]:
    """The account in the header; its first page alone has 认证, words about itself (cut with ``...``) and picture."""
    name = tidy(_title_name(whole, "的微博"))
    if name is None:
        return
    lines = [tidy(line.xpath("string()").get("")) or "" for line in whole.css("div.u div.ut > span.ctt")][1:]
    entity = next((tidy(line[3:]) for line in lines if re.match("认证[:：]", line)), None)
    bio = next((line for line in lines if line and not line.startswith("认证")), None)
    yield Profile(
        platform=PLATFORM,
        account=f"{PLATFORM}:{uid}",
        uid=uid,
        name=name,
        observed_at=page.fetched_at,
        aliases={"uid": uid},
        bio=None if bio is None or bio.endswith("...") else bio,
        verified=True if entity else None,
        verified_entity=entity,
        followers=_stated(whole, "粉丝"),
        posts_total=_stated(whole, "微博"),
        avatar_url=whole.css("div.u img.por::attr(src)").get(),
    )


def _title_name(whole: Selector, ending: str) -> str:
    title = (whole.css("title::text").get() or "").strip()
    return title.removesuffix(ending) if title.endswith(ending) else ""


def _block(block: Selector, uid: str, now: datetime) -> Iterator[Parsed]:
    try:
        yield from _post(block, uid, now)
    except ParseError as error:
        yield error


def _post(block: Selector, uid: str, now: datetime) -> Iterator[Parsed]:
    bid = block.root.get("id").removeprefix("M_")
    try:
        mid = mid_of(bid)
    except ValueError as error:
        raise ParseError("old_profile", "id", bid) from error
    parts = block.xpath("./div")
    if not parts:
        raise ParseError("old_profile", "div", bid)
    header = parts[0].xpath("./span[@class='cmt'][contains(., '转发了')]")
    words, pinned = _own_words(parts, bool(header))
    published_at, precision = _published(parts[-1], now)
    media = () if header else tuple(_media(parts, words))
    yield Post(
        platform=PLATFORM,
        account=f"{PLATFORM}:{uid}",
        post_id=mid,
        url=post_url(uid, mid),
        published_at=published_at,
        time_precision=precision,
        text=words.text,
        text_complete=not words.cut,
        kind=media[-1].kind if media else "text",
        is_repost=bool(header),
        source_name=tidy(header.xpath("string(./a[1])").get("")) if header else None,
        pinned=pinned,
        links=outward_links(words.anchors, {}),
        media=media,
        counters={name: _counter(parts[-1], label) for name, label in _COUNTERS.items()},
    )
    if words.cut:
        yield Fetch(url=long_text_url(mid), kind="long_text", about=f"text:{mid}")


def _own_words(parts: list[Selector], is_repost: bool) -> tuple[Words, bool]:
    """The account's own words (in a repost those after 转发理由), and whether 置顶 stands before them."""
    part = parts[-1] if is_repost else parts[0]
    words = read_element(part.root, stop=_AFTER_TEXT)
    text = (words.text or "").removesuffix("[").rstrip()
    if is_repost:
        text = text.removeprefix("转发理由:")
    pinned = text.startswith("[置顶]")
    return Words(tidy(text.removeprefix("[置顶]")), words.anchors, words.cut), pinned


def _published(part: Selector, now: datetime) -> tuple[datetime, str]:
    shown = part.css("span.ct").xpath("string()").get("")
    try:
        return parse_time(shown.replace("\xa0", " ").partition("来自")[0], now)
    except ValueError as error:
        raise ParseError("old_profile", "span.ct", shown) from error


def _counter(part: Selector, label: str) -> int | Counter | None:
    for text in part.xpath("./a/text()").getall():
        if found := re.fullmatch(rf"{label}\[([^\]]*)\]", text.strip()):
            try:
                count = parse_counter(found[1])
            except ValueError as error:
                raise ParseError("old_profile", label, text) from error
            return Counter(found[1], _CAP) if count == _CAP else count
    return None


def _media(parts: list[Selector], words: Words) -> Iterator[Media]:
    for source in parts[-1].css("img.ib::attr(src)").getall():
        yield Media("picture", source)
    for anchor in words.anchors:
        if found := _VIDEO.match(anchor.href):
            yield Media("video", f"https://video.weibo.com/show?fid={found[1]}")


def parse_old_info(page: Page) -> Iterator[Parsed]:
    """The profile of an information page: name, words of the verification, bio. Nothing of the person is read.

    ``verified`` is ``True`` where the page shows a 认证 line and ``None`` where it shows none: it does not say no.

    Raises:
        ParseError: The name or the uid is missing.
    """
    whole = _selector(page)
    block = whole.xpath("//div[@class='tip'][.='基本信息']/following-sibling::div[@class='c'][1]")
    if not block:
        raise ParseError("old_info", "基本信息")
    lines = (read_element(block[0].root).text or "").split("\n")
    rows = dict(re.split("[:：]", line, maxsplit=1) for line in lines if re.search("[:：]", line))
    name, uid = tidy(rows.get("昵称", "")), _info_uid(whole)
    if name is None or uid is None:
        raise ParseError("old_info", "昵称" if name is None else "uid")
    entity = tidy(rows.get("认证信息") or rows.get("认证") or "")
    yield Profile(
        platform=PLATFORM,
        account=f"{PLATFORM}:{uid}",
        uid=uid,
        name=name,
        observed_at=page.fetched_at,
        aliases={"uid": uid},
        bio=tidy(rows.get("简介", "")),
        verified=True if entity else None,
        verified_entity=entity,
        avatar_url=whole.xpath("//img[@alt='头像']/@src").get(),
    )


def _info_uid(whole: Selector) -> str | None:
    for href in whole.css("div.n a::attr(href)").getall():
        if found := re.match(r"/([1-9][0-9]{4,11})/info", href):
            return found[1]
    return None


def parse_old_pictures(page: Page) -> Iterator[Parsed]:
    """The pictures of one post: a Post without account, time and text that completes one known from elsewhere.

    Raises:
        ParseError: No picture, fewer pictures than the page counts (``1/18``), or pictures of several posts.
    """
    whole = _selector(page)
    asked = [parse_qs(urlsplit(href).query) for href in whole.css("a[href*='/mblog/oripic']::attr(href)").getall()]
    bids = {unquote(query["id"][0]) for query in asked if "id" in query}
    pictures = whole.css("div.c img[src*='sinaimg.cn']::attr(src)").getall()
    stated = re.findall(r"^[0-9]+/([0-9]+)$", "\n".join(whole.css("span.tc::text").getall()), re.MULTILINE)
    if not pictures or set(stated) != {str(len(pictures))}:
        raise ParseError("old_pictures", "span.tc", stated[:1])
    try:
        (mid,) = (mid_of(bid) for bid in bids)
    except ValueError as error:
        raise ParseError("old_pictures", "id", sorted(bids)) from error
    yield Post(
        platform=PLATFORM,
        account=None,
        post_id=mid,
        url=status_url(mid),
        published_at=None,
        text_complete=False,
        kind="picture",
        media=tuple(Media("picture", source) for source in pictures),
    )
