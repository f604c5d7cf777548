"""Moves stored pages to another place (改存): their rows and every finding and judgement that cites them, at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, select, update

from storage.schema import FindingRow, JudgementRow, SnapshotRow


def move_snapshots(engine: Engine, moved: Mapping[str, str]) -> None:
    """Make everything that cites a page by its former place cite the new one; one transaction.

    Args:
        engine: The database.
        moved: New place by former place; places that stay may be among them.
    """
    changes = {old: new for old, new in moved.items() if old != new}
    if not changes:
        return
    with engine.begin() as connection:
        for old, new in changes.items():
            connection.execute(update(SnapshotRow).where(SnapshotRow.ref == old).values(ref=new))
        for row_id, body in connection.execute(select(FindingRow.id, FindingRow.body)).all():
            cited = _moved(body["evidence"], changes)
            if cited != body["evidence"]:
                values = {"body": {**body, "evidence": cited}}
                connection.execute(update(FindingRow).where(FindingRow.id == row_id).values(values))
        judged = select(JudgementRow.id, JudgementRow.evidence).where(JudgementRow.result == "breach")
        for number, evidence in connection.execute(judged).all():
            cited = _moved(evidence, changes)
            if cited != evidence:
                connection.execute(update(JudgementRow).where(JudgementRow.id == number).values(evidence=cited))


def _moved(evidence: list[Any], changes: Mapping[str, str]) -> list[Any]:
    return [{**item, "snapshot": changes.get(item["snapshot"], item["snapshot"])} for item in evidence]
