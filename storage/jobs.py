"""What a run still has to do (待办): one row an account and step, so that a run cut off at any moment goes on.

A job is ``pending``; ``claimed`` by a process that beats while it works; ``done``; or ``failed`` after its
last attempt. What a dead process had claimed is free for the next one that asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, bindparam, exists, func, select, update

from storage.posts import insert
from storage.schema import JobRow, RunRow
from storage.workers import is_gone, now_seconds

CRAWL = "crawl"
OPEN = ("pending", "claimed")
# An account whose page ends the whole process must not do so for ever.
MOST_ATTEMPTS = 3
# One more try for a host that did not answer, when all others have been asked.
MOST_TRIES = 2
# Built once: every account of a night is claimed and settled, and building a statement costs more than asking it.
_WAITING = (JobRow.run_id == bindparam("run"), JobRow.platform == bindparam("on"))
_READY = JobRow.beat_at.is_(None) | (JobRow.beat_at <= bindparam("now"))
_PENDING = (
    select(*JobRow.__table__.columns)
    .where(*_WAITING, JobRow.state == "pending", _READY)
    .order_by(JobRow.attempts, JobRow.position)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_CLAIMED = (
    select(*JobRow.__table__.columns)
    .where(*_WAITING, JobRow.state == "claimed", JobRow.claimed_by != bindparam("me"))
    .order_by(JobRow.position)
    .with_for_update(skip_locked=True)
)
_TAKE = update(JobRow).where(JobRow.id == bindparam("job"))
_CURRENT = (
    JobRow.run_id == bindparam("run"),
    JobRow.account_id == bindparam("account"),
    JobRow.state == "claimed",
)
_DONE = update(JobRow).where(*_CURRENT).values(state="done", beat_at=None)
_TRIED = update(JobRow).where(*_CURRENT, JobRow.attempts >= MOST_TRIES).values(state="done", beat_at=None)
# Of a pending job the beat says before when it is not to be asked again.
_AGAIN = update(JobRow).where(*_CURRENT).values(state="pending", claimed_by=None, beat_at=bindparam("not_before"))


@dataclass(frozen=True, slots=True)
class Job:
    """One account to be crawled in a run, with what was known of it as the run began."""

    id: int
    account_id: int
    since: datetime
    feed_clock: datetime | None
    attempts: int
    alone: bool = False  # a process was ended while it had it, which is not to take others with it again


@dataclass(frozen=True, slots=True)
class Planned:
    """A run to work on: a new one, or one that was cut off or that others are working on."""

    run_id: int
    joined: bool


class Jobs:
    """The jobs of one database as one process sees them."""

    def __init__(self, engine: Engine, worker: str) -> None:
        self._engine, self._worker = engine, worker

    def open_run(
        self,
        kind: str,
        started_at: datetime,
        mirror: str | None,
        plan: Callable[[Connection], Iterable[Mapping[str, Any]]],
        resume_since: datetime | None,
    ) -> Planned:
        """The unfinished run of this kind begun since ``resume_since``, or a new one with the jobs that ``plan`` gives.

        One transaction: two processes that start together get one run, and no run is without its jobs.
        """
        with self._engine.begin() as connection:
            if resume_since is not None:
                found = connection.execute(_unfinished(kind, mirror, resume_since)).scalar()
                if found is not None:
                    # Whoever starts again does so because what failed may work now.
                    waiting = (JobRow.run_id == found, JobRow.state == "pending")
                    connection.execute(update(JobRow).where(*waiting).values(beat_at=None))
                    return Planned(int(found), joined=True)
            values = {"kind": kind, "started_at": started_at, "mirror": mirror, "counts": {}}
            made = insert(connection, RunRow).values(**values).returning(RunRow.id)
            run_id = int(connection.execute(made).scalar_one())
            rows = [
                {"run_id": run_id, "step": CRAWL, "position": number, "state": "pending", "attempts": 0, **row}
                for number, row in enumerate(plan(connection))
            ]
            if rows:
                connection.execute(insert(connection, JobRow), rows)
            return Planned(run_id, joined=False)

    def claim(self, run_id: int, platform: str, n_most: int = 1) -> list[Job]:
        """The next jobs of a platform, now ours, in their order; none where none can be had now."""
        with self._engine.begin() as connection:
            now = now_seconds(connection)
            asked = {"run": run_id, "on": platform, "now": now, "most": n_most, "me": self._worker}
            while rows := _next(connection, asked):
                ours = {"claimed_by": self._worker, "beat_at": now}
                marks = [{**ours, "job": row.id, "state": _state(row), "attempts": row.attempts + 1} for row in rows]
                connection.execute(_TAKE, marks)
                if jobs := [_job(row) for row in rows if _state(row) == "claimed"]:
                    return jobs
        return []

    def n_open(self, run_id: int, platform: str | None = None) -> int:
        """How many jobs of a run are neither done nor failed, those of other processes among them."""
        query = select(func.count()).where(JobRow.run_id == run_id, JobRow.state.in_(OPEN))
        if platform is not None:
            query = query.where(JobRow.platform == platform)
        with self._engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def beat(self, run_id: int) -> None:
        """Say that this process still works on what it has claimed."""
        with self._engine.begin() as connection:
            values = {"beat_at": now_seconds(connection)}
            connection.execute(update(JobRow).where(*self._held(run_id)).values(**values))

    def release(self, run_id: int) -> None:
        """Give back what this process has claimed and did not come to; that it was claimed counts as no attempt."""
        values = {"state": "pending", "claimed_by": None, "beat_at": None, "attempts": JobRow.attempts - 1}
        with self._engine.begin() as connection:
            connection.execute(update(JobRow).where(*self._held(run_id)).values(**values))

    def forgive(self, run_id: int, platform: str) -> None:
        """Count no attempt for visits that nobody answered: the platform or the network was out."""
        waiting = (JobRow.run_id == run_id, JobRow.platform == platform, JobRow.state == "pending")
        tried = (*waiting, JobRow.beat_at.is_not(None), JobRow.attempts > 0)
        with self._engine.begin() as connection:
            connection.execute(update(JobRow).where(*tried).values(attempts=JobRow.attempts - 1, beat_at=None))

    def give_up(self, run_id: int, platform: str) -> None:
        """Mark as failed what is left of a platform for this run, what the dead had claimed as well."""
        left = (JobRow.run_id == run_id, JobRow.platform == platform, JobRow.state == "pending")
        with self._engine.begin() as connection:
            asked = {"run": run_id, "on": platform, "now": now_seconds(connection), "me": self._worker}
            lost = [row.id for row in _abandoned(connection, asked)]
            connection.execute(update(JobRow).where(*left).values(state="failed"))
            connection.execute(update(JobRow).where(JobRow.id.in_(lost)).values(state="failed"))

    def failed_accounts(self, run_id: int) -> set[int]:
        """Account rows whose job was given up."""
        query = select(JobRow.account_id).where(JobRow.run_id == run_id, JobRow.state == "failed")
        with self._engine.connect() as connection:
            return set(connection.execute(query).scalars())

    def cut_off(self, kind: str) -> list[int]:
        """Unfinished runs of a kind on which nobody works, oldest first."""
        query = select(RunRow.id).where(RunRow.kind == kind, RunRow.finished_at.is_(None)).order_by(RunRow.id)
        with self._engine.begin() as connection:
            now = now_seconds(connection)
            runs = list(connection.execute(query).scalars())
            return [run_id for run_id in runs if not _at_work(connection, run_id, now)]

    def _held(self, run_id: int) -> tuple[ColumnElement[bool], ...]:
        return JobRow.run_id == run_id, JobRow.claimed_by == self._worker, JobRow.state == "claimed"


def settle_job(connection: Connection, run_id: int, account_id: int, wait_seconds: float | None) -> None:
    """A visit's end, in the transaction of its last page: done, or with ``wait_seconds`` once more after that time."""
    mine = {"run": run_id, "account": account_id}
    if wait_seconds is None:
        connection.execute(_DONE, mine)
        return
    connection.execute(_TRIED, mine)
    connection.execute(_AGAIN, {**mine, "not_before": now_seconds(connection) + wait_seconds})


