"""Reads of stored pages (页面快照) and of what was concluded from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, func, or_, select

from records import Coverage, Finding, LinkCheck, Result, Snapshot
from storage.queries.links import link_check_record
from storage.queries.runs import coverage_record
from storage.schema import (
    AccountRow,
    AddressRow,
    CandidateRow,
    CoverageRow,
    FindingRow,
    JobRow,
    JudgementRow,
    LinkCheckRow,
    PostRow,
    ProfileRow,
    RunRow,
    SightingRow,
    SnapshotRow,
    TextRow,
    VersionRow,
)

SAVED = "evidence/saved/"
_PART = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSnapshot:
    """A snapshot's row: where it lies, and in which run it was fetched for which account as what kind of page."""

    id: int
    snapshot: Snapshot
    run_id: int | None
    account_id: int | None
    kind: str | None


@dataclass(frozen=True, slots=True)
class Visited:
    """What an account's job in one run began with, and the coverage that came of it."""

    since: datetime
    feed_clock: datetime | None
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class StoredLook:
    """On what kind of page a suspected account was seen, when, and whether a parser knows the page's layout."""

    source: str
    seen_at: datetime
    layout_known: bool


def stored_snapshot(connection: Connection, ref: str) -> StoredSnapshot | None:
    """The row of a snapshot by its place."""
    row = connection.execute(_rows().where(SnapshotRow.ref == ref)).first()
    return None if row is None else _stored(row)


def _rows() -> Any:
    return select(*SnapshotRow.__table__.columns)


def _stored(row: Row[*tuple[Any, ...]]) -> StoredSnapshot:
    found = Snapshot(url=row.url, fetched_at=row.fetched_at, sha256=row.sha256, ref=row.ref)
    return StoredSnapshot(id=row.id, snapshot=found, run_id=row.run_id, account_id=row.account_id, kind=row.kind)


def _pages(since: datetime | None) -> ColumnElement[bool]:
    """Pages of finished runs, each run whole, and those that persons saved; answers to link checks are none."""
    finished = select(RunRow.id).where(RunRow.finished_at.is_not(None))
    saved: ColumnElement[bool] = SnapshotRow.ref.startswith(SAVED)
    if since is not None:
        finished = finished.where(RunRow.started_at >= since)
        saved = saved & (SnapshotRow.fetched_at >= since)
    return or_(SnapshotRow.kind.is_not(None) & SnapshotRow.run_id.in_(finished), saved)


def page_owners(connection: Connection, since: datetime | None) -> list[int | None]:
    """Account rows that have stored pages, in the register's order; ``None`` last, for pages of no account."""
    query = select(SnapshotRow.account_id).outerjoin(AccountRow, AccountRow.id == SnapshotRow.account_id)
    query = query.where(_pages(since)).group_by(SnapshotRow.account_id)
    found = list(connection.execute(query.order_by(func.min(AccountRow.position))).scalars())
    return sorted(found, key=lambda account_id: account_id is None)


def pages_of(connection: Connection, account_id: int | None, since: datetime | None) -> list[StoredSnapshot]:
    """The stored pages of an account in the order in which they were stored."""
    mine = SnapshotRow.account_id.is_(None) if account_id is None else SnapshotRow.account_id == account_id
    rows = connection.execute(_rows().where(mine, _pages(since)).order_by(SnapshotRow.id))
    return [_stored(row) for row in rows]


def n_unattributed(connection: Connection, since: datetime | None) -> int:
    """Number of stored pages from before it was kept for whom and in which run a page was fetched."""
    checks = select(LinkCheckRow.snapshot_id).where(LinkCheckRow.snapshot_id.is_not(None))
    query = select(func.count()).where(
        SnapshotRow.kind.is_(None), SnapshotRow.id.not_in(checks), ~SnapshotRow.ref.startswith(SAVED)
    )
    if since is not None:
        query = query.where(SnapshotRow.fetched_at >= since)
    return int(connection.execute(query).scalar_one())


def visited(connection: Connection, run_id: int, account_id: int) -> Visited | None:
    """What a run knew of an account and came to; ``None`` where the run kept no job or no coverage of it."""
    job = connection.execute(
        select(JobRow.since, JobRow.feed_clock).where(JobRow.run_id == run_id, JobRow.account_id == account_id)
    ).first()
    row = connection.execute(
        select(*CoverageRow.__table__.columns, AccountRow.platform, AccountRow.uid)
        .join(AccountRow, AccountRow.id == CoverageRow.account_id)
        .where(CoverageRow.run_id == run_id, CoverageRow.account_id == account_id)
    ).first()
    return None if job is None or row is None else Visited(job.since, job.feed_clock, coverage_record(row))


def gave_records(connection: Connection, snapshot_id: int) -> bool:
    """Whether something stored rests on this page."""
    tables = (PostRow, ProfileRow, CandidateRow)
    found = (connection.execute(select(t.id).where(t.snapshot_id == snapshot_id).limit(1)).first() for t in tables)
    return any(row is not None for row in found)


def posts_of_page(connection: Connection, snapshot_id: int) -> dict[str, int]:
    """Row ids by post id of the posts whose last own look was this page."""
    query = select(PostRow.post_id, PostRow.id).where(PostRow.snapshot_id == snapshot_id)
    return {row.post_id: row.id for row in connection.execute(query)}


