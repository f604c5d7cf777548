"""Writes what one page gave besides its posts: profile, candidates, snapshot and coverage."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, func, select, update

from records import Candidate, Coverage, Post, Profile, Snapshot, as_json
from storage.posts import insert, insert_into
from storage.register import find_account, learn_profile
from storage.schema import CandidateRow, CoverageRow, ProfileRow, SnapshotRow


def save_snapshot(
    connection: Connection,
    snapshot: Snapshot | None,
    run_id: int | None = None,
    account_id: int | None = None,
    kind: str | None = None,
) -> int | None:
    """The row of a snapshot, with the run, the account and the kind of page it was fetched for; ``None`` stays.

    A row that has its place with another digest is of a page that a power failure took out of the archive. It
    keeps its digest and what rests on it, and gets a place where nothing lies: its evidence reads as missing.
    """
    if snapshot is None:
        return None
    values = {
        "url": snapshot.url,
        "fetched_at": snapshot.fetched_at,
        "sha256": snapshot.sha256,
        "ref": snapshot.ref,
        "run_id": run_id,
        "account_id": account_id,
        "kind": kind,
    }
    statement = _snapshot_upsert(connection.dialect.name)
    row_id = connection.execute(statement, values).scalar_one_or_none()
    if row_id is None:
        # Neither may win: the old row with the new page would be silently wrong, and a refusal would cost a visit.
        _set_aside(connection, snapshot.ref)
        row_id = connection.execute(statement, values).scalar_one()
    return int(row_id)


def save_snapshots(connection: Connection, snapshots: Sequence[Snapshot]) -> list[int]:
    """The rows of many snapshots, in their order; each as ``save_snapshot`` does it, without run and account."""
    refs = [snapshot.ref for snapshot in snapshots]
    known = _known(connection, refs)
    fresh = [snapshot for snapshot in snapshots if snapshot.ref not in known]
    for snapshot in snapshots:
        if snapshot.ref in known:
            save_snapshot(connection, snapshot)
    if fresh:
        names = ("url", "fetched_at", "sha256", "ref")
        rows = [{name: getattr(snapshot, name) for name in names} for snapshot in fresh]
        connection.execute(insert(connection, SnapshotRow), rows)
    known = _known(connection, refs)
    return [known[ref] for ref in refs]


def _known(connection: Connection, refs: Sequence[str]) -> dict[str, int]:
    query = select(SnapshotRow.ref, SnapshotRow.id).where(SnapshotRow.ref.in_(refs))
    return {row.ref: row.id for row in connection.execute(query)}


def _set_aside(connection: Connection, ref: str) -> None:
    lost = connection.execute(select(SnapshotRow.id).where(SnapshotRow.ref == ref)).scalar_one()
    place = ref.replace("evidence/", f"evidence/lost/{lost}/", 1)
    connection.execute(update(SnapshotRow).where(SnapshotRow.id == lost).values(ref=place))


@cache
def _snapshot_upsert(dialect: str) -> Any:
    statement = insert_into(dialect, SnapshotRow)
    again = statement.on_conflict_do_update(
        index_elements=["ref"],
        set_={"url": statement.excluded.url},
        where=SnapshotRow.sha256 == statement.excluded.sha256,
    )
    return again.returning(SnapshotRow.id)


def save_profile(connection: Connection, profile: Profile, snapshot_id: int | None) -> None:
    """Keep a profile of a registered account: a new row where it changed, else the time moves on."""
    account_id = find_account(connection, profile.platform, [profile.uid, *profile.aliases.values()])
    if account_id is None:
        return
    learn_profile(connection, account_id, profile)
    newest = select(ProfileRow).where(ProfileRow.account_id == account_id).order_by(ProfileRow.id.desc()).limit(1)
    row = connection.execute(newest.with_only_columns(*ProfileRow.__table__.columns)).first()
    # A page that does not show a thing does not take it back: an article knows no followers.
    before = row.shown if row is not None else {}
    shape = {key: before.get(key) if value is None else value for key, value in as_json(profile).items()}
    stable = {key: value for key, value in shape.items() if key not in ("observed_at", "followers", "posts_total")}
    digest = hashlib.sha256(json.dumps(stable, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:32]
    values: dict[str, Any] = {"last_seen_at": profile.observed_at, "shown": shape}
    if row is not None and row.digest == digest:
        connection.execute(update(ProfileRow).where(ProfileRow.id == row.id).values(values))
        return
    values |= {"account_id": account_id, "name": profile.name, "digest": digest, "snapshot_id": snapshot_id}
    connection.execute(insert(connection, ProfileRow), [values | {"first_seen_at": profile.observed_at}])


def save_candidates(connection: Connection, candidates: Sequence[Candidate], snapshot_id: int | None) -> None:
    """Accounts found on a result page; one seen again is brought up to date.

    A page that does not show a thing does not take it back: Toutiao's results know no certification.
    """
    for candidate in candidates:
        values = {
            "name": candidate.name,
            "shown": all_shown(connection, candidate),
            "last_seen_at": candidate.found_at,
            "snapshot_id": snapshot_id,
        }
        key = {"platform": candidate.platform, "uid": candidate.uid, "found_at": candidate.found_at}
        statement = insert(connection, CandidateRow).values(**key, **values)
        connection.execute(statement.on_conflict_do_update(index_elements=["platform", "uid"], set_=values))


def all_shown(connection: Connection, candidate: Candidate) -> dict[str, Any]:
    """What pages showed of an account, this one and those before; with the time when each text was first seen."""
    mine = (CandidateRow.platform == candidate.platform, CandidateRow.uid == candidate.uid)
    before = connection.execute(select(CandidateRow.shown).where(*mine)).scalar_one_or_none() or {}
    shape: dict[str, Any] = as_json(candidate)
    found = {key: before.get(key, value) if value in (None, []) else value for key, value in shape.items()}
    if candidate.verified is False:
        found["verified_entity"] = candidate.verified_entity
    # Of a row from before that was kept, the page that it is of is the first known.
    known = {**dict.fromkeys(before.get("texts") or (), before.get("found_at")), **before.get("texts_since", {})}
    found["texts_since"] = {text: known.get(text, shape["found_at"]) for text in found["texts"]}
    return found


def account_ids(
    connection: Connection, posts: Sequence[Post], known: Mapping[str, int | None] | None = None
) -> dict[str, int]:
    """Account rows by the references that the posts carry; unknown ones are left out.

    ``known`` are rows that were looked up already.
    """
    found = {reference: row_id for reference, row_id in (known or {}).items() if row_id is not None}
    for reference in {post.account for post in posts if post.account is not None} - found.keys():
        platform, _, uid = reference.partition(":")
        account_id = find_account(connection, platform, [uid])
        if account_id is not None:
            found[reference] = account_id
    return found


def save_coverage(
    connection: Connection, run_id: int, account_id: int, coverage: Coverage, n_new: int, snapshot_id: int | None
) -> None:
    """Bring the one coverage row of an account and run up to date."""
    values: dict[str, Any] = {
        "run_id": run_id,
        "account_id": account_id,
        "status": coverage.status,
        "reason": coverage.reason,
        "source": coverage.source,
        "observer": coverage.observer,
        "covered_from": coverage.covered_from,
        "covered_to": coverage.covered_to,
        "pages": coverage.pages,
        "posts_seen": coverage.posts_seen,
        "checked_at": coverage.checked_at,
    }
    values |= {"posts_new": n_new, "snapshot_id": snapshot_id}
    connection.execute(_coverage_upsert(connection.dialect.name, tuple(values)), values)


@cache
def _coverage_upsert(dialect: str, columns: tuple[str, ...]) -> Any:
    statement = insert_into(dialect, CoverageRow)
    shown: Any = statement.excluded
    more = {name: shown[name] for name in columns if name not in ("run_id", "account_id")}
    more["posts_new"] = CoverageRow.posts_new + shown.posts_new
    # The first page of the run is the list itself; what follows are its further pages and single posts.
    more["snapshot_id"] = func.coalesce(CoverageRow.snapshot_id, shown.snapshot_id)
    return statement.on_conflict_do_update(index_elements=["run_id", "account_id"], set_=more)
