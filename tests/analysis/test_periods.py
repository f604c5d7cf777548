"""Weeks, months, quarters and years of Asia/Shanghai."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.periods import (
    day_of,
    days_between,
    last_week,
    midnight,
    parse_period,
    period_id,
    period_words,
    week_of,
    weeks_in,
)
from records import SHANGHAI, Period

START = datetime(1995, 1, 1, tzinfo=UTC)
MOMENTS = st.builds(
    lambda minutes, zone: (START + timedelta(minutes=minutes)).astimezone(zone),
    st.integers(0, 100 * 365 * 24 * 60),
    st.sampled_from([UTC, SHANGHAI]),
)


def test_a_week_runs_from_monday_to_sunday_in_shanghai() -> None:
    sunday_night_in_utc = datetime(2026, 11, 22, 15, 59, tzinfo=UTC)
    assert week_of(sunday_night_in_utc) == days_between(date(2026, 11, 16), date(2026, 11, 22))
    assert week_of(sunday_night_in_utc + timedelta(minutes=1)).start == midnight(date(2026, 11, 23))


def test_last_week_has_ended() -> None:
    assert period_id(last_week(datetime(2026, 11, 23, 0, 0, tzinfo=SHANGHAI))) == "2026-W47"
    assert period_id(last_week(datetime(2026, 11, 22, 23, 59, tzinfo=SHANGHAI))) == "2026-W46"


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-W47", date(2026, 11, 16), date(2026, 11, 22)),
        ("2026-W53", date(2026, 12, 28), date(2027, 1, 3)),
        ("2027-W01", date(2027, 1, 4), date(2027, 1, 10)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2026Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_period_is_read_by_its_id(text: str, first: date, last: date) -> None:
    assert parse_period(text) == days_between(first, last)
    assert period_id(parse_period(text)) == text.replace("-Q", "Q")


@pytest.mark.parametrize(
    "text", ["", "2026-W54", "2025-W53", "2026-13", "2026Q5", "26", "２０２６", "2026-W47 ", "0000", "本周"]
)
def test_another_form_is_refused_in_chinese(text: str) -> None:
    with pytest.raises(ValueError, match="统计周期"):
        parse_period(text)


@given(MOMENTS)
def test_every_moment_lies_in_its_week_and_the_weeks_join(moment: datetime) -> None:
    week = week_of(moment)
    assert week.holds(moment)
    assert week_of(week.end).start == week.end
    assert parse_period(period_id(week)) == week


@given(MOMENTS, st.integers(0, 120))
def test_the_weeks_of_a_period_are_whole_and_leave_less_than_a_week_at_each_end(moment: datetime, n_days: int) -> None:
    period = days_between(day_of(moment), day_of(moment) + timedelta(days=n_days))
    weeks = weeks_in(period)
    assert all(period.start <= week.start and week.end <= period.end for week in weeks)
    assert len(weeks) in (max(0, (n_days + 1) // 7 - 1), (n_days + 1) // 7)
    assert all(left.end == right.start for left, right in pairwise(weeks))


def test_a_month_has_only_its_whole_weeks() -> None:
    assert [period_id(week) for week in weeks_in(parse_period("2026-11"))] == [
        "2026-W45",
        "2026-W46",
        "2026-W47",
        "2026-W48",
    ]


def test_period_words_name_the_last_day_and_not_the_next() -> None:
    assert period_words(parse_period("2026-W47")) == "2026年11月16日至11月22日"
    assert period_words(parse_period("2026-W53")) == "2026年12月28日至2027年1月3日"
    assert period_words(days_between(date(2026, 11, 16), date(2026, 11, 16))) == "2026年11月16日"


def test_a_period_of_hours_is_named_to_the_minute() -> None:
    end = datetime(2026, 11, 20, 1, 40, tzinfo=UTC)
    assert period_words(Period(end - timedelta(days=14), end)) == "2026年11月6日 09:40至2026年11月20日 09:40"
