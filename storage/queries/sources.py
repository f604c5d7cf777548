"""Reads for the judgement of sources: when each account posted, and what each run saw of it, without the posts."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, select

from records import Coverage, Snapshot
from storage.queries.evidence import CLOCK_SLACK
from storage.queries.runs import coverage_record
from storage.schema import AccountRow, AddressRow, CoverageRow, PostRow, ReportedRow, SnapshotRow


def last_posts(engine: Engine) -> dict[str, datetime]:
    """When each account's newest known post was published, by account reference."""
    query = select(AccountRow.platform, AccountRow.uid, AccountRow.last_post_at).where(AccountRow.listed)
    with engine.connect() as connection:
        rows = connection.execute(query.where(AccountRow.last_post_at.is_not(None))).all()
    return {f"{row.platform}:{row.uid}": row.last_post_at for row in rows if row.last_post_at is not None}


def posting_times(engine: Engine, since: datetime, until: datetime) -> dict[str, list[datetime]]:
    """When each account posted within the stretch, oldest first, by account reference.

    WeChat posts that units reported are left out: they say nothing of what a feed delivered.
    """
    reported = (
        select(AddressRow.post_id)
        .join(ReportedRow, ReportedRow.key == AddressRow.key)
        .where(AddressRow.platform == "wechat", AddressRow.post_id == PostRow.id)
    )
    query = (
        select(AccountRow.platform, AccountRow.uid, PostRow.published_at)
        .join(PostRow, PostRow.account_id == AccountRow.id)
        .where(AccountRow.listed, PostRow.published_at >= since, PostRow.published_at < until)
        .where(~reported.exists())
        .order_by(PostRow.published_at)
    )
    found: dict[str, list[datetime]] = defaultdict(list)
    with engine.connect() as connection:
        for row in connection.execute(query):
            found[f"{row.platform}:{row.uid}"].append(row.published_at)
    return dict(found)


def looks(engine: Engine, since: datetime, until: datetime) -> dict[str, list[tuple[Coverage, Snapshot | None]]]:
    """What each run of the stretch saw of each account, with the page it rests on, oldest first."""
    query = (
        select(*CoverageRow.__table__.columns, AccountRow.platform, AccountRow.uid)
        .add_columns(SnapshotRow.url.label("page_url"), SnapshotRow.fetched_at, SnapshotRow.sha256, SnapshotRow.ref)
        .join(AccountRow, AccountRow.id == CoverageRow.account_id)
        .outerjoin(SnapshotRow, SnapshotRow.id == CoverageRow.snapshot_id)
        .where(AccountRow.listed, CoverageRow.checked_at >= since, CoverageRow.checked_at <= until + CLOCK_SLACK)
        .order_by(CoverageRow.run_id)
    )
    found: dict[str, list[tuple[Coverage, Snapshot | None]]] = defaultdict(list)
    with engine.connect() as connection:
        for row in connection.execute(query):
            look = (coverage_record(row), None if row.ref is None else _snapshot(row))
            found[f"{row.platform}:{row.uid}"].append(look)
    return dict(found)


def _snapshot(row: Row[*tuple[Any, ...]]) -> Snapshot:
    return Snapshot(url=row.page_url, fetched_at=row.fetched_at, sha256=row.sha256, ref=row.ref)
