"""Walls, ends and logins: every row of the tables decides a page, and a post that quotes them stays a post."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler import walls
from crawler.page import Page
from crawler.reading import read
from demo.county import load_county
from demo.pages.sites import answer
from demo.pages.wechat import short_url
from records import Post
from tests.crawler.crawling import list_of

PAGES = tomllib.loads((Path(__file__).parent / "walls.toml").read_text(encoding="utf-8"))["page"]
COUNTY = load_county()
NIGHT = COUNTY.nights[-1]
STATUSES = ("empty", "gone", "blocked", "login", "unparsed")
ROWS = {
    f"{name} {place}": row for name, table in walls.signals().items() for place, row in enumerate(table["signal"], 1)
}


def page_of(row: dict[str, Any]) -> Page:
    """The made-up page."""
    return Page(
        url=row["url"],
        final_url=row.get("final_url", ""),
        status=row.get("status", 200),
        kind=row.get("kind"),
        body=row["body"].encode(),
        fetched_at=datetime(2026, 11, 20, 4, 0, tzinfo=UTC),
    )


@pytest.mark.parametrize("row", PAGES, ids=lambda row: row["row"])
def test_a_page_that_is_no_content_is_told_by_its_row(row: dict[str, Any]) -> None:
    page, platform = page_of(row), row["row"].partition(" ")[0]
    assert walls.deciding_row(page, platform, page.kind) is ROWS[row["row"]]
    notice = walls.classify(page, platform, page.kind)
    expected = ROWS[row["row"]]
    assert notice is not None
    assert (notice.status, notice.reason) == (expected["status"], row.get("reason", expected["reason"]))
    assert notice.subject == expected.get("subject", "page")


def test_every_row_of_the_tables_decides_some_page() -> None:
    assert sorted(set(ROWS) - {page["row"] for page in PAGES}) == []


def test_every_row_says_a_known_state_in_words() -> None:
    for name, row in ROWS.items():
        assert row["status"] in STATUSES and row["reason"].strip(), name
        assert set(row) & {"http_status", "address", "title", "contains", "css", "json"}, f"{name} would hold always"


@pytest.mark.parametrize("row", PAGES, ids=lambda row: row["row"])
def test_no_wall_yields_a_record(row: dict[str, Any]) -> None:
    platform = row["row"].partition(" ")[0]
    reading = read(page_of(row), platform if row.get("kind") else None)
    assert reading.status == ROWS[row["row"]]["status"]
    assert reading.records == ()


# --- pages cut short -------------------------------------------------------------------------------

ENDS = [row for row in PAGES if ROWS[row["row"]]["status"] in ("empty", "gone")]


@pytest.mark.parametrize("row", ENDS, ids=lambda row: row["row"])
def test_a_page_cut_at_any_byte_says_neither_empty_nor_gone(row: dict[str, Any]) -> None:
    whole, platform = page_of(row), row["row"].partition(" ")[0]
    for end in range(len(whole.body)):
        notice = walls.classify(replace(whole, body=whole.body[:end]), platform, whole.kind)
        assert notice is None or notice.status not in ("empty", "gone"), end


@pytest.mark.parametrize("url", [list_of("7601000003"), "https://feed.yunling.example/fabu.xml"])
def test_a_list_cut_at_any_byte_covers_nothing(url: str) -> None:
    kind, platform = ("timeline", "weibo") if "weibo" in url else ("feed", "wechat")
    body = content(url).rstrip()
    assert read(Page(url=url, body=body, fetched_at=NIGHT, kind=kind), platform).status == "ok"
    for end in range(0, len(body), 97):
        reading = read(Page(url=url, body=body[:end], fetched_at=NIGHT, kind=kind), platform)
        assert (reading.status, reading.extent) == ("unparsed", None), end


@pytest.mark.parametrize(
    ("body", "whole"),
    [
        (b"<html><body>x</body></HTML >\n<!--zly-->", True),
        (b"<html><body>x</body>", False),
        (b'\xef\xbb\xbf{"ok": 1},', True),
        (b'{"ok": 1', False),
        (b"<rss></rss>", True),
        (b"", False),
    ],
)
def test_a_page_tells_whether_it_came_to_its_end(body: bytes, whole: bool) -> None:
    assert walls.is_whole(Page(url="", body=body, fetched_at=NIGHT)) is whole


def test_every_platform_says_how_many_kinds_of_page_tell_of_an_end() -> None:
    assert {name: walls.endings_needed(name) for name in walls.signals()} == {"weibo": 2, "wechat": 1, "toutiao": 2}


# --- content that quotes a wall ------------------------------------------------------------------

QUOTES = (
    "该内容已被发布者删除",
    "The content has been deleted by the author.",
    "此内容因违规无法查看",
    "此帐号已被屏蔽, 内容无法查看",
    "该公众号已迁移",
    "环境异常，完成验证后即可继续访问，去验证",
    "访问过于频繁，请用微信扫描二维码进行访问",
    "这里还没有内容",
    "Sina Visitor System",
    "抱歉，你访问的页面地址有误，或者该页面不存在",
    "出错了，未知错误",
    "404错误页",
    "验证码中间页",
    "您需要允许该网站执行 JavaScript",
    "__ac_signature 和 __ac_nonce",
    "TCaptcha.js 与 poc_token",
)


def content(url: str) -> bytes:
    """What the county shows under an address."""
    return answer(COUNTY, url, NIGHT).body


@pytest.mark.parametrize("quote", QUOTES)
def test_a_wechat_article_that_quotes_a_wall_stays_a_post(quote: str) -> None:
    post = COUNTY.account("wechat:MzkwMTAwMDAwMQ==").posts[-1]
    url = short_url(post)
    body = content(url).replace(post.words(NIGHT)[:12].encode(), quote.encode())
    assert quote.encode() in body
    reading = read(Page(url=url, body=body, fetched_at=NIGHT, kind="article"), "wechat")
    assert reading.status == "ok"
    assert {type(record).__name__ for record in reading.records} == {"Profile", "Post"}


@pytest.mark.parametrize("quote", QUOTES)
def test_a_weibo_list_with_a_post_that_quotes_a_wall_stays_a_list(quote: str) -> None:
    url = list_of("7601000003")
    whole = json.loads(content(url))
    whole["data"]["cards"][0]["mblog"]["text"] = quote
    body = json.dumps(whole, ensure_ascii=False).encode()
    reading = read(Page(url=url, body=body, fetched_at=NIGHT, kind="timeline"), "weibo")
    assert (reading.status, len(reading.records)) == ("ok", len(whole["data"]["cards"]))
    assert reading.records[0].text == quote  # type: ignore[union-attr]


@pytest.mark.parametrize("quote", QUOTES)
def test_a_toutiao_article_that_quotes_a_wall_stays_a_post(quote: str) -> None:
    account = next(one for one in COUNTY.accounts if one.platform == "toutiao" and one.posts)
    post = next(one for one in reversed(account.posts) if one.kind == "article" and one.public(NIGHT))
    url = f"https://www.toutiao.com/article/{post.post_id}/"
    body = content(url).replace(post.words(NIGHT)[:12].encode(), quote.encode())
    assert quote.encode() in body
    reading = read(Page(url=url, body=body, fetched_at=NIGHT, kind="article"), "toutiao")
    assert (reading.status, any(isinstance(record, Post) for record in reading.records)) == ("ok", True)


# --- hostile and odd pages -----------------------------------------------------------------------


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\x00", b"{" * 100_000, b"[" * 100_000, b'{"ok": ', b"<" * 50_000])
@pytest.mark.parametrize("platform", ["weibo", "wechat", "toutiao"])
def test_a_damaged_body_is_classified_without_a_fault(body: bytes, platform: str) -> None:
    notice = walls.classify(Page(url="https://m.weibo.cn/", body=body, fetched_at=NIGHT), platform, None)
    assert notice is None or notice.status in STATUSES


@pytest.mark.parametrize(
    "address", ["https://[", "", "javascript:1", "https://weibo.com.example/", "https://notweibo.com/"]
)
def test_an_address_of_nobody_belongs_to_no_platform(address: str) -> None:
    assert walls.platform_of(Page(url=address, body=b"", fetched_at=NIGHT)) is None


@pytest.mark.parametrize(
    ("address", "platform"),
    [
        ("https://m.weibo.cn/u/1", "weibo"),
        ("https://mp.weixin.qq.com/s/x", "wechat"),
        ("https://www.toutiao.com/w/1/", "toutiao"),
    ],
)
def test_a_platform_is_known_by_its_hosts(address: str, platform: str) -> None:
    assert walls.platform_of(Page(url=address, body=b"", fetched_at=NIGHT)) == platform
