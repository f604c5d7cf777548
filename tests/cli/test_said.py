"""The words of jobs, times, quotes, stops and long lists on the screen."""

from __future__ import annotations

import signal
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from analysis.periods import last_week
from cli import screen
from cli.groups.judging import print_inspection
from records import Finding, Judgement, Result, Severity, Verdict
from scheduler import timetable
from scheduler.judging import Inspection
from scheduler.sections import Schedule
from tests.cli.conftest import HEADS, ROWS, Here, command, surroundings, table
from tests.scheduler.archived import NIGHT, open_office

UNSEEN = Judgement(
    subject="account",
    unit="云岭县公安局",
    clause="ZZ-4-2",
    check="update_frequency",
    result=Result.UNKNOWN,
    account="weibo:1",
    reason="error",
    summary="没有看到平安云岭",
)
DOUBT = replace(UNSEEN, subject="source", account=None, reason="source_silent", summary="微博的账号同时没有新内容")
FOUND = Finding(
    id="f" * 12,
    check="source_silent",
    cause="weibo",
    clauses=(),
    severity=Severity.HINT,
    subject="source",
    account=None,
    candidate=None,
    unit="云岭县人民政府办公室",
    period=last_week(NIGHT),
    summary="微博的账号同时没有新内容",
    evidence=(),
    verdict=Verdict.PENDING,
    repeats=0,
    first_seen_at=NIGHT,
    last_seen_at=NIGHT,
    due_on=None,
)


def shown(tmp_path: Path, capsys: pytest.CaptureFixture[str], *unknown: Judgement) -> str:
    """What a night prints of these judgements, with one finding about a source."""
    space = open_office(tmp_path).workspace
    print_inspection(space, Inspection(last_week(NIGHT), list(unknown), [FOUND]))
    return capsys.readouterr().out


def test_a_long_list_with_one_reason_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = replace(UNSEEN, reason="robots", summary="站点不允许")
    said = shown(tmp_path, capsys, *[UNSEEN] * 24, other)
    assert "未能核查 25 项，其中 24 项都因为：没有连上" in said and "uv run xuncha --home " in said
    assert "没有看到平安云岭" not in said and "站点不允许" in said


@pytest.mark.parametrize(("n_same", "n_other"), [(20, 0), (20, 5)])
def test_a_short_or_mixed_list_is_a_table(
    n_same: int, n_other: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = shown(tmp_path, capsys, *[UNSEEN] * n_same, *[replace(UNSEEN, reason="robots")] * n_other)
    assert "没有看到平安云岭" in said and "详见：" not in said


def test_a_finding_about_a_source_is_told_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(tmp_path, capsys, DOUBT, UNSEEN).count("微博的账号同时没有新内容") == 1


def test_marks_within_a_quote_are_inner_ones() -> None:
    assert screen.quoted("“两微一端”等，‘僵尸’") == "“‘两微一端’等，“僵尸””"


@pytest.mark.parametrize(
    ("key", "text", "words"),
    [
        ("nightly", "1:30", "每晚 01:30"),
        ("weekly", "mon 08:30", "每周一 08:30"),
        ("weekly", "sun 08:30", "每周日 08:30"),
        ("weekly", "08:30", "每天 08:30"),
    ],
)
def test_a_time_is_told_in_chinese(key: str, text: str, words: str) -> None:
    assert timetable.time_words(key, text) == words
    assert "mon" not in timetable.schedule_words(Schedule())


def test_runs_are_called_by_their_chinese_names(tmp_path: Path, here: Here) -> None:
    store = open_office(tmp_path).workspace.store
    for kind in ("nightly", "crawl", "links", "replay", "weekly", "posts", "crawl-part"):
        store.finish_run(store.begin_run(kind, NIGHT, None), NIGHT + timedelta(hours=1), 0, {})
    said = here("status", home=tmp_path).out
    assert all(words in said for words in ("每晚巡检", "采集", "链接检测", "重读存档", "每周通报", "核对报送链接"))
    assert "crawl-part" not in said and here("status", "--json", home=tmp_path).json[0]["kind"] == "crawl-part"


def test_a_timetable_for_nobody_is_refused(home: Path, here: Here) -> None:
    done = here("schedule", home=home)
    assert (done.code, done.out) == (2, "")
    assert "名录是空的" in done.err


def test_what_is_not_gone_on_with_does_not_say_so(home: Path, tmp_path: Path, here: Here) -> None:
    here("accounts", "import", table(tmp_path / "a.csv", [HEADS, *ROWS]), home=home)
    started = subprocess.Popen(
        command("links", "check", "-", home=home),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=surroundings(),
    )
    assert started.stdin is not None
    started.stdin.write(b"\n" * 1_000_000)  # more than a pipe holds: it is being read
    started.send_signal(signal.SIGTERM)
    _, err = started.communicate(timeout=60)
    assert (started.returncode, err.decode().strip()) == (130, "已停止；结果没有保存，重新运行会从头检查。")
