"""Reads of probes (探测), each with the answer that was kept of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, select

from records import Probe, Snapshot
from storage.schema import LinkCheckRow, ProbeRow, RunRow, SnapshotRow

# A calendar year's outages, and how long one lasted that began before it.
LOOK_BACK = timedelta(days=400)
_WEBSITE = "website"


def probes_of(
    connection: Connection, unit: str, since: datetime, until: datetime, ahead: Collection[int] = ()
) -> tuple[Probe, ...]:
    """The probes of a unit's addresses from ``since`` to ``until``, oldest first, without those of runs ``ahead``.

    The answer of a website is kept with the link check of the same run, address and moment.
    """
    query = _between(since, until, ahead).where(ProbeRow.unit == unit)
    return _probes(connection, query)


def website_probes(
    connection: Connection,
    filed: Collection[tuple[str, str]],
    since: datetime,
    until: datetime,
    ahead: Collection[int],
) -> tuple[Probe, ...]:
    """The probes of websites from ``since`` to ``until``, oldest first, one a run and address, without runs ``ahead``.

    ``filed`` are the units and addresses for which they were probed, of those that ``first_runs`` names.
    """
    units, addresses = ({one[place] for one in filed} for place in (0, 1))
    # All units of a run got the same answer: a portal that hundreds file is read once a run.
    once = (
        select(func.min(ProbeRow.id))
        .where(ProbeRow.unit.in_(units), ProbeRow.checked_at >= since, ProbeRow.checked_at <= until)
        .where(ProbeRow.kind == _WEBSITE, ProbeRow.address.in_(addresses))
        .group_by(ProbeRow.run_id, ProbeRow.address)
    )
    return _probes(connection, _between(since, until, ahead).where(ProbeRow.id.in_(once)))


def first_runs(connection: Connection) -> dict[tuple[str, str], int]:
    """The first run that probed each website that was ever filed, by unit and address."""
    query = (
        select(ProbeRow.unit, ProbeRow.address, func.min(ProbeRow.run_id))
        .where(ProbeRow.kind == _WEBSITE)
        .group_by(ProbeRow.unit, ProbeRow.address)
    )
    return {(unit, address): run_id for unit, address, run_id in connection.execute(query)}


def runs_ahead(connection: Connection, slack: timedelta) -> set[int]:
    """Runs whose clock stood later than that of a run after them: what they say they saw, nobody saw."""
    rows = connection.execute(select(RunRow.id, RunRow.started_at).order_by(RunRow.id.desc())).all()
    ahead: set[int] = set()
    earliest: datetime | None = None
    for row in rows:
        if earliest is not None and row.started_at > earliest + slack:
            ahead.add(row.id)
        earliest = row.started_at if earliest is None else min(earliest, row.started_at)
    return ahead


def _between(since: datetime, until: datetime, ahead: Collection[int]) -> Select[Any]:
    same_answer = and_(
        LinkCheckRow.run_id == ProbeRow.run_id,
        LinkCheckRow.url == ProbeRow.address,
        LinkCheckRow.checked_at == ProbeRow.checked_at,
    )
    return (
        select(*ProbeRow.__table__.columns, SnapshotRow.url, SnapshotRow.fetched_at, SnapshotRow.sha256)
        .add_columns(SnapshotRow.ref)
        .outerjoin(LinkCheckRow, and_(same_answer, LinkCheckRow.snapshot_id.is_not(None)))
        .outerjoin(SnapshotRow, SnapshotRow.id == LinkCheckRow.snapshot_id)
        .where(ProbeRow.checked_at >= since, ProbeRow.checked_at <= until)
        .where(ProbeRow.run_id.not_in(ahead))
        .order_by(ProbeRow.checked_at, ProbeRow.id, LinkCheckRow.id)
    )


def _probes(connection: Connection, query: Select[Any]) -> tuple[Probe, ...]:
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
