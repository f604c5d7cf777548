"""The page for searching by hand: every keyword due with a link that works, nothing that is not text."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parsel import Selector

from crawler.saved.searches import PLATFORMS, account_search_url, search_asked
from scheduler.sweep_sheet import DueSearch, render, save_sheet

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
HOME = Path("/home/云岭 巡查")


def due(keyword: str, *platforms: str, last: datetime | None = None) -> list[DueSearch]:
    """A keyword on some platforms."""
    return [
        DueSearch(keyword=keyword, kind="全称", unit="云岭县公安局", platform=name, last_good_at=last)
        for name in platforms
    ]


def page(rows: list[DueSearch]) -> Selector:
    """The page as a browser reads it."""
    return Selector(text=render(rows, office="云岭县", home=HOME, command="uv run xuncha", now=NOW), type="html")


def test_a_keyword_has_a_link_for_each_platform_on_which_it_is_due() -> None:
    links = page(due("云岭&发布", *PLATFORMS)).css("td a")
    hosts = {urlsplit(link.attrib["href"]).hostname: link for link in links}
    assert set(hosts) == {"s.weibo.com", "weixin.sogou.com", "so.toutiao.com"}
    assert parse_qs(urlsplit(hosts["s.weibo.com"].attrib["href"]).query)["q"] == ["云岭&发布"]
    assert {link.attrib["rel"] for link in links} == {"noopener noreferrer"}


@pytest.mark.parametrize("platform", PLATFORMS)
@given(st.text(min_size=1, max_size=30).filter(lambda text: text.isprintable() and text == " ".join(text.split())))
def test_a_page_saved_behind_the_link_tells_the_keyword_again(platform: str, keyword: str) -> None:
    if not keyword.startswith("%"):
        assert search_asked(account_search_url(platform, keyword)) == (platform, keyword)


def test_the_page_says_when_each_was_last_answered_and_what_is_not_due() -> None:
    rows = due("云岭发布", "weibo", last=datetime(2026, 10, 1, 20, tzinfo=UTC)) + due("平安云岭", "wechat")
    cells = [" ".join(" ".join(cell.css("::text").getall()).split()) for cell in page(rows).css("td.search")]
    assert cells == ["微博搜索 上次 2026-10-02", "本月已查", "本月已查", "搜狗微信搜索 从未查过"]


def test_the_page_says_who_searched_last() -> None:
    (row,) = due("云岭发布", "weibo", last=datetime(2026, 10, 1, 20, tzinfo=UTC))
    cells = page([replace(row, last_good_by="张三")]).css("td.search ::text").getall()
    assert "上次 2026-10-02（张三）" in " ".join(cells)


@given(st.text(max_size=40))
def test_a_hostile_keyword_stays_a_text(text: str) -> None:
    written = f"<script>{text}</script>'\"><img src=x onerror=1>"
    found = page(due(written, "weibo"))
    assert not found.css("script, img, [onerror]")
    assert all(link.startswith("https://s.weibo.com/user?q=") for link in found.css("a::attr(href)").getall())


def test_the_page_needs_no_network_and_no_script() -> None:
    found = page(due("云岭发布", *PLATFORMS))
    assert not found.css("script, link, img, iframe, [src]")
    assert "default-src 'none'" in found.css("meta[http-equiv]::attr(content)").get("")


def test_the_page_names_the_folder_and_the_command() -> None:
    words = page(due("云岭发布", "weibo")).css("code::text").getall()
    assert words == [
        "/home/云岭 巡查/saved",
        'uv run xuncha --home "/home/云岭 巡查" sweep import "/home/云岭 巡查/saved"',
    ]


def test_without_a_keyword_due_the_page_says_so() -> None:
    found = page([])
    assert not found.css("table") and "没有到期的关键词" in (found.css("strong:last-of-type::text").getall()[-1])


def test_the_folder_to_save_into_is_made(tmp_path: Path) -> None:
    number = save_sheet(
        tmp_path / "单.html", due("云岭发布", *PLATFORMS), office="", home=tmp_path, command="x", now=NOW
    )
    assert (number, (tmp_path / "saved").is_dir(), (tmp_path / "单.html").is_file()) == (3, True, True)
