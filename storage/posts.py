"""Writes one page's posts through Core in batches: new ones, changed ones, edits kept as versions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from records import Post, as_json
from storage.schema import AccountRow, AddressRow, Base, LinkRow, PostRow, TextRow, VersionRow

PROVISIONAL = "s/"  # a WeChat post known so far by its short address only
# Whose a post is, its own page says: a feed that listed it first does not keep it.
_KEPT = ("platform", "post_id", "first_seen_at")
# How much is known of a post by what shows it: an album gives a title where the post's own page gives everything.
_STRENGTH = {"unit": 0, "feed": 0, "api": 1, "album": 1, "page": 2}
_COUNTERS = ("reads", "likes", "comments", "reposts")
# Statements are built once: building one costs more than SQLite needs to carry it out, and a page takes ten.
_NAMED = (PostRow.platform == bindparam("platform"), PostRow.post_id.in_(bindparam("post_ids", expanding=True)))
_IDS = select(PostRow.id, PostRow.post_id).where(*_NAMED)
_KNOWN = (
    select(
        PostRow.id,
        PostRow.post_id,
        PostRow.digest,
        PostRow.text_complete,
        PostRow.proof,
        PostRow.title,
        TextRow.text,
    )
    .outerjoin(TextRow, TextRow.post_id == PostRow.id)
    .where(*_NAMED)
)
_OF_ACCOUNT = PostRow.account_id == bindparam("account_id")
_TOUCH = (
    update(AccountRow)
    .where(AccountRow.id == bindparam("account_id"))
    .values(
        first_post_at=select(func.min(PostRow.published_at)).where(_OF_ACCOUNT).scalar_subquery(),
        last_post_at=select(func.max(PostRow.published_at)).where(_OF_ACCOUNT).scalar_subquery(),
    )
)


def insert(connection: Connection, table: type[Base]) -> Any:
    """An INSERT that knows ON CONFLICT, in the dialect of the connection."""
    return insert_into(connection.dialect.name, table)


@cache
def insert_into(dialect: str, table: type[Base]) -> Any:
    """An INSERT that knows ON CONFLICT, in the dialect of this name."""
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)


@cache
def upsert(dialect: str, table: type[Base], keys: tuple[str, ...], columns: tuple[str, ...]) -> Any:
    """An INSERT that, where ``keys`` are there already, sets ``columns`` to what was to be inserted."""
    statement = insert_into(dialect, table)
    values = {name: statement.excluded[name] for name in columns}
    return statement.on_conflict_do_update(index_elements=list(keys), set_=values)


def digest_of(title: str | None, text: str | None) -> str:
    """What tells an edited post from an unchanged one."""
    return hashlib.sha256(f"{title or ''}\n{text or ''}".encode()).hexdigest()[:32]


def tells_less(proof: str, known: str) -> bool:
    """Whether what shows a post tells no more of it than what is known: of equals only its own page tells again."""
    return proof != "page" and _STRENGTH[proof] <= _STRENGTH[known]


def save_posts(
    connection: Connection,
    posts: Sequence[Post],
    account_ids: Mapping[str, int],
    snapshot_id: int | None,
    seen_at: datetime,
) -> int:
    """Store the posts of one page; returns how many were not known before.

    ``account_ids`` maps ``platform:uid`` to rows; posts of other accounts are not stored.
    """
    own = [post for post in posts if post.published_at is not None and post.account in account_ids]
    _adopt_addresses(connection, own)
    dated = list({post.post_id: post for post in _with_full_ids(connection, own)}.values())
    supplements = [post for post in posts if post.published_at is None]
    known = _known(connection, [*dated, *supplements])
    fresh = [post for post in dated if post.post_id not in known]
    _write_rows(connection, dated, known, account_ids, snapshot_id, seen_at)
    ids = {key: row.id for key, row in known.items()} | _ids(connection, fresh)
    _write_texts(connection, [*dated, *supplements], known, ids, seen_at)
    _write_links(connection, [*dated, *supplements], ids)
    _write_addresses(connection, dated, ids)
    _touch_accounts(connection, dated, account_ids)
    return len(fresh)


def _known(connection: Connection, posts: Sequence[Post]) -> dict[str, Row[*tuple[Any, ...]]]:
    if not posts:
        return {}
    return {row.post_id: row for row in connection.execute(_KNOWN, _keys(posts))}


def _ids(connection: Connection, posts: Sequence[Post]) -> dict[str, int]:
    return {row.post_id: row.id for row in connection.execute(_IDS, _keys(posts))} if posts else {}


def _keys(posts: Sequence[Post]) -> dict[str, Any]:
    return {"platform": posts[0].platform, "post_ids": [post.post_id for post in posts]}


def _adopt_addresses(connection: Connection, posts: Sequence[Post]) -> None:
    """A post first known by its short address takes its full id when an article page tells it."""
    keys = {key: post for post in posts for key in post.addresses if not post.post_id.startswith(PROVISIONAL)}
    if not keys:
        return
    query = (
        select(PostRow.id, PostRow.post_id, AddressRow.key)
        .join(AddressRow, AddressRow.post_id == PostRow.id)
        .where(AddressRow.platform == posts[0].platform, AddressRow.key.in_(keys))
    )
    for row in {found.id: found for found in connection.execute(query)}.values():
        full = keys[row.key].post_id
        if not row.post_id.startswith(PROVISIONAL) or row.post_id == full:
            continue
        other = select(PostRow.id).where(PostRow.platform == posts[0].platform, PostRow.post_id == full)
        rival = connection.execute(other).scalar()
        if rival is None:
            connection.execute(update(PostRow).where(PostRow.id == row.id).values(post_id=full))
        else:
            connection.execute(update(AddressRow).where(AddressRow.post_id == row.id).values(post_id=rival))
            for table in (TextRow, LinkRow, VersionRow):
                connection.execute(delete(table).where(table.post_id == row.id))
            connection.execute(delete(PostRow).where(PostRow.id == row.id))


def _with_full_ids(connection: Connection, posts: Sequence[Post]) -> list[Post]:
    """The posts with the known full id put in place of a short address."""
    keys = [post.post_id for post in posts if post.post_id.startswith(PROVISIONAL)]
    if not keys:
        return list(posts)
    query = (
        select(AddressRow.key, PostRow.post_id)
        .join(PostRow, AddressRow.post_id == PostRow.id)
        .where(AddressRow.platform == posts[0].platform, AddressRow.key.in_(keys))
    )
    full = {row.key: row.post_id for row in connection.execute(query)}
    return [replace(post, post_id=full.get(post.post_id, post.post_id)) for post in posts]


def _write_rows(
    connection: Connection,
    posts: Sequence[Post],
    known: Mapping[str, Row[*tuple[Any, ...]]],
    account_ids: Mapping[str, int],
    snapshot_id: int | None,
    seen_at: datetime,
) -> None:
    if not posts:
        return
    stronger: list[dict[str, Any]] = []
    weaker: list[dict[str, Any]] = []
    for post in posts:
        # What a feed, an album or a unit says never overwrites what the post's own page said; it only shows it again.
        rows = weaker if post.post_id in known and tells_less(post.proof, known[post.post_id].proof) else stronger
        rows.append(_row(post, known.get(post.post_id), account_ids, snapshot_id, seen_at))
    dialect, key = connection.dialect.name, ("platform", "post_id")
    if stronger:
        columns = tuple(name for name in stronger[0] if name not in _KEPT)
        connection.execute(upsert(dialect, PostRow, key, columns), stronger)
    if weaker:
        connection.execute(upsert(dialect, PostRow, key, ("last_seen_at",)), weaker)


def _row(
    post: Post,
    old: Row[*tuple[Any, ...]] | None,
    account_ids: Mapping[str, int],
    snapshot_id: int | None,
    seen_at: datetime,
) -> dict[str, Any]:
    keeps_old_text = old is not None and old.text is not None and not (post.text is not None and post.text_complete)
    assert post.account is not None  # noqa: S101
    return {
        "platform": post.platform,
        "post_id": post.post_id,
        "account_id": account_ids[post.account],
        "url": post.url,
        "published_at": post.published_at,
        "time_precision": post.time_precision,
        "kind": post.kind,
        "title": post.title,
        "text_complete": old.text_complete if keeps_old_text and old else post.text_complete,
        "is_repost": post.is_repost,
        "declared_original": post.declared_original,
        "source_name": post.source_name,
        "pinned": post.pinned,
        "proof": post.proof,
        "media": [{"kind": one.kind, "url": one.url} for one in post.media],
        "counters": {name: as_json(post.counters.get(name)) for name in _COUNTERS},
        "digest": old.digest if keeps_old_text and old else digest_of(post.title, post.text),
        "first_seen_at": post.first_seen_at or seen_at,
        "last_seen_at": seen_at,
        "snapshot_id": snapshot_id,
    }


def _write_texts(
    connection: Connection,
    posts: Sequence[Post],
    known: Mapping[str, Row[*tuple[Any, ...]]],
    ids: Mapping[str, int],
    seen_at: datetime,
) -> None:
    texts, versions = [], []
    for post in posts:
        old = known.get(post.post_id)
        if post.text is None or post.post_id not in ids:
            continue
        if old is not None and old.text is not None:
            if not post.text_complete or old.text == post.text:
                continue
            if old.text_complete:
                versions.append(
                    {
                        "post_id": old.id,
                        "title": old.title,
                        "text": old.text,
                        "digest": old.digest,
                        "seen_until": seen_at,
                    }
                )
        texts.append({"post_id": ids[post.post_id], "text": post.text})
        if post.published_at is None:
            title = old.title if old is not None else None
            values = {"text_complete": post.text_complete, "digest": digest_of(title, post.text)}
            connection.execute(update(PostRow).where(PostRow.id == ids[post.post_id]).values(values))
    if versions:
        connection.execute(insert(connection, VersionRow), versions)
    if texts:
        connection.execute(upsert(connection.dialect.name, TextRow, ("post_id",), ("text",)), texts)


def _write_links(connection: Connection, posts: Sequence[Post], ids: Mapping[str, int]) -> None:
    rows = [
        {"post_id": ids[post.post_id], "url": link.url, "target": link.target, "text": link.text}
        for post in posts
        if post.post_id in ids
        for link in {link.url: link for link in post.links}.values()
    ]
    if rows:
        connection.execute(_link_upsert(connection.dialect.name), rows)


@cache
def _link_upsert(dialect: str) -> Any:
    statement = insert_into(dialect, LinkRow)
    target = func.coalesce(statement.excluded.target, LinkRow.target)
    return statement.on_conflict_do_update(index_elements=["post_id", "url"], set_={"target": target})


def _write_addresses(connection: Connection, posts: Sequence[Post], ids: Mapping[str, int]) -> None:
    rows = [
        {"platform": post.platform, "key": key, "post_id": ids[post.post_id]}
        for post in posts
        for key in {*post.addresses, *([post.post_id] if post.post_id.startswith(PROVISIONAL) else [])}
    ]
    if rows:
        connection.execute(insert(connection, AddressRow).on_conflict_do_nothing(), rows)


def _touch_accounts(connection: Connection, posts: Sequence[Post], account_ids: Mapping[str, int]) -> None:
    touched = {account_ids[post.account] for post in posts if post.account}
    if touched:
        connection.execute(_TOUCH, [{"account_id": account_id} for account_id in sorted(touched)])
