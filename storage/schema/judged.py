"""Tables of what was concluded: judgements, findings, decisions, released bulletins."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.base import Base


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
