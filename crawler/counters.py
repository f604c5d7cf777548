"""Reads the counts that platforms show (计数): exact numbers stay numbers, rounded ones keep their text."""

from __future__ import annotations

import re
from decimal import Decimal

from records import Counter

_EXACT = re.compile(r"[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4}")
_ROUNDED = re.compile(r"(?P<number>[0-9]{1,15}(?:\.[0-9]{1,4})?)\s*(?P<unit>千|万|亿|[kKwW])?(?P<more>\+?)")
_UNITS = {"千": 1_000, "万": 10_000, "亿": 100_000_000, "k": 1_000, "w": 10_000}


def parse_counter(value: str | int) -> int | Counter:
    """The count as a whole number where the page gives it exactly, else its text with the least it can mean.

    ``1024``, ``"1024"`` and ``"1,024"`` are exact. ``"145.5万"``, ``"1.36亿"``, ``"1.2万+"``, ``"100万+"``,
    ``"3w"`` and ``"1000+"`` are a Counter whose ``at_least`` reads the digits as they stand.

    Raises:
        ValueError: Anything else: empty, negative, words such as 转发 or 万.

    Source: recorded weibo profile of 2022 (followers 145.5万) and page texts of the other platforms.
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(f"no count: {value!r}")
    if isinstance(value, int):
        if value < 0:
            raise ValueError(f"no count: {value!r}")
        return value
    text = value.strip()
    if _EXACT.fullmatch(text):
        return int(text.replace(",", ""))
    found = _ROUNDED.fullmatch(text)
    if found is None or not (found["unit"] or found["more"]):
        raise ValueError(f"unknown form of count: {value[:40]!r}")
    factor = _UNITS[found["unit"].lower()] if found["unit"] else 1
    return Counter(text, int(Decimal(found["number"]) * factor))
