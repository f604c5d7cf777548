"""Pages of Toutiao that are no content, in their own words: removed posts, empty lists, shells."""

from __future__ import annotations

import re

from parsel import Selector

from crawler.page import Notice, Page

_REMOVED = re.compile(r"内容不存在|当前内容无法展示|该内容已删除|内容已被删除")
_NOTHING_POSTED = re.compile(
    r"(?:该用户|作者|TA|Ta|他|她)?(?:暂无|暂未|还没有|尚未)(?:发布|发表)?过?(?:任何)?(?:内容|作品|动态|文章|微头条)"
)
_SHORT_PAGE = 400
_SHORT_WORDS = 24
_VISIBLE_TEXT = (
    "//body/descendant::text()[not(ancestor::script or ancestor::style or ancestor::noscript or ancestor::template)]"
)


def visible_lines(document: Selector) -> list[str]:
    """What a reader sees of the page, one text after the other, scripts and styles left out."""
    return [line for line in (" ".join(text.split()) for text in document.xpath(_VISIBLE_TEXT).getall()) if line]


def notice_without_content(kind: str, page: Page, document: Selector, content: str) -> Notice | None:
    """``gone`` where the post's page says so and shows no content; ``unparsed`` for an empty shell; else ``None``.

    Args:
        kind: The page's kind, named in the reason.
        page: The page.
        document: The page as a document.
        content: A selector of the post's content; where it matches, the page is content.
    """
    if any(" ".join(element.css("*::text").getall()).strip() for element in document.css(content)):
        heading = " ".join(document.css("h1::text").getall())
        if document.css("article, .weitoutiao-html") or not _REMOVED.search(heading):
            return None
    lines = visible_lines(document)
    if sum(map(len, lines)) <= _SHORT_PAGE and (words := next(filter(_REMOVED.search, lines), None)):
        return Notice("gone", words[:_SHORT_PAGE])
    return Notice("unparsed", f"页面没有给出{_NAMES[kind]}内容：{' '.join(lines)[:80] or '空白页面'}")


_NAMES = {"article": "文章", "micro_post": "微头条", "video": "视频"}


def words_of_emptiness(document: Selector) -> str | None:
    """The page's own words that the account has posted nothing, such as 暂无内容; ``None`` where it has none."""
    for line in visible_lines(document):
        if len(line) <= _SHORT_WORDS and _NOTHING_POSTED.search(line):
            return line
    return None
