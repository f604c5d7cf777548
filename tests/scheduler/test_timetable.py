"""The timetable: days and hours of Shanghai, missed runs from the run table, one scheduler a folder."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from filelock import FileLock

from records import SHANGHAI
from scheduler import timetable
from scheduler.clock import Clock, parse_now
from scheduler.config import Config, ConfigError
from scheduler.sections import Schedule
from scheduler.workspace import Workspace

FRIDAY = datetime(2026, 11, 20, 12, 0, tzinfo=SHANGHAI)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def at(home: Path, now: datetime) -> Workspace:
    return Workspace(home, Config(), Clock(now))


def ran(space: Workspace, kind: str, started: datetime, exit_code: int) -> None:
    run = space.store.begin_run(kind, started, None)
    space.store.finish_run(run, started + timedelta(hours=1), exit_code, {})


def test_monday_means_monday() -> None:
    found = timetable.trigger("weekly", "mon 08:30").get_next_fire_time(None, FRIDAY)
    assert found == datetime(2026, 11, 23, 8, 30, tzinfo=SHANGHAI)


@pytest.mark.parametrize("day", DAYS)
def test_every_day_means_itself(day: str) -> None:
    found = timetable.trigger("weekly", f"{day} 00:05").get_next_fire_time(None, FRIDAY)
    assert found is not None and found.astimezone(SHANGHAI).weekday() == DAYS.index(day)


def test_an_hour_is_one_of_shanghai() -> None:
    found = timetable.trigger("nightly", "01:30").get_next_fire_time(None, datetime(2026, 11, 20, 17, 0, tzinfo=UTC))
    assert found == datetime(2026, 11, 20, 17, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "25:00", "8.30", "montag 08:30", "1 08:30", "mon", "08:60", "mon 08:30 x"])
def test_a_time_that_cannot_be_read_is_a_sentence(text: str) -> None:
    with pytest.raises(ConfigError, match="要写成 01:30 或 mon 08:30"):
        timetable.triggers(Schedule(weekly=text))


def test_the_last_due_moment_is_never_in_the_future() -> None:
    for hours in range(24 * 8):
        now = FRIDAY + timedelta(hours=hours)
        due = timetable.last_due("weekly", "mon 08:30", now)
        assert now - timedelta(days=7) < due <= now and due.astimezone(SHANGHAI).weekday() == 0


def test_what_never_ran_was_missed(tmp_path: Path) -> None:
    assert timetable.missed(at(tmp_path, FRIDAY)) == ["nightly", "weekly"]


def test_what_ran_since_it_was_due_was_not_missed(tmp_path: Path) -> None:
    space = at(tmp_path, FRIDAY)
    ran(space, "nightly", FRIDAY - timedelta(hours=10), 3)
    ran(space, "weekly", FRIDAY - timedelta(days=4), 0)
    assert timetable.missed(space) == []
    assert timetable.missed(at(tmp_path, FRIDAY + timedelta(days=1))) == ["nightly"]


@pytest.mark.parametrize("exit_code", [1, 2, 130])
def test_a_stopped_or_broken_run_is_made_up(exit_code: int, tmp_path: Path) -> None:
    space = at(tmp_path, FRIDAY)
    ran(space, "weekly", FRIDAY - timedelta(hours=1), 0)
    ran(space, "nightly", FRIDAY - timedelta(hours=1), exit_code)
    assert timetable.missed(space) == ["nightly"]


def test_a_shifted_clock_shifts_the_timetable() -> None:
    offset = 40 * 86400.0
    shifted = timetable.triggers(Schedule(), offset)["weekly"]
    found = shifted.get_next_fire_time(None, FRIDAY - timedelta(seconds=offset))
    assert found == datetime(2026, 11, 23, 8, 30, tzinfo=SHANGHAI) - timedelta(seconds=offset)
    again = shifted.get_next_fire_time(found, found + timedelta(seconds=1))
    assert again == found + timedelta(days=7)


def test_a_second_scheduler_in_a_folder_is_refused(tmp_path: Path) -> None:
    with FileLock(tmp_path / timetable.LOCK_FILE), pytest.raises(ConfigError, match="已有一个"):
        timetable.resident(at(tmp_path, FRIDAY), lambda _: None, lambda _: None)


def test_a_changed_timetable_holds_without_a_new_start(tmp_path: Path) -> None:
    (tmp_path / "xuncha.toml").write_text("", encoding="utf-8")
    said: list[str] = []
    running = timetable.plan(at(tmp_path, FRIDAY), lambda _: None, said.append)
    (tmp_path / "xuncha.toml").write_text("[schedule]\nnightly = '03:45'\n", encoding="utf-8")
    running.get_job("reread").func()
    clock = Clock(FRIDAY).offset_seconds
    found = running.get_job("nightly").trigger.get_next_fire_time(None, FRIDAY - timedelta(seconds=clock))
    in_its_clock = found + timedelta(seconds=clock)
    assert abs(in_its_clock - datetime(2026, 11, 21, 3, 45, tzinfo=SHANGHAI)) < timedelta(seconds=5)
    assert "03:45" in said[-1]


def test_a_timetable_made_unreadable_leaves_the_former(tmp_path: Path) -> None:
    (tmp_path / "xuncha.toml").write_text("[schedule]\nnightly = 'bald'\n", encoding="utf-8")
    said: list[str] = []
    running = timetable.plan(at(tmp_path, FRIDAY), lambda _: None, said.append)
    before = running.get_job("nightly").trigger
    running.get_job("reread").func()
    running.get_job("reread").func()
    assert running.get_job("nightly").trigger is before
    assert len(said) == 2 and "01:30 或 mon 08:30" in said[0] and "仍按原来的" in said[1]


@pytest.mark.parametrize("text", ["2026-11-20T08:00:00+08:00", "2026-11-20T00:00:00Z"])
def test_the_clock_starts_where_it_is_told_and_runs_on(text: str) -> None:
    start = parse_now(text)
    clock = Clock(start)
    first, second = clock.now(), clock.now()
    assert start <= first <= second < start + timedelta(minutes=1)
    assert first.tzinfo is UTC
