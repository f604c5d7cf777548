"""Whose turn it is at one host (轮次): the waiting request of the highest priority, the first come among equals."""

from __future__ import annotations

import asyncio
import heapq
import itertools


class Turn:
    """One turn, held by one at a time."""

    def __init__(self) -> None:
        self._taken = False
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()

    @property
    def is_free(self) -> bool:
        """Whether nobody has the turn or waits for it."""
        return not self._taken

    async def take(self, priority: int) -> None:
        """Returns when it is the caller's turn, which lasts until ``give``."""
        if not self._taken:
            self._taken = True
            return
        mine = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (-priority, next(self._numbers), mine))
        try:
            await mine
        except asyncio.CancelledError:
            # Handed over in the very moment in which its taker was stopped: it goes on to the next.
            if mine.done() and not mine.cancelled():
                self.give()
            raise

    def give(self) -> None:
        """Pass the turn on."""
        while self._waiting:
            _, _, waiting = heapq.heappop(self._waiting)
            if not waiting.done():  # one that was cancelled waits no more
                waiting.set_result(None)
                return
        self._taken = False
