"""Who is at work on this database (进程): a name for this process, and whether another one still lives.

A process of this machine is looked up, so that one killed a moment ago is known to be gone and a clock that
jumps means nothing; one of another machine is known by its heartbeat, by the database's own clock.
"""

from __future__ import annotations

import os
import platform
import uuid
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, text

BEAT_SECONDS = 15.0
# Six beats: a machine that is so busy for so long is as good as gone.
STALE_SECONDS = 90.0
# A process that lives and has not beaten for so long hangs; far more than a clock that is set anew explains.
HUNG_SECONDS = 1800.0
_PROCESSES = Path("/proc")
_START_FIELD = 19  # of what follows the name in /proc/PID/stat: when the process began, so that a new one differs
_NOW = {
    "sqlite": "SELECT (julianday('now') - 2440587.5) * 86400.0",
    "postgresql": "SELECT extract(epoch FROM clock_timestamp())::double precision",
}


def this_worker() -> str:
    """The name of this process: machine, number, and what tells it from an earlier one of that number."""
    began = _began(os.getpid()) or uuid.uuid4().hex
    return f"{_machine()}:{os.getpid()}:{began}"


def is_gone(worker: str, beat_at: float | None, now_seconds: float) -> bool:
    """Whether a worker is at work no more: dead or hanging on this machine, or silent for long on another."""
    machine, number, began = worker.rsplit(":", 2)
    silent_seconds = float("inf") if beat_at is None else now_seconds - beat_at
    if machine == _machine() and _PROCESSES.is_dir():
        return _began(int(number)) != began or (number != str(os.getpid()) and silent_seconds > HUNG_SECONDS)
    return silent_seconds > STALE_SECONDS


def now_seconds(connection: Connection) -> float:
    """The database's own clock, which all machines that share it share as well; only for heartbeats and pace."""
    return float(connection.execute(text(_NOW[connection.dialect.name])).scalar_one())


@cache
def _machine() -> str:
    """This machine since it was started, and what of it we see: a name alone may be given twice."""
    try:
        boot = (_PROCESSES / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()[:8]
        space = (_PROCESSES / "self/ns/pid").readlink().name.translate({ord("["): "", ord("]"): "", ord(":"): ""})
    except OSError:
        return platform.node()
    return f"{platform.node()}/{boot}/{space}"


def _began(number: int) -> str | None:
    """When the living process of that number began, in the kernel's ticks; ``None`` if there is none."""
    try:
        told = (_PROCESSES / str(number) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    state, *fields = told.rpartition(")")[2].split()
    # A zombie has ended; only its parent has not looked yet.
    return None if state in ("Z", "X") else fields[_START_FIELD - 1]