def _unfinished(kind: str, mirror: str | None, since: datetime) -> Any:
    jobs = exists().where(JobRow.run_id == RunRow.id)
    same = RunRow.mirror.is_(None) if mirror is None else RunRow.mirror == mirror
    query = select(RunRow.id).where(RunRow.kind == kind, RunRow.finished_at.is_(None), RunRow.started_at >= since)
    return query.where(same, jobs).order_by(RunRow.id.desc()).limit(1)


def _next(connection: Connection, asked: Mapping[str, Any]) -> Sequence[Row[*tuple[Any, ...]]]:
    """One of what the dead had claimed, else what nobody has.

    In the register's order: a host's walls would else stop an account that an undisturbed night asks before them.
    """
    return list(islice(_abandoned(connection, asked), 1)) or connection.execute(_PENDING, asked).all()


def _state(row: Row[*tuple[Any, ...]]) -> str:
    """What becomes of a job that is to be claimed."""
    return "failed" if row.attempts >= MOST_ATTEMPTS else "claimed"


def _job(row: Row[*tuple[Any, ...]]) -> Job:
    return Job(row.id, row.account_id, row.since, row.feed_clock, row.attempts + 1, alone=row.state == "claimed")


def _abandoned(connection: Connection, asked: Mapping[str, Any]) -> Iterator[Row[*tuple[Any, ...]]]:
    for row in connection.execute(_CLAIMED, asked).all():
        if is_gone(row.claimed_by, row.beat_at, asked["now"]):
            yield row


def _at_work(connection: Connection, run_id: int, now: float) -> bool:
    claims = select(JobRow.claimed_by, func.max(JobRow.beat_at).label("beat_at")).where(
        JobRow.run_id == run_id, JobRow.state == "claimed"
    )
    rows = connection.execute(claims.group_by(JobRow.claimed_by)).all()
    return any(not is_gone(row.claimed_by, row.beat_at, now) for row in rows)
