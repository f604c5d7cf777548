"""How far a WeChat account was seen: it has no public list, and a feed covers time only if its clock advances."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.progress import CLOCK_SKEW, FRESH_FEED
from crawler.reading import Reading
from tests.crawler.sightings import (
    BARE_WECHAT,
    HOURS,
    NOW,
    SINCE,
    WECHAT,
    WEIBO,
    feed,
    listed,
    post,
    progress_of,
    seen,
    verdict,
)


def test_wechat_without_a_feed_has_no_public_list() -> None:
    assert verdict(progress_of(BARE_WECHAT).coverage()) == ("none", "no_public_list")


def test_a_post_of_wechat_looked_at_again_is_no_list() -> None:
    progress = progress_of(BARE_WECHAT)
    progress.take(Reading(platform="wechat", kind="article", status="ok", records=(post(1),)), NOW, is_list=False)
    assert verdict(progress.coverage()) == ("none", "no_public_list")


def test_a_wall_before_single_posts_does_not_stand_in_for_the_missing_list() -> None:
    progress = progress_of(BARE_WECHAT)
    progress.fail("blocked", is_list=False)
    assert verdict(progress.coverage()) == ("none", "no_public_list")


def test_a_feed_address_in_the_register_makes_no_feed_of_weibos_list() -> None:
    account = replace(WEIBO, feed_url="https://feed.yunling.example/w.xml")
    coverage = seen(listed(post(1), post(24 * 20)), account=account)
    assert (coverage.source, verdict(coverage)) == ("page", ("complete", None))


def test_a_feed_covers_from_its_oldest_item_to_its_own_time() -> None:
    clock = NOW - timedelta(hours=1)
    coverage = seen(feed(post(2), post(24 * 16), clock=clock), account=WECHAT, feed_clock=clock - timedelta(days=1))
    assert (coverage.source, verdict(coverage)) == ("feed", ("complete", None))
    assert (coverage.covered_from, coverage.covered_to) == (NOW - timedelta(days=16), clock)


def test_a_feed_may_begin_with_its_oldest_item() -> None:
    clock = NOW - timedelta(hours=1)
    assert seen(feed(post(24 * 16), post(2), clock=clock), account=WECHAT).status == "complete"


def test_a_feed_that_is_too_short_covers_a_part() -> None:
    clock = NOW - timedelta(hours=1)
    coverage = seen(feed(post(2), post(30), clock=clock), account=WECHAT)
    assert (verdict(coverage), coverage.covered_from) == (("partial", "truncated"), NOW - timedelta(hours=30))


@pytest.mark.parametrize(
    ("clock", "before"),
    [
        pytest.param(None, None, id="it has none"),
        pytest.param(NOW - timedelta(days=2), NOW - timedelta(days=2), id="it stands still"),
        pytest.param(NOW - timedelta(days=2), NOW - timedelta(days=1), id="it went back"),
        pytest.param(NOW - FRESH_FEED - timedelta(minutes=1), None, id="it is old at first sight"),
        pytest.param(NOW + CLOCK_SKEW + timedelta(minutes=1), NOW - timedelta(days=1), id="it is ahead"),
    ],
)
def test_a_feed_whose_clock_does_not_advance_covers_nothing(clock: datetime | None, before: datetime | None) -> None:
    coverage = seen(feed(post(2), post(24 * 16), clock=clock), account=WECHAT, feed_clock=before)
    assert (verdict(coverage), coverage.covered_from) == (("partial", "truncated"), None)


def test_a_feed_not_declared_complete_covers_nothing() -> None:
    account = replace(WECHAT, feed_complete=False)
    coverage = seen(feed(post(2), post(24 * 16), clock=NOW), account=account)
    assert (verdict(coverage), coverage.covered_from) == (("partial", "truncated"), None)


def test_an_empty_feed_is_no_silence() -> None:
    assert verdict(seen(feed(clock=NOW, status="empty"), account=WECHAT)) == ("none", "empty")


def test_a_feed_that_was_built_before_the_window_is_not_complete() -> None:
    clock = SINCE - timedelta(hours=1)
    coverage = seen(feed(post(24 * 30), clock=clock), account=WECHAT, feed_clock=clock - timedelta(hours=1))
    assert (verdict(coverage), coverage.covered_to) == (("partial", "truncated"), clock)


@given(
    st.integers(-72, 72).map(lambda hours: NOW + timedelta(hours=hours)),
    st.none() | st.integers(-96, 0).map(lambda hours: NOW + timedelta(hours=hours)),
    st.lists(HOURS, min_size=1, max_size=4),
)
def test_a_feed_never_covers_a_moment_after_its_own_clock(
    clock: datetime, before: datetime | None, ages: list[float]
) -> None:
    coverage = seen(feed(*(post(age) for age in ages), clock=clock), account=WECHAT, feed_clock=before)
    if coverage.covered_from is not None and coverage.covered_to is not None:
        assert coverage.covered_from <= coverage.covered_to <= min(clock, coverage.checked_at)
        assert before is None or clock > before


def test_the_clock_handed_on_is_the_newest_and_never_one_from_the_future() -> None:
    for clock, expected in ((NOW, NOW), (NOW - timedelta(days=3), NOW - timedelta(days=1))):
        progress = progress_of(WECHAT, feed_clock=NOW - timedelta(days=1))
        progress.take(feed(post(2), clock=clock), NOW, is_list=True)
        assert progress.feed_clock == expected
    progress = progress_of(WECHAT)
    progress.take(feed(post(2), clock=NOW + timedelta(days=365)), NOW, is_list=True)
    assert progress.feed_clock is None


def test_items_younger_than_the_feeds_own_time_cover_no_stretch_backwards() -> None:
    clock = NOW - timedelta(hours=5)
    coverage = seen(feed(post(1), clock=clock), account=WECHAT)
    assert (coverage.covered_from, coverage.covered_to) == (clock, clock)