def known_posts(connection: Connection, platform: str, keys: Iterable[str]) -> dict[str, Row[*tuple[Any, ...]]]:
    """The stored posts by every given post id or address key that names one; with text and time of their page."""
    wanted = sorted(set(keys))
    found: dict[str, Row[*tuple[Any, ...]]] = {}
    query = (
        select(*PostRow.__table__.columns, TextRow.text, SnapshotRow.fetched_at.label("page_at"))
        .outerjoin(TextRow, TextRow.post_id == PostRow.id)
        .outerjoin(SnapshotRow, SnapshotRow.id == PostRow.snapshot_id)
        .where(PostRow.platform == platform)
    )
    for start in range(0, len(wanted), _PART):
        part = wanted[start : start + _PART]
        by_address = query.join(AddressRow, AddressRow.post_id == PostRow.id).add_columns(AddressRow.key)
        by_address = by_address.where(AddressRow.platform == platform, AddressRow.key.in_(part))
        found |= {row.key: row for row in connection.execute(by_address)}
        found |= {row.post_id: row for row in connection.execute(query.where(PostRow.post_id.in_(part)))}
    return found


def version_digests(connection: Connection, post_row: int) -> set[str]:
    """Digests of what a post said before it was edited."""
    return set(connection.execute(select(VersionRow.digest).where(VersionRow.post_id == post_row)).scalars())


def profile_at(connection: Connection, account_id: int, moment: datetime) -> Row[*tuple[Any, ...]] | None:
    """The profile row of an account that stood at a moment."""
    query = select(*ProfileRow.__table__.columns).where(
        ProfileRow.account_id == account_id, ProfileRow.first_seen_at <= moment, ProfileRow.last_seen_at >= moment
    )
    return connection.execute(query.order_by(ProfileRow.id.desc()).limit(1)).first()


def newest_profile(connection: Connection, account_id: int) -> Row[*tuple[Any, ...]] | None:
    """The newest profile row of an account."""
    query = select(*ProfileRow.__table__.columns).where(ProfileRow.account_id == account_id)
    return connection.execute(query.order_by(ProfileRow.id.desc()).limit(1)).first()


def shown_candidate(connection: Connection, platform: str, uid: str) -> Row[*tuple[Any, ...]] | None:
    """The row of a suspected account."""
    query = select(*CandidateRow.__table__.columns)
    return connection.execute(query.where(CandidateRow.platform == platform, CandidateRow.uid == uid)).first()


def sightings_of(connection: Connection, candidate_id: int) -> list[StoredLook]:
    """Where a suspected account was seen, oldest first."""
    query = select(SightingRow.source, SightingRow.seen_at, SightingRow.layout_known)
    query = query.where(SightingRow.candidate_id == candidate_id).order_by(SightingRow.seen_at, SightingRow.id)
    return [StoredLook(row.source, row.seen_at, row.layout_known) for row in connection.execute(query)]


def link_check_of(connection: Connection, snapshot_id: int) -> LinkCheck | None:
    """The link check of which this snapshot is the answer."""
    query = select(*LinkCheckRow.__table__.columns).where(LinkCheckRow.snapshot_id == snapshot_id)
    row = connection.execute(query.limit(1)).first()
    return None if row is None else link_check_record(row)


def candidates_on(engine: Engine, prefix: str) -> Iterator[tuple[str, datetime, str]]:
    """``(candidate, fetched_at, place)`` of every suspected account whose page lies at a place that begins so."""
    query = (
        select(CandidateRow.platform, CandidateRow.uid, SnapshotRow.fetched_at, SnapshotRow.ref)
        .join(SnapshotRow, SnapshotRow.id == CandidateRow.snapshot_id)
        .where(SnapshotRow.ref.startswith(prefix, autoescape=True))
        .order_by(SnapshotRow.id)
    )
    with engine.connect() as connection:
        for row in connection.execute(query).all():
            yield f"{row.platform}:{row.uid}", row.fetched_at, row.ref


def places_below(engine: Engine, prefix: str) -> list[tuple[datetime, str]]:
    """``(fetched_at, place)`` of every page whose place begins so, whatever is still known of what it showed."""
    query = select(SnapshotRow.fetched_at, SnapshotRow.ref).where(SnapshotRow.ref.startswith(prefix, autoescape=True))
    with engine.connect() as connection:
        return [(row.fetched_at, row.ref) for row in connection.execute(query.order_by(SnapshotRow.id))]


def cited_places(engine: Engine) -> set[str]:
    """Where the evidence of every finding lies, whatever was decided of it."""
    with engine.connect() as connection:
        bodies = connection.execute(select(FindingRow.body)).scalars()
        return {item["snapshot"] for body in bodies for item in body["evidence"]}


def breach_periods(engine: Engine, finding: Finding) -> list[str]:
    """The periods, by their ids, whose breaches made a finding, newest first."""
    newest = func.max(JudgementRow.window_end)
    query = select(JudgementRow.period).where(
        JudgementRow.result == Result.BREACH.value,
        JudgementRow.check == finding.check,
        JudgementRow.cause == finding.cause,
        JudgementRow.unit == finding.unit,
    )
    with engine.connect() as connection:
        return list(connection.execute(query.group_by(JudgementRow.period).order_by(newest.desc())).scalars())
