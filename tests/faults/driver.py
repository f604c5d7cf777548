"""A night of the made-up county run as a child process, and the rows it left behind."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from demo.county import load_county
from demo.server import CountyServer
from tests.cli.conftest import command, limit_files, make_home, surroundings

ENDED = (0, 3)
NIGHT_SECONDS = 600
NEVER = -99  # the code of a command that had to be ended
# What a run stamps anew and what numbers rows by the order of writing; all else must be the same.
_STAMPED = {
    "coverage": ("checked_at", "snapshot_id", "run_id", "id", "covered_to"),
    "posts": ("first_seen_at", "last_seen_at", "snapshot_id", "id", "account_id"),
    "profiles": ("first_seen_at", "last_seen_at", "snapshot_id", "id", "account_id", "shown"),
    "judgements": ("id", "evidence"),
    "findings": ("first_seen_at", "last_seen_at", "body"),
}
_LOOK = re.compile(r"\d{1,2}:\d{2}查看")
_QUERIES = {
    "posts": "SELECT p.*, a.platform || ':' || a.uid AS account FROM posts p JOIN accounts a ON a.id = p.account_id",
    "texts": "SELECT p.platform, p.post_id, t.text FROM texts t JOIN posts p ON p.id = t.post_id",
    "versions": "SELECT p.platform, p.post_id, v.text, v.digest FROM post_versions v JOIN posts p ON p.id = v.post_id",
    "links": "SELECT p.platform, p.post_id, l.url, l.target, l.text FROM links l JOIN posts p ON p.id = l.post_id",
    "profiles": "SELECT q.*, a.platform || ':' || a.uid AS account "
    "FROM profiles q JOIN accounts a ON a.id = q.account_id",
    "checks": "SELECT DISTINCT url, state FROM link_checks",
    "coverage": "SELECT c.*, a.platform || ':' || a.uid AS account, c.covered_to IS NULL AS open "
    "FROM coverage c JOIN accounts a ON a.id = c.account_id "
    "WHERE c.run_id = (SELECT max(id) FROM runs WHERE kind = 'crawl')",
    "judgements": "SELECT * FROM judgements",
    "findings": "SELECT *, json_extract(body, '$.summary') AS summary, json_extract(body, '$.clauses') AS clauses "
    "FROM findings",
}

Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Ended:
    """How a command came to its end."""

    code: int
    out: str
    err: str
    seconds: float


@contextmanager
def county_home(folder: Path, number: int = -1) -> Iterator[tuple[CountyServer, Path]]:
    """The county's server at its night ``number``, and a home with the register and nothing seen."""
    county = load_county()
    with CountyServer(county, now=county.nights[number]) as server:
        yield server, make_home(folder / "home", county, server.url)


def fresh(home: Path, to: Path) -> Path:
    """A copy of a prepared home."""
    return Path(shutil.copytree(home, to))


def run(home: Path, now: datetime, *words: str, limit_bytes: int | None = None, **environment: str) -> Ended:
    """A command until its end, in a process group of its own, ended with it if it takes too long."""
    begun = time.monotonic()
    with TemporaryFile() as out, TemporaryFile() as err:
        with started(home, now, *words, out=out, err=err, limit_bytes=limit_bytes, **environment) as child:
            try:
                code = child.wait(NIGHT_SECONDS)
            except subprocess.TimeoutExpired:
                code = NEVER
        seconds = time.monotonic() - begun
        return Ended(code, _text(out), _text(err), seconds)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")


@contextmanager
def started(
    home: Path,
    now: datetime,
    *words: str,
    out: IO[bytes] | int = subprocess.DEVNULL,
    err: IO[bytes] | int = subprocess.DEVNULL,
    limit_bytes: int | None = None,
    **environment: str,
) -> Iterator[subprocess.Popen[bytes]]:
    """A command under way; whatever of it is left afterwards is ended."""
    child = subprocess.Popen(
        command(*words, home=home, now=now),
        stdout=out,
        stderr=err,
        env=surroundings(**environment),
        cwd=home,
        start_new_session=True,
        preexec_fn=None if limit_bytes is None else lambda: limit_files(limit_bytes),
    )
    try:
        yield child
    finally:
        for process in family(child.pid):
            end(process)
        child.wait()


def family(process: int) -> list[int]:
    """A process and all that it started, itself first; those that lost their parent are not found."""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            parents[int(folder.name)] = int(stat.rpartition(")")[2].split()[1])
    found = [process]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def end(process: int) -> None:
    """``kill -9`` of a process that may be gone already."""
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return


def rows_of(home: Path) -> Rows:
    """What a home holds that must not depend on how often its night was cut off, in an order of its own."""
    with closing(sqlite3.connect(home / "xuncha.db")) as connection:
        connection.row_factory = sqlite3.Row
        return {name: _table(connection, name, query) for name, query in _QUERIES.items()}


def _table(connection: sqlite3.Connection, name: str, query: str) -> list[dict[str, Any]]:
    stamped = _STAMPED.get(name, ())
    rows = [
        {key: _timeless(key, row[key]) for key in row.keys() if key not in stamped} for row in connection.execute(query)
    ]
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True, default=str))


def _timeless(key: str, value: Any) -> Any:
    """The value without the time of day at which somebody looked: a night that is gone on with looks later."""
    if key in ("window_start", "window_end", "period_start", "period_end") and value is not None:
        return str(value)[:10]
    return _LOOK.sub("查看", value) if key == "summary" and value is not None else value


def difference(left: Rows, right: Rows) -> list[str]:
    """Where two homes differ, in words; nothing if they do not."""
    told = []
    for name in left:
        first, second = (
            [json.dumps(row, ensure_ascii=False, sort_keys=True) for row in side[name]] for side in (left, right)
        )
        only = [[row for row in one if row not in set(other)] for one, other in ((first, second), (second, first))]
        if first != second:
            example = " / ".join(rows[0][:300] for rows in only if rows)
            told.append(
                f"{name}: {len(first)} and {len(second)} rows, {len(only[0])} and {len(only[1])} differ: {example}"
            )
    return told
