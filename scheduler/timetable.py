"""The resident scheduler (定时运行): nightly and weekly in Asia/Shanghai, catching up on what was missed.

Triggers are made anew from ``xuncha.toml`` at each start and missed runs are found in the run table,
so nothing is pickled and a changed timetable holds at once. Days are named (``mon``): in a crontab
number Monday would come out as Tuesday here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger
from filelock import FileLock, Timeout

from records import SHANGHAI
from scheduler.config import ConfigError
from scheduler.workspace import Workspace
from storage.queries.runs import last_started

LOCK_FILE = ".schedule.lock"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(r"(?:(mon|tue|wed|thu|fri|sat|sun)\s+)?([01]?\d|2[0-3]):([0-5]\d)")


def parse_time(key: str, text: str) -> tuple[str | None, int, int]:
    """``(day or None, hour, minute)`` of ``01:30`` or ``mon 08:30``.

    Raises:
        ConfigError: It is neither.
    """
    found = _TIME.fullmatch(text.strip().lower())
    if found is None:
        raise ConfigError(f"xuncha.toml：schedule.{key} 要写成 01:30 或 mon 08:30，现在是“{text}”。")
    return found[1], int(found[2]), int(found[3])


def trigger(key: str, text: str) -> CronTrigger:
    """When a job runs."""
    day, hour, minute = parse_time(key, text)
    return CronTrigger(day_of_week=day or "*", hour=hour, minute=minute, timezone=SHANGHAI)


def last_due(key: str, text: str, now: datetime) -> datetime:
    """The latest moment at or before ``now`` at which the job should have run."""
    day, hour, minute = parse_time(key, text)
    moment = now.astimezone(SHANGHAI).replace(hour=hour, minute=minute, second=0, microsecond=0)
    while moment > now or (day is not None and _DAYS[moment.weekday()] != day):
        moment -= timedelta(days=1)
    return moment


def missed(workspace: Workspace) -> list[str]:
    """Jobs whose last due time has passed without a run, in the order they should be made up."""
    now, schedule = workspace.clock.now(), workspace.config.schedule
    found = []
    for job, text in (("nightly", schedule.nightly), ("weekly", schedule.weekly)):
        started = last_started(workspace.engine, job)
        if started is None or started < last_due(job, text, now):
            found.append(job)
    return found


def resident(workspace: Workspace, run: Callable[[str], None]) -> None:
    """Stay and call ``run("nightly")`` and ``run("weekly")`` when due, missed ones first; ends with Ctrl-C.

    Raises:
        ConfigError: The timetable cannot be read, or another scheduler serves this folder.
    """
    schedule = workspace.config.schedule
    triggers = {"nightly": trigger("nightly", schedule.nightly), "weekly": trigger("weekly", schedule.weekly)}
    try:
        with FileLock(workspace.home / LOCK_FILE).acquire(timeout=0):
            for job in missed(workspace):
                run(job)
            scheduler = BlockingScheduler(timezone=SHANGHAI)
            for job, when in triggers.items():
                scheduler.add_job(run, when, args=[job], coalesce=True, max_instances=1, misfire_grace_time=6 * 3600)
            scheduler.start()
    except Timeout as error:
        raise ConfigError("这个工作文件夹已有一个定时程序在运行。") from error
