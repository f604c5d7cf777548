"""Part two (存在问题): findings as printed lines, grouped by check and clause, and who must act by when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from records import Finding, Result, Severity, Verdict
from reports.given import Given
from reports.report import CheckGroup, ClauseGroup, Line, Suspect
from reports.wording import ReportError, heading_of, plain, platform_order

_WEIGHT = {severity: weight for weight, severity in enumerate(reversed(Severity))}


def is_candidate(finding: Finding) -> bool:
    """Whether a finding accuses an account outside the register, which no bulletin names."""
    return finding.subject == "candidate" or finding.candidate is not None


def is_line(finding: Finding) -> bool:
    """Whether a finding is one of a registered account or unit, not of a candidate or of a source of ours."""
    return not is_candidate(finding) and finding.subject != "source"


def ledger_lines(given: Given) -> tuple[Line, ...]:
    """Every finding of registered accounts and units as a line, whatever its verdict."""
    return tuple(_line(given, finding) for finding in given.findings if is_line(finding))


def printed(lines: Iterable[Line], *, released: bool) -> tuple[Line, ...]:
    """The lines that the paper prints: 属实 once released, 属实 and 待核 in a draft."""
    shown = (Verdict.CONFIRMED,) if released else (Verdict.CONFIRMED, Verdict.PENDING)
    return tuple(line for line in lines if line.verdict in shown)


def _line(given: Given, finding: Finding) -> Line:
    account, platform = given.name_of(finding.account)
    return Line(
        id=finding.id,
        verdict=finding.verdict,
        severity=finding.severity,
        check=finding.check,
        heading=heading_of(finding.check),
        ref=finding.account or "",
        platform=platform,
        account=account,
        unit=plain(finding.unit),
        summary=plain(finding.summary),
        clauses=tuple(given.quote(clause) for clause in finding.clauses),
        newest_on=given.newest_on(finding.account),
        due_on=finding.due_on,
        evidence=finding.evidence,
        seen_how=given.seen_how(finding.account, finding.check),
        repeats=finding.repeats,
        first_seen_at=finding.first_seen_at,
        last_seen_at=finding.last_seen_at,
    )


def grouped(lines: Sequence[Line]) -> tuple[CheckGroup, ...]:
    """Lines by check, the gravest first, then by their clauses in the order of ids."""
    gravest = {check: min(_WEIGHT[line.severity] for line in lines if line.check == check) for check in _checks(lines)}
    ordered = sorted(lines, key=lambda line: (gravest[line.check], line.check, _ids(line), *_place(line)))
    return tuple(
        CheckGroup(check=check, heading=heading_of(check), groups=_by_clause(list(members)))
        for check, members in groupby(ordered, key=lambda line: line.check)
    )


def _by_clause(lines: Sequence[Line]) -> tuple[ClauseGroup, ...]:
    groups = [list(members) for _, members in groupby(lines, key=_ids)]
    return tuple(ClauseGroup(quotes=members[0].clauses, lines=tuple(members)) for members in groups)


def _checks(lines: Sequence[Line]) -> set[str]:
    return {line.check for line in lines}


def _ids(line: Line) -> tuple[str, ...]:
    return tuple(clause.id for clause in line.clauses)


def _place(line: Line) -> tuple[object, ...]:
    return line.unit, platform_order(line.platform), line.account, line.id


def suspects(given: Given) -> tuple[Suspect, ...]:
    """Findings of suspected accounts, for the triage sheet only."""
    return tuple(
        Suspect(
            id=finding.id,
            ref=plain(finding.candidate or ""),
            unit=plain(finding.unit),
            summary=plain(finding.summary),
            verdict=finding.verdict,
            heading=heading_of(finding.check),
            evidence=finding.evidence,
            first_seen_at=finding.first_seen_at,
        )
        for finding in given.findings
        if is_candidate(finding)
    )


def check_findings(given: Given) -> None:
    """Raises ReportError for a breach without finding, a finding twice, or a release with undecided lines."""
    ids = [finding.id for finding in given.findings]
    if len(ids) != len(set(ids)):
        raise ReportError("同一条问题线索出现了两次，通报的各部分对不上")
    for judgement in given.judgements:
        if judgement.result is Result.BREACH and judgement.subject != "candidate" and not judgement.candidate:
            if given.verdict_on(judgement) is None:
                whom = judgement.account or judgement.unit
                raise ReportError(f"{plain(whom)} 按条款 {judgement.clause} 判为不合格，却没有对应的问题线索")
    if given.release is None:
        return
    waiting = [row.id for row in given.findings if is_line(row) and row.verdict is Verdict.PENDING]
    if waiting:
        raise ReportError(f"还有 {len(waiting)} 条问题待核，不能印发：{'、'.join(waiting[:10])}")
