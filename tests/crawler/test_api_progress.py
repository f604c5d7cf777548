"""How far an account was seen through the platform's API, which alone can say: this is everything of these days."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.page import Extent, Target
from crawler.progress import Progress
from crawler.reading import Reading
from records import Account, Post
from tests.crawler.sightings import BARE_WECHAT, NOW, SINCE, WECHAT, feed, post, verdict

DAY = timedelta(days=1)
BIZ, OTHER_BIZ = "MzkwMDAwMDAwMQ==", "MzkwMDAwMDAwMg=="
OFFICE = replace(BARE_WECHAT, aliases={"biz": BIZ})
SHORT = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAA01"
LONG = "https://mp.weixin.qq.com/s?__biz={}&mid=2247480001&idx=1"
SILENT = Target(account=OFFICE, since=SINCE, api_id="wx01")


def answer(start: datetime, end: datetime, *posts: Post, status: str = "") -> Reading:
    """The API's answer for a stretch of days."""
    extent = Extent(source="api", covers=(start, end))
    status = status or ("ok" if posts else "empty")
    return Reading(platform="wechat", kind="api_articles", status=status, records=posts, extent=extent)


def progress_of(*pages: Reading, account: Account = BARE_WECHAT) -> Progress:
    """An account of a unit whose application was tied to it before, after these answers."""
    return taken(Target(account=account, since=SINCE, api_id="wx01", api_proved=True), *pages)


def taken(target: Target, *pages: Reading) -> Progress:
    """The account after these answers of the API or its posts' pages."""
    progress = Progress(target, NOW)
    for page in pages:
        progress.take(page, NOW, is_list=page.kind != "article")
    return progress


def api_post(url: str) -> Post:
    """A post that the API names by this address; its key is put together as the parser does."""
    key = f"{BIZ}:2247480001:1"
    return replace(post(30), platform="wechat", account=OFFICE.ref, post_id=key, url=url, addresses=(key,), proof="api")


def test_the_api_proves_silence_back_to_the_window() -> None:
    progress = progress_of(answer(SINCE - DAY, NOW - DAY))
    coverage = progress.coverage()
    assert (coverage.source, verdict(coverage)) == ("api", ("complete", None))
    assert (coverage.covered_from, coverage.covered_to) == (SINCE - DAY, NOW - DAY)
    assert progress.covered


def test_answers_that_touch_are_one_stretch() -> None:
    middle = NOW - 5 * DAY
    coverage = progress_of(answer(middle, NOW - DAY, post(30)), answer(SINCE, middle)).coverage()
    assert (verdict(coverage), coverage.covered_from, coverage.posts_seen) == (("complete", None), SINCE, 1)


def test_a_day_that_was_not_told_leaves_only_what_came_after() -> None:
    progress = progress_of(answer(SINCE, NOW - 6 * DAY), answer(NOW - 5 * DAY, NOW - DAY))
    coverage = progress.coverage()
    assert (verdict(coverage), coverage.covered_from) == (("partial", "truncated"), NOW - 5 * DAY)
    assert not progress.covered


def test_an_answer_that_failed_is_a_hole_with_its_reason() -> None:
    refused = Reading(platform="wechat", kind="api_articles", status="blocked")
    coverage = progress_of(answer(NOW - 5 * DAY, NOW - DAY), refused).coverage()
    assert (verdict(coverage), coverage.covered_from) == (("partial", "blocked"), NOW - 5 * DAY)


def test_an_answer_that_was_not_understood_covers_nothing() -> None:
    assert verdict(progress_of(answer(SINCE, NOW, status="unparsed")).coverage()) == ("none", "unparsed")


def test_an_api_without_its_secret_says_so_and_not_that_there_is_no_list() -> None:
    progress = progress_of()
    assert verdict(progress.coverage()) == ("none", "not_crawled")
    progress.fail("login")
    assert (progress.coverage().source, verdict(progress.coverage())) == ("api", ("none", "login"))


