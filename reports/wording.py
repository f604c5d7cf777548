"""Plain official Chinese (措辞): dates, periods, rates, reasons and headings; and crawled text made safe to print."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

from records import SHANGHAI, Period, TellableError

KINDS = ("weekly", "monthly", "quarterly", "annual")
_PLATFORMS = {
    "weibo": ("微博", "微博"),
    "wechat": ("微信公众号", "微信"),
    "toutiao": ("今日头条", "头条"),
    "douyin": ("抖音", "抖音"),
    "kuaishou": ("快手", "快手"),
    "wechat_channels": ("微信视频号", "视频号"),
    "miniprogram": ("小程序", "小程序"),
    "app": ("移动客户端", "客户端"),
    "website": ("政府网站", "网站"),
    "yidianzixun": ("一点资讯", "一点资讯"),
    "meipian": ("美篇", "美篇"),
    "zhihu": ("知乎", "知乎"),
    "jianshu": ("简书", "简书"),
    "huoshan": ("火山小视频", "火山小视频"),
    "weishi": ("微视", "微视"),
    "bilibili": ("哔哩哔哩", "哔哩哔哩"),
    "xiaohongshu": ("小红书", "小红书"),
    "people": ("人民号", "人民号"),
    "xigua": ("西瓜视频", "西瓜视频"),
}
_ORDINALS = "零一二三四五六七八九"
_SPANS = {"weekly": "本周", "monthly": "本月", "quarterly": "本季度", "annual": "本年度"}
# XML 1.0 knows no control characters, lone surrogates or non-characters; direction marks turn words round.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")
_MOBILE = re.compile(r"(?<![0-9A-Za-z])(1[3-9]\d)\d{4}(\d{4})(?![0-9A-Za-z])")
_CITIZEN_ID = re.compile(r"(?<![0-9A-Za-z])(\d{6})\d{8}(\d{3}[0-9Xx])(?![0-9A-Za-z])")


class ReportError(TellableError):
    """The report cannot be written: its parts do not add up, or a rule of release is not met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why something is not known: ``short`` for the summary sentence, ``words`` for tables, ``todo`` for the office."""

    short: str
    words: str
    todo: str


@cache
def _rows(name: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads((resources.files("reports") / name).read_text(encoding="utf-8"))


def reason_of(code: str) -> Reason:
    """The words of a reason code; an unlisted code is shown as it is, never dropped."""
    row = _rows("reasons.toml").get(code)
    if row is not None:
        return Reason(**row)
    return Reason(short=f"其他（{code}）", words=f"其他原因（{code}）", todo="人工查看")


def heading_of(check: str) -> str:
    """The heading of a check's group in part two; one that has none yet goes under 其他问题."""
    row = _rows("checks.toml").get(check)
    return "其他问题" if row is None else str(row["heading"])


def is_paper(check: str) -> bool:
    """Whether a check rests on the register alone, so that passing it is no sign of having looked at the account."""
    row = _rows("checks.toml").get(check)
    return row is not None and bool(row.get("paper"))


def printable(text: str) -> str:
    """The text without characters that break XML or turn the line round."""
    return _UNPRINTABLE.sub("", _SURROGATES.sub("\ufffd", text))


def plain(text: str) -> str:
    """Crawled or filed text on one line, safe to print, with personal numbers masked (138****0000)."""
    folded = " ".join(printable(text).split())
    return _MOBILE.sub(r"\1****\2", _CITIZEN_ID.sub(r"\1********\2", folded))


def safe_address(url: str) -> str | None:
    """The address if it may become a link (http or https with a host); ``None`` for anything else."""
    if printable(url) != url or re.search(r"\s", url):
        return None
    try:
        parts = urlsplit(url)
        return url if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None


def platform_name(platform: str) -> str:
    """The platform in Chinese; one that is not crawled is shown as the register names it."""
    return _PLATFORMS[platform][0] if platform in _PLATFORMS else plain(platform)


