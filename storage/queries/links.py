"""Reads of links that are to be checked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, func, or_, select, union

from records import LinkCheck, Snapshot
from storage.schema import LinkCheckRow, LinkRow, PostRow, RunRow, SnapshotRow

_BLOCK = 500
# What answered so is not asked again every night; what did not answer is.
_SETTLED = ("alive", "moved", "uncheckable", "refused")


def due_links(
    engine: Engine, since: datetime, others: Iterable[str], settled_since: datetime, resume_since: datetime
) -> Iterator[str]:
    """Addresses in posts since ``since``, in their order, then ``others``; without those that are settled.

    The address behind a short or wrapping link stands for it where the page told it. Settled is what answered well
    since ``settled_since``, and whatever a check that was begun after ``resume_since`` and cut off has asked.
    An address may come more than once.
    """
    settled = _settled(settled_since, resume_since)
    address = func.coalesce(LinkRow.target, LinkRow.url)
    query = (
        select(address)
        .join(PostRow, PostRow.id == LinkRow.post_id)
        .where(PostRow.published_at >= since, address.not_in(settled))
        .order_by(LinkRow.id)
    )
    with engine.connect() as connection:
        yield from connection.execution_options(yield_per=_BLOCK).execute(query).scalars()
        yield from _unsettled(connection, others, settled)


def _settled(settled_since: datetime, resume_since: datetime) -> Select[str]:
    well = select(LinkCheckRow.url).where(LinkCheckRow.state.in_(_SETTLED), LinkCheckRow.checked_at > settled_since)
    return select(union(well, _asked_by_cut_off(resume_since)).subquery().c.url)


def _unsettled(connection: Connection, addresses: Iterable[str], settled: Select[str]) -> Iterator[str]:
    rest = iter(addresses)
    while block := list(islice(rest, _BLOCK)):
        known = set(connection.execute(settled.where(settled.selected_columns.url.in_(block))).scalars())
        yield from (address for address in block if address not in known)


def _asked_by_cut_off(since: datetime) -> Select[str]:
    """Addresses that the newest link check asked, if it was begun since a moment and never ended."""
    newest = select(func.max(RunRow.id)).where(RunRow.kind == "links").scalar_subquery()
    cut_off = (RunRow.id == newest, RunRow.finished_at.is_(None), RunRow.started_at >= since)
    return select(LinkCheckRow.url).join(RunRow, RunRow.id == LinkCheckRow.run_id).where(*cut_off)


def checks_of(
    connection: Connection, addresses: Sequence[str], until: datetime, ahead: Collection[int] = ()
) -> tuple[dict[str, tuple[LinkCheck, ...]], dict[LinkCheck, Snapshot]]:
    """The link checks of these addresses up to a moment, each address' oldest first; and what was kept of each check.

    Without those of runs ``ahead``, whose clock was wrong: how far apart they were, nobody knows. A kept answer bears
    the address and the moment of its own check.
    """
    found: defaultdict[str, dict[LinkCheck, None]] = defaultdict(dict)
    kept: dict[LinkCheck, Snapshot] = {}
    query = (
        select(*LinkCheckRow.__table__.columns, SnapshotRow.ref, SnapshotRow.sha256.label("kept_sha256"))
        .outerjoin(SnapshotRow, SnapshotRow.id == LinkCheckRow.snapshot_id)
        .where(LinkCheckRow.checked_at <= until)
        .where(or_(LinkCheckRow.run_id.is_(None), LinkCheckRow.run_id.not_in(ahead)))
        .order_by(LinkCheckRow.checked_at, LinkCheckRow.id)
    )
    distinct = list(dict.fromkeys(addresses))
    for start in range(0, len(distinct), _BLOCK):
        for row in connection.execute(query.where(LinkCheckRow.url.in_(distinct[start : start + _BLOCK]))):
            check = link_check_record(row)
            found[row.url][check] = None
            if row.ref is not None:
                kept[check] = Snapshot(url=row.url, fetched_at=row.checked_at, sha256=row.kept_sha256, ref=row.ref)
    return {url: tuple(checks) for url, checks in found.items()}, kept


def answers_of_run(engine: Engine, run_id: int) -> Counter[tuple[str, str | None]]:
    """How many of a run's link checks had each state with its reason."""
    query = (
        select(LinkCheckRow.state, LinkCheckRow.reason, func.count())
        .where(LinkCheckRow.run_id == run_id)
        .group_by(LinkCheckRow.state, LinkCheckRow.reason)
    )
    with engine.connect() as connection:
        return Counter({(state, reason): number for state, reason, number in connection.execute(query)})


def link_check_record(row: Row[*tuple[Any, ...]]) -> LinkCheck:
    """A link check's row as a record."""
    return LinkCheck(
        url=row.url,
        state=row.state,
        checked_at=row.checked_at,
        final_url=row.final_url,
        status=row.status,
        reason=row.reason,
        seconds=row.seconds,
        sha256=row.sha256,
        proven=row.proven,
        run_id=row.run_id,
    )
