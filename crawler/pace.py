"""One request at a time per host, and never sooner than its delay (采集节奏).

Pace is kept here and not in Scrapy's download slots, because the browser's own requests and other
processes on the same database have to keep it as well.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from crawler.page import Hosts
from crawler.turns import Turn

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

# A hair more than the delay, as a server's clock ticks otherwise than ours.
MARGIN_SECONDS = 0.01
# Another process has the host: how often to ask whether it still does.
LEASE_SECONDS = 0.2
# A host that was not asked for so long beyond its delay is let go, for another process to ask.
IDLE_SECONDS = 1.0
BEAT_SECONDS = 15.0


class _Host:
    """One host's turn, pace and lease in this process."""

    def __init__(self, delay_seconds: float) -> None:
        self.turn, self.step = Turn(), asyncio.Lock()
        self.delay_seconds = delay_seconds
        self.answered_at: float | None = None  # by the monotonic clock
        self.leased = False
        self.timer: asyncio.TimerHandle | None = None


class Pace:
    """When a host may be asked: one request at a time, the delay counted from the answer before.

    Counted from the answer and not from the request, so that no two requests reach the host closer than the
    delay, however long the first was on its way. ``hosts`` makes it hold for all processes on one database.
    """

    def __init__(self, delays: Mapping[str, float], default_seconds: float, hosts: Hosts | None = None) -> None:
        self._delays, self._default, self._ledger = dict(delays), default_seconds, hosts
        self._hosts: dict[str, _Host] = {}

    @classmethod
    def of_settings(cls, settings: BaseSettings, hosts: Hosts | None = None) -> Pace:
        """The pace that Scrapy's own settings DOWNLOAD_SLOTS and DOWNLOAD_DELAY ask for."""
        slots = settings.getdict("DOWNLOAD_SLOTS")
        delays = {host: float(slot["delay"]) for host, slot in slots.items() if "delay" in slot}
        return cls(delays, settings.getfloat("DOWNLOAD_DELAY"), hosts)

    def is_named(self, host: str) -> bool:
        """Whether the host has a delay of its own: a platform's, or one that the office set."""
        return host in self._delays

    def delay(self, host: str) -> float:
        """Seconds between two requests to the host."""
        return self._host(host).delay_seconds

    def slow(self, host: str, seconds: float) -> None:
        """Ask the host no sooner than every ``seconds``; what is slower already stays so."""
        found = self._host(host)
        found.delay_seconds = max(found.delay_seconds, seconds)

    async def take(self, host: str, priority: int = 0) -> bool:
        """Returns when this request may go out; the host is then its own until ``give``.

        The answer is whether another process may have asked the host since this one did.
        """
        found = self._host(host)
        await found.turn.take(priority)
        try:
            is_new = await self._lease(host, found)
            await self._rest(found)
        except BaseException:
            found.turn.give()
            raise
        self._note(host, found)
        return is_new

    def answered(self, host: str) -> None:
        """Note the end of a request to the host: the delay runs from here."""
        found = self._host(host)
        found.answered_at = time.monotonic()
        self._note(host, found)

    def give(self, host: str) -> None:
        """The host is free for the next request."""
        found = self._host(host)
        found.turn.give()
        self._let_go_later(host, found)

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[bool]:
        """One request from when it may go out until it is answered; tells what ``take`` tells."""
        is_new = await self.take(host)
        try:
            yield is_new
        finally:
            self.answered(host)
            self.give(host)

    @asynccontextmanager
    async def step(self, host: str) -> AsyncIterator[None]:
        """A request from inside a page whose document has the turn of its own host, which lasts long.

        Such requests wait for one another and for the delay; at another host than the document's own they do
        not wait for its turn, as no other request of this run goes there meanwhile.
        """
        found = self._host(host)
        async with found.step:
            await self._lease(host, found)
            await self._rest(found)
            self._note(host, found)
            try:
                yield
            finally:
                self.answered(host)
                self._let_go_later(host, found)

    def beat(self) -> None:
        """Say that this process still has its hosts; one that was taken from it, as if it hung, is asked for anew."""
        if self._ledger is None:
            return
        held = self._ledger.beat()
        for host, found in self._hosts.items():
            found.leased = found.leased and host in held

    async def keep_beating(self) -> None:
        """Say so every few seconds, until it is cancelled."""
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            self.beat()

    def close(self) -> None:
        """Let all hosts go."""
        for host, found in self._hosts.items():
            if found.timer is not None:
                found.timer.cancel()
            self._let_go(host, found)

    def _host(self, host: str) -> _Host:
        if host not in self._hosts:
            self._hosts[host] = _Host(self._delays.get(host, self._default))
        return self._hosts[host]

    def _note(self, host: str, found: _Host) -> None:
        """Tell the other processes that the host is being asked; without a delay nobody has to know."""
        if self._ledger is not None and found.delay_seconds > 0:
            self._ledger.asked(host)

    async def _lease(self, host: str, found: _Host) -> bool:
        if self._ledger is None or found.leased:
            return False
        while (ago := self._ledger.lease(host)) is None:  # noqa: ASYNC110 (another process tells us nothing)
            await asyncio.sleep(LEASE_SECONDS)
        found.leased = True
        found.answered_at = time.monotonic() - ago
        return True

    async def _rest(self, found: _Host) -> None:
        if found.answered_at is None or found.delay_seconds <= 0:
            return
        rest = found.answered_at + found.delay_seconds + MARGIN_SECONDS - time.monotonic()
        if rest > 0:
            await asyncio.sleep(rest)

    def _let_go_later(self, host: str, found: _Host) -> None:
        if self._ledger is not None and found.timer is None:
            idle_seconds = found.delay_seconds + IDLE_SECONDS
            found.timer = asyncio.get_running_loop().call_later(idle_seconds, self._let_go_if_idle, host, found)

    def _let_go_if_idle(self, host: str, found: _Host) -> None:
        found.timer = None
        last = found.answered_at if found.answered_at is not None else 0.0
        idle = time.monotonic() - last >= found.delay_seconds + IDLE_SECONDS
        if idle and found.turn.is_free and not found.step.locked():
            self._let_go(host, found)
        else:
            self._let_go_later(host, found)

    def _let_go(self, host: str, found: _Host) -> None:
        if self._ledger is not None and found.leased:
            found.leased = False
            self._ledger.release(host)
