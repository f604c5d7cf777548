"""Reads of links that are to be checked."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine, func, select

from storage.queries.accounts import accounts
from storage.schema import LinkCheckRow, LinkRow, PostRow


def due_links(engine: Engine, since: datetime, now: datetime, reuse: timedelta) -> list[str]:
    """Distinct addresses in posts since ``since`` and in menus, without those that answered well within ``reuse``.

    The address behind a short or wrapping link stands for it where the page told it.
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
    menus = [link for account in accounts(engine) for link in account.menu_links if link not in answered]
    return list(dict.fromkeys([*found, *menus]))
