"""A body is flattened to the text a reader sees, without losing a link's target."""

from __future__ import annotations

import pytest

from crawler.spiders.wechat.body import body_of, flatten, links_in, media_in


def text_of(html: str) -> str:
    body = body_of(html)
    assert body is not None
    return flatten(body)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>一</p>二", "一\n二"),
        ("一<br>二<br/><br/>三", "一\n二\n三"),
        ("<p>一<span> 二</span>\n三</p>", "一 二 三"),
        ("<p>\u200b</p><p>一\u200b\ufeff</p>", "一"),
        ("<pre>一\n  二</pre>", "一\n二"),
        ("<p>一<!-- 注 -->二<style>p{}</style>三<script>x</script>四</p>", "一二三四"),
        ('<p>好<img alt="[赞]" src="x"><img alt="图片" data-src="y"></p>', "好[赞]"),
        ("<table><tr><td>甲</td><td>乙</td></tr></table>", "甲\n乙"),
        ("<svg><text>图中字</text></svg>", "图中字"),
    ],
)
def test_text_is_what_a_reader_sees(html: str, text: str) -> None:
    assert text_of(html) == text


def test_link_targets_are_kept_as_written() -> None:
    body = body_of(
        '<a href="HTTP://A.example/?a=1&amp;amp;b">甲</a><a href="tel:12345">乙</a><a>丙</a><a href="/mp/x">丁</a>'
    )
    assert body is not None
    found = [(link.url, link.text) for link in links_in(body)]
    assert found == [("HTTP://A.example/?a=1&b", "甲"), ("tel:12345", "乙"), ("https://mp.weixin.qq.com/mp/x", "丁")]


def test_a_broken_address_is_still_a_link() -> None:
    body = body_of('<a href="http://[bad/x">坏</a>')
    assert body is not None
    assert [link.url for link in links_in(body)] == ["http://[bad/x"]


def test_placeholders_and_votes_are_no_media() -> None:
    body = body_of('<img src="data:image/gif;base64,A"><iframe data-src="/mp/newappmsgvote?x=1"></iframe>')
    assert body is not None
    assert media_in(body) == ()
