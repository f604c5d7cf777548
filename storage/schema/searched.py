"""Tables of keyword searches (关键词搜索): what was searched and how it ended, where suspected accounts were seen."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.base import Base


class SearchRow(Base):
    """One search of a platform for a keyword, by us (``page``, one a run) or by a person (``person``, without run).

    ``pages`` counts the pages that were asked for, from before they are; ``searched_at`` is of the last of them.
    """

    __tablename__ = "searches"
    __table_args__ = (
        UniqueConstraint("run_id", "platform", "keyword"),
        Index(None, "platform", "keyword", "searched_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"))
    platform: Mapped[str]
    keyword: Mapped[str]
    kind: Mapped[str]
    outcome: Mapped[str]
    reason: Mapped[str | None]
    n_found: Mapped[int]
    total: Mapped[int | None]
    pages: Mapped[int]
    searched_at: Mapped[datetime]
    source: Mapped[str]
    searched_by: Mapped[str | None]
    snapshot_id: Mapped[int | None]


class SightingRow(Base):
    """One place where a suspected account was seen: ``search person mention repost feed partner``."""

    __tablename__ = "sightings"
    id: Mapped[int] = mapped_column(primary_key=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidates.id"), index=True)
    source: Mapped[str]
    keyword: Mapped[str | None]
    layout_known: Mapped[bool]
    snapshot_id: Mapped[int | None] = mapped_column(index=True)
    seen_at: Mapped[datetime]


class DismissedRow(Base):
    """An account that a person judged unrelated: keyed hashes of who it is and of what it showed, and nothing else."""

    __tablename__ = "dismissed"
    platform: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    decided_at: Mapped[datetime]
    decided_by: Mapped[str]


class AvatarRow(Base):
    """A profile picture's perceptual hash (头像), by the hash of its address; ``owner`` is an account or candidate."""

    __tablename__ = "avatars"
    url_sha256: Mapped[str] = mapped_column(primary_key=True)
    phash: Mapped[str]
    fetched_at: Mapped[datetime]
    snapshot_id: Mapped[int | None]
    owner: Mapped[str | None]
