"""Reads of suspected accounts: what they showed, where they were seen, and what of the register is held against it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, select

from records import Account, Candidate, Counter, Profile, Snapshot
from storage.queries.accounts import account_rows
from storage.schema import CandidateRow, PostRow, ProfileRow, SightingRow, SnapshotRow, TextRow, VersionRow

BLOCK = 500  # posts at a time; an article has some ten thousand signs
_ROUNDED = {"second": timedelta(seconds=1), "minute": timedelta(minutes=1), "day": timedelta(days=1)}
# A bridge tells when the draft reached it: a post set for the morning may look hours older than it is.
_FEED_SLACK = timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSighting:
    """One place where a suspected account was seen, as the table has it; ``poster`` is whose page that was."""

    source: str
    seen_at: datetime
    keyword: str | None
    layout_known: bool
    poster: Account | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCandidate:
    """A suspected account with its sightings, oldest first, and the newest page that showed it.

    ``texts_since``: when each of its texts was first seen; without those of rows from before that was kept.
    """

    candidate: Candidate
    texts_since: Mapping[str, datetime]
    sightings: tuple[StoredSighting, ...]
    snapshot: Snapshot | None
    first_seen_at: datetime


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
        select(CandidateRow.id, CandidateRow.shown, CandidateRow.found_at)
        .add_columns(SnapshotRow.url, SnapshotRow.fetched_at, SnapshotRow.sha256, SnapshotRow.ref)
        .outerjoin(SnapshotRow, SnapshotRow.id == CandidateRow.snapshot_id)
        .order_by(CandidateRow.id)
    )
    return [
        StoredCandidate(
            candidate=candidate_record(row.shown),
            texts_since={text: datetime.fromisoformat(at) for text, at in row.shown.get("texts_since", {}).items()},
            sightings=sightings.get(row.id, ()),
            snapshot=_snapshot(row),
            first_seen_at=row.found_at,
        )
        for row in connection.execute(query)
    ]


def _snapshot(row: Row[*tuple[Any, ...]]) -> Snapshot | None:
    if row.ref is None:
        return None
    return Snapshot(url=row.url, fetched_at=row.fetched_at, sha256=row.sha256, ref=row.ref)


def _sightings(connection: Connection) -> dict[int, tuple[StoredSighting, ...]]:
    found: dict[int, list[StoredSighting]] = defaultdict(list)
    posters = dict(account_rows(connection))
    query = select(*SightingRow.__table__.columns, SnapshotRow.account_id)
    query = query.outerjoin(SnapshotRow, SnapshotRow.id == SightingRow.snapshot_id)
    for row in connection.execute(query.order_by(SightingRow.seen_at, SightingRow.id)):
        one = StoredSighting(
            source=row.source,
            seen_at=row.seen_at,
            keyword=row.keyword,
            layout_known=row.layout_known,
            poster=posters.get(row.account_id),
        )
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
        profiles = [profile_record(shown) for shown in found]
    return {f"{one.platform}:{one.uid}".casefold(): one for one in profiles}


def profile_record(shown: Mapping[str, Any]) -> Profile:
    """A profile from its JSON values; ``account`` is the reference that the page gives."""
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


def newest_texts(engine: Engine, since: datetime) -> Iterator[tuple[int, str, datetime]]:
    """``(row of the account, title or text, when it was out at the latest)`` of every own post since a moment.

    What an account reposted are others' words: whoever shows them too has copied nothing of it. Read in blocks as
    asked for.
    """
    edited_at = select(func.max(VersionRow.seen_until)).where(VersionRow.post_id == PostRow.id).scalar_subquery()
    query = (
        select(PostRow.account_id, PostRow.title, TextRow.text, edited_at.label("edited_at"))
        .add_columns(PostRow.published_at, PostRow.time_precision, PostRow.proof, PostRow.first_seen_at)
        .outerjoin(TextRow, TextRow.post_id == PostRow.id)
        .where(PostRow.published_at >= since, PostRow.is_repost.is_(False))
        .order_by(PostRow.id)
        .execution_options(yield_per=BLOCK)
    )
    with engine.connect() as connection:
        for row in connection.execute(query):
            out_by = _published_by(row)
            yield from ((row.account_id, words, out_by) for words in (row.title, row.text) if words)


def _published_by(row: Row[*tuple[Any, ...]]) -> datetime:
    """When a post was out with these words at the latest: by its own time, or by ours where we saw it sooner.

    An edited one has them for sure only since we saw them first.
    """
    late = _ROUNDED[row.time_precision] + (_FEED_SLACK if row.proof == "feed" else timedelta(0))
    out_by: datetime = min(row.published_at + late, row.first_seen_at)
    edited_at: datetime | None = row.edited_at
    return out_by if edited_at is None else max(out_by, edited_at)
