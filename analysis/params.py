"""Strict reading of a clause's numbers: they are there in a known form, or ParamError names the clause."""

from __future__ import annotations

import re
from datetime import timedelta

from records import Clause

_DAYS_IN = {"days": 1, "weeks": 7}


class ParamError(ValueError):
    """A clause's parameter is absent or in an unknown form; the message is a Chinese sentence."""

    def __init__(self, clause: Clause, name: str) -> None:
        self.clause, self.name = clause.id, name
        super().__init__(f"条款 {clause.id} 的参数 {name} 缺失或写法不对：{clause.params.get(name)!r}")


def whole_number(clause: Clause, name: str) -> int:
    """A parameter that must be a whole number of at least 1."""
    value = clause.params.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ParamError(clause, name)
    return value


def word(clause: Clause, name: str, choices: tuple[str, ...]) -> str:
    """A parameter that must be one of ``choices``."""
    value = clause.params.get(name)
    if not isinstance(value, str) or value not in choices:
        raise ParamError(clause, name)
    return value


def words(clause: Clause, name: str, choices: tuple[str, ...]) -> tuple[str, ...]:
    """A parameter that must be a list of some of ``choices``."""
    value = clause.params.get(name)
    if not isinstance(value, tuple) or not value or any(element not in choices for element in value):
        raise ParamError(clause, name)
    return value


def span(clause: Clause, name: str) -> timedelta | None:
    """A parameter that must be ``week`` (a calendar week, ``None``) or a rolling ``14 days``, ``2 weeks``."""
    value = clause.params.get(name)
    if value == "week":
        return None
    found = re.fullmatch(r"([1-9][0-9]{0,3}) (days|weeks)", value) if isinstance(value, str) else None
    if found is None:
        raise ParamError(clause, name)
    return timedelta(days=int(found[1]) * _DAYS_IN[found[2]])
