"""Writes what a stored page gives when it is read again (重读): a better reading is no edit by the office.

A post's row belongs to the newest page that showed it itself, so only that page's new reading replaces it; an
older page adds what was not known and may prove an earlier first sight. Nothing is taken away.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from records import Candidate, Coverage, Post, Profile, as_json
from storage.pages import account_ids, all_shown, save_candidates, save_profile
from storage.posts import digest_of, insert, save_posts, tells_less
from storage.queries.snapshots import StoredSnapshot, known_posts, newest_profile, posts_of_page, shown_candidate
from storage.register import find_account, learn_profile
from storage.schema import AccountRow, CoverageRow, LinkRow, PostRow, ProfileRow, SightingRow, TextRow

Known = Mapping[str, Row[*tuple[Any, ...]]]
_SAME_NAME = (
    *("url", "published_at", "time_precision", "kind", "title", "is_repost"),
    *("declared_original", "source_name", "pinned", "proof"),
)
_MOVING = ("observed_at", "followers", "posts_total")
COVERAGE_FIELDS = ("status", "reason", "source", "covered_from", "covered_to", "pages", "posts_seen")


@dataclass(slots=True)
class Reread:
    """What reading a page again changed: posts by their ids, and whether a profile or candidate changed."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)  # stored from this page, and not read from it any more
    others: int = 0


def save_reread(
    connection: Connection,
    page: StoredSnapshot,
    records: Sequence[Post | Profile | Candidate],
    newest_texts: Mapping[str, datetime],
) -> Reread:
    """Bring what is stored up to a page's new reading.

    Args:
        connection: The transaction.
        page: The page.
        records: What it gives now, complete and in the one form.
        newest_texts: When the newest page that shows a post's whole text was fetched, by post id.
    """
    changes = Reread()
    posts = [record for record in records if isinstance(record, Post)]
    _save_posts(connection, page, posts, newest_texts, changes)
    for record in records:
        if isinstance(record, Profile):
            changes.others += _save_profile(connection, page, record)
        elif isinstance(record, Candidate):
            changes.others += _save_candidate(connection, page, record)
    return changes


def _keys(post: Post) -> tuple[str, ...]:
    return (post.post_id, *post.addresses)


def _row_of(known: Known, post: Post) -> Row[*tuple[Any, ...]] | None:
    return next((known[key] for key in _keys(post) if key in known), None)


def _save_posts(
    connection: Connection,
    page: StoredSnapshot,
    posts: Sequence[Post],
    newest_texts: Mapping[str, datetime],
    changes: Reread,
) -> None:
    owners = account_ids(connection, posts)
    known = _known(connection, posts)
    read_here = {row.id for post in posts if (row := _row_of(known, post)) is not None}
    changes.unread = [key for key, row_id in posts_of_page(connection, page.id).items() if row_id not in read_here]
    writing = []
    for post in posts:
        row = _row_of(known, post)
        if post.published_at is None:
            completes = row is not None and _completes(connection, page, post, row, newest_texts)
            changes.changed += [post.post_id] if completes else []
            # Its links belong to its text.
            writing += [post] if completes or (row is not None and row.text == post.text) else []
        elif post.account not in owners:
            continue
        elif row is None:
            if post.post_id not in changes.added:
                changes.added.append(post.post_id)
            writing.append(post)
        elif row.snapshot_id == page.id:
            if _replace(connection, post, row, owners[post.account]):
                changes.changed.append(row.post_id)
            writing.append(post)
        elif _is_later(page, post, row):
            if post.text_complete and post.text is not None and digest_of(post.title, post.text) != row.digest:
                changes.changed.append(row.post_id)
            writing.append(post)
    if writing:
        save_posts(connection, writing, owners, page.id, page.snapshot.fetched_at)
    _keep_sights(connection, page.snapshot.fetched_at, known)


def _known(connection: Connection, posts: Sequence[Post]) -> Known:
    keys = [key for post in posts for key in _keys(post)]
    return known_posts(connection, posts[0].platform, keys) if posts else {}


def _is_later(page: StoredSnapshot, post: Post, row: Row[*tuple[Any, ...]]) -> bool:
    """Whether the page is a newer look at the post itself than the one that its row rests on."""
    if tells_less(post.proof, row.proof):
        return False
    return bool(page.snapshot.fetched_at > (row.page_at or row.last_seen_at))


def _keep_sights(connection: Connection, seen_at: datetime, known: Known) -> None:
    """Widen the times of sight of posts known before by this page's; what was already seen later stays so."""
    for row in {row.id: row for row in known.values()}.values():
        first, last = min(row.first_seen_at, seen_at), max(row.last_seen_at, seen_at)
        values = {"first_seen_at": first, "last_seen_at": last}
        # Written in any case: the write before may have moved the last sight back.
        connection.execute(update(PostRow).where(PostRow.id == row.id).values(values))


