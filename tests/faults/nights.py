"""Faults of the machine and the line around one night: each a function that says what went wrong, or ``None``."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
import tomllib
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

from demo.server import CountyServer, Override
from tests.cli.conftest import ROOT
from tests.faults.driver import ENDED, Ended, difference, end, family, fresh, rows_of, run, started
from tests.faults.kills import Undisturbed

CONTENT = ("posts", "texts", "links")
GONE: Override = (502, {"X-Mirror-Error": "refused"}, b"")
FORBIDDEN: Override = (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /\n")
WEIBO = "m.weibo.cn"
REASON = tomllib.loads((ROOT / "reports" / "reasons.toml").read_text(encoding="utf-8"))["robots"]


def robots_turned(server: CountyServer, prepared: Path, now: datetime, folder: Path) -> str | None:
    """After a good night the host forbids everything: it is asked for its rules only, and the reason is told."""
    home = fresh(prepared, folder)
    first, second = now - timedelta(days=1), now
    server.now = first
    if (done := run(home, first, "nightly", "--json")).code not in ENDED:
        return _told("the night before", done)
    server.now, server.overrides, begun = second, {f"https://{WEIBO}/robots.txt": FORBIDDEN}, len(server.log)
    try:
        done = run(home, second, "nightly", "--json")
    finally:
        server.overrides = {}
    asked = [one.url for one in server.log[begun:] if urlsplit(one.url).hostname == WEIBO]
    if (others := [url for url in asked if not url.endswith("/robots.txt")]) or done.code not in ENDED:
        return _told(f"{len(others)} requests besides robots.txt, such as {others[:1]}", done)
    seen = {row["reason"] for row in rows_of(home)["coverage"] if row["account"].startswith("weibo:")}
    written = run(home, second, "weekly", "--json")
    pages = "".join(path.read_text(encoding="utf-8") for path in (home / "reports").rglob("*.html"))
    shutil.rmtree(home)
    told = any(words in pages for words in (REASON["short"], REASON["words"]))
    if seen != {"robots"} or not told:
        return _told(f"coverage says {seen}; the report gives the reason: {told}", written)
    return None


def disk_full(server: CountyServer, whole: Undisturbed, seed: int, folder: Path) -> str | None:
    """A night that may write no file longer than a seeded length, and the same night with room again."""
    home = fresh(whole.home, folder)
    size = (home / "xuncha.db").stat().st_size
    limit = size + Random(seed).randrange(1, 3_000_000)
    full = run(home, whole.now, "nightly", "--json", limit_bytes=limit)
    if "Traceback" in full.err or full.code not in (*ENDED, 1, 2):
        return _told(f"seed {seed}, {limit} bytes", full)
    return _same_at_last(whole, home, f"seed {seed}, {limit} bytes")


def database_locked(server: CountyServer, whole: Undisturbed, seed: int, folder: Path) -> str | None:
    """A night during which another process holds the database for some seconds, at a seeded moment."""
    home = fresh(whole.home, folder)
    holder = threading.Thread(target=_hold, args=(home, Random(seed).random() * whole.seconds, 4.0))
    holder.start()
    done = run(home, whole.now, "nightly", "--json")
    holder.join()
    if done.code not in ENDED:
        return _told(f"seed {seed}", done)
    return _same_at_last(whole, home, f"seed {seed}")


def _hold(home: Path, after_seconds: float, seconds: float) -> None:
    time.sleep(after_seconds)
    with closing(sqlite3.connect(home / "xuncha.db", timeout=30, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        connection.execute("ROLLBACK")


def clock_jumped(server: CountyServer, whole: Undisturbed, seed: int, folder: Path) -> str | None:
    """A night cut off at a seeded moment and gone on with by another clock: nothing lost, nothing doubled."""
    home, random = fresh(whole.home, folder), Random(seed)
    jump = timedelta(hours=random.choice((-30, -3, 3, 7)))
    with started(home, whole.now, "nightly", "--json") as child:
        time.sleep(random.random() * whole.seconds)
        for process in family(child.pid):
            end(process)
    done = run(home, whole.now + jump, "nightly", "--json")
    if done.code not in ENDED:
        return _told(f"seed {seed}, clock {jump}", done)
    return _same_at_last(whole, home, f"seed {seed}, clock {jump}", CONTENT)


def network_gone(server: CountyServer, whole: Undisturbed, seed: int, folder: Path) -> str | None:
    """From a seeded request on nothing answers; the night accuses nobody more, and the next start makes up for it."""
    home, begun = fresh(whole.home, folder), len(server.log)
    limit = Random(seed).randrange(5, 120)
    server.overrides = _after(server, begun + limit)
    try:
        done = run(home, whole.now, "nightly", "--json")
    finally:
        server.overrides = {}
    if done.code not in ENDED:
        return _told(f"seed {seed}, after {limit} requests", done)
    known = {(row["account"], row["clause"]) for row in whole.rows["judgements"] if row["result"] == "breach"}
    more = [
        (row["account"], row["clause"])
        for row in rows_of(home)["judgements"]
        if row["result"] == "breach" and (row["account"], row["clause"]) not in known
    ]
    if more or any(row["state"] == "dead" for row in rows_of(home)["checks"] if row not in whole.rows["checks"]):
        return _told(f"seed {seed}, after {limit} requests: {more or 'a dead link'}", done)
    return _same_at_last(whole, home, f"seed {seed}, after {limit} requests", CONTENT)


def _after(server: CountyServer, requests: int) -> Callable[[str], Override | None]:
    return lambda _url: GONE if len(server.log) >= requests else None


def _same_at_last(whole: Undisturbed, home: Path, told: str, names: tuple[str, ...] = ()) -> str | None:
    """Whether one more start of the night leaves what an undisturbed one leaves."""
    done = run(home, whole.now + timedelta(minutes=5), "nightly", "--json")
    if done.code not in ENDED:
        return _told(told, done)
    rows, wanted = rows_of(home), whole.rows
    chosen = names or CONTENT
    left = difference({name: wanted[name] for name in chosen}, {name: rows[name] for name in chosen})
    shutil.rmtree(home)
    return f"{told}: {'; '.join(left)}" if left else None


def _told(words: str, done: Ended) -> str:
    return f"{words}: exit code {done.code}, {done.err[-400:]}"
