"""Reads of base rates: what the records of each account, page kind and run held."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Engine, select

from storage.schema import AccountRow
from storage.schema.watched import YieldRow


def yields(engine: Engine) -> list[tuple[str, str, int, int, Mapping[str, int]]]:
    """``(account, kind, run id, records, filled by field)`` of every account of the register, runs in order."""
    query = (
        select(AccountRow.platform, AccountRow.uid, YieldRow.kind, YieldRow.run_id, YieldRow.n_records, YieldRow.filled)
        .join(AccountRow, AccountRow.id == YieldRow.account_id)
        .where(AccountRow.listed)
        .order_by(AccountRow.position, YieldRow.kind, YieldRow.run_id)
    )
    with engine.connect() as connection:
        return [
            (f"{row.platform}:{row.uid}", row.kind, row.run_id, row.n_records, row.filled)
            for row in connection.execute(query)
        ]
