"""A command that hangs is ended with all that it started, also what hangs and has a session of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from crawler.browser import NO_BROWSER, find_chromium
from scheduler.children import end_family

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="这个系统没有 /proc")

# A process in a session of its own, as a browser is; its number is told.
STARTS = """
import os, signal, subprocess, sys, time
def start(code):
    print(subprocess.Popen([sys.executable, "-c", code], start_new_session=True).pid, flush=True)
"""
STOPPED = "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
# As our commands do: a second wish does not break off what the first began.
HEEDS = """
def stop(*_):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(130)
signal.signal(signal.SIGTERM, stop)
"""
HANGS = f"{STARTS}\nstart({STOPPED!r})\n"
# One of its own, whose child has ended and left one behind, which it tells.
LEFT = """
import subprocess, sys, time
sleeps = [sys.executable, "-c", "import time; time.sleep(600)"]
between = f"import subprocess; print(subprocess.Popen({sleeps!r}).pid, flush=True)"
subprocess.run([sys.executable, "-c", between])
time.sleep(600)
"""
BROWSER = """
import asyncio
from playwright.async_api import async_playwright
from crawler.browser import find_chromium, launch_arguments
async def main():
    driver = await async_playwright().start()
    await driver.chromium.launch(executable_path=find_chromium(), args=launch_arguments(), handle_sigterm=False)
    print(0, flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""


@contextmanager
def program(code: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A program in a session of its own, and the process number that it told first; all ended afterwards."""
    call = [sys.executable, "-c", code]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = subprocess.Popen(
        call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment,
        start_new_session=True,
    )  # fmt: skip
    assert running.stdout is not None and running.stdin is not None
    number = int(running.stdout.readline())
    try:
        yield running, number
    finally:
        for process in (number, running.pid):
            with suppress(ProcessLookupError):
                os.kill(process or running.pid, signal.SIGKILL)
        running.stdin.close()
        running.stdout.close()
        running.wait()


def state(number: int) -> str:
    """What a process is at: ``T`` stopped, ``S`` asleep, …; ``""`` for one that has ended."""
    try:
        found = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return "" if found == "Z" else found


def wait_for(happened: Callable[[], bool], seconds: float = 30) -> None:
    """Returns once it has happened."""
    ends_at = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < ends_at, "it never happened"
        time.sleep(0.02)


def hung(number: int) -> Callable[[], bool]:
    """Whether the process hangs by now."""
    return lambda: state(number) == "T"


def below(parent: int) -> list[int]:
    """All that a process started, by their parents."""
    found = [parent]
    for one in found:
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            found += [int(number) for number in children.read_text().split()]
    return found[1:]


@pytest.mark.parametrize("heeds", [True, False], ids=["one that heeds", "one that does not"])
def test_a_hanging_session_is_ended_with_the_child_that_began_it(heeds: bool) -> None:
    with program(f"{'' if heeds else DEAF}{HANGS}time.sleep(600)") as (child, hanging):
        wait_for(hung(hanging))
        end_family(child, patience_seconds=10 if heeds else 0.2)
        assert (state(hanging), child.returncode) == ("", -signal.SIGTERM if heeds else -signal.SIGKILL)


def test_a_child_that_hangs_itself_is_ended() -> None:
    with program(f"{HANGS}{STOPPED}") as (child, hanging):
        wait_for(hung(child.pid))
        wait_for(hung(hanging))
        end_family(child, patience_seconds=0.2)
        assert (state(hanging), child.returncode) == ("", -signal.SIGKILL)


def test_who_lost_its_parent_in_such_a_session_is_ended_too() -> None:
    code = f"{STARTS}subprocess.Popen([sys.executable, '-c', {LEFT!r}], start_new_session=True)\ntime.sleep(600)"
    with program(code) as (child, left):
        wait_for(lambda: left not in below(child.pid))
        end_family(child, patience_seconds=10)
        assert state(left) == ""


def test_nobody_else_is_touched() -> None:
    with program(f"{STARTS}print(0, flush=True); time.sleep(600)") as (bystander, _), program(HANGS) as (child, _):
        end_family(child, patience_seconds=10)
        assert state(bystander.pid) == "S"


@pytest.mark.parametrize("heeds", [True, False], ids=["one that heeds", "one that does not"])
def test_a_crawl_whose_night_was_killed_ends_with_what_hangs_in_it(heeds: bool) -> None:
    ends = HEEDS if heeds else DEAF
    begins = "from scheduler import orphans; import os; orphans.GRACE_SECONDS = orphans.LEAVING_SECONDS = 0.2"
    watched = "os.environ[orphans.PARENT_VARIABLE] = '1'; orphans.end_with_parent()"
    work = "with orphans.nothing_left_behind():\n    start(HANGS)\n    time.sleep(600)"
    with program(f"{STARTS}HANGS = {STOPPED!r}\n{begins}\n{ends}\n{watched}\n{work}") as (crawl, hanging):
        wait_for(hung(hanging))
        assert crawl.stdin is not None
        crawl.stdin.close()
        assert crawl.wait(30) == (130 if heeds else -signal.SIGKILL)
        assert state(hanging) == ""


@pytest.mark.parametrize("heeds", [True, False], ids=["one that heeds", "one that does not"])
def test_a_crawl_by_hand_ends_at_its_time_limit_with_what_hangs_in_it(heeds: bool) -> None:
    ends = HEEDS if heeds else DEAF
    begins = "from scheduler import orphans; orphans.GRACE_SECONDS = orphans.LEAVING_SECONDS = 0.2"
    work = "with orphans.nothing_left_behind():\n    start(HANGS)\n    orphans.end_after(0.5)\n    time.sleep(600)"
    with program(f"{STARTS}HANGS = {STOPPED!r}\n{begins}\n{ends}\n{work}") as (crawl, hanging):
        assert crawl.wait(30) == (130 if heeds else -signal.SIGKILL)
        assert state(hanging) == ""


def test_a_crawl_that_ends_well_leaves_nothing_that_hangs_and_spares_what_was_there() -> None:
    work = "start(HANGS)\nwith orphans.nothing_left_behind():\n    start(HANGS)"
    begins = "from scheduler import orphans; orphans.LEAVING_SECONDS = 0.2"
    with program(f"{STARTS}HANGS = {STOPPED!r}\n{begins}\n{work}") as (crawl, earlier):
        assert crawl.stdout is not None
        later = int(crawl.stdout.readline())
        assert crawl.wait(30) == 0
        assert (state(earlier) != "", state(later)) == (True, "")


@pytest.mark.browser
@pytest.mark.skipif(find_chromium() is None, reason=NO_BROWSER)
def test_a_hanging_chromium_is_ended() -> None:
    with program(BROWSER) as (child, _):
        family = below(child.pid)
        try:
            for process in family:
                os.kill(process, signal.SIGSTOP)
            end_family(child, patience_seconds=5)
            assert (len(family) > 2, [process for process in family if state(process)]) == (True, [])
        finally:
            for process in filter(state, family):
                os.kill(process, signal.SIGKILL)
