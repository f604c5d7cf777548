"""What was observed without a gap, and why not more."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.coverage import Interval, covered, gaps, seen_by_list, seen_by_person, union, why_not
from analysis.periods import midnight, parse_period
from records import Coverage, Observation, Period, Snapshot

WEEK = parse_period("2026-W47")
MONDAY = midnight(date(2026, 11, 23))
REASONS = ["blocked", "login", "robots", "gone", "empty", "unparsed", "truncated", "no_public_list", "not_crawled"]
REASONS += ["error", "not_due"]


def day(n: int) -> datetime:
    """Midnight of the n-th of November 2026."""
    return midnight(date(2026, 11, n))


def run(start: int, end: int, **fields: Any) -> Coverage:
    row = {"account": "weibo:1", "status": "complete", "source": "page", "checked_at": day(end), **fields}
    return Coverage(covered_from=day(start), covered_to=day(end), **row)


def wall(at: int, reason: str, **fields: Any) -> Coverage:
    row = {"account": "weibo:1", "status": "none", "source": "page", "checked_at": day(at), "reason": reason, **fields}
    return Coverage(**row)


def look(**fields: Any) -> Observation:
    picture = Snapshot(url="p.png", fetched_at=MONDAY, sha256="0" * 64, ref="evidence/p.png")
    row = {"observed_at": MONDAY, "observer": "张某", "newest_on": None, "n_updates": None, "pictures": (picture,)}
    return Observation(account="weibo:1", **{**row, **fields})


def test_nightly_looks_join_to_one_stretch() -> None:
    assert covered([run(10, 18), run(18, 20), run(19, 23)], [], WEEK)


def test_a_missing_night_is_a_gap() -> None:
    rows = [run(10, 18), run(19, 23)]
    assert not covered(rows, [], WEEK)
    assert list(gaps([(day(10), day(18)), (day(19), day(23))], WEEK)) == [Period(day(18), day(19))]


@pytest.mark.parametrize("reason", REASONS)
def test_a_run_that_saw_nothing_covers_nothing_whatever_it_claims(reason: str) -> None:
    assert seen_by_list(run(10, 23, status="none", reason=reason)) is None


def test_a_units_own_list_covers_nothing() -> None:
    assert seen_by_list(run(10, 23, source="unit")) is None


def test_a_feed_cut_short_covers_nothing_and_a_page_cut_short_what_it_showed() -> None:
    assert seen_by_list(run(10, 23, source="feed", status="partial", reason="truncated")) is None
    assert seen_by_list(run(10, 23, status="partial", reason="truncated")) == (day(10), day(23))


@pytest.mark.parametrize("reason", ["unparsed", "gone", "no_public_list", "empty", "robots"])
def test_a_partial_view_with_holes_covers_nothing(reason: str) -> None:
    assert seen_by_list(run(10, 23, status="partial", reason=reason)) is None


def test_an_empty_page_covers_only_when_the_run_is_complete() -> None:
    assert seen_by_list(run(10, 23, reason="empty")) == (day(10), day(23))


def test_a_run_covers_nothing_after_itself() -> None:
    assert seen_by_list(run(10, 23, checked_at=day(20))) == (day(10), day(20))


def test_a_person_covers_from_the_day_after_the_newest_post() -> None:
    assert seen_by_person(look(newest_on=date(2026, 11, 15))) == (day(16), MONDAY)
    assert covered([], [look(newest_on=date(2026, 11, 15))], WEEK)
    assert not covered([], [look(newest_on=date(2026, 11, 16))], WEEK)


def test_a_person_without_a_picture_covers_nothing() -> None:
    assert seen_by_person(look(newest_on=date(2026, 11, 1), pictures=())) is None
    assert seen_by_person(look(n_updates=0, pictures=())) is None


def test_nothing_seen_covers_the_sheets_own_period_and_no_more() -> None:
    week = Period(MONDAY - timedelta(days=7), MONDAY)
    none_seen = look(n_updates=0, period=week)
    assert covered([], [none_seen], week)
    assert not covered([], [none_seen], Period(week.start - timedelta(seconds=1), week.end))
    assert seen_by_person(look(n_updates=0)) is None
    assert seen_by_person(look()) is None


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], "not_crawled"),
        ([wall(20, "blocked")], "blocked"),
        ([wall(20, "blocked"), wall(21, "login")], "login"),
        ([wall(20, "blocked"), wall(21, "not_due")], "blocked"),
        ([wall(21, "not_due")], "not_due"),
        ([wall(10, "blocked"), run(12, 18)], "not_crawled"),
        ([run(19, 23)], "truncated"),
        ([run(17, 23, status="partial", reason="login")], "login"),
        ([wall(23, "no_public_list"), wall(23, "blocked", source="unit")], "no_public_list"),
    ],
)
def test_the_reason_is_that_of_the_newest_run_that_should_have_seen_the_gap(rows: list[Coverage], reason: str) -> None:
    assert why_not(rows, [], WEEK, MONDAY) == reason


def test_a_week_that_still_runs_has_not_ended() -> None:
    assert why_not([run(10, 20)], [], WEEK, day(20)) == "not_ended"


INTERVALS = st.lists(st.tuples(st.integers(1, 28), st.integers(1, 28)).map(lambda pair: (day(pair[0]), day(pair[1]))))


def hours(intervals: list[Interval] | tuple[Interval, ...]) -> set[datetime]:
    """The midnights that the intervals hold, found one by one."""
    return {day(n) for n in range(1, 29) for start, end in intervals if start <= day(n) < end}


@given(INTERVALS)
def test_a_union_holds_the_same_moments_in_disjoint_order(intervals: list[Interval]) -> None:
    merged = union(intervals)
    assert hours(merged) == hours(intervals)
    assert all(left[1] < right[0] for left, right in pairwise(merged))
    assert union(merged) == merged


@given(INTERVALS)
def test_gaps_and_what_was_seen_make_up_the_window(intervals: list[Interval]) -> None:
    missing = hours([(gap.start, gap.end) for gap in gaps(intervals, WEEK)])
    assert missing == hours([(WEEK.start, WEEK.end)]) - hours(intervals)
