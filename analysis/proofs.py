"""The snapshots behind a breach of an account (证据): its list page, its newest posts, a person's pictures."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.coverage import seen_by_person
from records import AccountEvidence, Period, Snapshot

_N_POSTS = 5


def proofs(evidence: AccountEvidence, window: Period) -> tuple[Snapshot, ...]:
    """The account's list page (kept under its reference), its newest posts before the window's end, and pictures."""
    posted = [post for post in evidence.posts if post.published_at is not None and post.published_at < window.end]
    newest = sorted(posted, key=lambda post: (post.published_at, post.post_id), reverse=True)[:_N_POSTS]
    keys = [evidence.account.ref, *(post.post_id for post in newest)]
    found = [evidence.snapshots[key] for key in keys if key in evidence.snapshots]
    for look in evidence.observations:
        seen = seen_by_person(look)
        if seen is not None and seen[0] < window.end and seen[1] > window.start:
            found.extend(look.pictures)
    return without_doubles(found)


def without_doubles(snapshots: Iterable[Snapshot]) -> tuple[Snapshot, ...]:
    """The same snapshots in the same order, each address and digest once."""
    return tuple({(snapshot.url, snapshot.sha256): snapshot for snapshot in snapshots}.values())
