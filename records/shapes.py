"""Records as the JSON values of the outside contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from records.law import Period
from records.pages import Post, Snapshot

SHANGHAI = ZoneInfo("Asia/Shanghai")
_PLAIN = frozenset({str, int, float, bool})
_COUNTERS = ("reads", "likes", "comments", "reposts")


def as_json(value: object) -> Any:
    """A record, or anything made of records, as plain JSON values.

    Times become ISO 8601 in Asia/Shanghai, enums their Chinese or English word, tuples and sets
    lists; a period is ``[start, end]``, a snapshot's place ``snapshot``; a post always has its four
    counters, ``null`` where the page shows none.
    """
    if value is None or type(value) in _PLAIN:
        return value
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        shape = {name: as_json(getattr(value, name)) for name in _names(type(value))}
        if isinstance(value, Period):
            return [shape["start"], shape["end"]]
        if isinstance(value, Snapshot):
            shape["snapshot"] = shape.pop("ref")
        if isinstance(value, Post):
            shape["counters"] = {name: shape["counters"].get(name) for name in _COUNTERS}
        return shape
    if isinstance(value, Mapping):
        return {str(key): as_json(element) for key, element in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(as_json(element) for element in value)
    if isinstance(value, list | tuple):
        return [as_json(element) for element in value]
    return value


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(item.name for item in fields(kind))
