"""Alarms about parsers (解析告警): a field that the pages always gave and no longer give. Pure.

A changed layout seldom breaks a whole page. More often one field comes out empty, and a check that needs it then
passes or falls silent for everybody. Each account is measured by its own past, as offices fill in different things.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from analysis.words import platform_words, shown

# A field counts as always given after so many runs and records without one exception ...
BASE_RUNS, BASE_RECORDS = 3, 10
# ... and as lost once so many records lack it: one or two posts without a picture are no news.
LOST_RECORDS = 3


class Yielded(NamedTuple):
    """How many records of one kind an account gave in one run, and how many of them held each field."""

    account: str
    kind: str
    run_id: int
    n_records: int
    filled: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A field of one page kind that a parser no longer finds (解析告警), and the accounts that tell."""

    platform: str
    kind: str
    field: str
    accounts: tuple[str, ...]
    summary: str


@dataclass(frozen=True, slots=True)
class _Witness:
    """One account that always gave a field: how many records before, how many since it is gone (0: it still is)."""

    account: str
    n_before: int
    n_since: int

    @property
    def is_enough(self) -> bool:
        return self.n_before >= BASE_RECORDS and self.n_since >= LOST_RECORDS


def alarms(rows: Iterable[Yielded]) -> list[Alarm]:
    """One alarm for each (platform, page kind, field) that was always given and is so no longer.

    An account alone raises one if it has records enough before and since. Accounts with too few each, as with
    profiles that give one record a run, raise one together, if none of those that always gave the field still does.

    Args:
        rows: Of all accounts, one row an account, kind and run, in any order.
    """
    witnesses: dict[tuple[str, str, str], list[_Witness]] = defaultdict(list)
    ordered = sorted(rows, key=lambda row: (row.account, row.kind, row.run_id))
    for (account, kind), runs in groupby(ordered, key=lambda row: (row.account, row.kind)):
        for field, witness in _witnesses(account, [run for run in runs if run.n_records]):
            witnesses[account.partition(":")[0], kind, field].append(witness)
    return [_alarm(*place, lost) for place, found in sorted(witnesses.items()) if (lost := _lost(found))]


def _witnesses(account: str, runs: Sequence[Yielded]) -> Iterable[tuple[str, _Witness]]:
    for field in sorted({field for run in runs for field in run.filled}):
        n_silent = 0
        while n_silent < len(runs) and not runs[-1 - n_silent].filled.get(field):
            n_silent += 1
        before, since = runs[: len(runs) - n_silent], runs[len(runs) - n_silent :]
        if len(before) >= BASE_RUNS and all(run.filled.get(field) == run.n_records for run in before):
            n_before, n_since = (sum(run.n_records for run in part) for part in (before, since))
            yield field, _Witness(account, n_before, n_since)


def _lost(witnesses: Sequence[_Witness]) -> list[_Witness]:
    lost = [witness for witness in witnesses if witness.n_since]
    if any(witness.is_enough for witness in lost):
        return lost
    if len(lost) < 2 or len(lost) < len(witnesses):
        return []
    together = _Witness("", sum(one.n_before for one in lost), sum(one.n_since for one in lost))
    return lost if together.is_enough else []


def _alarm(platform: str, kind: str, field: str, lost: Sequence[_Witness]) -> Alarm:
    n_since = sum(witness.n_since for witness in lost)
    return Alarm(
        platform=platform,
        kind=kind,
        field=field,
        accounts=tuple(witness.account for witness in lost),
        summary=(
            f"{platform_words(platform)}的页面（{shown(kind)}）以前每条都有“{shown(field)}”，"
            f"最近 {n_since} 条记录都没有，涉及 {len(lost)} 个账号：页面样式可能变了，请告知软件维护人员。"
        ),
    )
