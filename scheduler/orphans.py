"""A crawl ends with the night that started it (子进程): also when that one was killed and could not say so."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

# The night keeps the other end of the child's standard input; a kernel closes it however the night ends.
PARENT_VARIABLE = "XUNCHA_PARENT_ON_STDIN"
GRACE_SECONDS = 30.0


def end_with_parent() -> None:
    """Start watching the parent, if it said that it is at the other end of standard input."""
    if os.environ.pop(PARENT_VARIABLE, None):
        threading.Thread(target=_watch, name="parent", daemon=True).start()


def _watch() -> None:
    # Below Python's own buffer: its lock, held by a thread that waits, would break the interpreter's end.
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    # What hangs, a browser above all, is in our own group and goes with us.
    os.killpg(os.getpgid(0), signal.SIGKILL)
