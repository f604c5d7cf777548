"""Tables of what people declare and report: units, accounts, keys, links, observations."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.base import Base


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
    """Every known key of an account, case-folded to be found by; ``value`` is as the platform writes it."""

    __tablename__ = "aliases"
    platform: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    kind: Mapped[str]
    value: Mapped[str]


class MappingRow(Base):
    """A register column that the office mapped by hand (列名=字段), remembered."""

    __tablename__ = "column_mappings"
    column: Mapped[str] = mapped_column(primary_key=True)
    field: Mapped[str]


class ReportedRow(Base):
    """A link that a unit reported (单位报送) and what became of it."""

    __tablename__ = "reported_links"
    key: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[str]
    unit: Mapped[str | None]
    reported_at: Mapped[datetime]
    state: Mapped[str]  # pending, stored, refused
    reason: Mapped[str | None]


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