def platform_short(platform: str) -> str:
    """The platform in the summary sentence, ``微信``."""
    return _PLATFORMS[platform][1] if platform in _PLATFORMS else plain(platform)


def platform_order(platform: str) -> tuple[int, str]:
    """Sort key: the crawled platforms first, then the others by name."""
    known = list(_PLATFORMS)
    return (known.index(platform), "") if platform in _PLATFORMS else (len(known), platform)


def long_date(day: date) -> str:
    """``2026年11月9日``."""
    return f"{day.year}年{day.month}月{day.day}日"


def shanghai_day(moment: datetime) -> date:
    """The day of a moment in Asia/Shanghai."""
    return moment.astimezone(SHANGHAI).date()


def minute(moment: datetime) -> str:
    """``2026-11-15 08:30`` in Asia/Shanghai."""
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def short_date(day: date, near: date) -> str:
    """``11-20`` within the year of ``near``, else ``2025-11-20``."""
    return day.strftime("%m-%d") if day.year == near.year else day.isoformat()


def bounds(period: Period) -> tuple[date, date]:
    """First and last day of the period."""
    return shanghai_day(period.start), shanghai_day(period.end - timedelta(microseconds=1))


def _starts(kind: str, first: date) -> bool:
    return {
        "weekly": first.weekday() == 0,
        "monthly": first.day == 1,
        "quarterly": first.day == 1 and first.month % 3 == 1,
        "annual": (first.month, first.day) == (1, 1),
    }[kind]


def _next_start(kind: str, first: date) -> date:
    if kind == "weekly":
        return first + timedelta(days=7)
    months = {"monthly": 1, "quarterly": 3, "annual": 12}[kind]
    year, month = divmod(first.month - 1 + months, 12)
    return date(first.year + year, month + 1, 1)


def check_period(kind: str, period: Period) -> None:
    """Raises ReportError unless the period is exactly one week, month, quarter or year of Asia/Shanghai."""
    if kind not in KINDS:
        raise ReportError(f"不认识的通报种类：{kind}")
    first = shanghai_day(period.start)
    whole = (first, _next_start(kind, first))
    edges = tuple(datetime.combine(day, time(), SHANGHAI) for day in whole)
    if not _starts(kind, first) or (period.start, period.end) != edges:
        raise ReportError(f"统计周期（{minute(period.start)} 至 {minute(period.end)}）不是完整的{_SPANS[kind][1:]}")


def period_words(kind: str, period: Period) -> str:
    """``2026年第46周（11月9日至11月15日）``, ``2026年11月``, ``2026年第4季度``, ``2026年度``."""
    first, last = bounds(period)
    if kind == "monthly":
        return f"{first.year}年{first.month}月"
    if kind == "quarterly":
        return f"{first.year}年第{(first.month + 2) // 3}季度"
    if kind == "annual":
        return f"{first.year}年度"
    year, week, _ = first.isocalendar()
    ends = [f"{day.month}月{day.day}日" if first.year == last.year else long_date(day) for day in (first, last)]
    return f"{year}年第{week}周（{ends[0]}至{ends[1]}）"


def span_word(kind: str) -> str:
    """``本周``, ``本月``, ``本季度``, ``本年度``."""
    return _SPANS[kind]


def share(part: int, whole: int) -> str:
    """``36/38，94.74%``; over an empty set only ``0/0``, never a rate."""
    if whole == 0:
        return f"{part}/{whole}"
    rate = (Decimal(100 * part) / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{part}/{whole}，{rate}%"


def listed(counts: Mapping[str, int], unit: str) -> str:
    """``微博 15 个、今日头条 9 个``, in the mapping's order, zeros left out."""
    return "、".join(f"{word} {number} {unit}" for word, number in counts.items() if number)


def ordinal(number: int) -> str:
    """1 to 99 in Chinese, ``十二``."""
    tens, ones = divmod(number, 10)
    start = "" if tens == 0 else "十" if tens == 1 else f"{_ORDINALS[tens]}十"
    return start + (_ORDINALS[ones] if ones else "")
