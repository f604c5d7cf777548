"""Asyncio work that a person can stop (停止): Ctrl-C is taken in by the loop, never inside a callback of a library."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
_WISHES = (signal.SIGINT, signal.SIGTERM)


def run_stoppable(work: Coroutine[Any, Any, T]) -> T:
    """What the work returns.

    A library in C that calls us back would swallow the KeyboardInterrupt that is raised there.

    Raises:
        KeyboardInterrupt: A person stopped it; the work was cancelled and has tidied up.
    """
    # libcurl's sockets need a selector loop, which is not Windows' own.
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        return runner.run(_watched(work))


async def _watched(work: Coroutine[Any, Any, T]) -> T:
    task, loop, stopped = asyncio.ensure_future(work), asyncio.get_running_loop(), asyncio.Event()

    def stop() -> None:
        stopped.set()
        task.cancel()

    former = {}
    if threading.current_thread() is threading.main_thread() and sys.platform != "win32":
        former = {wish: signal.getsignal(wish) for wish in _WISHES}
        for wish in _WISHES:
            loop.add_signal_handler(wish, stop)
    try:
        return await task
    except asyncio.CancelledError:
        if stopped.is_set():
            raise KeyboardInterrupt from None
        raise
    finally:
        for wish, handler in former.items():
            loop.remove_signal_handler(wish)
            signal.signal(wish, handler)
