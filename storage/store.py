"""Every write of the product, one transaction each. Reads are in queries.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, update

from records import (
    Account,
    Candidate,
    Coverage,
    Filing,
    Finding,
    Judgement,
    LinkCheck,
    Observation,
    Post,
    Profile,
    Snapshot,
    Unit,
    as_json,
)
from storage.endings import forget_endings, save_ending
from storage.hosts import note_wall
from storage.jobs import settle_job
from storage.pages import (
    account_ids,
    save_candidates,
    save_coverage,
    save_profile,
    save_snapshot,
    save_snapshots,
)
from storage.posts import insert, save_posts
from storage.register import RegisterChange, find_account, save_register
from storage.schema import (
    AccountRow,
    DecisionRow,
    FindingRow,
    JudgementRow,
    LinkCheckRow,
    MappingRow,
    ObservationRow,
    ReleaseRow,
    ReportedRow,
)
from storage.searches import SearchLog, SearchOutcome, save_search, save_sightings
from storage.yields import Yields, save_yields


@dataclass(frozen=True, slots=True)
class Closing:
    """The end of an account's visit: done, or with ``wait_seconds`` to be tried once more after that time.

    ``yields`` says how often its records held each field, by page kind.
    """

    wait_seconds: float | None = None
    yields: Yields = field(default_factory=dict)


class Store(SearchLog):
    """Writes to one database."""

    def save_register(
        self,
        units: Sequence[Unit],
        accounts: Sequence[Account],
        filings: Mapping[str, Sequence[Filing]],
        mapping: Mapping[str, str],
    ) -> RegisterChange:
        """Take over a register that was read without problems, and remember the mapping of its columns."""
        with self.engine.begin() as connection:
            for column, field in mapping.items():
                statement = insert(connection, MappingRow).values(column=column, field=field)
                connection.execute(
                    statement.on_conflict_do_update(index_elements=["column"], set_={"field": statement.excluded.field})
                )
            return save_register(connection, units, accounts, filings)

    def save_page(
        self,
        run_id: int,
        coverage: Coverage,
        records: Sequence[Post | Profile | Candidate],
        snapshot: Snapshot | None,
        feed_clock: datetime | None,
        *,
        kind: str | None = None,
        closing: Closing | None = None,
        ending: tuple[str, str] | None = None,
        refuted: bool = False,
        walled: str | None = None,
        searched: SearchOutcome | None = None,
    ) -> int:
        """Store a page's records and its account's coverage in one transaction; returns the number of new posts.

        ``kind`` is the page's; with ``closing`` the page is the last of its account's visit. ``ending`` is the
        kind of page that says that the account is at its end, and its words; ``refuted`` where one shows it;
        ``walled`` is the host whose wall the page is; ``searched`` how the keyword search stands whose page it is.
        """
        with self.engine.begin() as connection:
            platform, _, uid = coverage.account.partition(":")
            account_id = find_account(connection, platform, [uid])
            if walled is not None:
                note_wall(connection, run_id, walled)
            snapshot_id = save_snapshot(connection, snapshot, run_id, account_id, kind)
            for record in records:
                if isinstance(record, Profile):
                    save_profile(connection, record, snapshot_id)
            found = [record for record in records if isinstance(record, Candidate)]
            save_candidates(connection, found, snapshot_id)
            if searched is not None:
                save_sightings(connection, found, "search", snapshot_id, keyword=searched.keyword)
                save_search(connection, run_id, platform, searched, snapshot_id)
            posts = [record for record in records if isinstance(record, Post)]
            owners = account_ids(connection, posts, {coverage.account: account_id})
            n_new = save_posts(connection, posts, owners, snapshot_id, coverage.checked_at)
            if account_id is None:
                account_id = find_account(connection, platform, [uid])
            if account_id is not None:
                save_coverage(connection, run_id, account_id, coverage, n_new, snapshot_id)
                if feed_clock is not None:
                    clock = update(AccountRow).where(AccountRow.id == account_id).values(feed_clock=feed_clock)
                    connection.execute(clock)
                if refuted:
                    forget_endings(connection, account_id)
                elif ending is not None:
                    save_ending(connection, account_id, *ending, coverage.checked_at)
                if closing is not None:
                    save_yields(connection, account_id, run_id, closing.yields)
                    settle_job(connection, run_id, account_id, closing.wait_seconds)
            return n_new

    def save_candidates(self, candidates: Sequence[Candidate], snapshot: Snapshot | None) -> None:
        """Accounts found on a result page, with that page as their evidence."""
        with self.engine.begin() as connection:
            save_candidates(connection, candidates, save_snapshot(connection, snapshot))

    def save_observations(self, observations: Sequence[Observation]) -> int:
        """What persons saw; the same look twice is kept once. Returns how many were new."""
        rows = []
        with self.engine.begin() as connection:
            for seen in observations:
                platform, _, uid = seen.account.partition(":")
                rows.append(
                    {
                        "account_id": find_account(connection, platform, [uid]),
                        "observed_at": seen.observed_at,
                        "observer": seen.observer,
                        "newest_on": seen.newest_on,
                        "n_updates": seen.n_updates,
                        "period_start": seen.period.start if seen.period else None,
                        "period_end": seen.period.end if seen.period else None,
                        "pictures": as_json(seen.pictures),
                    }
                )
            statement = insert(connection, ObservationRow).on_conflict_do_nothing().returning(ObservationRow.id)
            return len(connection.execute(statement, rows).all()) if rows else 0

    def save_link_checks(
        self, run_id: int | None, checks: Iterable[LinkCheck], snapshots: Mapping[str, Snapshot]
    ) -> None:
        """Answers to fetching links; ``snapshots`` by address are the evidence of those that did not answer well."""
        with self.engine.begin() as connection:
            kept = dict(zip(snapshots, save_snapshots(connection, list(snapshots.values())), strict=True))
            rows = [_check_row(run_id, check, kept.get(check.url)) for check in checks]
            if rows:
                connection.execute(insert(connection, LinkCheckRow), rows)

    def save_reported(self, links: Sequence[tuple[str, str, str | None]], reported_at: datetime) -> None:
        """Links that units reported: ``(key, url, unit)``; one already proved stays so."""
        with self.engine.begin() as connection:
            for key, url, unit in links:
                values = {"url": url, "unit": unit, "reported_at": reported_at, "state": "pending", "reason": None}
                statement = insert(connection, ReportedRow).values(key=key, **values)
                connection.execute(
                    statement.on_conflict_do_update(
                        index_elements=["key"], set_=values, where=ReportedRow.state != "stored"
                    )
                )

    def settle_reported(self, key: str, state: str, reason: str | None) -> None:
        """What became of a reported link: ``stored`` or ``refused`` with the reason."""
        with self.engine.begin() as connection:
            connection.execute(update(ReportedRow).where(ReportedRow.key == key).values(state=state, reason=reason))

    def save_inspection(self, period: str, judgements: Iterable[Judgement], findings: Iterable[Finding]) -> None:
        """The judgements of a period, in place of its former ones, and the findings as they now stand."""
        with self.engine.begin() as connection:
            connection.execute(delete(JudgementRow).where(JudgementRow.period == period))
            rows = [_judgement_row(period, judgement) for judgement in judgements]
            if rows:
                connection.execute(insert(connection, JudgementRow), rows)
            _save_findings(connection, findings)

    def save_findings(self, findings: Iterable[Finding]) -> None:
        """The findings as they now stand."""
        with self.engine.begin() as connection:
            _save_findings(connection, findings)

    def decide(self, finding: Finding, decided_by: str, decided_at: datetime, note: str | None) -> None:
        """A person's decision: the finding with its new verdict, and a line that stays."""
        with self.engine.begin() as connection:
            connection.execute(update(FindingRow).where(FindingRow.id == finding.id).values(_finding_row(finding)))
            row = {"finding_id": finding.id, "verdict": finding.verdict.value, "decided_by": decided_by}
            connection.execute(insert(connection, DecisionRow), [{**row, "decided_at": decided_at, "note": note}])

    def save_release(self, **values: Any) -> None:
        """A released bulletin; a second release of the same period is refused by the table."""
        with self.engine.begin() as connection:
            connection.execute(insert(connection, ReleaseRow), [values])


