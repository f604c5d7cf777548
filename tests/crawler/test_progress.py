"""How far an account was seen on its platform: nothing that was not shown may ever count as seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.page import Extent
from crawler.progress import BEGINNING
from crawler.reading import Reading
from records import Post
from tests.crawler.sightings import HOURS, NOW, SINCE, UNREADABLE, listed, post, profile, progress_of, seen, verdict

# A page that says "gone" by itself is neither content nor an end.
REASONS = {status: "unparsed" if status == "gone" else status for status in UNREADABLE}
POSTS = st.builds(post, HOURS, pinned=st.booleans(), precision=st.sampled_from(("second", "minute", "day")))
PAGES = st.builds(
    lambda posts, more, status, errors: listed(*posts, more=more, status=status, errors=errors),
    st.lists(POSTS, max_size=4),
    st.sampled_from((True, False, None)),
    st.sampled_from(("ok", "ok", "ok", "empty", *UNREADABLE)),
    st.sampled_from((0, 0, 0, 1)),
)


@given(st.lists(PAGES, max_size=4), st.lists(st.sampled_from((0, 5)), max_size=2))
def test_complete_needs_an_old_post_or_the_end_or_a_total_of_zero(pages: list[Reading], totals: list[int]) -> None:
    progress = progress_of()
    for page in pages:
        progress.take(page, NOW, is_list=True)
    for total in totals:
        progress.take(
            Reading(platform="weibo", kind="profile", status="ok", records=(profile(total),)), NOW, is_list=False
        )
    if progress.coverage().status != "complete":
        return
    shown = [record for page in pages for record in page.records if isinstance(record, Post)]
    old = any(not each.pinned and each.published_at <= SINCE for each in shown if each.published_at)
    ended = any(page.extent and page.extent.more is False and page.records for page in pages)
    proven_empty = not shown and 0 in totals and any(page.status == "empty" for page in pages)
    assert old or ended or proven_empty
    assert not any(page.errors and page.status in ("ok", "empty") for page in pages)


@given(
    st.lists(HOURS, max_size=30, unique=True),
    st.lists(HOURS, max_size=3),
    st.booleans(),
    st.integers(1, 6),
    st.integers(0, 8),
)
def test_no_post_within_what_is_called_covered_was_left_unseen(
    ages: list[float], pinned: list[float], marked: bool, size: int, wall: int
) -> None:
    own = [post(age) for age in sorted(ages)]
    top = [post(age, pinned=marked) for age in pinned][: size - 1]
    whole = [*top, *own]
    pages = [whole[start : start + size] for start in range(0, len(whole), size)]
    progress, shown = progress_of(), set[str]()
    for number, page in enumerate(pages):
        if progress.covered:
            break
        if number == wall:
            progress.take(listed(status="blocked"), NOW, is_list=True)
            break
        shown.update(each.post_id for each in page)
        progress.take(listed(*page, more=number + 1 < len(pages)), NOW, is_list=True)
    coverage = progress.coverage()
    if coverage.covered_from is not None and coverage.covered_to is not None:
        inside = [p for p in own if p.published_at and coverage.covered_from <= p.published_at <= coverage.covered_to]
        assert {each.post_id for each in inside} <= shown


@given(st.lists(PAGES, max_size=5))
def test_a_covered_stretch_never_runs_backwards_nor_past_the_first_page(pages: list[Reading]) -> None:
    coverage = seen(*pages)
    assert (coverage.covered_from is None) == (coverage.covered_to is None)
    if coverage.covered_from is not None and coverage.covered_to is not None:
        assert coverage.covered_from <= coverage.covered_to <= NOW + timedelta(minutes=len(pages))
        assert coverage.status in ("complete", "partial")


def test_an_old_post_at_the_lists_end_closes_the_window() -> None:
    coverage = seen(listed(post(1), post(24 * 16)))
    assert verdict(coverage) == ("complete", None)
    assert (coverage.covered_from, coverage.covered_to) == (NOW - timedelta(days=16), NOW)


def test_a_pinned_post_never_closes_the_window() -> None:
    assert verdict(seen(listed(post(24 * 300, pinned=True), post(1)))) == ("partial", "truncated")
    assert verdict(seen(listed(post(24 * 300, pinned=True)))) == ("none", "truncated")


def test_an_old_post_above_newer_ones_is_pinned_without_the_mark() -> None:
    progress = progress_of()
    progress.take(listed(post(24 * 300), post(1), post(2)), NOW, is_list=True)
    assert not progress.covered
    assert progress.coverage().covered_from == NOW - timedelta(hours=2)


def test_a_post_dated_to_the_day_covers_from_the_next_day() -> None:
    coverage = seen(listed(post(24 * 15 + 2, precision="day")))
    assert verdict(coverage) == ("partial", "truncated")
    assert coverage.covered_from == NOW - timedelta(days=14, hours=2)


def test_what_is_published_while_later_pages_are_read_is_not_covered() -> None:
    coverage = seen(listed(post(1)), listed(post(24 * 20)))
    assert (coverage.covered_to, coverage.checked_at) == (NOW, NOW + timedelta(minutes=1))


def test_a_list_that_ends_is_covered_from_the_beginning() -> None:
    assert seen(listed(post(1), more=False)).covered_from == BEGINNING


def test_an_end_that_shows_no_post_proves_nothing() -> None:
    assert verdict(seen(listed(more=False))) == ("none", "truncated")


@pytest.mark.parametrize("status", UNREADABLE)
def test_a_first_page_that_is_no_list_covers_nothing_and_says_why(status: str) -> None:
    coverage = seen(listed(status=status))
    assert (verdict(coverage), coverage.covered_from, coverage.pages) == (("none", REASONS[status]), None, 1)


@pytest.mark.parametrize("status", UNREADABLE)
def test_a_wall_after_a_part_of_the_list_keeps_the_part_and_says_why(status: str) -> None:
    coverage = seen(listed(post(1), post(30)), listed(status=status))
    assert verdict(coverage) == ("partial", REASONS[status])
    assert coverage.covered_from == NOW - timedelta(hours=30)


def test_an_item_that_could_not_be_read_leaves_no_stretch_covered() -> None:
    coverage = seen(listed(post(1), post(24 * 20), errors=1))
    assert (verdict(coverage), coverage.covered_from, coverage.posts_seen) == (("partial", "unparsed"), None, 2)


def test_an_empty_list_is_silence_only_with_a_total_of_zero_on_another_kind_of_page() -> None:
    progress = progress_of()
    progress.take(listed(status="empty", more=None), NOW, is_list=True)
    assert verdict(progress.coverage()) == ("none", "empty")
    progress.take(Reading(platform="weibo", kind="profile", status="ok", records=(profile(0),)), NOW, is_list=False)
    assert verdict(progress.coverage()) == ("complete", None)


def test_a_total_of_zero_on_the_empty_list_itself_proves_nothing() -> None:
    page = replace(listed(status="empty", more=None), records=(profile(0),))
    assert verdict(seen(page)) == ("none", "empty")


def test_a_total_above_zero_leaves_an_empty_list_unexplained() -> None:
    progress = progress_of()
    progress.take(listed(status="empty", more=None), NOW, is_list=True)
    progress.take(Reading(platform="weibo", kind="profile", status="ok", records=(profile(9),)), NOW, is_list=False)
    assert verdict(progress.coverage()) == ("none", "empty")


def test_single_posts_prove_nothing_about_the_others() -> None:
    progress = progress_of()
    progress.take(Reading(platform="weibo", kind="status_page", status="ok", records=(post(1),)), NOW, is_list=False)
    coverage = progress.coverage()
    assert (verdict(coverage), coverage.posts_seen, coverage.pages) == (("none", "not_crawled"), 1, 0)


@pytest.mark.parametrize("reason", ["robots", "error", "login"])
def test_a_failure_on_the_way_to_the_list_is_the_reason_if_there_is_no_list(reason: str) -> None:
    progress = progress_of()
    progress.fail(reason, is_list=False)
    assert verdict(progress.coverage()) == ("none", reason)


def test_a_failure_beside_a_list_that_was_read_changes_nothing() -> None:
    progress = progress_of()
    progress.take(listed(post(1), post(24 * 20)), NOW, is_list=True)
    progress.fail("error", is_list=False)
    assert verdict(progress.coverage()) == ("complete", None)


def test_the_first_reason_stands() -> None:
    progress = progress_of()
    progress.fail("robots")
    progress.fail("error")
    assert progress.coverage().reason == "robots"


def test_what_was_seen_and_not_kept_proves_no_absence() -> None:
    progress = progress_of()
    progress.take(listed(post(1), post(24 * 20)), NOW, is_list=True)
    progress.spoil("error")
    coverage = progress.coverage()
    assert (verdict(coverage), coverage.covered_from) == (("partial", "error"), None)


def test_an_account_that_nobody_asked_for_was_not_crawled() -> None:
    assert verdict(progress_of().coverage()) == ("none", "not_crawled")


def test_a_post_dated_to_this_day_covers_no_stretch_backwards() -> None:
    coverage = seen(listed(post(1, precision="day")))
    assert (coverage.covered_from, coverage.covered_to) == (NOW, NOW)


def test_a_list_that_shows_next_to_nothing_of_what_it_states_covers_nothing() -> None:
    hidden = replace(listed(post(24 * 20), more=None), extent=Extent(total=300))
    assert verdict(seen(hidden)) == ("none", "truncated")


def test_a_small_account_that_shows_all_it_states_is_covered() -> None:
    whole = replace(listed(post(1), post(24 * 20), more=None), extent=Extent(total=2))
    assert verdict(seen(whole)) == ("complete", None)
