"""A feed is read without trusting it: no entities, no network, no silence out of an outage."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.page import Page, ParseError
from crawler.spiders.wechat import parse_feed
from records import Post

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LINK = "https://mp.weixin.qq.com/s/BBBBBBBBBBBBBBBBBBBB01"


def feed(body: str) -> Page:
    return Page(url="", body=body.encode(), fetched_at=NOW, kind="feed")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html><body>Bad Gateway</body></html>",
        "<rss version='2.0'><channel>",
        "<rss version='2.0'></rss>",
        '{"items": []}',
        '{"version": "https://jsonfeed.org/version/1"}',
        '<!DOCTYPE x [<!ENTITY a "b">]><rss><channel><title>&a;</title></channel></rss>',
        '<?xml version="1.0"?><!DOCTYPE rss SYSTEM "file:///etc/passwd"><rss><channel/></rss>',
    ],
)
def test_what_is_no_feed_is_never_an_empty_feed(body: str) -> None:
    with pytest.raises(ParseError):
        list(parse_feed(feed(body)))


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Fri, 20 Nov 2026 07:00:00", datetime(2026, 11, 19, 23, tzinfo=UTC)),
        ("Fri, 20 Nov 2026 07:00:00 +0800", datetime(2026, 11, 19, 23, tzinfo=UTC)),
        ("Thu, 19 Nov 2026 23:00:00 GMT", datetime(2026, 11, 19, 23, tzinfo=UTC)),
        ("2026-11-19T23:00:00.000Z", datetime(2026, 11, 19, 23, tzinfo=UTC)),
        ("2026-11-20 07:00:00", datetime(2026, 11, 19, 23, tzinfo=UTC)),
    ],
)
def test_a_time_without_zone_is_beijing_time(written: str, moment: datetime) -> None:
    item = f"<item><title>一</title><link>{LINK}</link><pubDate>{written}</pubDate></item>"
    post = next(iter(parse_feed(feed(f"<rss><channel>{item}</channel></rss>"))))
    assert isinstance(post, Post)
    assert post.published_at == moment


@given(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=40))
def test_an_items_words_never_break_the_others(words: str) -> None:
    bad = words.replace("&", "").replace("<", "").replace("]]>", "")
    good = f"<item><link>{LINK}</link><pubDate>Fri, 20 Nov 2026 07:00:00 GMT</pubDate></item>"
    body = f"<rss><channel><item><link>{bad}</link><pubDate>{bad}</pubDate></item>{good}</channel></rss>"
    assert [item.post_id for item in parse_feed(feed(body)) if isinstance(item, Post)] == ["s/BBBBBBBBBBBBBBBBBBBB01"]
