"""Builds the Evidence of each unit for a period, streamed unit by unit."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, select

from records import (
    Account,
    AccountEvidence,
    Counter,
    Coverage,
    Evidence,
    Link,
    Observation,
    Period,
    Post,
    Profile,
    Snapshot,
)
from storage.queries.accounts import account_rows, registered_keys, units
from storage.queries.candidates import candidates, profile_record
from storage.queries.findings import snapshot_record
from storage.queries.links import checks_of
from storage.queries.posts import links_of
from storage.queries.probes import LOOK_BACK, probes_of, runs_ahead
from storage.queries.runs import coverage_record
from storage.schema import (
    AccountRow,
    CoverageRow,
    ObservationRow,
    PostRow,
    ProfileRow,
    SnapshotRow,
)

# Two commands given the same start of the clock overlap by as long as the first one took.
CLOCK_SLACK = timedelta(hours=1)


def evidence(engine: Engine, period: Period, looked_at: datetime, look_back_days: int) -> Iterator[Evidence]:
    """Everything known of each unit; posts, coverage and observations from ``look_back_days`` before the period on."""
    since = period.start - timedelta(days=look_back_days)
    registered = registered_keys(engine)
    with engine.connect() as connection:
        suspects, snapshots = candidates(connection, registered)
        rows = account_rows(connection)
        ahead = runs_ahead(connection, CLOCK_SLACK)
    for unit in units(engine):
        with engine.connect() as connection:
            own = [(row_id, account) for row_id, account in rows if account.unit == unit.name]
            seen = tuple(
                _account_evidence(connection, row_id, account, since, looked_at, ahead) for row_id, account in own
            )
            probes = probes_of(connection, unit.name, period.start - LOOK_BACK, looked_at + CLOCK_SLACK, ahead)
        yield Evidence(
            unit=unit,
            period=period,
            looked_at=looked_at,
            accounts=seen,
            candidates=suspects,
            candidate_snapshots=snapshots,
            registered=registered,
            probes=probes,
        )


def _account_evidence(
    connection: Connection,
    row_id: int,
    account: Account,
    since: datetime,
    looked_at: datetime,
    ahead: Collection[int],
) -> AccountEvidence:
    own = select(PostRow.id).where(PostRow.account_id == row_id, PostRow.published_at < looked_at)
    # The last post before is seen too, so that a silent account's paper can say when it last spoke.
    before = own.where(PostRow.published_at < since).order_by(PostRow.published_at.desc()).limit(1)
    wanted = [
        *connection.execute(before).scalars(),
        *connection.execute(own.where(PostRow.published_at >= since)).scalars(),
    ]
    rows = _post_rows(connection, wanted)
    links = links_of(connection, [row.id for row in rows])
    posts = tuple(_post(row, account.ref, links.get(row.id, [])) for row in rows)
    profile = _profile(connection, row_id, account.ref)
    addresses = [
        *account.menu_links,
        *(profile.links if profile is not None else ()),
        *(link.target or link.url for post in posts for link in post.links),
    ]
    link_checks, answers = checks_of(connection, addresses, looked_at + CLOCK_SLACK, ahead)
    first = connection.execute(select(AccountRow.first_post_at).where(AccountRow.id == row_id)).scalar()
    return AccountEvidence(
        account=account,
        posts=posts,
        coverage=_coverage(connection, row_id, account.ref, since, looked_at, ahead),
        observations=_observations(connection, row_id, account.ref, since, looked_at),
        profile=profile,
        link_checks=link_checks,
        answers=answers,
        snapshots={
            **{row.post_id: _snapshot(row) for row in rows if row.ref is not None},
            **_newest_list(connection, row_id, account.ref, looked_at),
        },
        first_post_at=first,
    )


def _post_rows(connection: Connection, row_ids: Sequence[int]) -> list[Row[*tuple[Any, ...]]]:
    """Posts with the snapshot behind each, oldest first."""
    query = (
        select(*PostRow.__table__.columns, SnapshotRow.url.label("page_url"), SnapshotRow.fetched_at)
        .add_columns(SnapshotRow.sha256, SnapshotRow.ref)
        .outerjoin(SnapshotRow, SnapshotRow.id == PostRow.snapshot_id)
        .order_by(PostRow.published_at)
    )
    rows: list[Row[*tuple[Any, ...]]] = []
    for start in range(0, len(row_ids), 500):
        rows += connection.execute(query.where(PostRow.id.in_(row_ids[start : start + 500]))).all()
    return sorted(rows, key=lambda row: row.published_at)


def _snapshot(row: Row[*tuple[Any, ...]]) -> Snapshot:
    return Snapshot(url=row.page_url, fetched_at=row.fetched_at, sha256=row.sha256, ref=row.ref)


def _post(row: Row[*tuple[Any, ...]], reference: str, links: Sequence[Mapping[str, Any]]) -> Post:
    counters = {
        name: Counter(value["text"], value["at_least"]) if isinstance(value, dict) else value
        for name, value in row.counters.items()
    }
    return Post(
        platform=row.platform,
        account=reference,
        post_id=row.post_id,
        url=row.url,
        published_at=row.published_at,
        title=row.title,
        text_complete=row.text_complete,
        time_precision=row.time_precision,
        kind=row.kind,
        is_repost=row.is_repost,
        declared_original=row.declared_original,
        source_name=row.source_name,
        pinned=row.pinned,
        proof=row.proof,
        counters=counters,
        links=tuple(Link(link["url"], link["target"], link["text"]) for link in links),
        first_seen_at=row.first_seen_at,
    )


def _newest_list(connection: Connection, row_id: int, reference: str, looked_at: datetime) -> dict[str, Snapshot]:
    """The newest page that showed something of the account's list: the evidence for what was not there."""
    query = (
        select(SnapshotRow.url.label("page_url"), SnapshotRow.fetched_at, SnapshotRow.sha256, SnapshotRow.ref)
        .join(CoverageRow, CoverageRow.snapshot_id == SnapshotRow.id)
        .where(
            CoverageRow.account_id == row_id,
            CoverageRow.checked_at <= looked_at + CLOCK_SLACK,
            CoverageRow.status != "none",
        )
        .order_by(CoverageRow.checked_at.desc())
    )
    row = connection.execute(query.limit(1)).first()
    return {} if row is None else {reference: _snapshot(row)}


