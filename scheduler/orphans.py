"""A crawl comes to an end (子进程): with the night that started it, or by itself when it takes too long.

Also when that night was killed and could not say so, and when what hangs, a browser above all, heeds no word.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from scheduler.processes import Family

# The night keeps the other end of the child's standard input; a kernel closes it however the night ends.
PARENT_VARIABLE = "XUNCHA_PARENT_ON_STDIN"
GRACE_SECONDS = 30.0
ASKED_TIMES = 2
# What is told to stop at the end of a crawl, as its browser is, has so long to do it.
LEAVING_SECONDS = 5.0
_PAUSE_SECONDS = 0.05


def end_with_parent() -> bool:
    """Whether a parent said that it is at the other end of standard input; it is then watched."""
    has_parent = bool(os.environ.pop(PARENT_VARIABLE, None))
    if has_parent:
        threading.Thread(target=_watch, name="parent", daemon=True).start()
    return has_parent


def end_after(seconds: float) -> None:
    """Give this process a hard time limit; what it has stored by then stays."""
    threading.Thread(target=_wait, args=(seconds,), name="time limit", daemon=True).start()


@contextmanager
def nothing_left_behind() -> Iterator[None]:
    """While work is under way whose processes, a hanging browser among them, must not outlive it."""
    family = Family(os.getpid())
    others = set(family.look())
    try:
        yield
    finally:
        ends_at = time.monotonic() + LEAVING_SECONDS
        while set(family.look()) - others and time.monotonic() < ends_at:
            time.sleep(_PAUSE_SECONDS)
        family.end_but(others)


def _watch() -> None:
    # Below Python's own buffer: its lock, held by a thread that waits, would break the interpreter's end.
    while os.read(sys.stdin.fileno(), 4096):
        pass
    _end()


def _wait(seconds: float) -> None:
    time.sleep(seconds)
    words = "采集超过 %.0f 分钟的时间上限（crawl.time_limit_minutes），正在停下；已看到的都已保存，再次运行会接着做。"
    logging.getLogger("xuncha").warning(words, seconds / 60)
    _end()


def _end() -> None:
    """Ask this process to stop, as a user would, and then end it with all that it started."""
    family = Family(os.getpid())
    for _ in range(ASKED_TIMES):
        family.look()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE_SECONDS)
    family.end()
    os.kill(os.getpid(), signal.SIGKILL)
