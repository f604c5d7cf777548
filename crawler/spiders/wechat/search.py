"""Sogou's search of accounts (type=1) and of articles (type=2) by keyword: candidates only.

It knows no ``__biz`` and no gh_ id, its index lags, order and dates prove nothing, and its links are
temporary or walled: they are never followed or stored. Recorded pages are of 2017; a page of 2026-09 has
the account of an article in ``span.all-time-y2``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, quote, urljoin, urlsplit

from parsel import Selector

from crawler.page import Extent, Fetch, Notice, Page, Parsed, ParseError
from crawler.spiders.wechat.literals import plain
from records import Candidate

SEARCH_HOST = "weixin.sogou.com"
_ACCOUNTS, _ARTICLES = "1", "2"
_TITLE = re.compile(r"(.+?)的相关微信公众号(?:文章)?\s*[–-]")
_TOTAL = re.compile(r"约\s*([\d,]+)\s*条结果")
_NOTHING = re.compile(r"没有找到|未找到|找不到|没有相关|无相关|暂无")
_BASE = f"https://{SEARCH_HOST}/weixin"


def search_url(keyword: str, *, articles: bool = False, page_number: int = 1) -> str:
    """The address of a result page, ten results each; accounts, or articles whose accounts are wanted."""
    kind = _ARTICLES if articles else _ACCOUNTS
    url = f"{_BASE}?type={kind}&query={quote(keyword)}&ie=utf8"
    return url if page_number == 1 else f"{url}&page={page_number}"


def search_fetches(keyword: str) -> Iterator[Fetch]:
    """What to ask for a keyword: the first page of accounts; further ones only as that page leads to them."""
    yield Fetch(url=search_url(keyword), kind="sogou_accounts")


def parse_sogou_accounts(page: Page) -> Iterator[Parsed]:
    """The accounts found, the stated total, and the next page.

    ``uid`` is the 微信号 where shown, else ``sogou:<Sogou's own id>``. A missing 认证 line leaves
    ``verified`` unknown: Sogou's copy is old. ``url`` is a search for that one account, which a person can open.

    Raises:
        ParseError: Neither results nor the page's words that there are none.
    """
    selector = _opened(page)
    rows = selector.css('li[id^="sogou_vr_11002301_box_"]')
    for row in rows:
        yield _account(page, row, _keyword(page, selector))
    yield from _rest(page, selector, bool(rows), "sogou_accounts")


def parse_sogou_articles(page: Page) -> Iterator[Parsed]:
    """Each account named under the articles once, the stated total, and the next page.

    The page shows an account's name and, on pages of 2017, Sogou's own id; nothing else of it is known.

    Raises:
        ParseError: Neither results nor the page's words that there are none.
    """
    selector = _opened(page)
    rows = selector.css('li[id^="sogou_vr_11002601_box_"]')
    seen = set()
    for row in rows:
        found = _author(page, row, _keyword(page, selector))
        if isinstance(found, ParseError) or found.uid not in seen:
            yield found
        if isinstance(found, Candidate):
            seen.add(found.uid)
    yield from _rest(page, selector, bool(rows), "sogou_articles")


def _opened(page: Page) -> Selector:
    return Selector(text=page.body.decode("utf-8", "replace") or "<html></html>", type="html")


def _words(found: Selector) -> str | None:
    """The text without the highlighting elements, comments and scripts."""
    pieces = found.xpath("descendant::text()[not(ancestor::script)]").getall()
    return plain(" ".join("".join(pieces).split())) or None


def _account(page: Page, row: Selector, keyword: str | None) -> Candidate | ParseError:
    name = _first(row, "p.tit a")
    wechat_id, own_id = _first(row, 'label[name="em_weixinhao"]'), (row.root.get("d") or "").strip()
    if name is None or not (wechat_id or own_id):
        return ParseError("sogou_accounts", "p.tit a", row.root.get("id"))
    lines = {
        (_words(line.css("dt")[0]) or "").rstrip("：:"): line.css("dd") for line in row.css("dl") if line.css("dt")
    }
    bio = next((_words(dd[0]) for label, dd in lines.items() if label.endswith("功能介绍") and dd), None)
    entity = next((_words(dd[0]) for label, dd in lines.items() if label.endswith("认证") and dd), None)
    return Candidate(
        platform="wechat",
        uid=wechat_id or f"sogou:{own_id}",
        name=name,
        found_at=page.fetched_at,
        url=search_url(wechat_id or name),
        verified=True if entity else None,
        verified_entity=entity,
        bio=bio,
        keyword=keyword,
        texts=tuple(
            title
            for label, dd in lines.items()
            if label.endswith("最近文章") and dd
            for link in dd[0].css("a")[:1]
            if (title := _words(link)) is not None
        ),
    )


def _author(page: Page, row: Selector, keyword: str | None) -> Candidate | ParseError:
    name, own_id = _first(row, "a.account, span.all-time-y2"), row.css("a.account::attr(i)").get()
    if name is None:
        return ParseError("sogou_articles", "a.account", row.root.get("id"))
    return Candidate(
        platform="wechat",
        uid=f"sogou:{own_id or name}",
        name=name,
        found_at=page.fetched_at,
        url=search_url(name),
        keyword=keyword,
    )


def _first(row: Selector, css: str) -> str | None:
    found = row.css(css)
    return _words(found[0]) if found else None


def _keyword(page: Page, selector: Selector) -> str | None:
    """The words searched for, from the address or the page's title."""
    asked = parse_qs(urlsplit(page.url).query).get("query") if page.url else None
    titled = _TITLE.match((selector.css("title::text").get() or "").strip())
    return asked[0] if asked else titled[1] if titled else None


def _rest(page: Page, selector: Selector, any_rows: bool, kind: str) -> Iterator[Parsed]:
    if not any_rows:
        yield _nothing(selector, kind)
        return
    stated = _TOTAL.search(_first(selector, "div.mun") or "")
    onward = selector.css("a#sogou_next::attr(href)").get()
    yield Extent(total=int(stated[1].replace(",", "")) if stated else None, more=True if onward else None)
    if onward:
        yield Fetch(url=urljoin(page.url or _BASE, onward), kind=kind, paging=True)


def _nothing(selector: Selector, kind: str) -> Notice:
    words = _first(selector, ".b404-box, #noresult_part1_container")
    if words is None:
        raise ParseError(kind, "li")
    return Notice("empty" if _NOTHING.search(words) else "unparsed", words)
