"""Reads of released bulletins."""

from __future__ import annotations

from sqlalchemy import Engine, select

from storage.schema import ReleaseRow


def released(engine: Engine, period: str, kind: str) -> bool:
    """Whether the period's bulletin was released."""
    query = select(ReleaseRow.id).where(ReleaseRow.period == period, ReleaseRow.kind == kind)
    with engine.connect() as connection:
        return connection.execute(query).scalar() is not None
