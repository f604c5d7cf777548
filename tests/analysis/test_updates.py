"""When a post may have been published, as exactly as its page tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from analysis.updates import published_in
from records import SHANGHAI, Period, Post

WEEK = Period(datetime(2026, 11, 9, tzinfo=SHANGHAI), datetime(2026, 11, 16, tzinfo=SHANGHAI))
POST = Post(
    platform="wechat",
    account="wechat:MzkwMTAwMDAwMQ==",
    post_id="MzkwMTAwMDAwMQ==:2650000001:1",
    url="https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv",
    published_at=WEEK.start,
)


@pytest.mark.parametrize(("hours", "by_page", "by_feed"), [(-13, False, False), (-11, False, True), (1, True, True)])
def test_a_feeds_time_may_be_hours_older_than_the_post(hours: int, by_page: bool, by_feed: bool) -> None:
    post = replace(POST, published_at=WEEK.start + timedelta(hours=hours))
    assert published_in(post, WEEK) is by_page
    assert published_in(replace(post, proof="feed"), WEEK) is by_feed


def test_a_feed_never_moves_a_post_of_the_next_week_into_this_one() -> None:
    assert not published_in(replace(POST, published_at=WEEK.end, proof="feed"), WEEK)
