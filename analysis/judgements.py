"""The judgement of one clause about an account or a unit (判定), as checks of links and websites end. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.proofs import without_doubles
from records import Account, Clause, Evidence, Judgement, Period, Result, Snapshot


def judgement(
    evidence: Evidence,
    clause: Clause,
    result: Result,
    summary: str,
    *,
    account: Account | None = None,
    reason: str | None = None,
    cause: str = "",
    window: Period | None = None,
    proofs: Iterable[Snapshot] = (),
) -> Judgement:
    """What a clause makes of an account, or where none is named of the unit itself.

    Args:
        evidence: Of the unit; its period is the window unless another is given.
        clause: The clause and its check.
        result: What came out.
        summary: One Chinese sentence a clerk can send on.
        account: Whom it is about.
        reason: The code of why nothing could be told, where that is so.
        cause: What joins the breaches of several clauses and periods to one finding.
        window: The time that a breach is about.
        proofs: The snapshots that it rests on, each kept once.
    """
    return Judgement(
        subject="unit" if account is None else "account",
        account=None if account is None else account.ref,
        unit=evidence.unit.name,
        clause=clause.id,
        check=clause.check,
        result=result,
        reason=reason,
        summary=summary,
        cause=cause,
        window=window or evidence.period,
        evidence=without_doubles(proofs),
    )
