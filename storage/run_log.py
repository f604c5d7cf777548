"""Writes of the run table (巡检记录): begun, counted, closed, and closed for those that were killed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select, update

from storage.posts import insert
from storage.schema import RunRow


class RunLog:
    """The runs of one database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def begin_run(self, kind: str, started_at: datetime, mirror: str | None) -> int:
        """A new run's id."""
        with self.engine.begin() as connection:
            statement = insert(connection, RunRow).values(kind=kind, started_at=started_at, mirror=mirror, counts={})
            return int(connection.execute(statement.returning(RunRow.id)).scalar_one())

    def finish_run(self, run_id: int, finished_at: datetime, exit_code: int, counts: Mapping[str, Any]) -> None:
        """Close a run, with these counts beside those it has; one that is closed stays as it is."""
        with self.engine.begin() as connection:
            before = connection.execute(select(RunRow.counts).where(RunRow.id == run_id)).scalar_one()
            values = {"finished_at": finished_at, "exit_code": exit_code, "counts": {**before, **counts}}
            still_open = (RunRow.id == run_id, RunRow.finished_at.is_(None))
            connection.execute(update(RunRow).where(*still_open).values(values))

    def close_cut_off(self, kinds: Sequence[str], before: datetime, exit_code: int) -> None:
        """Close runs of these kinds, begun before a moment, that were killed and could not do it themselves."""
        dead = (RunRow.kind.in_(kinds), RunRow.finished_at.is_(None), RunRow.started_at < before)
        with self.engine.begin() as connection:
            values = {"finished_at": RunRow.started_at, "exit_code": exit_code}
            connection.execute(update(RunRow).where(*dead).values(values))

    def add_counts(self, run_id: int, counts: Mapping[str, Any]) -> dict[str, Any]:
        """The counts of a run together with those of one more process that worked on it."""
        with self.engine.begin() as connection:
            before = connection.execute(select(RunRow.counts).where(RunRow.id == run_id)).scalar_one()
            both = _added(before, counts)
            connection.execute(update(RunRow).where(RunRow.id == run_id).values(counts=both))
        return both


def _added(left: Mapping[str, Any], right: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers summed, lists joined without doubles, mappings the same way inside."""
    both = dict(left)
    for name, value in right.items():
        if name not in both:
            both[name] = value
        elif isinstance(value, Mapping):
            both[name] = _added(both[name], value)
        elif isinstance(value, list):
            both[name] = sorted({*both[name], *value})
        else:
            both[name] = both[name] + value
    return both
