"""Tables of what was seen: profiles, posts, links, candidates, snapshots, runs and their coverage."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.base import Base


class ProfileRow(Base):
    """账号资料: a row for each change seen; ``last_seen_at`` moves while nothing changes."""

    __tablename__ = "profiles"
    __table_args__ = (Index(None, "account_id", "last_seen_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    name: Mapped[str]
    shown: Mapped[dict[str, Any]]
    digest: Mapped[str]
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    snapshot_id: Mapped[int | None]


class PostRow(Base):
    """推文, one row by (platform, post id) whatever address it came by."""

    __tablename__ = "posts"
    __table_args__ = (UniqueConstraint("platform", "post_id"), Index(None, "account_id", "published_at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[str]
    post_id: Mapped[str]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    url: Mapped[str]
    published_at: Mapped[datetime]
    time_precision: Mapped[str]
    kind: Mapped[str]
    title: Mapped[str | None]
    text_complete: Mapped[bool]
    is_repost: Mapped[bool]
    declared_original: Mapped[bool | None]
    source_name: Mapped[str | None]
    pinned: Mapped[bool]
    proof: Mapped[str]
    media: Mapped[list[Any]]
    counters: Mapped[dict[str, Any]]
    digest: Mapped[str]
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    snapshot_id: Mapped[int | None]


class TextRow(Base):
    """A post's text, in a table of its own so that lists of posts stay small."""

    __tablename__ = "texts"
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    text: Mapped[str]


class VersionRow(Base):
    """What a post said before it was edited (修改前的版本)."""

    __tablename__ = "post_versions"
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), index=True)
    title: Mapped[str | None]
    text: Mapped[str]
    digest: Mapped[str]
    seen_until: Mapped[datetime]


class AddressRow(Base):
    """Keys by which a post may come again (``s/<short id>``, ``biz:mid:idx``)."""

    __tablename__ = "post_addresses"
    platform: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), index=True)


class LinkRow(Base):
    """链接 in a post."""

    __tablename__ = "links"
    __table_args__ = (UniqueConstraint("post_id", "url"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    url: Mapped[str]
    target: Mapped[str | None]
    text: Mapped[str | None]


class LinkCheckRow(Base):
    """链接检测: one answer."""

    __tablename__ = "link_checks"
    __table_args__ = (Index(None, "url", "checked_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"))
    url: Mapped[str]
    state: Mapped[str]
    checked_at: Mapped[datetime]
    final_url: Mapped[str | None]
    status: Mapped[int | None]
    reason: Mapped[str | None]
    seconds: Mapped[float | None]
    sha256: Mapped[str | None]
    snapshot_id: Mapped[int | None]
    proven: Mapped[bool]


class CandidateRow(Base):
    """疑似账号 from result pages."""

    __tablename__ = "candidates"
    __table_args__ = (UniqueConstraint("platform", "uid"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[str]
    uid: Mapped[str]
    name: Mapped[str]
    shown: Mapped[dict[str, Any]]
    found_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    snapshot_id: Mapped[int | None]


class SnapshotRow(Base):
    """页面快照: where the raw bytes of an answer lie, and for which account and run it was fetched as what kind."""

    __tablename__ = "snapshots"
    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str]
    fetched_at: Mapped[datetime]
    sha256: Mapped[str]
    ref: Mapped[str] = mapped_column(unique=True)
    run_id: Mapped[int | None]
    account_id: Mapped[int | None] = mapped_column(index=True)
    kind: Mapped[str | None]


class RunRow(Base):
    """巡检: one execution with its counts."""

    __tablename__ = "runs"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    exit_code: Mapped[int | None]
    mirror: Mapped[str | None]
    counts: Mapped[dict[str, Any]]


class CoverageRow(Base):
    """采集情况: one row for every account and run."""

    __tablename__ = "coverage"
    __table_args__ = (UniqueConstraint("run_id", "account_id"), Index(None, "account_id", "checked_at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    status: Mapped[str]
    reason: Mapped[str | None]
    source: Mapped[str]
    observer: Mapped[str | None]
    covered_from: Mapped[datetime | None]
    covered_to: Mapped[datetime | None]
    pages: Mapped[int]
    posts_new: Mapped[int]
    posts_seen: Mapped[int]
    checked_at: Mapped[datetime]
    snapshot_id: Mapped[int | None]
