"""Times as the platforms show them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.dates import parse_time
from records import SHANGHAI
from tests.conftest import SHARED

NOON = datetime(2026, 11, 20, 12, 0, 30, tzinfo=SHANGHAI)
NEW_YEAR = datetime(2027, 1, 1, 0, 10, tzinfo=SHANGHAI)
NEW_YEARS_EVE = datetime(2026, 12, 31, 23, 50, tzinfo=SHANGHAI)
RECORDINGS = SHARED / "recordings" / "weibo"

KNOWN = [
    ("Thu Jun 17 11:00:31 +0800 2021", NOON, "2021-06-17T11:00:31", "second"),
    ("Thu Jun 17 03:00:31 +0000 2021", NOON, "2021-06-17T11:00:31", "second"),
    ("Wed Jun 16 22:00:31 -0500 2021", NOON, "2021-06-17T11:00:31", "second"),
    ("刚刚", NOON, "2026-11-20T12:00:00", "minute"),
    ("30秒前", NOON, "2026-11-20T12:00:00", "minute"),
    ("3分钟前", NOON, "2026-11-20T11:57:00", "minute"),
    ("15分钟前", NEW_YEAR, "2026-12-31T23:55:00", "minute"),
    ("2小时前", NOON, "2026-11-20T10:00:00", "day"),
    ("2小时前", NEW_YEAR, "2026-12-31T22:10:00", "day"),
    ("3天前", NOON, "2026-11-17T00:00:00", "day"),
    ("今天 08:15", NOON, "2026-11-20T08:15:00", "minute"),
    ("昨天 12:30", NOON, "2026-11-19T12:30:00", "minute"),
    ("昨天12:30", NEW_YEAR, "2026-12-31T12:30:00", "minute"),
    ("昨天", NOON, "2026-11-19T00:00:00", "day"),
    ("前天 08:00", NOON, "2026-11-18T08:00:00", "minute"),
    ("01-02", NOON, "2026-01-02T00:00:00", "day"),
    ("11-20", NOON, "2026-11-20T00:00:00", "day"),
    ("11-21", NOON, "2025-11-21T00:00:00", "day"),
    ("06月17日 18:12", NOON, "2026-06-17T18:12:00", "minute"),
    ("11月20日 12:00", NOON, "2026-11-20T12:00:00", "minute"),
    ("11月20日 12:01", NOON, "2025-11-20T12:01:00", "minute"),
    ("12月31日 23:59", NEW_YEAR, "2026-12-31T23:59:00", "minute"),
    ("01月01日 00:05", NEW_YEAR, "2027-01-01T00:05:00", "minute"),
    ("01月01日 00:05", NEW_YEARS_EVE, "2026-01-01T00:05:00", "minute"),
    ("12-31", NEW_YEARS_EVE, "2026-12-31T00:00:00", "day"),
    ("12-31", NEW_YEAR, "2026-12-31T00:00:00", "day"),
    ("02-29", NOON, "2024-02-29T00:00:00", "day"),
    ("2019-06-27", NOON, "2019-06-27T00:00:00", "day"),
    ("2019/6/27", NOON, "2019-06-27T00:00:00", "day"),
    ("2019年6月27日", NOON, "2019-06-27T00:00:00", "day"),
    ("2019-12-31 23:59:01", NOON, "2019-12-31T23:59:01", "second"),
    ("2019年12月30日 10:20", NOON, "2019-12-30T10:20:00", "minute"),
    ("2024-11-29T11:27:01", NOON, "2024-11-29T11:27:01", "second"),
    ("2024-11-29T03:27:01Z", NOON, "2024-11-29T11:27:01", "second"),
    ("2024-11-29T03:27:01.250+00:00", NOON, "2024-11-29T11:27:01", "second"),
    ("Tue, 15 Mar 2022 08:00:00 GMT", NOON, "2022-03-15T16:00:00", "second"),
]
UNKNOWN = [
    "",
    "1周前",
    "3个月前",
    "农历十月十一",
    "2021-13-01",
    "2021-02-29",
    "13-01",
    "02-30",
    "昨天 25:00",
    "12:30",
    "来自微博",
    "０１-０２",
    "Thu Foo 17 11:00:31 +0800 2021",
    "Thu Jun 17 11:00:31 2021",
    "1623898831",
    "9999年12月31日",
]
moments = st.integers(1_250_000_000, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@pytest.mark.parametrize(("text", "now", "meant", "precision"), KNOWN)
def test_a_known_form_means_one_moment(text: str, now: datetime, meant: str, precision: str) -> None:
    expected = datetime.fromisoformat(meant).replace(tzinfo=SHANGHAI)
    assert parse_time(text, now) == (expected, precision)


@pytest.mark.parametrize("text", UNKNOWN)
def test_an_unknown_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_time(text, NOON)


def test_the_zone_of_the_clock_does_not_matter() -> None:
    assert parse_time("昨天 12:30", NEW_YEAR) == parse_time("昨天 12:30", NEW_YEAR.astimezone(UTC))


def test_a_clock_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError):
        parse_time("刚刚", datetime(2026, 11, 20))  # noqa: DTZ001


@given(moments)
def test_the_english_form_gives_back_the_second(moment: datetime) -> None:
    local = moment.astimezone(SHANGHAI).replace(microsecond=0)
    months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    text = f"Mon {months[local.month - 1]} {local:%d %H:%M:%S} +0800 {local:%Y}"
    assert parse_time(text, NOON) == (local, "second")


@given(moments, st.integers(0, 365 * 24 * 60 - 1))
def test_a_year_less_date_of_the_last_year_is_found_again(now: datetime, minutes_ago: int) -> None:
    meant = (now - timedelta(minutes=minutes_ago)).astimezone(SHANGHAI).replace(second=0, microsecond=0)
    found, precision = parse_time(f"{meant:%m月%d日 %H:%M}", now)
    assert (found, precision) == (meant, "minute")


@given(moments, st.dates(date(2024, 1, 1), date(2024, 12, 31)))
def test_a_year_less_date_never_lies_in_the_future_nor_needlessly_back(now: datetime, day: date) -> None:
    found, _ = parse_time(f"{day:%m-%d}", now)
    back = now - found
    assert timedelta(0) <= back < timedelta(days=366 if (day.month, day.day) != (2, 29) else 8 * 366)


@given(moments, st.sampled_from(["今天", "昨天", "前天"]), st.times())
def test_a_named_day_keeps_its_time(now: datetime, word: str, clock: time) -> None:
    found, precision = parse_time(f"{word} {clock:%H:%M}", now)
    local, today = found.astimezone(SHANGHAI), now.astimezone(SHANGHAI).date()
    assert (f"{local:%H:%M}", precision) == (f"{clock:%H:%M}", "minute")
    assert today - local.date() == timedelta(days=["今天", "昨天", "前天"].index(word))


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        moment, precision = parse_time(text, NOON)
    except ValueError:
        return
    assert moment.tzinfo is not None and precision in ("second", "minute", "day")


def dumped_dates() -> Iterator[tuple[str, str]]:
    """``(as shown, the second meant)`` of every post in the recorded dumps."""
    for dump in sorted(RECORDINGS.glob("dump2024_*.json")):
        for post in json.loads(dump.read_text(encoding="utf-8"))["weibo"]:
            yield post["created_at"], post["full_created_at"]
            yield post["full_created_at"], post["created_at"]


@pytest.mark.skipif(not RECORDINGS.exists(), reason="recorded pages are not on this machine")
def test_every_date_of_the_dumps_is_read() -> None:
    pairs = list(dumped_dates())
    assert len(pairs) > 1900
    for shown, again in pairs:
        assert parse_time(shown, NOON) == parse_time(again, NOON)
    for name, column, precision in (
        ("dump2020_media_peoples_daily_2803301701.csv", "日期", "day"),
        ("dump2020_gov_gqtzy_3937348351.csv", "发布时间", "minute"),
    ):
        with Path(RECORDINGS / name).open(encoding="utf-8-sig", newline="") as table:
            found = {parse_time(row[column], NOON)[1] for row in csv.DictReader(table)}
        assert found == {precision}
