"""The HTML of a post's text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.spiders.weibo.text import Anchor, is_outward, outward_links, read_html, unwrapped
from records import Link


def test_line_breaks_emoji_and_link_texts_are_kept() -> None:
    html = "防寒<br />注意<span class='url-icon'><img alt=[作揖] src='x.png'></span><a href='/n/云岭'>@云岭</a>"
    assert read_html(html).text == "防寒\n注意[作揖]@云岭"


def test_zero_width_runs_at_the_end_are_removed_and_those_inside_kept() -> None:
    assert read_html("代\u200b开发票 \u200b\u200b\u200b").text == "代\u200b开发票"


def test_a_text_of_nothing_but_blanks_is_none() -> None:
    assert read_html(" \u200b\u200b ").text is None


def test_entities_are_read_once() -> None:
    assert read_html("5 &lt; 6 &amp;amp; 7").text == "5 < 6 &amp; 7"


@pytest.mark.parametrize(
    "mark",
    [
        '<a href="/status/5300000000000202">全文</a>',
        '<span class="expand">展开</span>',
        "<a href='/comment/J5cRdli6m?ckAll=1'>全文</a>",
    ],
)
def test_a_cut_text_is_known_and_its_mark_is_no_word_of_it(mark: str) -> None:
    words = read_html(f"搬迁公告 ...{mark}")
    assert (words.text, words.cut) == ("搬迁公告 ...", True)


def test_an_ordinary_link_called_full_text_is_no_cut() -> None:
    assert not read_html('<a href="https://www.yunling.example/1">全文</a>').cut


@pytest.mark.parametrize(
    ("anchor", "link"),
    [
        (Anchor("http://t.cn/A1", "http://t.cn/A1", "网页链接"), Link("http://t.cn/A1", None, "网页链接")),
        (Anchor("http://t.cn/A2", "", "甲"), Link("http://t.cn/A2", "https://a.example/2", "甲")),
        (Anchor("https://a.example/3", "http://t.cn/A3", ""), Link("http://t.cn/A3", "https://a.example/3", None)),
        (
            Anchor("https://weibo.cn/sinaurl?u=https%3A%2F%2Fa.example%2F4", "", "乙"),
            Link("https://weibo.cn/sinaurl?u=https%3A%2F%2Fa.example%2F4", "https://a.example/4", "乙"),
        ),
        (
            Anchor("https://weibo.cn/sinaurl?f=w&u=http%3A%2F%2Ft.cn%2FA5&ep=x", "", "丙"),
            Link("http://t.cn/A5", None, "丙"),
        ),
        (Anchor("//www.yunling.example/6", "", "丁"), Link("https://www.yunling.example/6", None, "丁")),
        (
            Anchor("https://weibo.com/ttarticle/p/show?id=23", "", "戊"),
            Link("https://weibo.com/ttarticle/p/show?id=23", None, "戊"),
        ),
    ],
)
def test_outward_links_keep_their_target(anchor: Anchor, link: Link) -> None:
    assert outward_links([anchor], {"http://t.cn/A2": "https://a.example/2"}) == (link,)


@pytest.mark.parametrize(
    "href",
    [
        "/n/云岭发布",
        "//s.weibo.com/weibo?q=%23云岭%23",
        "https://m.weibo.cn/search?containerid=231522",
        "https://weibo.com/p/100808f743",
        "https://video.weibo.com/show?fid=1034:1",
        "https://weibo.cn/sinaurl?u=https%3A%2F%2Fweibo.com%2Fu%2F1",
        "sinaweibo://detail?mblogid=1",
        "javascript:alert(1)",
        "http://[::1",
    ],
)
def test_links_within_the_platform_are_left_out(href: str) -> None:
    assert outward_links([Anchor(href, "", "x")], {}) == ()


def test_a_host_that_only_ends_like_the_platform_is_outward() -> None:
    assert is_outward("https://notweibo.com/1") and is_outward("https://weibo.com.evil.example/1")


def test_only_the_platforms_own_wrapper_is_opened() -> None:
    assert unwrapped("https://evil.example/sinaurl?u=https%3A%2F%2Fa.example") is None
    assert unwrapped("https://weibo.cn/sinaurl?toasturl=https%3A%2F%2Fa.example") == "https://a.example"


@given(st.text(max_size=200))
def test_any_html_is_read(html: str) -> None:
    words = read_html(html)
    outward_links(words.anchors, {})
    assert words.text is None or words.text.strip()
    (words.text or "").encode()


def test_very_deep_html_is_read() -> None:
    assert "云岭" in (read_html("<span>" * 5000 + "云岭").text or "云岭")