def test_no_answer_covers_what_is_still_to_come() -> None:
    coverage = progress_of(answer(SINCE, NOW + 5 * DAY)).coverage()
    assert (verdict(coverage), coverage.covered_to) == (("complete", None), NOW)


def test_a_feed_stands_in_where_the_api_shows_less() -> None:
    listing = feed(replace(post(24 * 16), proof="feed"), clock=NOW - timedelta(hours=1))
    progress = progress_of(listing, account=WECHAT)
    progress.fail("blocked")
    assert (progress.coverage().source, verdict(progress.coverage())) == ("feed", ("complete", None))
    progress.take(answer(SINCE, NOW - DAY), NOW, is_list=True)
    assert progress.coverage().source == "api"


def test_an_application_that_nothing_ties_to_the_account_proves_no_silence() -> None:
    progress = taken(SILENT, answer(SINCE, NOW))
    coverage = progress.coverage()
    assert (coverage.source, verdict(coverage)) == ("api", ("partial", "truncated"))
    assert (coverage.covered_from, coverage.covered_to, progress.covered) == (None, None, False)


@pytest.mark.parametrize(
    ("url", "status"),
    [
        (LONG.format(BIZ) + "&sn=a", "complete"),
        (LONG.format(BIZ), "partial"),  # put together from the register: the API named no address
        (LONG.format(OTHER_BIZ) + "&sn=a", "partial"),
        (SHORT, "partial"),
    ],
)
def test_an_application_is_tied_by_the_accounts_own_key_in_an_address_that_it_gives(url: str, status: str) -> None:
    assert taken(SILENT, answer(SINCE, NOW, api_post(url))).coverage().status == status


def test_an_application_is_tied_by_a_short_address_that_was_proved_before() -> None:
    held = replace(SILENT, held=frozenset({"s/AAAAAAAAAAAAAAAAAAAA01"}))
    assert taken(held, answer(SINCE, NOW, api_post(SHORT))).coverage().status == "complete"
    numbered_alike = replace(SILENT, held=frozenset({f"{BIZ}:2247480001:1"}))
    assert taken(numbered_alike, answer(SINCE, NOW, api_post(SHORT))).coverage().status == "partial"


def test_an_application_is_tied_by_a_short_address_whose_page_proves_it() -> None:
    page = replace(api_post(SHORT), proof="page", addresses=("s/AAAAAAAAAAAAAAAAAAAA01",))
    proof = Reading(platform="wechat", kind="article", status="ok", records=(page,))
    assert taken(SILENT, answer(SINCE, NOW, api_post(SHORT)), proof).coverage().status == "complete"
    other = replace(proof, records=(replace(page, addresses=("s/AAAAAAAAAAAAAAAAAAAA02",)),))
    assert taken(SILENT, answer(SINCE, NOW, api_post(SHORT)), other).coverage().status == "partial"


def test_a_feed_that_covers_some_time_goes_before_an_api_that_nothing_ties_to_the_account() -> None:
    clock = NOW - timedelta(hours=1)
    target = Target(account=replace(WECHAT, feed_complete=True), since=SINCE, api_id="wx01")
    progress = taken(target, answer(SINCE, NOW))
    progress.take(feed(replace(post(24), proof="feed"), clock=clock), NOW, is_list=True)
    assert (progress.coverage().source, verdict(progress.coverage())) == ("feed", ("partial", "truncated"))
    assert progress.coverage().covered_to == clock


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 6)), max_size=6))
def test_every_moment_that_is_called_covered_lies_in_an_answer(days: list[tuple[int, int]]) -> None:
    stretches = [(NOW - (start + length) * DAY, NOW - start * DAY) for start, length in days]
    coverage = progress_of(*(answer(*stretch) for stretch in stretches)).coverage()
    if coverage.covered_from is None or coverage.covered_to is None:
        assert not stretches
        return
    hours = int((coverage.covered_to - coverage.covered_from) / timedelta(hours=1))
    for hour in range(hours):
        moment = coverage.covered_from + timedelta(hours=hour)
        assert any(start <= moment < end for start, end in stretches)
