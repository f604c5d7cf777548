"""Reads of whom crawled posts name: their links, the accounts they repost, and the mentions in their words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, func, or_, select

from storage.schema import CandidateRow, LinkRow, PostRow, SightingRow, SnapshotRow, TextRow

BLOCK = 2_000
# The kind of a keyword that is a name which posts mention.
MENTIONED = "推文提及"
_OF_POST = (
    PostRow.platform,
    PostRow.proof,
    PostRow.first_seen_at,
    PostRow.snapshot_id,
    SnapshotRow.fetched_at.label("page_at"),
    SnapshotRow.ref.label("page_place"),
)
# The signs that a mention begins with; a text without any is not read.
_SIGNS = ("@", "＠")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamingPost:
    """A post that may name accounts: since when it is known, and the page that showed it last."""

    platform: str
    proof: str
    first_seen_at: datetime
    snapshot_id: int
    page_at: datetime
    page_place: str


@dataclass(frozen=True, slots=True)
class PostLink:
    """A link of a post: the address it leads to as far as the page told, and its visible text."""

    post: NamingPost
    address: str
    words: str | None


@dataclass(frozen=True, slots=True)
class PostWords:
    """The name of the account that a post reposts, and the post's text where it has the sign of a mention."""

    post: NamingPost
    source_name: str | None
    text: str | None


def post_links(engine: Engine, since: datetime | None) -> Iterator[list[PostLink]]:
    """The links of posts that were seen since a moment and whose page is kept, in blocks; all without a moment."""
    query: Any = select(
        LinkRow.id, func.coalesce(LinkRow.target, LinkRow.url).label("address"), LinkRow.text, *_OF_POST
    )
    query = _seen_since(query.join(PostRow, PostRow.id == LinkRow.post_id), since)
    for block in _blocks(engine, query, LinkRow.id):
        yield [PostLink(_post(row), row.address, row.text) for row in block]


def post_words(engine: Engine, since: datetime | None) -> Iterator[list[PostWords]]:
    """The posts seen since a moment that repost a named account or mention one, in blocks; all without a moment."""
    mentions = [TextRow.text.contains(sign) for sign in _SIGNS]
    query: Any = select(PostRow.id, PostRow.source_name, TextRow.text, *_OF_POST)
    query = query.outerjoin(TextRow, TextRow.post_id == PostRow.id)
    query = _seen_since(query.where(or_(PostRow.source_name.is_not(None), *mentions)), since)
    for block in _blocks(engine, query, PostRow.id):
        yield [PostWords(_post(row), row.source_name, row.text) for row in block]


def _seen_since(query: Any, since: datetime | None) -> Any:
    query = query.join(SnapshotRow, SnapshotRow.id == PostRow.snapshot_id)
    return query if since is None else query.where(PostRow.last_seen_at >= since)


def _blocks(engine: Engine, query: Any, key: Any) -> Iterator[list[Row[*tuple[Any, ...]]]]:
    """Rows in the order of their key; each block in a transaction of its own, as a reader holds the database."""
    last = 0
    while True:
        after: ColumnElement[bool] = key > last
        with engine.connect() as connection:
            rows = list(connection.execute(query.where(after).order_by(key).limit(BLOCK)).all())
        if not rows:
            return
        yield rows
        last = rows[-1].id


def _post(row: Row[*tuple[Any, ...]]) -> NamingPost:
    return NamingPost(
        platform=row.platform,
        proof=row.proof,
        first_seen_at=row.first_seen_at,
        snapshot_id=row.snapshot_id,
        page_at=row.page_at,
        page_place=row.page_place,
    )


def is_sighted_since(connection: Connection, platform: str, uid: str, source: str, moment: datetime) -> bool:
    """Whether a suspected account was seen through this source at a moment or later."""
    query = (
        select(SightingRow.id)
        .join(CandidateRow, CandidateRow.id == SightingRow.candidate_id)
        .where(CandidateRow.platform == platform, CandidateRow.uid == uid)
        .where(SightingRow.source == source, SightingRow.seen_at >= moment)
    )
    return connection.execute(query.limit(1)).first() is not None
