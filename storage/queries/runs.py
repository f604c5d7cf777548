"""Reads of runs and of what they covered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, exists, func, select
from sqlalchemy.orm import aliased

from records import Coverage
from storage.schema import AccountRow, CoverageRow, JobRow, RunRow


def last_run(engine: Engine, kinds: Sequence[str], *, unfinished: bool = False) -> Row[*tuple[Any, ...]] | None:
    """The newest finished run of one of these kinds; with ``unfinished`` also one that was broken off."""
    query = select(*RunRow.__table__.columns).where(RunRow.kind.in_(kinds))
    if not unfinished:
        query = query.where(RunRow.finished_at.is_not(None))
    with engine.connect() as connection:
        return connection.execute(query.order_by(RunRow.id.desc()).limit(1)).first()


def runs(engine: Engine, limit: int = 10) -> list[Row[*tuple[Any, ...]]]:
    """The newest runs, newest first."""
    with engine.connect() as connection:
        return list(connection.execute(select(*RunRow.__table__.columns).order_by(RunRow.id.desc()).limit(limit)).all())


def coverage_of_run(engine: Engine, run_id: int) -> list[Coverage]:
    """The coverage rows of one run, in the register's order."""
    query = (
        select(*CoverageRow.__table__.columns, AccountRow.platform, AccountRow.uid)
        .join(AccountRow, AccountRow.id == CoverageRow.account_id)
        .where(CoverageRow.run_id == run_id)
        .order_by(AccountRow.position)
    )
    with engine.connect() as connection:
        return [coverage_record(row) for row in connection.execute(query)]


def unseen_of_run(engine: Engine, run_id: int) -> list[tuple[str, str]]:
    """``(account reference, state of its job)`` of the accounts of a run that have no coverage row in it."""
    query = (
        select(AccountRow.platform, AccountRow.uid, JobRow.state)
        .join(JobRow, JobRow.account_id == AccountRow.id)
        .outerjoin(CoverageRow, (CoverageRow.account_id == AccountRow.id) & (CoverageRow.run_id == run_id))
        .where(JobRow.run_id == run_id, CoverageRow.id.is_(None))
        .order_by(JobRow.position)
    )
    with engine.connect() as connection:
        return [(f"{row.platform}:{row.uid}", row.state) for row in connection.execute(query)]


def crawl_of_cut_off_night(engine: Engine, since: datetime) -> Row[*tuple[Any, ...]] | None:
    """The finished crawl of a night begun since a moment that was cut off afterwards, if no later night was whole."""
    night = aliased(RunRow)
    recent = select(RunRow.id).where(RunRow.kind == "crawl", RunRow.exit_code.in_((0, 3)), RunRow.started_at >= since)
    newest = recent.order_by(RunRow.id.desc()).limit(1).scalar_subquery()
    whole = exists().where(
        night.kind == "nightly", night.exit_code.in_((0, 3)), night.finished_at >= RunRow.finished_at
    )
    cut_off = exists().where(
        night.kind == "nightly",
        night.exit_code.is_(None) | night.exit_code.not_in((0, 3)),
        night.id < RunRow.id,
        night.started_at >= since,
    )
    query = select(*RunRow.__table__.columns).where(RunRow.id == newest, cut_off, ~whole)
    with engine.connect() as connection:
        return connection.execute(query).first()


def run_of(engine: Engine, run_id: int) -> Row[*tuple[Any, ...]]:
    """One run."""
    with engine.connect() as connection:
        return connection.execute(select(*RunRow.__table__.columns).where(RunRow.id == run_id)).one()


def coverage_record(row: Row[*tuple[Any, ...]]) -> Coverage:
    """A coverage row as a record."""
    return Coverage(
        account=f"{row.platform}:{row.uid}",
        status=row.status,
        reason=row.reason,
        source=row.source,
        observer=row.observer,
        covered_from=row.covered_from,
        covered_to=row.covered_to,
        pages=row.pages,
        posts_new=row.posts_new,
        posts_seen=row.posts_seen,
        checked_at=row.checked_at,
    )


def last_started(engine: Engine, kind: str) -> datetime | None:
    """When the newest run of a kind that came to its end began; a stopped or broken one is still to be done."""
    query = select(func.max(RunRow.started_at)).where(RunRow.kind == kind, RunRow.exit_code.in_((0, 3)))
    with engine.connect() as connection:
        return connection.execute(query).scalar()
