"""Reads of suspected accounts: what they showed, where they were seen, and what of the register is held against it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, select

from records import Candidate, Counter, Profile, Snapshot
from storage.schema import CandidateRow, PostRow, ProfileRow, SightingRow, SnapshotRow, TextRow


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSighting:
    """One place where a suspected account was seen, as the table has it."""

    source: str
    seen_at: datetime
    keyword: str | None
    layout_known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCandidate:
    """A suspected account with its sightings, oldest first, and the newest page that showed it."""

    candidate: Candidate
    sightings: tuple[StoredSighting, ...]
    snapshot: Snapshot | None
    last_seen_at: datetime


def candidates(connection: Connection, registered: frozenset[str]) -> tuple[tuple[Candidate, ...], dict[str, Snapshot]]:
    """Accounts from result pages that are not in the register, and the page behind each."""
    found = [one for one in _stored(connection, {}) if one.candidate.ref.casefold() not in registered]
    snapshots = {one.candidate.ref: one.snapshot for one in found if one.snapshot is not None}
    return tuple(one.candidate for one in found), snapshots


def stored_candidates(engine: Engine) -> list[StoredCandidate]:
    """Every account from result pages, registered ones too, in the order of first sight."""
    with engine.connect() as connection:
        return _stored(connection, _sightings(connection))


def _stored(connection: Connection, sightings: Mapping[int, tuple[StoredSighting, ...]]) -> list[StoredCandidate]:
    query = (
        select(CandidateRow.id, CandidateRow.shown, CandidateRow.last_seen_at)
        .add_columns(SnapshotRow.url, SnapshotRow.fetched_at, SnapshotRow.sha256, SnapshotRow.ref)
        .outerjoin(SnapshotRow, SnapshotRow.id == CandidateRow.snapshot_id)
        .order_by(CandidateRow.id)
    )
    return [
        StoredCandidate(
            candidate=candidate_record(row.shown),
            sightings=sightings.get(row.id, ()),
            snapshot=_snapshot(row),
            last_seen_at=row.last_seen_at,
        )
        for row in connection.execute(query)
    ]


def _snapshot(row: Row[*tuple[Any, ...]]) -> Snapshot | None:
    if row.ref is None:
        return None
    return Snapshot(url=row.url, fetched_at=row.fetched_at, sha256=row.sha256, ref=row.ref)


def _sightings(connection: Connection) -> dict[int, tuple[StoredSighting, ...]]:
    found: dict[int, list[StoredSighting]] = defaultdict(list)
    query = select(*SightingRow.__table__.columns).order_by(SightingRow.seen_at, SightingRow.id)
    for row in connection.execute(query):
        one = StoredSighting(source=row.source, seen_at=row.seen_at, keyword=row.keyword, layout_known=row.layout_known)
        found[row.candidate_id].append(one)
    return {number: tuple(each) for number, each in found.items()}


def candidate_record(shown: Mapping[str, Any]) -> Candidate:
    """A candidate from its JSON values; older rows have neither followers nor picture nor texts."""
    followers = shown.get("followers")
    return Candidate(
        platform=shown["platform"],
        uid=shown["uid"],
        name=shown["name"],
        found_at=datetime.fromisoformat(shown["found_at"]),
        url=shown["url"],
        verified=shown["verified"],
        verified_entity=shown["verified_entity"],
        bio=shown["bio"],
        keyword=shown["keyword"],
        followers=Counter(followers["text"], followers["at_least"]) if isinstance(followers, dict) else followers,
        avatar_url=shown.get("avatar_url"),
        texts=tuple(shown.get("texts") or ()),
    )


def newest_profiles(engine: Engine) -> dict[str, Profile]:
    """What the page of each registered account said last, by the account's reference as the page gives it."""
    newest = select(func.max(ProfileRow.id)).group_by(ProfileRow.account_id)
    with engine.connect() as connection:
        found = connection.execute(select(ProfileRow.shown).where(ProfileRow.id.in_(newest))).scalars()
        profiles = [_profile(shown) for shown in found]
    return {f"{one.platform}:{one.uid}".casefold(): one for one in profiles}


def _profile(shown: Mapping[str, Any]) -> Profile:
    return Profile(
        platform=shown["platform"],
        account=shown["account"],
        uid=shown["uid"],
        name=shown["name"],
        observed_at=datetime.fromisoformat(shown["observed_at"]),
        aliases=shown["aliases"],
        bio=shown["bio"],
        verified=shown["verified"],
        verified_kind=shown["verified_kind"],
        verified_entity=shown["verified_entity"],
        avatar_url=shown["avatar_url"],
    )


def newest_texts(engine: Engine, since: datetime) -> dict[int, tuple[str, ...]]:
    """Titles and texts of the posts since a moment, by the row of the account."""
    found: dict[int, list[str]] = defaultdict(list)
    query = (
        select(PostRow.account_id, PostRow.title, TextRow.text)
        .outerjoin(TextRow, TextRow.post_id == PostRow.id)
        .where(PostRow.published_at >= since)
        .order_by(PostRow.id)
    )
    with engine.connect() as connection:
        for row in connection.execute(query):
            found[row.account_id].extend(filter(None, (row.title, row.text)))
    return {number: tuple(each) for number, each in found.items()}
