"""The law as data: regulations, clauses, worked cases, and the words for results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Severity(StrEnum):
    """The weight of a clause (严重程度), lightest first."""

    HINT = "提示"
    RECTIFY = "整改"
    VETO = "单项否决"


class Verdict(StrEnum):
    """What a person decided of a finding (核实结论)."""

    PENDING = "待核"
    CONFIRMED = "属实"
    MISTAKEN = "误报"
    RECTIFIED = "已整改"


class Result(StrEnum):
    """What a check made of one clause (判定)."""

    PASS = "pass"  # noqa: S105
    BREACH = "breach"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open stretch of time (统计周期) ``[start, end)``; both ends aware, in any zone."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise ValueError("a period ends after it starts")

    def holds(self, moment: datetime) -> bool:
        """Whether ``moment`` lies in the period."""
        return self.start <= moment < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One worked example of a clause (示例), run as a test; ``given`` is what the check's case builder reads."""

    name: str
    given: Mapping[str, object]
    expect: Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One numbered demand of a regulation (条款) with its exact quote.

    ``params`` are the numbers of the check, named settings already put in; ``settings`` are the
    Chinese meanings and values of those, which reports print as 参考值. ``second_hand`` is printed as
    据转引，请核对原文 until the office confirms it.
    """

    id: str
    number: str
    quote: str
    check: str
    severity: Severity
    params: Mapping[str, int | float | str | tuple[str, ...]] = field(default_factory=dict)
    settings: Mapping[str, int | str] = field(default_factory=dict)
    second_hand: bool = False
    cases: tuple[Case, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Regulation:
    """A document (文件) and its clauses; ``id`` as ``zezhou-2022``."""

    id: str
    title: str
    issued: str
    clauses: tuple[Clause, ...]