def _coverage(
    connection: Connection,
    row_id: int,
    reference: str,
    since: datetime,
    looked_at: datetime,
    ahead: Collection[int],
) -> tuple[Coverage, ...]:
    query = (
        select(*CoverageRow.__table__.columns, AccountRow.platform, AccountRow.uid)
        .join(AccountRow, AccountRow.id == CoverageRow.account_id)
        .where(CoverageRow.account_id == row_id, CoverageRow.checked_at >= since)
        .where(CoverageRow.checked_at <= looked_at + CLOCK_SLACK, CoverageRow.run_id.not_in(ahead))
        .order_by(CoverageRow.checked_at)
    )
    return tuple(replace(coverage_record(row), account=reference) for row in connection.execute(query))


def _observations(
    connection: Connection, row_id: int, reference: str, since: datetime, looked_at: datetime
) -> tuple[Observation, ...]:
    query = select(*ObservationRow.__table__.columns).where(
        ObservationRow.account_id == row_id,
        ObservationRow.observed_at >= since,
        ObservationRow.observed_at <= looked_at,
    )
    return tuple(
        observation_record(row, reference) for row in connection.execute(query.order_by(ObservationRow.observed_at))
    )


def observation_record(row: Row[*tuple[Any, ...]], reference: str) -> Observation:
    """An observation row as a record."""
    both = row.period_start is not None and row.period_end is not None
    return Observation(
        account=reference,
        observed_at=row.observed_at,
        observer=row.observer,
        newest_on=row.newest_on,
        n_updates=row.n_updates,
        pictures=tuple(snapshot_record(item) for item in row.pictures),
        period=Period(row.period_start, row.period_end) if both else None,
    )


def _profile(connection: Connection, row_id: int, reference: str) -> Profile | None:
    query = select(ProfileRow.shown).where(ProfileRow.account_id == row_id).order_by(ProfileRow.id.desc()).limit(1)
    shown = connection.execute(query).scalar()
    return None if shown is None else replace(profile_record(shown), account=reference)
