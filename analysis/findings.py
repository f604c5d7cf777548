"""Breaches -> findings (问题线索): one for each (check, subject, cause), with an id that never changes. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from analysis.periods import day_of
from analysis.proofs import without_doubles
from analysis.words import BASIS
from records import Clause, Finding, Judgement, Period, Result, Severity, Verdict

_Key = tuple[str, str, str]


def findings_of(
    judgements: Iterable[Judgement],
    clauses: Mapping[str, Clause],
    known: Mapping[str, Finding],
    looked_at: datetime,
    due_days: int,
) -> list[Finding]:
    """The findings that the breaches among the judgements make, in the order in which their causes first come.

    Args:
        judgements: Of one inspection; only breaches matter, and what is said of a source: that makes a finding of its
            own, a hint without clause and due date.
        clauses: Every clause that the breaches name, by id.
        known: Every finding so far by ``key_of``; first sight and verdict are taken over, and the due date once it is
            decided.
        looked_at: When the evidence was looked at.
        due_days: Calendar days from the look to the date by which a new finding is to be put right.

    Returns:
        Known findings brought up to date, and new ones as 待核; the due date moves on while a finding is 待核.
        A finding closed as 已整改 stays as it is for what it already covered; the same cause after that is a new
        finding, its ``repeats`` one higher. 误报 holds until what was observed changes, which makes it 待核 again.
    """
    joined: dict[_Key, list[Judgement]] = {}
    for judgement in judgements:
        if judgement.result is Result.BREACH or judgement.subject == "source":
            joined.setdefault((judgement.check, _subject_of(judgement), judgement.cause), []).append(judgement)
    findings: list[Finding] = []
    for key, breaches in joined.items():
        findings.extend(_findings_of_cause(key, breaches, clauses, known, looked_at, due_days))
    return findings


def finding_id(check: str, subject: str, cause: str, repeats: int = 0) -> str:
    """The id of a finding: 12 hexadecimal digits of the digest of what it is about and how often it came back."""
    parts = (check, subject, cause, *([str(repeats)] if repeats else []))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def key_of(finding: Finding) -> str:
    """The id that a finding would have today: its own, unless its account is known by another key by now."""
    return finding_id(finding.check, _subject_of(finding), finding.cause, finding.repeats)


def _subject_of(judgement: Judgement | Finding) -> str:
    if judgement.subject == "candidate" and judgement.candidate is not None:
        return judgement.candidate
    if judgement.subject in ("account", "source") and judgement.account is not None:
        return judgement.account
    return judgement.unit


def _findings_of_cause(
    key: _Key,
    breaches: list[Judgement],
    clauses: Mapping[str, Clause],
    known: Mapping[str, Finding],
    looked_at: datetime,
    due_days: int,
) -> Iterator[Finding]:
    repeats = 0
    while (earlier := known.get(finding_id(*key, repeats))) is not None and earlier.verdict is Verdict.RECTIFIED:
        if any(_ends_by(breach, earlier.period) for breach in breaches):
            yield earlier
        breaches = [breach for breach in breaches if not _ends_by(breach, earlier.period)]
        repeats += 1
    if not breaches:
        return
    fresh = _new_finding(finding_id(*key, repeats), repeats, breaches, clauses, looked_at, due_days)
    yield fresh if earlier is None else _brought_up_to_date(earlier, fresh)


def _window(breach: Judgement) -> Period:
    if breach.window is None:
        raise ValueError(f"a breach of {breach.clause} names no window")
    return breach.window


def _ends_by(breach: Judgement, period: Period) -> bool:
    return _window(breach).end <= period.end


def _new_finding(
    identity: str,
    repeats: int,
    breaches: Sequence[Judgement],
    clauses: Mapping[str, Clause],
    looked_at: datetime,
    due_days: int,
) -> Finding:
    windows = [_window(breach) for breach in breaches]
    newest = max(breaches, key=lambda breach: (_window(breach).end, _weight(_severity(breach, clauses))))
    return Finding(
        id=identity,
        check=newest.check,
        cause=newest.cause,
        clauses=tuple(dict.fromkeys(breach.clause for breach in breaches if breach.clause)),
        severity=max((_severity(breach, clauses) for breach in breaches), key=_weight),
        subject=newest.subject,
        account=newest.account,
        candidate=newest.candidate,
        unit=newest.unit,
        period=Period(min(one.start for one in windows), max(one.end for one in windows)),
        summary=newest.summary or "",
        evidence=without_doubles(snapshot for breach in breaches for snapshot in breach.evidence),
        verdict=Verdict.PENDING,
        repeats=repeats,
        first_seen_at=looked_at,
        last_seen_at=looked_at,
        due_on=None if newest.subject == "source" else day_of(looked_at) + timedelta(days=due_days),
    )


def _severity(judgement: Judgement, clauses: Mapping[str, Clause]) -> Severity:
    return Severity.HINT if judgement.subject == "source" else clauses[judgement.clause].severity


def _weight(severity: Severity) -> int:
    return list(Severity).index(severity)


def _brought_up_to_date(earlier: Finding, fresh: Finding) -> Finding:
    """The known finding with what the new look adds; an older period seen again changes neither words nor verdict."""
    is_older = fresh.period.end < earlier.period.end
    verdict = earlier.verdict
    if verdict is Verdict.MISTAKEN and not is_older and _observed(fresh) != _observed(earlier):
        verdict = Verdict.PENDING
    return replace(
        earlier,
        clauses=tuple(dict.fromkeys((*earlier.clauses, *fresh.clauses))),
        severity=max(earlier.severity, fresh.severity, key=_weight),
        period=Period(min(earlier.period.start, fresh.period.start), max(earlier.period.end, fresh.period.end)),
        summary=earlier.summary if is_older else fresh.summary,
        evidence=without_doubles((*earlier.evidence, *fresh.evidence)),
        verdict=verdict,
        # The time to put it right runs from when the office tells the unit, so not while nobody has confirmed it.
        due_on=fresh.due_on if verdict is Verdict.PENDING and not is_older else earlier.due_on,
        last_seen_at=max(earlier.last_seen_at, fresh.last_seen_at),
    )


def _observed(finding: Finding) -> str:
    """What was observed, without how and when: the summary up to its basis."""
    return finding.summary.rpartition(BASIS)[0] or finding.summary
