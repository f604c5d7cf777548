"""Reads the times that platforms show (发布时间): 刚刚, 昨天 12:30, 06月17日 18:12, Thu Jun 17 11:00:31 +0800 2021.

A form that cannot be placed on one day (1周前, 3个月前) is not guessed at: it is an unknown form.
"""

from __future__ import annotations

import re
from calendar import isleap
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone

from records import SHANGHAI

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CLOCK = r"(?:(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.[0-9]{1,9})?)?)"
_ZONE = r"(?:\s*(?P<zone>Z|GMT|UTC|[+-][0-9]{2}:?[0-9]{2}))"
_WEEKDAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH_NAME = rf"(?P<month_name>{'|'.join(_MONTHS)})"

_JUST_NOW = re.compile(r"刚刚|刚才")
_AGO = re.compile(r"(?P<count>[0-9]{1,3})\s*(?P<unit>秒钟?|分钟|小时|天)前")
_NEAR_DAY = re.compile(rf"(?P<day>今天|昨天|前天)\s*{_CLOCK}?")
_YEARLESS = re.compile(rf"(?P<month>[0-9]{{1,2}})(?:-|/|月)(?P<day>[0-9]{{1,2}})日?(?:\s*{_CLOCK})?")
_DATED = re.compile(
    r"(?P<year>(?:19|20)[0-9]{2})(?:-|/|\.|年)(?P<month>[0-9]{1,2})(?:-|/|\.|月)(?P<day>[0-9]{1,2})日?"
    rf"(?:(?:\s*|T){_CLOCK}{_ZONE}?)?"
)
_ENGLISH = re.compile(rf"{_WEEKDAY} {_MONTH_NAME} +(?P<day>[0-9]{{1,2}}) {_CLOCK}{_ZONE} (?P<year>[0-9]{{4}})")
_MAIL = re.compile(rf"(?:{_WEEKDAY}, )?(?P<day>[0-9]{{1,2}}) {_MONTH_NAME} (?P<year>[0-9]{{4}}) {_CLOCK}{_ZONE}")

_BACK = {"今天": 0, "昨天": 1, "前天": 2}
_LEAP_GAP_YEARS = 8  # 29 February is at most eight years back (1896-1904, 2096-2104)


def parse_time(text: str, now: datetime) -> tuple[datetime, str]:
    """The moment a page's time text means, in UTC, and its precision ``second``, ``minute`` or ``day``.

    Texts without a zone are Asia/Shanghai. A text that names a day alone means its first moment, precision
    ``day``. Relative texts count back from ``now``: seconds and minutes have precision ``minute``, hours
    and days ``day`` (an hour is no precision of its own, and 2小时前 may be 2:59 ago). A date without a
    year is the latest one that does not lie after ``now``.

    Args:
        text: As shown, surrounding white space allowed; nothing else (来自… is cut by the caller).
        now: When the page was served; aware.

    Raises:
        ValueError: An unknown form, or a day or hour that does not exist; or ``now`` has no zone.

    Source: recorded weibo pages of 2017-2024; 前天 is from recorded pages of the other platforms.
    """
    if now.tzinfo is None:
        raise ValueError("now needs a zone")
    words = " ".join(text.split())
    local = now.astimezone(SHANGHAI)
    for pattern, reader in (
        (_DATED, _dated),
        (_ENGLISH, _dated),
        (_YEARLESS, _yearless),
        (_NEAR_DAY, _near_day),
        (_AGO, _ago),
        (_MAIL, _dated),
    ):
        if found := pattern.fullmatch(words):
            moment, precision = reader(found.groupdict(), local)
            return moment.astimezone(UTC), precision
    if _JUST_NOW.fullmatch(words):
        return _whole_minute(local).astimezone(UTC), "minute"
    raise ValueError(f"unknown form of time: {text[:60]!r}")


def _whole_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _clock(found: dict[str, str | None]) -> tuple[time, str]:
    if found["hour"] is None or found["minute"] is None:
        return time(), "day"
    precision = "minute" if found["second"] is None else "second"
    return time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0)), precision


def _zone(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text in ("Z", "GMT", "UTC"):
        return UTC
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def _dated(found: dict[str, str | None], local: datetime) -> tuple[datetime, str]:
    name = found.get("month_name")
    month = _MONTHS.index(name) + 1 if name else int(found["month"] or 0)
    clock, precision = _clock(found)
    day = date(int(found["year"] or 0), month, int(found["day"] or 0))
    return datetime.combine(day, clock, _zone(found["zone"]) or SHANGHAI), precision


def _yearless(found: dict[str, str | None], local: datetime) -> tuple[datetime, str]:
    clock, precision = _clock(found)
    for day in _days_back(int(found["month"] or 0), int(found["day"] or 0), local.year):
        moment = datetime.combine(day, clock, SHANGHAI)
        if moment <= local:
            return moment, precision
    raise ValueError(f"no such day: {found['month']}-{found['day']}")


def _days_back(month: int, day: int, year: int) -> Iterator[date]:
    for candidate in range(year, year - _LEAP_GAP_YEARS - 1, -1):
        if (month, day) != (2, 29) or isleap(candidate):
            yield date(candidate, month, day)


def _near_day(found: dict[str, str | None], local: datetime) -> tuple[datetime, str]:
    clock, precision = _clock(found)
    return datetime.combine(local.date() - timedelta(days=_BACK[found["day"] or ""]), clock, SHANGHAI), precision


def _ago(found: dict[str, str | None], local: datetime) -> tuple[datetime, str]:
    count, unit = int(found["count"] or 0), found["unit"]
    if unit == "天":
        return datetime.combine(local.date() - timedelta(days=count), time(), SHANGHAI), "day"
    if unit == "小时":
        return _whole_minute(local - timedelta(hours=count)), "day"
    back = timedelta(minutes=count) if unit == "分钟" else timedelta(seconds=count)
    return _whole_minute(local - back), "minute"
