"""What a report is made from, with its look-ups: register, law, and who saw what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from records import Account, Clause, Coverage, Finding, Judgement, Observation, Period, Regulation, Unit, Verdict
from reports.report import ClauseQuote, Release
from reports.wording import ReportError, is_paper, minute, plain, shanghai_day

_SOURCES = {
    "page": "公开页面",
    "feed": "主办单位订阅源",
    "api": "平台接口（主办单位授权）",
    "unit": "主办单位报送链接",
    "person": "人工查看",
}


@dataclass(frozen=True, kw_only=True)
class Given:
    """The records behind one report; every look-up of a name that must be there raises ReportError without it."""

    period: Period
    units: Sequence[Unit]
    accounts: Sequence[Account]
    judgements: Sequence[Judgement]
    findings: Sequence[Finding]
    regulations: Mapping[str, Regulation]
    coverage: Mapping[str, Coverage]
    observations: Sequence[Observation]
    newest: Mapping[str, datetime]
    release: Release | None

    @cached_property
    def registered(self) -> dict[str, Account]:
        """Accounts by reference."""
        return {account.ref: account for account in self.accounts}

    @cached_property
    def law(self) -> dict[str, tuple[Regulation, Clause]]:
        """Every clause with its regulation, by clause id."""
        return {clause.id: (law, clause) for law in self.regulations.values() for clause in law.clauses}

    @cached_property
    def judged(self) -> dict[str, list[Judgement]]:
        """Judgements by account reference."""
        found: dict[str, list[Judgement]] = defaultdict(list)
        for judgement in self.judgements:
            if judgement.account is not None and judgement.subject != "candidate":
                found[judgement.account].append(judgement)
        return found

    @cached_property
    def watched(self) -> dict[str, list[Observation]]:
        """Observations by account reference, oldest first."""
        found: dict[str, list[Observation]] = defaultdict(list)
        for observation in sorted(self.observations, key=lambda row: row.observed_at):
            found[observation.account].append(observation)
        return found

    @cached_property
    def verdicts(self) -> dict[tuple[str, str], Verdict]:
        """The verdict that answers a breach, by subject and clause; the latest finding speaks."""
        ordered = sorted(self.findings, key=lambda row: row.last_seen_at)
        return {(_whom(row), clause): row.verdict for row in ordered for clause in row.clauses}

    def verdict_on(self, judgement: Judgement) -> Verdict | None:
        """What a person decided of the finding behind a judgement; ``None`` where there is no finding."""
        return self.verdicts.get((_whom(judgement), judgement.clause))

    def account(self, ref: str) -> Account:
        """A registered account; ReportError for any other."""
        if ref not in self.registered:
            raise ReportError(f"{plain(ref)} 不在名录中，通报的各部分对不上")
        return self.registered[ref]

    def name_of(self, ref: str | None) -> tuple[str, str]:
        """``(name, platform)`` as filed; both empty where no account is meant."""
        if ref is None:
            return "", ""
        return plain(self.account(ref).name), self.account(ref).platform

    def quote(self, clause_id: str) -> ClauseQuote:
        """A clause as printed; ReportError for an unknown id."""
        if clause_id not in self.law:
            raise ReportError(f"条款 {clause_id} 不在已加载的文件中，无法引用原文")
        law, clause = self.law[clause_id]
        return ClauseQuote(
            id=clause.id,
            title=plain(law.title).removeprefix("《").removesuffix("》"),
            number=plain(clause.number),
            quote=plain(clause.quote),
            second_hand=clause.second_hand,
            severity=clause.severity,
            settings=clause.settings,
        )

    def newest_on(self, ref: str | None) -> date | None:
        """Day of the newest post known of an account, from pages or from a person's look."""
        if ref is None:
            return None
        days = [row.newest_on for row in self.watched.get(ref, []) if row.newest_on is not None]
        if ref in self.newest:
            days.append(shanghai_day(self.newest[ref]))
        return max(days, default=None)

    def seen_how(self, ref: str | None, check: str = "") -> str:
        """How an account was looked at: the source of its coverage, and every named person's look."""
        if ref is None or is_paper(check):
            return "名录比对"
        ways = [f"人工查看（{plain(row.observer)}，{minute(row.observed_at)}）" for row in self.watched.get(ref, [])]
        row = self.coverage.get(ref)
        if row is not None and row.status != "none" and not (ways and row.source == "person"):
            ways.insert(0, _SOURCES.get(row.source, plain(row.source)))
        return "；".join(ways) or "未查看"


def _whom(row: Finding | Judgement) -> str:
    if row.subject == "candidate" and row.candidate is not None:
        return row.candidate
    if row.subject in ("account", "source") and row.account is not None:
        return row.account
    return f"unit:{row.unit}"
