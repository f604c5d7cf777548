"""The article answer of m.toutiao.com (``/i<id>/info/`` and ``/info/v2/``): unofficial JSON, may vanish.

It names the account by numeric user id (``creator_uid``) and media id (``media_id``; ``media_user.id`` is
the media id too), never by token, and ``url`` is where the text came from, not the post's address.

Source: recorded answer of 2026-06.
"""

from __future__ import annotations

from collections.abc import Iterator

from crawler.counters import parse_counter
from crawler.page import Drift, Notice, Page, Parsed
from crawler.spiders.toutiao.accounts import Author, number_id, parse_verification
from crawler.spiders.toutiao.address import PLATFORM, article_url, is_site
from crawler.spiders.toutiao.markup import flat, link, tidy
from crawler.spiders.toutiao.tables import known_fields
from crawler.spiders.toutiao.times import published_at
from crawler.strict import Fields, parse_json
from records import Counter, Post

KIND = "info"


def parse_info(page: Page) -> Iterator[Parsed]:
    """The article's post and its account's profile; a Notice where the answer holds no article."""
    answer = parse_json(KIND, page.body)
    if answer.flag("success") is False or answer.perhaps("data") is None:
        yield Notice("unparsed", answer.words("message") or "接口没有给出文章")
        return
    data = answer.child("data")
    yield from (Drift(KIND, field) for field in Fields(KIND, data.data).unknown(known_fields("info")))
    author = _author(data)
    yield _post(data, author)
    yield author.profile(KIND, page.fetched_at, _followers(data))


def _author(data: Fields) -> Author:
    user = data.child("media_user")
    return Author(
        name=user.text("screen_name"),
        user_id=data.identifier("creator_uid"),
        media_id=number_id(data.data.get("media_id")) or number_id(user.data.get("id")),
        verification=parse_verification(user),
        avatar_url=user.words("avatar_url"),
    )


def _followers(data: Fields) -> int | Counter | None:
    shown = data.child("media_user").data.get("follower_count")
    if shown is None:
        return None
    try:
        return parse_counter(shown)
    except ValueError as error:
        raise data.child("media_user").error("follower_count") from error


def _post(data: Fields, author: Author) -> Post:
    group_id, content = data.identifier("gid"), flat(data.text("content"))
    named = data.words("detail_source") or data.words("source")
    origin = data.words("url")
    outside = (link(origin),) if origin and origin.startswith("http") and not is_site(origin) else ()
    return Post(
        platform=PLATFORM,
        account=author.account,
        post_id=group_id,
        url=article_url(group_id),
        published_at=published_at(data, "publish_time"),
        title=tidy(data.text("title")) or None,
        text=content.text or None,
        kind="article",
        declared_original=data.flag("is_original"),
        source_name=named if named != author.name else None,
        links=(*content.links, *outside),
        media=content.pictures,
        counters={
            "likes": data.count("digg_count"),
            "comments": data.count("comment_count"),
            "reposts": data.count("repost_count"),
        },
    )