def _replace(connection: Connection, post: Post, row: Row[*tuple[Any, ...]], account_id: int) -> bool:
    """Put a post's new reading in the place of its old one, which is no former version; whether it differs."""
    shape = as_json(post)
    values = {name: getattr(post, name) for name in _SAME_NAME}
    values |= {"account_id": account_id, "media": shape["media"], "counters": shape["counters"]}
    whole = post.text is not None and post.text_complete
    if whole or row.text is None:
        values |= {"text_complete": post.text_complete, "digest": digest_of(post.title, post.text)}
    links_changed = whole and _drop_links(connection, post, row.id)
    if all(getattr(row, name) == value for name, value in values.items()) and (not whole or row.text == post.text):
        return links_changed
    connection.execute(update(PostRow).where(PostRow.id == row.id).values(values))
    if whole and post.text is not None:
        _put_text(connection, row.id, post.text)
    return True


def _drop_links(connection: Connection, post: Post, row_id: int) -> bool:
    """Whether links were stored that the whole post does not hold; they go."""
    gone = delete(LinkRow).where(LinkRow.post_id == row_id, LinkRow.url.not_in([link.url for link in post.links]))
    return connection.execute(gone).rowcount > 0


def _completes(
    connection: Connection,
    page: StoredSnapshot,
    post: Post,
    row: Row[*tuple[Any, ...]],
    newest_texts: Mapping[str, datetime],
) -> bool:
    """Whether the whole text on a page of its own differs from the stored one and is the newest; then it is put in."""
    is_newest = newest_texts.get(post.post_id) == page.snapshot.fetched_at
    if post.text is None or row.text == post.text or not (is_newest or not row.text_complete):
        return False
    _put_text(connection, row.id, post.text)
    values = {"text_complete": post.text_complete, "digest": digest_of(row.title, post.text)}
    connection.execute(update(PostRow).where(PostRow.id == row.id).values(values))
    return True


def _put_text(connection: Connection, row_id: int, text: str) -> None:
    statement = insert(connection, TextRow).values(post_id=row_id, text=text)
    connection.execute(statement.on_conflict_do_update(index_elements=["post_id"], set_={"text": text}))


def _save_profile(connection: Connection, page: StoredSnapshot, profile: Profile) -> bool:
    account_id = find_account(connection, profile.platform, [profile.uid, *profile.aliases.values()])
    if account_id is None:
        return False
    newest = newest_profile(connection, account_id)
    if newest is None or profile.observed_at > newest.last_seen_at:
        save_profile(connection, profile, page.id)
        return True
    learn_profile(connection, account_id, profile)
    if profile.observed_at < newest.last_seen_at:
        return False
    shape = {key: newest.shown.get(key) if value is None else value for key, value in as_json(profile).items()}
    if shape == newest.shown:
        return False
    stable = {key: value for key, value in shape.items() if key not in _MOVING}
    digest = hashlib.sha256(json.dumps(stable, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:32]
    values = {"shown": shape, "name": profile.name, "digest": digest}
    connection.execute(update(ProfileRow).where(ProfileRow.id == newest.id).values(values))
    return True


def _save_candidate(connection: Connection, page: StoredSnapshot, candidate: Candidate) -> bool:
    row = shown_candidate(connection, candidate.platform, candidate.uid)
    if row is not None and (candidate.found_at < row.last_seen_at or row.shown == all_shown(connection, candidate)):
        return False
    if row is not None and row.snapshot_id != page.id and _tells_little(connection, row.id, page.id):
        return False
    save_candidates(connection, [candidate], page.id)
    return True


def _tells_little(connection: Connection, candidate_id: int, snapshot_id: int) -> bool:
    """Whether a page showed the account only as a bare link or a partner's row: that replaces no other page's words.

    Of pages from before sightings were kept, only those of a known layout gave accounts.
    """
    query = select(SightingRow.layout_known, SightingRow.source).where(
        SightingRow.candidate_id == candidate_id, SightingRow.snapshot_id == snapshot_id
    )
    seen = connection.execute(query).all()
    return bool(seen) and not any(one.layout_known and one.source != "partner" for one in seen)


def save_reread_coverage(
    connection: Connection, run_id: int, account_id: int, coverage: Coverage, n_added: int
) -> None:
    """Put what an account's pages of one run show now into its row of that run; when it was looked at stays."""
    values: dict[str, Any] = {name: getattr(coverage, name) for name in COVERAGE_FIELDS}
    row = update(CoverageRow).where(CoverageRow.run_id == run_id, CoverageRow.account_id == account_id)
    connection.execute(row.values(posts_new=CoverageRow.posts_new + n_added, **values))


def save_feed_clock(connection: Connection, account_id: int, feed_clock: datetime | None) -> None:
    """Move the account's feed clock on, never back."""
    if feed_clock is None:
        return
    earlier = AccountRow.feed_clock.is_(None) | (AccountRow.feed_clock < feed_clock)
    row = update(AccountRow).where(AccountRow.id == account_id, earlier)
    connection.execute(row.values(feed_clock=feed_clock))


def n_added(changes: Iterable[Reread]) -> int:
    """How many posts the pages gave that were not known."""
    return sum(len(one.added) for one in changes)
