"""Micro posts (微头条): ``/w/<thread id>/`` as rendered. The page's own data block is not known.

Source: selectors that public code uses on this page; no recording is held.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from parsel import Selector

from crawler.dates import parse_time
from crawler.page import Page, Parsed, ParseError
from crawler.spiders.toutiao.address import PLATFORM, account_key, micro_post_url
from crawler.spiders.toutiao.embedded import document_of, post_id_of
from crawler.spiders.toutiao.markup import flat_element, link
from crawler.spiders.toutiao.states import notice_without_content
from records import Media, Post

KIND = "micro_post"
_TEXT = ".weitoutiao-html"
_AUTHOR = '.author-info a[href*="/c/user/"]::attr(href)'
_TIMES = ".author-info span::text, .author-info .time::text"
_PICTURES = ".image-list img"
_GOODS = 'a[href*="jinritemai.com"]'


def parse_micro_post(page: Page) -> Iterator[Parsed]:
    """The micro post; a Notice where the page says that it is gone or shows nothing of it."""
    document = document_of(page)
    notice = notice_without_content(KIND, page, document, content=_TEXT)
    yield _post(page, document) if notice is None else notice


def _post(page: Page, document: Selector) -> Post:
    content = flat_element(document.css(_TEXT)[0].root)
    address = document.css(_AUTHOR).get() or ""
    uid = account_key(link(address).url) if address else None
    if uid is None:
        raise ParseError(KIND, "author", address)
    published, precision = _published(document, page.fetched_at)
    post_id = post_id_of(KIND, page, document)
    sources = document.css(_PICTURES)
    pictures = [image.root.get("data-src") or image.root.get("src") or "" for image in sources]
    goods = (link(anchor.root.get("href"), " ".join(anchor.css("*::text").getall())) for anchor in document.css(_GOODS))
    return Post(
        platform=PLATFORM,
        account=f"{PLATFORM}:{uid}",
        post_id=post_id,
        url=micro_post_url(post_id),
        published_at=published,
        time_precision=precision,
        text=content.text,
        kind="text",
        links=tuple(dict.fromkeys((*content.links, *goods))),
        media=tuple(Media("picture", url) for url in pictures if url and not url.startswith("data:")),
    )


def _published(document: Selector, fetched_at: datetime) -> tuple[datetime, str]:
    shown = [text.strip() for text in document.css(_TIMES).getall()]
    for text in shown:
        try:
            return parse_time(text, fetched_at)
        except ValueError:
            continue
    raise ParseError(KIND, "time", shown)
