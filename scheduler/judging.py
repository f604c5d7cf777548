"""The job inspect(): evidence of a period through the clauses into judgements and findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from analysis.findings import findings_of, key_of
from analysis.inspection import inspect as judge
from analysis.inspection import seen_since
from analysis.periods import last_week, period_id
from analysis.sources import Doubt, doubted, judgements_of
from records import Clause, Evidence, Finding, Judgement, Period, Result, Verdict
from scheduler.config import ConfigError
from scheduler.dismissing import decided_on
from scheduler.held_pages import with_held_pages
from scheduler.retaining import keep_evidence
from scheduler.shared_websites import with_websites
from scheduler.sources import source_doubts
from scheduler.triaging import Sorting, seen_candidates, with_triages
from scheduler.workspace import Workspace
from storage.dismissed import is_removed
from storage.queries.evidence import evidence
from storage.queries.findings import findings

RECTIFY_DAYS = 5  # calendar days, as seen in published bulletins; [rules] rectify_days overrides


@dataclass(frozen=True)
class Inspection:
    """What an inspection concluded."""

    period: Period
    judgements: list[Judgement]
    findings: list[Finding]

    @property
    def counts(self) -> dict[str, int]:
        """Number of judgements by result."""
        found = Counter(judgement.result.value for judgement in self.judgements)
        return {result.value: found[result.value] for result in Result}


def inspect(
    workspace: Workspace,
    period: Period | None = None,
    regulations: Sequence[str] = (),
    account: str | None = None,
    sorting: Sorting | None = None,
) -> Inspection:
    """Judge a period (the last whole week if none) and keep the result.

    An inspection of only some documents or one account is shown and not kept, as it would leave out findings.
    ``sorting`` is what the night already held against the register.
    """
    now = workspace.clock.now()
    period = period or last_week(now)
    law = workspace.regulations
    for name in regulations:
        if name not in law:
            raise ConfigError(f"没有这个文件：{name}；可用的有：{'、'.join(law)}。")
    known = {key_of(finding): finding for finding in findings(workspace.engine)}
    given, doubts = given_of(workspace, period, now, known, sorting)
    judgements = list(judge(with_held_pages(workspace, given), law, workspace.config.rules.regulations, regulations))
    if account is not None:
        judgements = [judgement for judgement in judgements if judgement.account == account]
        doubts = [doubt for doubt in doubts if account in doubt.accounts]
    judgements += judgements_of(doubts, workspace.config.office.name)
    clauses = {clause.id: clause for regulation in law.values() for clause in regulation.clauses}
    found = findings_of(judgements, clauses, known, now, due_days(workspace))
    if account is None and not regulations:
        judgements, found = keep_evidence(workspace, judgements, found)
        workspace.store.save_inspection(period_id(period), judgements, found)
    return Inspection(period, judgements, found)


def given_of(
    workspace: Workspace,
    period: Period,
    now: datetime,
    known: Mapping[str, Finding],
    sorting: Sorting | None = None,
) -> tuple[Iterator[Evidence], list[Doubt]]:
    """The evidence of a period, unit by unit, without what doubtful sources claim; and the doubts about them.

    ``known`` are the findings so far by ``key_of``: a person may have cleared a source.
    """
    look_back = (period.start - seen_since(workspace.regulations.values(), period)) + timedelta(days=2)
    doubts = source_doubts(workspace, period.start - look_back, now, known)
    given = evidence(workspace.engine, period, now, look_back.days)
    triaged = with_triages(workspace, given, min(period.end, now), sorting)
    shared = with_websites(workspace, triaged, period, now)
    return (doubted(one, doubts) for one in shared), doubts


def due_days(workspace: Workspace) -> int:
    """Calendar days that a unit has to put something right."""
    return int(workspace.config.rules.settings.get("rectify_days", RECTIFY_DAYS))


def decide(
    workspace: Workspace,
    finding_id: str,
    verdict: Verdict,
    decided_by: str,
    note: str | None,
    *,
    unrelated: bool = False,
) -> Finding | None:
    """A person's decision on a finding; ``None`` if there is no such finding.

    ``unrelated`` says of a candidate that it has nothing to do with the office: its data are removed, and what
    comes back is the finding under the number that it has from now on.

    Raises:
        ConfigError: ``unrelated`` of another verdict than 误报, of a finding that is not about a candidate, or with a
            note that names the account; or a finding whose account was removed.
    """
    found = next((one for one in findings(workspace.engine) if one.id == finding_id), None)
    if found is None:
        return None
    if is_removed(found):
        raise ConfigError("这条线索的账号已判定与本单位无关，资料已经删除，不能再改结论；账号有变化时会重新提出。")
    decided = replace(found, verdict=verdict)
    seen = next((one for one in seen_candidates(workspace) if one.candidate.ref == decided.candidate), None)
    if unrelated and (seen is None or verdict is not Verdict.MISTAKEN):
        raise ConfigError("--unrelated 只用于把一个疑似账号记为误报；其他问题和结论请去掉它。")
    if (
        unrelated
        and seen is not None
        and note
        and any(word in note for word in (seen.candidate.name, seen.candidate.uid))
    ):
        raise ConfigError("--unrelated 要删除这个账号的资料，--note 里请不要写它的名称和编号。")
    workspace.store.decide(decided, decided_by, workspace.clock.now(), note)
    if seen is None:
        return decided
    number = decided_on(workspace, decided, seen, decided_by, unrelated=unrelated)
    return next(one for one in findings(workspace.engine) if one.id == number)


def clause_of(workspace: Workspace, clause_id: str) -> tuple[str, Clause]:
    """``(document title, clause)`` by clause id."""
    for regulation in workspace.regulations.values():
        for clause in regulation.clauses:
            if clause.id == clause_id:
                return regulation.title, clause
    raise KeyError(clause_id)


def as_shape(inspection: Inspection, *, in_full: bool) -> dict[str, Any]:
    """The contract's JSON of an inspection; without ``in_full`` only breaches and unknowns are listed."""
    shown = [
        judgement
        for judgement in inspection.judgements
        if in_full or judgement.result in (Result.BREACH, Result.UNKNOWN)
    ]
    return {
        "period": inspection.period,
        "judgements": shown,
        "counts": inspection.counts,
        "findings": inspection.findings,
    }
