"""Searches for accounts: s.weibo.com/user as a person saves it, and the search of m.weibo.cn.

A search has four outcomes under one status 200: results (a guest's list is cut short), 未找到 (no such account),
结果未予显示 (withheld, which says nothing of accounts) and a login box. The recorded page of 2017 is of the third
kind and carries its parts as ``STK.pageletM.view({"pid":…,"html":…})``; the cards read here are those since 2018.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from parsel import Selector

from crawler.counters import parse_counter
from crawler.page import Fetch, Notice, Page, Parsed, ParseError
from crawler.spiders.weibo.address import PLATFORM, uid_of, user_search_url
from crawler.spiders.weibo.answers import parse_answer, refusal
from crawler.spiders.weibo.profile import name_of, reason_of, verified_of
from crawler.spiders.weibo.text import tidy
from crawler.strict import Fields, without_halves
from records import Candidate, Counter

_VIEW = "STK.pageletM.view("
_CARDS = "#pl_user_feedList div.card-user-b, #pl_user_feedList div.card-user-s"
_NO_RESULT = "div.card-no-result, p.noresult_tit"
_USER_CARD = 10


def search_fetches(keyword: str) -> Iterator[Fetch]:
    """What to ask for a keyword: the first page of s.weibo.com's accounts, where its robots.txt allows that."""
    yield Fetch(url=user_search_url(keyword), kind="search_users")


def parse_search_users(page: Page) -> Iterator[Parsed]:
    """The accounts of a result page, or what it says instead.

    未找到 is ``empty``; withheld results and any other words are ``unparsed``, as they stand.

    Raises:
        ParseError: Neither results nor words in their place.
    """
    whole = Selector(text=_assembled(page) or "<html></html>", type="html")
    cards = whole.css(_CARDS)
    for card in cards:
        try:
            yield _candidate(card, page, _keyword(page, whole))
        except ParseError as error:
            yield error
    if not cards:
        words = tidy(" ".join(whole.css(_NO_RESULT).xpath("string()").get("").split()))
        if words is None:
            raise ParseError("search_users", "pl_user_feedList")
        yield Notice("empty" if "未找到" in words else "unparsed", words)


def _assembled(page: Page) -> str:
    """The page with its big-pipe parts, if it has any, put in plain."""
    text = page.body.decode("utf-8", "replace")
    parts, at = [], text.find(_VIEW)
    while at >= 0:
        try:
            view, end = json.JSONDecoder().raw_decode(text, at + len(_VIEW))
        except (ValueError, RecursionError) as error:
            raise ParseError("search_users", "STK.pageletM.view", str(error)) from error
        if isinstance(view, dict) and isinstance(view.get("html"), str):
            parts.append(f'<div id="{view.get("pid")}">{without_halves(view["html"])}</div>')
        at = text.find(_VIEW, end)
    return "".join(parts) if parts else text


def _keyword(page: Page, whole: Selector) -> str | None:
    asked = parse_qs(urlsplit(page.url).query).get("q") if page.url else None
    shown = whole.css("div.search-input input::attr(value)").get()
    return tidy(asked[0] if asked else shown or "")


def _candidate(card: Selector, page: Page, keyword: str | None) -> Candidate:
    name = tidy(card.css("a.name").xpath("string()").get(""))
    uid = card.css("a[uid]::attr(uid)").get() or uid_of("https:" + card.css("a.name::attr(href)").get(""))
    if name is None or uid is None or not uid.isdecimal():
        raise ParseError("search_users", "a.name" if name is None else "uid", card.get()[:80])
    rows = [" ".join(row.xpath("string()").get("").split()) for row in card.css("div.info > p")]
    verified = bool(card.css("i[class*='icon-vip'], svg[class*='icon-vip']")) or None
    return Candidate(
        platform=PLATFORM,
        uid=uid,
        name=name,
        found_at=page.fetched_at,
        url=f"https://weibo.com/u/{uid}",
        verified=verified,
        verified_entity=_row(rows, "认证信息", "微博认证", "认证"),
        bio=_row(rows, "简介"),
        keyword=keyword,
        followers=_followers(_row(rows, "粉丝")),
        avatar_url=_picture(card.css(".avator img::attr(src), .avatar img::attr(src)").get()),
    )


def _followers(text: str | None) -> int | Counter | None:
    """How many follow, ``None`` where the page does not show it in a known form: no reason to lose the account."""
    try:
        return None if text is None else parse_counter(text)
    except ValueError:
        return None


def _picture(address: str | None) -> str | None:
    return f"https:{address}" if address is not None and address.startswith("//") else address


def _row(rows: list[str], *labels: str) -> str | None:
    for row in rows:
        for label in labels:
            if found := re.match(rf"{label}\s*[:：]\s*(.+)", row):
                return tidy(found[1])
    return None


def parse_mobile_search(page: Page) -> Iterator[Parsed]:
    """The accounts of ``getIndex?containerid=100103type=3&q=…``; guests are asked to log in since 2025.

    Raises:
        ParseError: No account card in a known form.
    """
    answer = parse_answer("mobile_search", page.body)
    if notice := refusal(answer):
        yield notice
        return
    found = False
    for card in answer.child("data").children("cards"):
        for item in card.children("card_group") if card.data.get("card_group") else [card]:
            if item.data.get("card_type") == _USER_CARD:
                found = True
                yield from _user(item, page)
    if not found:
        raise ParseError("mobile_search", "data.cards", "没有账号，也没有写明未找到")


def _user(item: Fields, page: Page) -> Iterator[Candidate | ParseError]:
    try:
        user = item.child("user")
        uid = user.identifier("id")
        verified = verified_of(user)
        yield Candidate(
            platform=PLATFORM,
            uid=uid,
            name=name_of(user),
            found_at=page.fetched_at,
            url=f"https://weibo.com/u/{uid}",
            verified=verified,
            verified_entity=reason_of(user, verified),
            bio=tidy(user.words("description") or ""),
            keyword=_asked(page),
            avatar_url=user.words("avatar_hd") or user.words("profile_image_url"),
        )
    except ParseError as error:
        yield error


def _asked(page: Page) -> str | None:
    """The keyword within the one parameter ``containerid=100103type=3&q=<keyword>``."""
    container = parse_qs(urlsplit(page.url).query).get("containerid", [""])[0] if page.url else ""
    found = re.match(r"100103type=3&q=([^&]+)", container)
    return tidy(found[1]) if found else None
