"""The resident scheduler (定时运行): nightly and weekly in Asia/Shanghai, catching up on what was missed.

Triggers are made anew from ``xuncha.toml`` at each start and whenever it has changed; missed runs are
found in the run table, so nothing is pickled. Days are named (``mon``): in a crontab
number Monday would come out as Tuesday here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from filelock import FileLock, Timeout

from records import SHANGHAI
from scheduler.config import ConfigError, load_config
from scheduler.sections import Schedule
from scheduler.workspace import Workspace
from storage.queries.runs import last_started

LOCK_FILE = ".schedule.lock"
REREAD_SECONDS = 30
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_WORDS = dict(zip(_DAYS, "一二三四五六日", strict=True))
JOB_WORDS = {"nightly": "每晚巡检（nightly）", "weekly": "每周通报（weekly）"}
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


def time_words(key: str, text: str) -> str:
    """When a job runs, in Chinese: ``每晚 01:30``, ``每周一 08:30``.

    Raises:
        ConfigError: The time cannot be read.
    """
    day, hour, minute = parse_time(key, text)
    often = f"每周{_DAY_WORDS[day]}" if day is not None else "每晚" if key == "nightly" else "每天"
    return f"{often} {hour:02}:{minute:02}"


def schedule_words(schedule: Schedule) -> str:
    """The whole timetable in Chinese, by the clock of Beijing."""
    times = {"nightly": schedule.nightly, "weekly": schedule.weekly}
    return "，".join(f"{time_words(job, text)} {JOB_WORDS[job]}" for job, text in times.items()) + "（北京时间）"


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


class Shifted(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """A trigger by the clock of this run: the scheduler itself only knows the machine's."""

    def __init__(self, inner: CronTrigger, offset_seconds: float) -> None:
        self.inner, self.offset = inner, timedelta(seconds=offset_seconds)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """The next moment after ``now``, both by the machine's clock."""
        before = previous_fire_time + self.offset if previous_fire_time is not None else None
        found: datetime | None = self.inner.get_next_fire_time(before, now + self.offset)
        return None if found is None else found - self.offset


def triggers(schedule: Schedule, offset_seconds: float = 0.0) -> dict[str, Shifted]:
    """When each job runs.

    Raises:
        ConfigError: A time cannot be read.
    """
    times = {"nightly": schedule.nightly, "weekly": schedule.weekly}
    return {job: Shifted(trigger(job, text), offset_seconds) for job, text in times.items()}


def resident(workspace: Workspace, run: Callable[[str], None], say: Callable[[str], None]) -> None:
    """Stay and call ``run("nightly")`` and ``run("weekly")`` when due, missed ones first; ends with Ctrl-C.

    Raises:
        ConfigError: The timetable cannot be read, or another scheduler serves this folder.
    """
    scheduler = plan(workspace, run, say)
    try:
        with FileLock(workspace.home / LOCK_FILE).acquire(timeout=0):
            for job in missed(workspace):
                say(f"补做错过的{JOB_WORDS[job]}。")
                run(job)
            scheduler.start()
    except Timeout as error:
        raise ConfigError("这个工作文件夹已有一个定时程序在运行。") from error


def plan(workspace: Workspace, run: Callable[[str], None], say: Callable[[str], None]) -> BlockingScheduler:
    """A scheduler, not yet started, that calls ``run`` for each job when due and looks for a changed timetable."""
    executors = {"default": ThreadPoolExecutor(1), "reread": ThreadPoolExecutor(1)}
    scheduler = BlockingScheduler(timezone=SHANGHAI, executors=executors)
    for job, when in triggers(workspace.config.schedule, workspace.clock.offset_seconds).items():
        scheduler.add_job(run, when, args=[job], id=job, coalesce=True, misfire_grace_time=6 * 3600)
    reread = _Reread(workspace, scheduler, say)
    scheduler.add_job(reread, "interval", seconds=REREAD_SECONDS, id="reread", coalesce=True, executor="reread")
    return scheduler


class _Reread:
    """Looks at ``xuncha.toml`` now and then, so that a changed timetable holds without a new start."""

    def __init__(self, workspace: Workspace, scheduler: BlockingScheduler, say: Callable[[str], None]) -> None:
        self._home, self._offset = workspace.home, workspace.clock.offset_seconds
        self._scheduler, self._say = scheduler, say
        self._known = workspace.config.schedule
        self._wrong = ""

    def __call__(self) -> None:
        try:
            found = load_config(self._home).schedule
            planned = triggers(found, self._offset)
        except ConfigError as error:
            if str(error) != self._wrong:
                self._say(str(error))
                self._say("时间安排仍按原来的。")
            self._wrong = str(error)
            return
        self._wrong = ""
        if found != self._known:
            self._known = found
            for job, when in planned.items():
                self._scheduler.reschedule_job(job, trigger=when)
            self._say(f"时间安排已改：{schedule_words(found)}。")
