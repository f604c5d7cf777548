"""Was a stretch of an account's list observed without a gap, and if not, why (采集情况)? Pure interval work.

Source: contract "What a finding may rest on"; the second of the ten facts: not seen is not "not updated".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from analysis.periods import midnight
from records import Coverage, Observation, Period

Interval = tuple[datetime, datetime]

_LISTS = frozenset({"page", "feed", "api"})
# A partial view covers the stretch it states only where the list itself was read in order and then broke off.
# ``source_silent`` is what analysis/sources.py leaves of a row whose other part is in doubt.
_BROKEN_OFF = frozenset({None, "blocked", "login", "truncated", "error", "source_silent"})
# These say only that nobody looked; any other reason tells more.
_WEAK = frozenset({"not_due", "not_crawled"})


def seen_by_list(row: Coverage) -> Interval | None:
    """The stretch of the account's list that one run saw; ``None`` where the run proves no absence.

    A unit's own list, a run that failed, a page that says empty by itself, and a feed cut short cover nothing.
    """
    if row.source not in _LISTS or row.covered_from is None or row.covered_to is None:
        return None
    whole = row.status == "complete" and row.reason in (None, "empty")
    part = row.status == "partial" and row.reason in _BROKEN_OFF
    if not whole and (not part or (row.source == "feed" and row.reason == "truncated")):
        return None
    end = min(row.covered_to, row.checked_at)
    return (row.covered_from, end) if row.covered_from < end else None


def seen_by_person(observation: Observation) -> Interval | None:
    """The stretch without updates that a person saw: from the end of the newest post's day to the look.

    Nothing seen (no newest post and 0 updates) covers the sheet's own period and no more: 无 may mean
    none this time. Without a picture an observation covers nothing.
    """
    if not observation.pictures:
        return None
    if observation.newest_on is not None:
        start = midnight(observation.newest_on + timedelta(days=1))
    elif observation.n_updates == 0 and observation.period is not None:
        start = observation.period.start
    else:
        return None
    return (start, observation.observed_at) if start < observation.observed_at else None


def union(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The same moments as disjoint intervals that do not touch, oldest first."""
    merged: list[Interval] = []
    for start, end in sorted(intervals):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def stretches(coverage: Iterable[Coverage], observations: Iterable[Observation]) -> tuple[Interval, ...]:
    """Everything that was observed of an account, as disjoint intervals, oldest first."""
    return union(
        interval
        for interval in (*map(seen_by_list, coverage), *map(seen_by_person, observations))
        if interval is not None
    )


def gaps(seen: Iterable[Interval], window: Period) -> Iterator[Period]:
    """The parts of the window that ``seen`` leaves out, oldest first."""
    reached = window.start
    for start, end in union(seen):
        if start > reached and reached < window.end:
            yield Period(reached, min(start, window.end))
        reached = max(reached, end)
    if reached < window.end:
        yield Period(reached, window.end)


def covered(coverage: Iterable[Coverage], observations: Iterable[Observation], window: Period) -> bool:
    """Whether every moment of the window was observed."""
    return not any(gaps(stretches(coverage, observations), window))


def why_not(
    coverage: Sequence[Coverage], observations: Iterable[Observation], window: Period, looked_at: datetime
) -> str:
    """The most telling reason code why the window was not wholly observed.

    ``not_ended`` for a window that was still running at ``looked_at``. Otherwise the reason of the newest run that
    should have seen the oldest gap; a run that gives no reason did not reach back far enough (``truncated``); with
    no such run at all ``not_crawled``.
    """
    if window.end > looked_at:
        return "not_ended"
    first_gap = next(gaps(stretches(coverage, observations), window))
    runs = sorted(
        (row for row in coverage if row.source in _LISTS and row.checked_at > first_gap.start),
        key=lambda row: row.checked_at,
        reverse=True,
    )
    reasons = [row.reason for row in runs if row.reason is not None]
    telling = [reason for reason in reasons if reason not in _WEAK]
    if telling or reasons:
        return (telling or reasons)[0]
    return "truncated" if runs else "not_crawled"
