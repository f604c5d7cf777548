"""Ctrl-C, SIGTERM and two nights at once: one sentence, exit code 130 or 2, nothing lost, nobody left behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from demo.county import load_county
from demo.server import CountyServer, Override
from tests.cli.conftest import NIGHT, Here, child, command, make_home, surroundings

pytestmark = pytest.mark.slow
ANSWER_SECONDS = 0.1
CRAWLED = ("weibo", "wechat", "toutiao")


@pytest.fixture(scope="module")
def slow_mirror() -> Iterator[CountyServer]:
    """The county behind a slow line, so that a night is still under way when it is stopped."""

    def slowly(_url: str) -> Override | None:
        time.sleep(ANSWER_SECONDS)
        return None

    county = load_county()
    with CountyServer(county, now=county.nights[-1]) as server:
        server.overrides = slowly
        yield server


@pytest.fixture(scope="module")
def fresh_home(slow_mirror: CountyServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The register imported, nothing seen."""
    return make_home(tmp_path_factory.mktemp("slow") / "home", slow_mirror.county, slow_mirror.url)


@pytest.fixture
def home(fresh_home: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(fresh_home, tmp_path / "home"))


def wait_for(happened: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it never came so far"
        time.sleep(0.05)


def begin(mirror: CountyServer, home: Path, *words: str, requests: int = 30) -> subprocess.Popen[bytes]:
    """A command that has already had that many answers."""
    begun = len(mirror.log)
    started = subprocess.Popen(
        command(*words, home=home, now=NIGHT),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=surroundings(),
        start_new_session=True,
    )
    wait_for(lambda: len(mirror.log) >= begun + requests)
    return started


def stop(started: subprocess.Popen[bytes], wish: signal.Signals) -> tuple[int, str]:
    """``(exit code, what it said)`` of a command asked to stop."""
    started.send_signal(wish)
    _, err = started.communicate(timeout=120)
    return started.returncode, err.decode()


def still_running(home: Path) -> list[str]:
    """Command lines of processes that serve this folder."""
    lines = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            except OSError:
                continue
            lines += [line] if str(home) in line and process.name != str(os.getpid()) else []
    return lines


@pytest.mark.parametrize(("word", "wish"), [("crawl", signal.SIGINT), ("nightly", signal.SIGTERM)])
def test_a_stopped_run_keeps_what_it_saw(
    word: str, wish: signal.Signals, home: Path, slow_mirror: CountyServer, here: Here
) -> None:
    code, said = stop(begin(slow_mirror, home, word), wish)
    assert (code, "Traceback" in said, said.strip().splitlines()[-1][:4]) == (130, False, "已停止；")
    assert said.count("已停止") == 1
    assert still_running(home) == []
    assert here("posts", "--json", home=home).json
    runs = here("status", "--json", home=home).json
    assert (
        {run["kind"]: run["exit_code"] for run in runs} == {"nightly": 130, "crawl": None}
        if word == "nightly"
        else {"crawl": None}
    ), "it will be gone on with"
    rows = here("coverage", "--json", home=home).json
    accounts = [row["account"] for row in here("accounts", "list", "--json", home=home).json]
    assert {row["account"] for row in rows} == {account for account in accounts if account.split(":")[0] in CRAWLED}
    assert "not_crawled" in {row["reason"] for row in rows if row["account"].startswith("weibo:")}


def test_a_night_after_a_stopped_one_is_whole(home: Path, slow_mirror: CountyServer, here: Here) -> None:
    code, _ = stop(begin(slow_mirror, home, "nightly"), signal.SIGINT)
    slow_mirror.overrides, slowly = {}, slow_mirror.overrides
    done = child("nightly", "--json", home=home, now=NIGHT)
    slow_mirror.overrides = slowly
    assert [run["kind"] for run in here("status", "--json", home=home).json].count("crawl") == 1
    seen = [row for row in done.json["coverage"] if row["account"].startswith("weibo:") and row["status"] == "complete"]
    posts = [post["post_id"] for post in here("posts", "--json", home=home).json]
    assert (code, done.code, len(seen) > 10, len(posts)) == (130, 3, True, len(set(posts)))


def test_a_second_night_at_the_same_time_is_refused(home: Path, slow_mirror: CountyServer) -> None:
    first = begin(slow_mirror, home, "nightly", requests=5)
    second = child("nightly", home=home, now=NIGHT)
    assert (second.code, second.out, len(second.err.strip().splitlines())) == (2, "", 1)
    assert "正在" in second.err or "进行" in second.err
    assert stop(first, signal.SIGINT)[0] == 130


def test_the_resident_scheduler_makes_up_a_missed_night_and_stops(home: Path, slow_mirror: CountyServer) -> None:
    started = begin(slow_mirror, home, "schedule")
    second = child("schedule", home=home, now=NIGHT)
    assert (second.code, "已有一个" in second.err) == (2, True)
    started.send_signal(signal.SIGINT)
    out, err = started.communicate(timeout=120)
    assert (started.returncode, b"Traceback" in err) == (130, False)
    assert "补做错过的每晚巡检" in out.decode()
    assert err.decode().count("已停止") == 1
    assert still_running(home) == []
