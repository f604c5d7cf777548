"""Reads of suspected accounts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from records import Candidate, Snapshot
from storage.schema import CandidateRow, SnapshotRow


def candidates(connection: Connection, registered: frozenset[str]) -> tuple[tuple[Candidate, ...], dict[str, Snapshot]]:
    """Accounts from result pages that are not in the register, and the page behind each."""
    query = (
        select(CandidateRow.shown, SnapshotRow.url, SnapshotRow.fetched_at, SnapshotRow.sha256, SnapshotRow.ref)
        .outerjoin(SnapshotRow, SnapshotRow.id == CandidateRow.snapshot_id)
        .order_by(CandidateRow.id)
    )
    found, snapshots = [], {}
    for row in connection.execute(query):
        candidate = candidate_record(row.shown)
        if candidate.ref.casefold() in registered:
            continue
        found.append(candidate)
        if row.ref is not None:
            snapshots[candidate.ref] = Snapshot(url=row.url, fetched_at=row.fetched_at, sha256=row.sha256, ref=row.ref)
    return tuple(found), snapshots


def candidate_record(shown: Mapping[str, Any]) -> Candidate:
    """A candidate from its JSON values."""
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
    )
