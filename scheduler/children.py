"""Our own commands as child processes (子进程): a session of their own, a hard time limit, and no orphans."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from scheduler import crawl_runs
from scheduler.orphans import PARENT_VARIABLE
from scheduler.processes import Family
from scheduler.runs import DONE, FAULT, INCOMPLETE, STOPPED
from scheduler.targets import count_due
from scheduler.workspace import Workspace
from storage.jobs import Jobs
from storage.queries import runs

TERM_SECONDS = 30
ASKED_TIMES = 2
# A crawl that broke, or that nobody answered, is started again so many times in a night.
MOST_STARTS = 4
# Our own network may come back: an hour in all.
OUTAGE_SECONDS = 20 * 60.0
# What a sweep has asked at the end of its time is still answered and stored.
SWEEP_GRACE_SECONDS = 300.0


@dataclass
class Crawled:
    """What the crawl of a night did. ``left`` accounts are still to be asked where it was ``stopped`` from outside."""

    exit_code: int
    told: dict[str, Any] = field(default_factory=lambda: {"coverage": []})
    left: int = 0
    stopped: bool = False


def crawl_to_the_end(workspace: Workspace, *, keep_raw: bool, say: Callable[[str], None]) -> Crawled:
    """Crawl as a child process, started again while accounts are left, so that nothing is judged on half a night.

    After the last start, or the time limit, what is left is given up for tonight and its reason recorded.
    """
    options = ["--keep-raw"] if keep_raw else []
    ends_at = time.monotonic() + workspace.config.crawl.time_limit_minutes * 60
    before = _newest(workspace)
    left = _left(workspace, before)
    if left:
        say(f"接着上次没有做完的一晚，还剩 {left} 个账号。")
    for start in range(1, MOST_STARTS + 1):
        crawled = crawl_child(workspace, max(ends_at - time.monotonic(), 0.0), *options)
        run = _newest(workspace)
        # A child that was killed before it had begun a run leaves the one before as the newest: nothing was seen.
        if run is not None and run.finished_at is not None and run != before:
            return crawled
        crawled.left = _left(workspace, run) or sum(count_due(workspace).values())
        if crawled.stopped:
            return crawled
        if start == MOST_STARTS or time.monotonic() >= ends_at:
            break
        if "left" in crawled.told:
            _wait_for_network(workspace, crawled.left, ends_at, say)
        say(f"接着采集剩下的 {crawled.left} 个账号。")
    if run is not None and run.finished_at is None:
        crawl_runs.give_up(workspace, run.id)
        return Crawled(crawled.exit_code, crawled.told)
    return crawled


def _newest(workspace: Workspace) -> Row[*tuple[Any, ...]] | None:
    return runs.last_run(workspace.engine, (crawl_runs.WHOLE,), unfinished=True)


def _left(workspace: Workspace, run: Row[*tuple[Any, ...]] | None) -> int:
    """Accounts that an unfinished run still has to ask."""
    return 0 if run is None or run.finished_at is not None else Jobs(workspace.engine, "").n_open(run.id)


def _wait_for_network(workspace: Workspace, left: int, ends_at: float, say: Callable[[str], None]) -> None:
    """Give what did not answer time to come back; a mirror has none to wait for."""
    seconds = 0.0 if workspace.mirror else min(OUTAGE_SECONDS, max(ends_at - time.monotonic(), 0.0))
    if seconds:
        say(f"平台连不上（可能是本机网络断了），还剩 {left} 个账号；{seconds / 60:.0f} 分钟后再试。")
        time.sleep(seconds)


def crawl_accounts(workspace: Workspace, references: Sequence[str]) -> None:
    """Crawl some accounts by themselves; none is no crawl."""
    if references:
        words = [word for reference in references for word in ("--account", reference)]
        crawl_child(workspace, workspace.config.crawl.time_limit_minutes * 60, *words)


def crawl_child(workspace: Workspace, limit_seconds: float, *options: str) -> Crawled:
    """Run the crawl as a child process in a session of its own; a hanging one is ended with all it started."""
    return _run_child(workspace, limit_seconds, "crawl", *options)


def sweep_to_the_end(workspace: Workspace) -> Crawled:
    """Run the sweep as a child process; what it tells is its JSON, and nothing where it was ended or broke.

    One that something killed is started again, and goes on with what was not searched, in the time that is left.
    """
    ends_at = time.monotonic() + workspace.config.sweep.time_limit_minutes * 60
    for _ in range(MOST_STARTS):
        left_seconds = max(ends_at - time.monotonic(), 0.0)
        swept = _run_child(workspace, left_seconds + SWEEP_GRACE_SECONDS, "sweep")
        if swept.told.get("stopped") != "stopped" or swept.stopped or time.monotonic() >= ends_at:
            break
    return swept


def _run_child(workspace: Workspace, limit_seconds: float, word: str, *options: str) -> Crawled:
    command, environment = own_command(workspace, word, "--json", *options)
    child = subprocess.Popen(  # noqa: S603 (our own command line)
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        env={**environment, PARENT_VARIABLE: "1"},
        cwd=workspace.home,
    )
    try:
        # Standard input stays open as long as we live; closed, it tells the child that we do not.
        output = _read_within(child, limit_seconds)
    except subprocess.TimeoutExpired:
        end_family(child)
        return Crawled(INCOMPLETE, {"coverage": [], "stopped": "time_limit"})
    except BaseException:
        end_family(child)
        raise
    if child.returncode in (DONE, INCOMPLETE):
        return Crawled(child.returncode, json.loads(output))
    # Its own code says nothing to our caller: ended from outside it is incomplete, else it broke.
    code = INCOMPLETE if child.returncode == STOPPED or child.returncode < 0 else FAULT
    told: dict[str, Any] = {"coverage": [], "stopped": "stopped" if code == INCOMPLETE else "fault"}
    return Crawled(code, told, stopped=child.returncode == STOPPED)


def _read_within(child: subprocess.Popen[bytes], seconds: float) -> bytes:
    parent_end, child.stdin = child.stdin, None  # or communicate() would close it
    if parent_end is None:
        raise ValueError("a child whose standard input is not ours")
    with parent_end:
        output, _ = child.communicate(timeout=seconds)
    return output


def own_command(workspace: Workspace, *words: str) -> tuple[list[str], dict[str, str]]:
    """``(command, environment)`` of one of our commands as a child process, with the clock of this run."""
    command = [sys.executable, "-m", "cli", "--home", str(workspace.home)]
    if workspace.clock.offset_seconds:
        command += ["--now", workspace.clock.now().isoformat()]
    root = str(Path(__file__).resolve().parent.parent)
    return [*command, *words], {**os.environ, "PYTHONPATH": root}


def end_family(child: subprocess.Popen[bytes], patience_seconds: float = TERM_SECONDS) -> None:
    """Ask the child and its group to stop, twice; then end whatever it started and is still there."""
    family = Family(child.pid)
    for _ in range(ASKED_TIMES):
        family.look()
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            child.wait(patience_seconds)
            break
    family.end()
    child.wait()


def end_child(child: subprocess.Popen[bytes]) -> None:
    """Ask a child that ends its own children to stop, and wait until it has."""
    child.terminate()
    try:
        child.wait(4 * TERM_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
