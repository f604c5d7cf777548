"""The tables (数据表). Times are kept in UTC; platform names are plain text: a new platform needs no migration."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, ForeignKey, Index, MetaData, Text, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcTime(TypeDecorator[datetime]):
    """An aware time, kept as UTC."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses a time without zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without zone cannot be stored")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Gives the zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Common base of the tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcTime, dict[str, Any]: JSON, list[Any]: JSON, str: Text}  # noqa: RUF012


class UnitRow(Base):
    """主办单位."""

    __tablename__ = "units"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    short_names: Mapped[list[Any]]
    supervisor: Mapped[str | None]
    division: Mapped[str | None]


class AccountRow(Base):
    """账号, as filed: ``filed`` is the register row as JSON values, ``listed`` whether the register still has it."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("platform", "uid"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[str]
    uid: Mapped[str]
    name: Mapped[str]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    filed: Mapped[dict[str, Any]]
    digest: Mapped[str]
    position: Mapped[int]
    listed: Mapped[bool]
    first_post_at: Mapped[datetime | None]
    last_post_at: Mapped[datetime | None]
    feed_clock: Mapped[datetime | None]


class AliasRow(Base):
    """Every known key of an account, case-folded, so that any of them finds it."""

    __tablename__ = "aliases"
    platform: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    kind: Mapped[str]


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


class ObservationRow(Base):
    """人工查看."""

    __tablename__ = "observations"
    __table_args__ = (UniqueConstraint("account_id", "observed_at", "observer"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    observed_at: Mapped[datetime]
    observer: Mapped[str]
    newest_on: Mapped[date | None]
    n_updates: Mapped[int | None]
    period_start: Mapped[datetime | None]
    period_end: Mapped[datetime | None]
    pictures: Mapped[list[Any]]


class ReportedRow(Base):
    """A link that a unit reported (单位报送) and what became of it."""

    __tablename__ = "reported_links"
    key: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[str]
    unit: Mapped[str | None]
    reported_at: Mapped[datetime]
    state: Mapped[str]  # pending, stored, refused
    reason: Mapped[str | None]


class SnapshotRow(Base):
    """页面快照: where the raw bytes of an answer lie."""

    __tablename__ = "snapshots"
    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str]
    fetched_at: Mapped[datetime]
    sha256: Mapped[str]
    ref: Mapped[str] = mapped_column(unique=True)


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


class JudgementRow(Base):
    """判定 of the last inspection of a period."""

    __tablename__ = "judgements"
    __table_args__ = (Index(None, "period", "result"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    period: Mapped[str]
    subject: Mapped[str]
    account: Mapped[str | None]
    candidate: Mapped[str | None]
    unit: Mapped[str]
    clause: Mapped[str]
    check: Mapped[str]
    result: Mapped[str]
    reason: Mapped[str | None]
    summary: Mapped[str | None]
    cause: Mapped[str]
    window_start: Mapped[datetime | None]
    window_end: Mapped[datetime | None]
    evidence: Mapped[list[Any]]


class FindingRow(Base):
    """问题线索; ``body`` is the finding as JSON values."""

    __tablename__ = "findings"
    id: Mapped[str] = mapped_column(primary_key=True)
    check: Mapped[str]
    subject: Mapped[str]
    account: Mapped[str | None] = mapped_column(index=True)
    candidate: Mapped[str | None]
    verdict: Mapped[str]
    period_start: Mapped[datetime]
    period_end: Mapped[datetime]
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    body: Mapped[dict[str, Any]]


class DecisionRow(Base):
    """A person's decision on a finding (核实), kept for ever."""

    __tablename__ = "decisions"
    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[str] = mapped_column(ForeignKey("findings.id"), index=True)
    verdict: Mapped[str]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
    note: Mapped[str | None]


class ReleaseRow(Base):
    """A released bulletin (正式通报): its figures and text are frozen."""

    __tablename__ = "releases"
    __table_args__ = (UniqueConstraint("period", "kind"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    period: Mapped[str]
    kind: Mapped[str]
    released_by: Mapped[str]
    released_at: Mapped[datetime]
    number: Mapped[str]
    digest: Mapped[str]
    findings: Mapped[list[Any]]
    files: Mapped[dict[str, Any]]


class MappingRow(Base):
    """A register column that the office mapped by hand (列名=字段), remembered."""

    __tablename__ = "column_mappings"
    column: Mapped[str] = mapped_column(primary_key=True)
    field: Mapped[str]
