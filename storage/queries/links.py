"""Reads of links that are to be checked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Row, Select, func, select

from records import LinkCheck
from storage.queries.accounts import accounts
from storage.schema import LinkCheckRow, LinkRow, PostRow, RunRow


def due_links(engine: Engine, since: datetime, now: datetime, reuse: timedelta, resume_since: datetime) -> list[str]:
    """Distinct addresses in posts since ``since`` and in menus, without those that answered well within ``reuse``.

    The address behind a short or wrapping link stands for it where the page told it. What a check that was cut
    off after ``resume_since`` asked already is left out as well.
    """
    address = func.coalesce(LinkRow.target, LinkRow.url)
    well = select(LinkCheckRow.url).where(
        LinkCheckRow.state.in_(["alive", "moved", "uncheckable", "refused"]), LinkCheckRow.checked_at > now - reuse
    )
    query = (
        select(address)
        .join(PostRow, PostRow.id == LinkRow.post_id)
        .where(PostRow.published_at >= since, address.not_in(well))
        .group_by(address)
        .order_by(func.min(LinkRow.id))
    )
    with engine.connect() as connection:
        found = list(connection.execute(query).scalars())
        answered = set(connection.execute(well).scalars())
        asked = set(connection.execute(_asked_by_cut_off(resume_since)).scalars())
    menus = [link for account in accounts(engine) for link in account.menu_links if link not in answered]
    return [url for url in dict.fromkeys([*found, *menus]) if url not in asked]


def _asked_by_cut_off(since: datetime) -> Select[str]:
    """Addresses that the newest link check asked, if it was begun since a moment and never ended."""
    newest = select(func.max(RunRow.id)).where(RunRow.kind == "links").scalar_subquery()
    cut_off = (RunRow.id == newest, RunRow.finished_at.is_(None), RunRow.started_at >= since)
    return select(LinkCheckRow.url).join(RunRow, RunRow.id == LinkCheckRow.run_id).where(*cut_off)


def link_check_record(row: Row[*tuple[Any, ...]]) -> LinkCheck:
    """A link check's row as a record."""
    return LinkCheck(
        url=row.url,
        state=row.state,
        checked_at=row.checked_at,
        final_url=row.final_url,
        status=row.status,
        reason=row.reason,
        seconds=row.seconds,
        sha256=row.sha256,
    )
