"""Articles and galleries of 2019 and 2020, whose data is a JavaScript object (``BASE_DATA``). Nothing is run.

The object is read by the exact order in which those pages wrote its fields; another order is a ParseError.

Source: recorded pages of 2019-09 and 2020-03.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from html import unescape
from urllib.parse import urljoin

from crawler.dates import parse_time
from crawler.page import Page, Parsed, ParseError
from crawler.spiders.toutiao.accounts import Author
from crawler.spiders.toutiao.address import PLATFORM, SITE, article_url
from crawler.spiders.toutiao.markup import flat, tidy
from crawler.strict import load_json, parse_json
from records import Media, Post

KIND = "legacy"
_STRING = r"'((?:[^'\\\n]|\\.)*)'"
_ARTICLE = re.compile(
    rf"articleInfo:\s*\{{\s*title:\s*{_STRING}\.slice\(6, -6\),\s*content:\s*{_STRING}\.slice\(6, -6\),"
    r"\s*groupId:\s*'([0-9]+)',\s*itemId:\s*'([0-9]+)',\s*type:\s*[0-9]+,"
    rf"\s*subInfo:\s*\{{\s*isOriginal:\s*(true|false),\s*source:\s*{_STRING},\s*time:\s*'([^']*)'"
)
_ARTICLE_OWNER = re.compile(
    rf"mediaInfo:\s*\{{\s*uid:\s*'([1-9][0-9]*)',\s*name:\s*{_STRING}(?:,\s*avatar:\s*{_STRING})?"
)
_GALLERY = re.compile(
    rf"BASE_DATA\.galleryInfo\s*=\s*\{{\s*title:\s*{_STRING},\s*isOriginal:\s*(true|false),"
    r'\s*mediaInfo:\s*BASE_DATA\.mediaInfo,\s*gallery:\s*JSON\.parse\(("(?:[^"\\\n]|\\.)*")\)'
)
_GALLERY_END = re.compile(r"\n[ \t]*publish_time:\s*'([^']*)',\s*group_id:\s*'([0-9]+)',\s*item_id:\s*'([0-9]+)'")
_GALLERY_OWNER = re.compile(
    rf"mediaInfo:\s*\{{\s*name:\s*{_STRING},\s*avatarUrl:\s*{_STRING},"
    rf"\s*openUrl:\s*{_STRING},\s*user_id:\s*'([1-9][0-9]*)'"
)
_COMMENTS = re.compile(r"commentInfo:\s*\{[^{}]*?comments_count:\s*([0-9]+)")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(.))", re.DOTALL)
_NAMED_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_QUOTE_LENGTH = 6  # the page cuts one &quot; off either end


def parse_legacy(page: Page) -> Iterator[Parsed]:
    """The article or gallery of a page in the layout of 2019 and 2020, and its author; ParseError where it differs."""
    source = page.body.decode("utf-8", "replace")
    if found := _ARTICLE.search(source):
        uid, name, avatar = _need(_ARTICLE_OWNER, source, "mediaInfo").groups()
        author = _author(uid, name, avatar)
        yield _article(found, source, page.fetched_at, author)
    elif found := _GALLERY.search(source):
        name, avatar, _address, uid = _need(_GALLERY_OWNER, source, "mediaInfo").groups()
        author = _author(uid, name, avatar)
        yield _gallery(found, source, page.fetched_at, author)
    else:
        raise ParseError(KIND, "旧版版式 BASE_DATA", None)
    if author.name is not None:
        yield author.profile(KIND, page.fetched_at)


def _author(user_id: str, name: str, avatar: str | None) -> Author:
    address = urljoin(f"{SITE}/", _script_text(avatar)) if avatar else None
    return Author(name=tidy(unescape(_script_text(name))) or None, user_id=user_id, avatar_url=address)


def _article(found: re.Match[str], source: str, fetched_at: datetime, author: Author) -> Post:
    title, content, group_id, item_id, original, named, shown_time = found.groups()
    body = flat(_quoted(content))
    published, precision = _time(shown_time, fetched_at)
    return Post(
        platform=PLATFORM,
        account=author.account,
        post_id=group_id,
        url=article_url(group_id),
        published_at=published,
        time_precision=precision,
        title=tidy(_quoted(title)) or None,
        text=body.text or None,
        kind="article",
        declared_original=original == "true",
        source_name=_other_name(_script_text(named), author.name),
        links=body.links,
        media=body.pictures,
        counters=_counters(source),
        addresses=(item_id,) if item_id != group_id else (),
    )


def _gallery(found: re.Match[str], source: str, fetched_at: datetime, author: Author) -> Post:
    title, original, packed = found.groups()
    end = _need(_GALLERY_END, source, "publish_time")
    gallery = parse_json(KIND, _packed_json(packed))
    captions = gallery.data.get("sub_abstracts")
    if not isinstance(captions, list) or not all(isinstance(caption, str) for caption in captions):
        raise gallery.error("sub_abstracts")
    published, precision = _time(end[1], fetched_at)
    return Post(
        platform=PLATFORM,
        account=author.account,
        post_id=end[2],
        url=article_url(end[2]),
        published_at=published,
        time_precision=precision,
        title=tidy(unescape(_script_text(title))) or None,
        text=tidy("\n".join(dict.fromkeys(captions))) or None,
        kind="picture",
        declared_original=original == "true",
        media=tuple(Media("picture", image.text("url")) for image in gallery.children("sub_images")),
        counters=_counters(source),
        addresses=(end[3],) if end[3] != end[2] else (),
    )


def _need(pattern: re.Pattern[str], source: str, field: str) -> re.Match[str]:
    found = pattern.search(source)
    if found is None:
        raise ParseError(KIND, field)
    return found


def _packed_json(literal: str) -> str:
    try:
        return str(load_json(literal))
    except (ValueError, RecursionError) as error:
        raise ParseError(KIND, "gallery", str(error)) from error


def _time(text: str, fetched_at: datetime) -> tuple[datetime, str]:
    try:
        return parse_time(text, fetched_at)
    except ValueError as error:
        raise ParseError(KIND, "time", text) from error


def _counters(source: str) -> dict[str, int | None]:
    found = _COMMENTS.search(source)
    return {"comments": int(found[1]) if found else None}


def _other_name(named: str, owner: str | None) -> str | None:
    return unescape(named) if named and unescape(named) != owner else None


def _script_text(literal: str) -> str:
    """The text that a JavaScript string literal stands for."""
    plain = _ESCAPE.sub(_unescaped, literal)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _unescaped(escape: re.Match[str]) -> str:
    code, byte, plain = escape.groups()
    return chr(int(code or byte, 16)) if code or byte else _NAMED_ESCAPES.get(plain, plain)


def _quoted(literal: str) -> str:
    return unescape(_script_text(literal)[_QUOTE_LENGTH:-_QUOTE_LENGTH])
