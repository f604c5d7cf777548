"""Platform hosts as all processes on one database treat them (主机): one asks at a time, and walls count together."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, select, update

from storage.posts import insert
from storage.schema import HostRow
from storage.workers import is_gone, now_seconds


class HostLedger:
    """The hosts of one run as one process sees them; implements the crawler's ``Hosts``."""

    def __init__(self, engine: Engine, run_id: int, worker: str) -> None:
        self._engine, self._run_id, self._worker = engine, run_id, worker

    def lease(self, host: str) -> float | None:
        """Seconds since anyone last asked the host, which is now ours; ``None`` while another process has it.

        A clock that was set back makes the host just asked; one never asked was asked very long ago.
        """
        with self._engine.begin() as connection:
            now = now_seconds(connection)
            row = _row(connection, host)
            if row.holder not in (None, self._worker) and not is_gone(row.holder, row.beat_at, now):
                return None
            _set(connection, host, holder=self._worker, beat_at=now)
            return float("inf") if row.asked_at is None else max(now - row.asked_at, 0.0)

    def asked(self, host: str) -> None:
        """Note that the host has been asked, for whoever asks it next."""
        with self._engine.begin() as connection:
            _set(connection, host, asked_at=now_seconds(connection))

    def release(self, host: str) -> None:
        """Let other processes ask the host."""
        with self._engine.begin() as connection:
            mine = (HostRow.host == host, HostRow.holder == self._worker)
            connection.execute(update(HostRow).where(*mine).values(holder=None, beat_at=None))

    def beat(self) -> set[str]:
        """Say that this process still has the hosts it leased; returns those that it still has."""
        with self._engine.begin() as connection:
            values = {"beat_at": now_seconds(connection)}
            connection.execute(update(HostRow).where(HostRow.holder == self._worker).values(**values))
            held = select(HostRow.host).where(HostRow.holder == self._worker)
            return set(connection.execute(held).scalars())

    def add_wall(self, host: str) -> None:
        """One more wall at the host in this run."""
        with self._engine.begin() as connection:
            note_wall(connection, self._run_id, host)

    def walls(self) -> dict[str, int]:
        """Walls of this run by host, those that other processes met among them."""
        query = select(HostRow.host, HostRow.walls).where(HostRow.run_id == self._run_id)
        with self._engine.connect() as connection:
            return {row.host: row.walls for row in connection.execute(query)}


def note_wall(connection: Connection, run_id: int, host: str) -> None:
    """One more wall of a run at a host; those of an earlier run no longer count."""
    row = _row(connection, host)
    before = row.walls if row.run_id == run_id else 0
    _set(connection, host, run_id=run_id, walls=before + 1)


def _row(connection: Connection, host: str) -> Any:
    made = insert(connection, HostRow).values(host=host, walls=0).on_conflict_do_nothing()
    connection.execute(made)
    query = select(*HostRow.__table__.columns).where(HostRow.host == host).with_for_update()
    return connection.execute(query).one()


def _set(connection: Connection, host: str, **values: Any) -> None:
    connection.execute(update(HostRow).where(HostRow.host == host).values(**values))
