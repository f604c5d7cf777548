"""Reads of what is held of an account, so that a crawl asks for no more than it needs."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, bindparam, func, select

from records import Observation, Period
from storage.queries.evidence import CLOCK_SLACK, observation_record
from storage.schema import (
    AccountRow,
    AddressRow,
    CoverageRow,
    ObservationRow,
    PostRow,
    ProfileRow,
    ReportedRow,
    SnapshotRow,
    UnitRow,
)

# Built once, as each of these is asked for every account of a night.
_NEWEST = (
    select(PostRow.id, PostRow.post_id, PostRow.text_complete, PostRow.proof)
    .where(PostRow.account_id == bindparam("account"))
    .order_by(PostRow.published_at.desc())
    .limit(500)
)
_ADDRESSES = select(AddressRow.key).where(AddressRow.post_id.in_(bindparam("proved", expanding=True)))
_PROFILES = select(ProfileRow.name).where(
    ProfileRow.account_id == bindparam("account"), ProfileRow.last_seen_at > bindparam("since")
)
_COVERED_UNTIL = select(func.max(CoverageRow.covered_to)).where(
    CoverageRow.account_id == bindparam("account"),
    CoverageRow.status == "complete",
    CoverageRow.covered_to <= bindparam("latest"),
)
_FEED_CLOCK = select(AccountRow.feed_clock).where(AccountRow.id == bindparam("account"))


def held_keys(connection: Connection, account_id: int, now: datetime, profile_days: int) -> set[str]:
    """What need not be fetched again: complete texts, proved article addresses, the fresh profile's name."""
    keys: set[str] = set()
    rows = connection.execute(_NEWEST, {"account": account_id}).all()
    proved = {row.id for row in rows if row.proof == "page" and row.text_complete}
    keys.update(f"text:{row.post_id}" for row in rows if row.text_complete)
    keys.update(row.post_id for row in rows if row.id in proved)
    if proved:
        keys.update(connection.execute(_ADDRESSES, {"proved": list(proved)}).scalars())
    shown = connection.execute(_PROFILES, {"account": account_id, "since": now - timedelta(days=profile_days)})
    keys.update(f"profile:{name}" for name in shown.scalars())
    return keys


def covered_until(connection: Connection, account_id: int, now: datetime) -> datetime | None:
    """The latest moment to which the account's own list was completely seen."""
    return connection.execute(_COVERED_UNTIL, {"account": account_id, "latest": now + CLOCK_SLACK}).scalar()


def recheck_address(connection: Connection, account_id: int, now: datetime, days: int) -> str | None:
    """The newest proved post of an account none of whose pages was opened for ``days``."""
    pages = (
        select(PostRow.url, SnapshotRow.fetched_at)
        .join(SnapshotRow, SnapshotRow.id == PostRow.snapshot_id)
        .where(PostRow.account_id == account_id, PostRow.proof == "page")
    )
    row = connection.execute(pages.order_by(SnapshotRow.fetched_at.desc()).limit(1)).first()
    return row.url if row is not None and row.fetched_at < now - timedelta(days=days) else None


def feed_clock(connection: Connection, account_id: int) -> datetime | None:
    """The build time of the account's feed when it was last read."""
    return connection.execute(_FEED_CLOCK, {"account": account_id}).scalar()


def pending_links(engine: Engine) -> list[tuple[str, str, str | None]]:
    """Reported links still to be proved: ``(key, url, unit)``."""
    with engine.connect() as connection:
        rows = connection.execute(
            select(ReportedRow)
            .where(ReportedRow.state == "pending")
            .with_only_columns(ReportedRow.key, ReportedRow.url, ReportedRow.unit)
        )
        return [(row.key, row.url, row.unit) for row in rows]


def post_of_address(engine: Engine, platform: str, key: str) -> tuple[str, str] | None:
    """``(account reference, post id)`` of the stored post that an address key names, proved by its own page."""
    query = (
        select(AccountRow.uid, PostRow.post_id)
        .join(PostRow, PostRow.account_id == AccountRow.id)
        .outerjoin(AddressRow, AddressRow.post_id == PostRow.id)
        .where(PostRow.platform == platform, PostRow.proof == "page")
        .where((AddressRow.key == key) | (PostRow.post_id == key))
    )
    with engine.connect() as connection:
        row = connection.execute(query).first()
    return None if row is None else (f"{platform}:{row.uid}", row.post_id)


def units_that_reported(engine: Engine, period: Period) -> set[str]:
    """Units whose proved links were published in the period."""
    query = (
        select(UnitRow.name)
        .join(AccountRow, AccountRow.unit_id == UnitRow.id)
        .join(PostRow, PostRow.account_id == AccountRow.id)
        .outerjoin(AddressRow, AddressRow.post_id == PostRow.id)
        .join(ReportedRow, (ReportedRow.key == AddressRow.key) | (ReportedRow.key == PostRow.post_id))
        .where(ReportedRow.state == "stored", PostRow.published_at >= period.start, PostRow.published_at < period.end)
    )
    with engine.connect() as connection:
        return set(connection.execute(query).scalars())


def observations(engine: Engine, period: Period, looked_at: datetime) -> list[Observation]:
    """Persons' looks from the period's start until ``looked_at``, oldest first."""
    query = (
        select(*ObservationRow.__table__.columns, AccountRow.platform, AccountRow.uid)
        .join(AccountRow, AccountRow.id == ObservationRow.account_id)
        .where(ObservationRow.observed_at >= period.start, ObservationRow.observed_at <= looked_at)
        .order_by(ObservationRow.observed_at)
    )
    with engine.connect() as connection:
        return [observation_record(row, f"{row.platform}:{row.uid}") for row in connection.execute(query)]


def proved_addresses(connection: Connection, account_id: int) -> set[str]:
    """The address keys of all the account's posts that their own pages proved."""
    posts = select(PostRow.id, PostRow.post_id).where(PostRow.account_id == account_id, PostRow.proof == "page")
    found = connection.execute(posts).all()
    addresses = select(AddressRow.key).join(PostRow, PostRow.id == AddressRow.post_id)
    addresses = addresses.where(PostRow.account_id == account_id, PostRow.proof == "page")
    return {*(row.post_id for row in found), *connection.execute(addresses).scalars()}


def api_proved(connection: Connection, account_id: int, appid: str, run_id: int) -> bool:
    """Whether a run before this one saw that this application of the platform's API is the account's own.

    A stretch covered by the API's answers is such a run's: no other run is given one (crawler/ties.py).
    """
    asked = select(SnapshotRow.id).where(
        SnapshotRow.run_id == CoverageRow.run_id,
        SnapshotRow.account_id == CoverageRow.account_id,
        SnapshotRow.url.contains(f"&appid={appid}&", autoescape=True),
    )
    tied = select(CoverageRow.id).where(
        CoverageRow.account_id == account_id,
        CoverageRow.source == "api",
        CoverageRow.covered_from.is_not(None),
        CoverageRow.run_id < run_id,
        asked.exists(),
    )
    return connection.execute(tied.limit(1)).first() is not None
