"""Videos: ``/video/<id>/``, whose data is RENDER_DATA's ``initialVideo``.

Source: field names from public code that reads this page; no recording is held.
"""

from __future__ import annotations

from collections.abc import Iterator

from crawler.page import Notice, Page, Parsed, ParseError
from crawler.spiders.toutiao.accounts import Author, number_id
from crawler.spiders.toutiao.address import PLATFORM, is_token, video_url
from crawler.spiders.toutiao.embedded import document_of, parse_render_data, post_id_of
from crawler.spiders.toutiao.markup import tidy
from crawler.spiders.toutiao.states import notice_without_content
from crawler.spiders.toutiao.times import published_at
from crawler.strict import Fields
from records import Media, Post

KIND = "video"
_PICTURES = ("coverUrl", "poster")


def parse_video(page: Page) -> Iterator[Parsed]:
    """The video's post; a Notice where the page says that it is gone or shows nothing of it."""
    data = parse_render_data(KIND, page)
    document = document_of(page)
    if data is None or data.perhaps("initialVideo") is None:
        yield _notice(page)
        return
    video = data.child("initialVideo")
    yield _post(video, post_id_of(KIND, page, document))


def _notice(page: Page) -> Notice:
    notice = notice_without_content(KIND, page, document_of(page), content="video[src]")
    if notice is None:
        raise ParseError(KIND, "initialVideo")
    return notice


def _post(video: Fields, post_id: str) -> Post:
    author = _author(video.child("userInfo"))
    covers = [url for url in (video.words(key) for key in _PICTURES) if url]
    return Post(
        platform=PLATFORM,
        account=author.account,
        post_id=post_id,
        url=video_url(post_id),
        published_at=published_at(video, "publishTime"),
        title=tidy(video.text("title")) or None,
        kind="video",
        declared_original=video.flag("isOriginal"),
        media=tuple(Media("picture", url) for url in covers[:1]),
        counters={
            "reads": video.count("playCount"),
            "likes": video.count("diggCount"),
            "comments": video.count("commentCount"),
        },
    )


def _author(user: Fields) -> Author:
    key = user.data.get("userId")
    author = Author(name=user.words("name"), token=str(key) if is_token(key) else None, user_id=number_id(key))
    if author.uid is None:
        raise user.error("userId")
    return author
