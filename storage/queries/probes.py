"""Reads of probes (探测), each with the answer that was kept of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, select

from records import Probe, Snapshot
from storage.schema import LinkCheckRow, ProbeRow, SnapshotRow


def probes_of(
    connection: Connection, unit: str, since: datetime, until: datetime, ahead: Collection[int] = ()
) -> tuple[Probe, ...]:
    """The probes of a unit's addresses from ``since`` to ``until``, oldest first, without those of runs ``ahead``.

    The answer of a website is kept with the link check of the same run, address and moment.
    """
    same_answer = and_(
        LinkCheckRow.run_id == ProbeRow.run_id,
        LinkCheckRow.url == ProbeRow.address,
        LinkCheckRow.checked_at == ProbeRow.checked_at,
    )
    query = (
        select(*ProbeRow.__table__.columns, SnapshotRow.url, SnapshotRow.fetched_at, SnapshotRow.sha256)
        .add_columns(SnapshotRow.ref)
        .outerjoin(LinkCheckRow, and_(same_answer, LinkCheckRow.snapshot_id.is_not(None)))
        .outerjoin(SnapshotRow, SnapshotRow.id == LinkCheckRow.snapshot_id)
        .where(ProbeRow.unit == unit, ProbeRow.checked_at >= since, ProbeRow.checked_at <= until)
        .where(ProbeRow.run_id.not_in(ahead))
        .order_by(ProbeRow.checked_at, ProbeRow.id, LinkCheckRow.id)
    )
    # Two links that ask one address have a check each, of the same answer.
    return tuple({row.id: _probe(row) for row in connection.execute(query)}.values())


def _probe(row: Row[*tuple[Any, ...]]) -> Probe:
    kept = None
    if row.ref is not None:
        kept = Snapshot(url=row.url, fetched_at=row.fetched_at, sha256=row.sha256, ref=row.ref)
    return Probe(
        kind=row.kind,
        unit=row.unit,
        address=row.address,
        state=row.state,
        checked_at=row.checked_at,
        reason=row.reason,
        proven=row.proven,
        run_id=row.run_id,
        snapshot=kept,
    )
