"""Account search (用户搜索) of so.toutiao.com, as a person saved it: robots.txt keeps us from asking for it.

Only links that lead to a Toutiao account make a candidate: result pages mix in articles and other sites.
The page gives the numeric user id and the shown name, neither token nor verification.

Source: notes on a saved mobile result page of 2026-08; no recording is held.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from parsel import Selector

from crawler.page import Fetch, Notice, Page, Parsed, ParseError
from crawler.spiders.toutiao.address import PLATFORM, account_key, profile_url
from crawler.spiders.toutiao.embedded import document_of
from crawler.spiders.toutiao.markup import link
from crawler.spiders.toutiao.states import visible_lines
from records import Candidate

KIND = "search_users"
_SEARCH = "https://so.toutiao.com/search"
_TITLE = re.compile(r"(?P<keyword>.+?) ?[-_] ?头条搜索")
_NOTHING_FOUND = re.compile(r"(?:没有找到|未找到|抱歉，暂无|暂无).{0,20}(?:结果|用户|内容)")
_SHORT_WORDS = 60
_DATE = re.compile(r"[0-9年月日时分秒小天周前昨今:：\-/. ]+|刚刚")


def user_search_url(keyword: str) -> str:
    """The account search of so.toutiao.com, to be opened in an ordinary browser."""
    return f"{_SEARCH}?dvpf=pc&pd=user&keyword={quote(keyword, safe='')}"


def search_fetches(keyword: str) -> Iterator[Fetch]:
    """What to ask for a keyword: the first page of accounts, where the host's robots.txt allows that."""
    yield Fetch(url=user_search_url(keyword), kind=KIND)


def parse_search_users(page: Page) -> Iterator[Parsed]:
    """The accounts that a result page links to, in its order; ``empty`` only where the page says so."""
    document = document_of(page)
    keyword = keyword_in(document.css("title::text").get() or "")
    if keyword is None:
        raise ParseError(KIND, "title", document.css("title::text").get())
    seen: set[str] = set()
    for anchor in document.css("a[href]"):
        uid = _account(anchor.root.get("href"))
        if uid is None or uid in seen:
            continue
        name = _name(anchor)
        if name is not None:
            seen.add(uid)
            yield Candidate(
                platform=PLATFORM,
                uid=uid,
                name=name,
                found_at=page.fetched_at,
                url=profile_url(uid),
                keyword=keyword,
            )
    if not seen:
        yield _nothing(document)


def keyword_in(title: str) -> str | None:
    """The keyword that a result page's title names; ``None`` for the titles of other pages."""
    found = _TITLE.fullmatch(" ".join(title.split()))
    return found["keyword"] if found else None


def _account(href: str) -> str | None:
    found = link(href)
    return account_key(found.target or found.url)


def _name(anchor: Selector) -> str | None:
    words = (" ".join(text.split()) for text in anchor.css("*::text").getall())
    return next((text for text in words if text and not _DATE.fullmatch(text)), None)


def _nothing(document: Selector) -> Notice:
    for line in visible_lines(document):
        if len(line) <= _SHORT_WORDS and _NOTHING_FOUND.search(line):
            return Notice("empty", line)
    return Notice("unparsed", "搜索结果页里没有账号链接，也没有写明没有结果，可能是验证页，请在浏览器里重新保存")