def _save_findings(connection: Connection, findings: Iterable[Finding]) -> None:
    for finding in findings:
        values = _finding_row(finding)
        statement = insert(connection, FindingRow).values(id=finding.id, **values)
        connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))


def _judgement_row(period: str, judgement: Judgement) -> dict[str, Any]:
    return {
        "period": period,
        "subject": judgement.subject,
        "account": judgement.account,
        "candidate": judgement.candidate,
        "unit": judgement.unit,
        "clause": judgement.clause,
        "check": judgement.check,
        "result": judgement.result.value,
        "reason": judgement.reason,
        "summary": judgement.summary,
        "cause": judgement.cause,
        "window_start": judgement.window.start if judgement.window else None,
        "window_end": judgement.window.end if judgement.window else None,
        "evidence": as_json(judgement.evidence),
    }


def _finding_row(finding: Finding) -> dict[str, Any]:
    return {
        "check": finding.check,
        "subject": finding.subject,
        "account": finding.account,
        "candidate": finding.candidate,
        "verdict": finding.verdict.value,
        "period_start": finding.period.start,
        "period_end": finding.period.end,
        "first_seen_at": finding.first_seen_at,
        "last_seen_at": finding.last_seen_at,
        "body": as_json(finding),
    }


def _check_row(run_id: int | None, check: LinkCheck, snapshot_id: int | None) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "url": check.url,
        "state": check.state,
        "checked_at": check.checked_at,
        "final_url": check.final_url,
        "status": check.status,
        "reason": check.reason,
        "seconds": check.seconds,
        "sha256": check.sha256,
        "snapshot_id": snapshot_id,
        "proven": check.proven,
    }
