"""Has an account stopped publishing for so long that it must be closed (“僵尸”账号)?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from analysis.frequency import Demand, judge_demand
from analysis.params import whole_number
from analysis.updates import POST
from records import Clause, Evidence, Judgement


def check(evidence: Evidence, clause: Clause) -> Iterator[Judgement]:
    """One judgement for each account: no update in the ``days`` before the look is a breach.

    No document gives a number of days; ``days`` is the named setting ``silent_days`` and reports print it as 参考值.

    Source: clauses SD-1.4c, LJ-16a, ZJ-10b.
    """
    demand = Demand(n=1, span=timedelta(days=whole_number(clause, "days")), unit=POST, cause=clause.check)
    for account in evidence.accounts:
        yield from judge_demand(evidence, account, clause, demand)
