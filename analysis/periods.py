"""Weeks, months, quarters and years of Asia/Shanghai as Periods (统计周期), their ids and their words. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from records import SHANGHAI, Period

_WEEK = re.compile(r"([12][0-9]{3})-W([0-9]{2})")
_QUARTER = re.compile(r"([12][0-9]{3})-?Q([1-4])")
_MONTH = re.compile(r"([12][0-9]{3})-(0[1-9]|1[0-2])")
_YEAR = re.compile(r"([12][0-9]{3})")


def day_of(moment: datetime) -> date:
    """The Shanghai date of an aware moment."""
    return moment.astimezone(SHANGHAI).date()


def midnight(day: date) -> datetime:
    """The first moment of a Shanghai date."""
    return datetime.combine(day, time(), SHANGHAI)


def days_between(first: date, last: date) -> Period:
    """The period of whole Shanghai days from ``first`` to ``last``, both included."""
    return Period(midnight(first), midnight(last + timedelta(days=1)))


def week_of(moment: datetime) -> Period:
    """The calendar week, Monday to Sunday, that holds the moment."""
    monday = day_of(moment) - timedelta(days=day_of(moment).weekday())
    return days_between(monday, monday + timedelta(days=6))


def last_week(now: datetime) -> Period:
    """The newest calendar week that has wholly ended at ``now``."""
    return week_of(now - timedelta(days=7))


def weeks_in(period: Period) -> tuple[Period, ...]:
    """The calendar weeks that lie wholly in the period, oldest first; none in a period shorter than a week."""
    week = week_of(period.start)
    if week.start < period.start:
        week = week_of(week.end)
    weeks = []
    while week.end <= period.end:
        weeks.append(week)
        week = week_of(week.end)
    return tuple(weeks)


def parse_period(text: str) -> Period:
    """The period of ``2026-W47``, ``2026-11``, ``2026Q4`` (or ``2026-Q4``) or ``2026``.

    Raises:
        ValueError: Another form, or a week that the year does not have; the message is a Chinese sentence.
    """
    if found := _WEEK.fullmatch(text):
        return _week_number(text, int(found[1]), int(found[2]))
    if found := _QUARTER.fullmatch(text):
        return _months(int(found[1]), 3 * int(found[2]) - 2, 3)
    if found := _MONTH.fullmatch(text):
        return _months(int(found[1]), int(found[2]), 1)
    if found := _YEAR.fullmatch(text):
        return _months(int(found[1]), 1, 12)
    raise ValueError(f"统计周期“{text}”无法识别，请写成 2026-W47（周）、2026-11（月）、2026Q4（季度）或 2026（年）")


def _week_number(text: str, year: int, week: int) -> Period:
    try:
        monday = date.fromisocalendar(year, week, 1)
    except ValueError as error:
        raise ValueError(f"统计周期“{text}”不存在：{year}年没有第{week}周") from error
    return days_between(monday, monday + timedelta(days=6))


def _months(year: int, month: int, n_months: int) -> Period:
    last = month + n_months
    return Period(midnight(date(year, month, 1)), midnight(date(year + (last - 1) // 12, (last - 1) % 12 + 1, 1)))


def period_id(period: Period) -> str:
    """The id that ``parse_period`` reads back; for any other period its two ends, ``START/END``."""
    first = day_of(period.start)
    year, week, _ = first.isocalendar()
    quarter = (first.month + 2) // 3
    for text in (f"{year}-W{week:02}", f"{first:%Y-%m}", f"{first.year}Q{quarter}", f"{first.year}"):
        if parse_period(text) == period:
            return text
    return f"{period.start.astimezone(SHANGHAI).isoformat()}/{period.end.astimezone(SHANGHAI).isoformat()}"


def period_words(period: Period) -> str:
    """The period in Chinese: whole days as ``2026年11月16日至11月22日``, else with hours and minutes."""
    start, end = period.start.astimezone(SHANGHAI), period.end.astimezone(SHANGHAI)
    if start.time() != time() or end.time() != time():
        return f"{moment_words(start)}至{moment_words(end)}"
    last = (end - timedelta(days=1)).date()
    if last == start.date():
        return day_words(last)
    month_and_day = f"{last.month}月{last.day}日"
    return f"{day_words(start.date())}至{month_and_day if last.year == start.year else day_words(last)}"


def day_words(day: date) -> str:
    """``2026年11月16日``."""
    return f"{day.year}年{day.month}月{day.day}日"


def moment_words(moment: datetime) -> str:
    """``2026年11月16日 09:30`` of Asia/Shanghai."""
    return f"{day_words(day_of(moment))} {moment.astimezone(SHANGHAI):%H:%M}"
