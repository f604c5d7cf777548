"""The jobs nightly() and weekly(): the same steps as by hand, the crawl in a child process with a time limit."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from analysis.periods import last_week, period_id
from records import LinkCheck, Period
from scheduler import judging, linking, reporting, words
from scheduler.config import ConfigError
from scheduler.runs import DONE, FAULT, INCOMPLETE, STOPPED, recorded
from scheduler.workspace import Workspace
from storage import search
from storage.queries import accounts

LOCK_FILE = ".night.lock"
TERM_SECONDS = 30


@dataclass
class Night:
    """What one night did."""

    exit_code: int
    crawl: dict[str, Any]
    links: list[LinkCheck] = field(default_factory=list)
    inspection: judging.Inspection | None = None
    indexed: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """Number of judgements by result."""
        return self.inspection.counts if self.inspection else {}


def nightly(workspace: Workspace, *, keep_raw: bool = False, say: Callable[[str], None] = lambda _: None) -> Night:
    """Crawl, check links, index and inspect; one at a time in a home folder.

    Raises:
        ConfigError: Another night is under way here, or nobody is registered.
    """
    if not accounts.accounts(workspace.engine):
        raise ConfigError("名录是空的；请先运行 xuncha accounts import 名录.xlsx。")
    lock = FileLock(workspace.home / LOCK_FILE)
    try:
        with lock.acquire(timeout=0):
            with recorded(workspace, "nightly") as ended:
                night = _night(workspace, keep_raw, say)
                ended.exit_code = night.exit_code
                ended.counts = {"links": len(night.links), "indexed": night.indexed, **night.counts}
            return night
    except Timeout as error:
        raise ConfigError("这个工作文件夹里已有一次巡检在进行，请等它结束后再试。") from error


def _night(workspace: Workspace, keep_raw: bool, say: Callable[[str], None]) -> Night:
    say("一、采集账号公开页面")
    code, crawled = crawl_child(workspace, keep_raw=keep_raw)
    say("二、检查推文里的链接")
    checks = linking.links(workspace)
    indexed = index(workspace)
    say("三、按条款判定")
    found = judging.inspect(workspace, last_week(workspace.clock.now()))
    return Night(code, crawled, checks, found, indexed)


def index(workspace: Workspace) -> int:
    """Bring the full-text index up to the stored posts (SQLite only)."""
    path = workspace.engine.url.database
    if workspace.engine.dialect.name != "sqlite" or path is None:
        return 0
    return search.index_posts(Path(path), words.cut)


def crawl_child(workspace: Workspace, *, keep_raw: bool = False) -> tuple[int, dict[str, Any]]:
    """Run the crawl as a child process in a session of its own; a hanging one is ended with all it started."""
    command, environment = own_command(workspace, "crawl", "--json", *(["--keep-raw"] if keep_raw else []))
    child = subprocess.Popen(  # noqa: S603 (our own command line)
        command, stdout=subprocess.PIPE, start_new_session=True, env=environment, cwd=workspace.home
    )
    try:
        output, _ = child.communicate(timeout=workspace.config.crawl.time_limit_minutes * 60)
    except subprocess.TimeoutExpired:
        end_group(child)
        return INCOMPLETE, {"coverage": [], "stopped": "time_limit"}
    except BaseException:
        end_group(child)
        raise
    if child.returncode not in (DONE, INCOMPLETE):
        # Its own code says nothing to our caller: ended from outside it is incomplete, else it broke.
        code = INCOMPLETE if child.returncode == STOPPED or child.returncode < 0 else FAULT
        return code, {"coverage": [], "stopped": "stopped" if code == INCOMPLETE else "fault"}
    return child.returncode, json.loads(output)


def own_command(workspace: Workspace, *words: str) -> tuple[list[str], dict[str, str]]:
    """``(command, environment)`` of one of our commands as a child process, with the clock of this run."""
    command = [sys.executable, "-m", "cli", "--home", str(workspace.home)]
    if workspace.clock.offset_seconds:
        command += ["--now", workspace.clock.now().isoformat()]
    root = str(Path(__file__).resolve().parent.parent)
    return [*command, *words], {**os.environ, "PYTHONPATH": root}


def end_group(child: subprocess.Popen[bytes]) -> None:
    """Ask the child and all it started to stop, then make them."""
    for wish in (signal.SIGTERM, signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(child.pid, wish)
            child.wait(TERM_SECONDS)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def end_child(child: subprocess.Popen[bytes]) -> None:
    """Ask a child that ends its own children to stop, and wait until it has."""
    child.terminate()
    try:
        child.wait(4 * TERM_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def weekly(workspace: Workspace, period: Period | None = None) -> reporting.Written:
    """Inspect last week and write the draft of its bulletin."""
    period = period or last_week(workspace.clock.now())
    with recorded(workspace, "weekly") as ended:
        judging.inspect(workspace, period)
        written = reporting.draft(workspace, "weekly", period)
        ended.exit_code, ended.counts = DONE, {"period": period_id(period)}
    return written
