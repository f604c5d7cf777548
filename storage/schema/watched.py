"""Tables of the watch itself: what a run still has to do, the pace of hosts, and what repeats from night to night."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.base import Base


class JobRow(Base):
    """One account's step of one run (待办): ``pending``, ``claimed``, ``done``, or ``failed`` after its last attempt.

    ``since`` and ``feed_clock`` are the account's as the run began: a resumed run must not take what it saw
    itself before it was cut off for what earlier nights saw. ``beat_at`` is in seconds by the database's clock.
    """

    __tablename__ = "jobs"
    __table_args__ = (UniqueConstraint("run_id", "step", "account_id"), Index(None, "run_id", "state"))
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    step: Mapped[str]
    platform: Mapped[str]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    position: Mapped[int]
    state: Mapped[str]
    attempts: Mapped[int]
    claimed_by: Mapped[str | None]
    beat_at: Mapped[float | None]
    since: Mapped[datetime]
    feed_clock: Mapped[datetime | None]


class HostRow(Base):
    """A platform's host as all processes on this database treat it: who asks it now, when it was asked last, its walls.

    Times are in seconds by the database's clock.
    """

    __tablename__ = "hosts"
    host: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str | None]
    beat_at: Mapped[float | None]
    asked_at: Mapped[float | None]
    run_id: Mapped[int | None]
    walls: Mapped[int]


class EndingRow(Base):
    """An account's end in the platform's own words (账号终止), by the kind of page that said so."""

    __tablename__ = "endings"
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    page_kind: Mapped[str] = mapped_column(primary_key=True)
    words: Mapped[str]
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class ValidatorRow(Base):
    """What an address gave to ask it by condition next time (ETag, Last-Modified), and the answer it stands for."""

    __tablename__ = "validators"
    url: Mapped[str] = mapped_column(primary_key=True)
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    ref: Mapped[str]
    sha256: Mapped[str]
    content_type: Mapped[str]


class ProbeRow(Base):
    """One night's look at an address that a unit's register rows name (探测): its website, or a service's IPv6."""

    __tablename__ = "probes"
    __table_args__ = (UniqueConstraint("run_id", "kind", "unit", "address"), Index(None, "unit", "checked_at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    kind: Mapped[str]
    unit: Mapped[str]
    address: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str | None]
    proven: Mapped[bool]
    checked_at: Mapped[datetime]


class YieldRow(Base):
    """How often the records of one page kind held each field, for one account and run: the base rate of a parser."""

    __tablename__ = "yields"
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    n_records: Mapped[int]
    filled: Mapped[dict[str, Any]]
