"""Articles: ``/article/<id>/`` as served to browsers, with RENDER_DATA; without it, JSON-LD or the shown page.

RENDER_DATA gives everything. Its absence is counted as Drift: JSON-LD keeps title, second and author,
the shown page only the minute.

Source: recorded page of 2025-10.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from parsel import Selector

from crawler.dates import parse_time
from crawler.page import Drift, Page, Parsed, ParseError
from crawler.spiders.toutiao.accounts import Author, number_id
from crawler.spiders.toutiao.address import PLATFORM, account_key, article_url, is_token
from crawler.spiders.toutiao.embedded import document_of, parse_json_ld, parse_render_data, post_id_of
from crawler.spiders.toutiao.legacy import parse_legacy
from crawler.spiders.toutiao.markup import Flat, flat, flat_element, tidy
from crawler.spiders.toutiao.micro_post import parse_micro_post
from crawler.spiders.toutiao.recognition import recognise
from crawler.spiders.toutiao.states import notice_without_content
from crawler.spiders.toutiao.tables import known_fields
from crawler.spiders.toutiao.times import published_at
from crawler.spiders.toutiao.video import parse_video
from crawler.strict import Fields
from records import Media, Post

KIND = "article"
_STATEMENT = "作品声明："
_BODY = "article"
_SITE_NAME = "今日头条"
_OTHERS = {"video": parse_video, "micro_post": parse_micro_post, "legacy": parse_legacy}


def parse_article(page: Page) -> Iterator[Parsed]:
    """The post of an article's address; a Notice where the page says that it is gone or shows nothing of it.

    RENDER_DATA also gives the author's profile: the one place that ties the token to the numeric user id.
    The address may lead to a video, a micro post or a page of the old layout: each is read as what it is.
    """
    other = _OTHERS.get(recognise(page) or "")
    if other is not None:
        yield from other(page)
        return
    data = parse_render_data(KIND, page)
    if data is not None and "mediaInfo" in data:
        yield from (Drift(KIND, field) for field in Fields(KIND, data.data).unknown(known_fields("article")))
        author = _author(data.child("mediaInfo"))
        yield _from_render_data(data, page, author)
        if author.name is not None:
            yield author.profile(KIND, page.fetched_at)
        return
    document = document_of(page)
    notice = notice_without_content(KIND, page, document, content=f"{_BODY}, h1")
    if notice is not None:
        yield notice
        return
    stated = parse_json_ld(KIND, document)
    yield Drift(KIND, "no RENDER_DATA")
    yield _from_json_ld(stated, page, document) if stated else _from_shown_page(page, document)


def _from_render_data(data: Fields, page: Page, author: Author) -> Post:
    post_id = data.identifier("groupId")
    published, precision = _published(data, page.fetched_at)
    content = flat(data.text("content"))
    named = data.words("source")
    return Post(
        platform=PLATFORM,
        account=author.account,
        post_id=post_id,
        url=article_url(post_id),
        published_at=published,
        time_precision=precision,
        title=tidy(data.text("title")) or None,
        text=content.text or None,
        kind="article" if content.text or not content.pictures else "picture",
        declared_original=data.flag("isOriginal"),
        source_name=named if named and named != author.name else _statement(data),
        links=content.links,
        media=tuple(_media(data, content)),
        counters=_counters(data),
        addresses=tuple(other for other in (number_id(data.data.get("itemId")),) if other and other != post_id),
    )


def _author(media: Fields) -> Author:
    key = media.data.get("userId")
    author = Author(
        name=media.words("name"),
        token=str(key) if is_token(key) else None,
        user_id=number_id(media.data.get("unsafeUserId")) or number_id(key),
        bio=media.words("description"),
        avatar_url=media.words("avatarUrl"),
    )
    if author.uid is None:
        raise media.error("userId")
    return author


def _published(data: Fields, fetched_at: datetime) -> tuple[datetime, str]:
    search_terms = data.perhaps("seoTDK")
    if search_terms and search_terms.words("publishTimestamp"):
        return published_at(search_terms, "publishTimestamp"), "second"
    try:
        return parse_time(data.text("publishTime"), fetched_at)
    except ValueError as error:
        raise data.error("publishTime") from error


def _statement(data: Fields) -> str | None:
    """What the platform itself says of the work's source (作品声明), such as 内容取材于网络."""
    cell = data.perhaps("itemCell")
    related = cell.perhaps("relatedInfo") if cell else None
    if related is None or not isinstance(related.data.get("infoSourceList"), list):
        return None
    shown = [line.words("richContent") or "" for line in related.children("infoSourceList")]
    return next((line.removeprefix(_STATEMENT) for line in shown if line.startswith(_STATEMENT)), None)


def _media(data: Fields, content: Flat) -> Iterator[Media]:
    listed = data.data.get("imageList")
    if not isinstance(listed, list) or not listed:
        yield from content.pictures
        return
    for image in listed:
        url = image.get("url") if isinstance(image, Mapping) else image
        if not isinstance(url, str):
            raise data.error("imageList")
        yield Media("picture", url)


def _counters(data: Fields) -> dict[str, int | None]:
    cell, liked = data.perhaps("itemCell"), data.perhaps("likeData")
    counted = (cell.perhaps("itemCounter") if cell else None) or Fields(KIND, {})
    likes = counted.count("diggCount")
    return {
        "reads": counted.count("readCount"),
        "likes": liked.count("count") if likes is None and liked else likes,
        "comments": counted.count("commentCount"),
        "reposts": counted.count("forwardCount"),
    }


def _from_json_ld(stated: Fields, page: Page, document: Selector) -> Post:
    writer = stated.child("author")
    try:
        published, precision = parse_time(stated.text("datePublished"), page.fetched_at)
    except ValueError as error:
        raise stated.error("datePublished") from error
    return _shown_post(page, document, tidy(stated.text("headline")), (published, precision), writer.text("url"))


def _from_shown_page(page: Page, document: Selector) -> Post:
    shown_time = document.css("div.article-meta > span:not(.name):not(.dot)::text").get()
    title = document.css("h1::text").get()
    writer = document.css('div.article-meta a[href*="/c/user/"]::attr(href)').get()
    if shown_time is None or title is None or writer is None:
        raise ParseError(KIND, "article-meta", (title, shown_time, writer))
    try:
        published = parse_time(shown_time, page.fetched_at)
    except ValueError as error:
        raise ParseError(KIND, "article-meta time", shown_time) from error
    return _shown_post(page, document, tidy(title), published, writer)


def _shown_post(
    page: Page, document: Selector, title: str, published: tuple[datetime, str], writer_address: str
) -> Post:
    uid = account_key(f"https://www.toutiao.com{writer_address}" if writer_address.startswith("/") else writer_address)
    bodies = document.css(_BODY)
    if uid is None or not bodies:
        raise ParseError(KIND, "author" if uid is None else _BODY, writer_address)
    content = flat_element(bodies[0].root)
    post_id = post_id_of(KIND, page, document)
    declared = document.css("div.ai-meta::text").get() or ""
    return Post(
        platform=PLATFORM,
        account=f"{PLATFORM}:{uid}",
        post_id=post_id,
        url=article_url(post_id),
        published_at=published[0],
        time_precision=published[1],
        title=title.removesuffix(f" - {_SITE_NAME}") or None,
        text=content.text or None,
        kind="article",
        source_name=declared.removeprefix(_STATEMENT) if declared.startswith(_STATEMENT) else None,
        links=content.links,
        media=content.pictures,
    )
