"""Reads of stored posts in the contract's shape."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, select

from records import (
    as_json,
)
from storage.register import find_account
from storage.schema import (
    AccountRow,
    LinkRow,
    PostRow,
    TextRow,
)


def posts(
    engine: Engine, reference: str | None = None, since: datetime | None = None, limit: int | None = None
) -> list[dict[str, Any]]:
    """Stored posts, newest first, in the contract's shape, with text and links."""
    query = (
        select(*PostRow.__table__.columns, AccountRow.uid, TextRow.text)
        .join(AccountRow, AccountRow.id == PostRow.account_id)
        .outerjoin(TextRow, TextRow.post_id == PostRow.id)
        .order_by(PostRow.published_at.desc(), PostRow.id.desc())
    )
    with engine.connect() as connection:
        if reference is not None:
            platform, _, key = reference.partition(":")
            query = query.where(PostRow.account_id == find_account(connection, platform, [key]))
        if since is not None:
            query = query.where(PostRow.published_at >= since)
        rows = connection.execute(query.limit(limit)).all()
        links = links_of(connection, [row.id for row in rows])
    return [post_shape(row, links.get(row.id, [])) for row in rows]


def posts_by_row(engine: Engine, row_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Stored posts by row, in the order given."""
    query = (
        select(*PostRow.__table__.columns, AccountRow.uid, TextRow.text)
        .join(AccountRow, AccountRow.id == PostRow.account_id)
        .outerjoin(TextRow, TextRow.post_id == PostRow.id)
    )
    rows: dict[int, Row[*tuple[Any, ...]]] = {}
    with engine.connect() as connection:
        for start in range(0, len(row_ids), 500):
            some = query.where(PostRow.id.in_(row_ids[start : start + 500]))
            rows.update({row.id: row for row in connection.execute(some)})
        links = links_of(connection, list(rows))
    return [post_shape(rows[row_id], links.get(row_id, [])) for row_id in row_ids]


def links_of(connection: Connection, post_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """Links by post row, in the order of the page."""
    found: dict[int, list[dict[str, Any]]] = {}
    for start in range(0, len(post_ids), 500):
        query = select(LinkRow.post_id, LinkRow.url, LinkRow.target, LinkRow.text).where(
            LinkRow.post_id.in_(post_ids[start : start + 500])
        )
        for row in connection.execute(query.order_by(LinkRow.id)):
            found.setdefault(row.post_id, []).append({"url": row.url, "target": row.target, "text": row.text})
    return found


def post_shape(row: Row[*tuple[Any, ...]], links: list[dict[str, Any]]) -> dict[str, Any]:
    """A stored post as the contract's JSON."""
    return {
        "platform": row.platform,
        "account": f"{row.platform}:{row.uid}",
        "post_id": row.post_id,
        "url": row.url,
        "title": row.title,
        "text": row.text,
        "text_complete": row.text_complete,
        "published_at": as_json(row.published_at),
        "time_precision": row.time_precision,
        "kind": row.kind,
        "is_repost": row.is_repost,
        "declared_original": row.declared_original,
        "source_name": row.source_name,
        "pinned": row.pinned,
        "links": links,
        "media": row.media,
        "counters": row.counters,
        "proof": row.proof,
        "first_seen_at": as_json(row.first_seen_at),
    }
