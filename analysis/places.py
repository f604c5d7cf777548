"""Forms of an office's own divisions (行政区划的写法)."""

from __future__ import annotations

import re

from analysis import tables

LEVELS = ("自治区", "自治州", "自治县", "街道", "地区", "省", "市", "州", "县", "区", "旗", "盟", "镇", "乡")
_DIVISION = re.compile(f".{{2,}}?(?:{'|'.join(LEVELS)})|.+")


def division_names(names: frozenset[str]) -> frozenset[str]:
    """Full and short forms of the divisions in ``names``: ``澜州市云岭县`` gives 澜州市, 澜州, 云岭县 and 云岭."""
    forms: set[str] = set()
    for part in (part for name in names for part in _DIVISION.findall(name)):
        forms |= {part, short_place(part)}
    return frozenset(form for form in forms if len(form) > 1)


def short_place(name: str) -> str:
    """The short form of a place name (简称): from the table, else without its level; ``name`` where nothing is left."""
    if name in tables.full_places():
        return tables.full_places()[name]
    level = next((level for level in LEVELS if name.endswith(level) and len(name) - len(level) >= 2), "")
    return name.removesuffix(level)
