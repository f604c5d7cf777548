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
from scheduler.workspace import Workspace
from storage import search

LOCK_FILE = ".night.lock"
TERM_SECONDS = 30
INCOMPLETE = 3


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
        ConfigError: Another night is under way here.
    """
    judging.check_settings(workspace)
    lock = FileLock(workspace.home / LOCK_FILE)
    try:
        with lock.acquire(timeout=0):
            run_id = workspace.store.begin_run("nightly", workspace.clock.now(), workspace.mirror or None)
            night = _night(workspace, keep_raw, say)
            counts = {"links": len(night.links), "indexed": night.indexed, **night.counts}
            workspace.store.finish_run(run_id, workspace.clock.now(), night.exit_code, counts)
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
    command = [sys.executable, "-m", "cli", "--home", str(workspace.home), "--now", workspace.clock.now().isoformat()]
    command += ["crawl", "--json", *(["--keep-raw"] if keep_raw else [])]
    root = str(Path(__file__).resolve().parent.parent)
    environment = {**os.environ, "PYTHONPATH": root}
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
    if child.returncode not in (0, INCOMPLETE):
        return child.returncode, {"coverage": [], "stopped": "fault"}
    return child.returncode, json.loads(output)


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


def weekly(workspace: Workspace, period: Period | None = None) -> reporting.Written:
    """Inspect last week and write the draft of its bulletin."""
    judging.check_settings(workspace)
    period = period or last_week(workspace.clock.now())
    run_id = workspace.store.begin_run("weekly", workspace.clock.now(), workspace.mirror or None)
    judging.inspect(workspace, period)
    written = reporting.draft(workspace, "weekly", period)
    workspace.store.finish_run(run_id, workspace.clock.now(), 0, {"period": period_id(period)})
    return written
