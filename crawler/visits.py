"""Which accounts a spider is at (访问): claimed one after another, a few at once, until none are left to be had."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import datetime

from crawler.pace import BEAT_SECONDS
from crawler.page import Batch, Target
from crawler.progress import Progress
from crawler.searching import progress_of
from crawler.settings import Parts
from crawler.walls import platform_of_host

# Accounts of a platform under way at once: enough for feeds on many hosts, few enough to lose little when killed.
VISITS_AT_ONCE = 8
# So many accounts in a row that nobody answers: the platform or our own network is out, and asking on is no use.
OUTAGE_VISITS = 5
# Pages of so many accounts in a row could not be stored: the disk is full, or the database is gone.
LOST_ACCOUNTS = 3
WAIT_SECONDS = 0.5

_log = logging.getLogger(__name__)


class Visit:
    """One account's turn in one run."""

    def __init__(self, target: Target, progress: Progress, number: int) -> None:
        self.target, self.progress, self.number = target, progress, number
        self.outstanding = 0
        self.asked: set[str] = set()
        self.n_answers = 0
        self.silent_hosts: set[str] = set()

    @property
    def closing(self) -> str:
        """What the next batch says of the visit: nothing while requests are out, ``done``, or ``again``.

        Again where its hosts gave no answer at all: that may be otherwise later in the night.
        """
        if self.outstanding:
            return ""
        return "again" if self.silent_hosts and not self.n_answers else "done"


class Visits:
    """The visits of one spider."""

    def __init__(self) -> None:
        self._by_account: dict[str, Visit] = {}
        self._n_running = self._n_unanswered = 0
        self._silent_hosts: set[str] = set()
        self._n_lost = 0
        self._losing: set[str] = set()
        self._is_alone = False
        self._ended = asyncio.Event()

    def begin(self, target: Target, now: datetime) -> Visit:
        """A new visit; those begun earlier go before it."""
        visit = Visit(target, progress_of(target, now), len(self._by_account))
        self._by_account[target.account.ref] = visit
        self._n_running += 1
        return visit

    async def next_target(self, parts: Parts, platform: str) -> Target | None:
        """The next account of the night; waits while others are under way here or elsewhere, ``None`` at the end."""
        while not self.outage:
            if self._has_room():
                target = parts.targets.claim(platform)
                if target is not None:
                    return await self._placed(target)
                if parts.targets.left(platform) <= self._n_lost:
                    return None
            await self._wait()
        return None

    def _has_room(self) -> bool:
        return not self._n_running or (self._n_running < VISITS_AT_ONCE and not self._is_alone)

    async def _placed(self, target: Target) -> Target:
        """The target when it may begin: one that is to be alone when all others have ended."""
        while target.alone and self._n_running:
            await self._wait()
        self._is_alone = target.alone
        return target

    async def _wait(self) -> None:
        self._ended.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), WAIT_SECONDS)

    @property
    def outage(self) -> bool:
        """Whether so many accounts in a row got no answer that this platform, or our own network, must be out.

        One host alone, as a bridge of many feeds, may be down by itself.
        """
        return self._n_unanswered >= OUTAGE_VISITS and (len(self._silent_hosts) > 1 or self._is_platforms())

    def _is_platforms(self) -> bool:
        return any(platform_of_host(host) is not None for host in self._silent_hosts)

    @property
    def nothing_is_stored(self) -> bool:
        """Whether so many accounts in a row could not be stored that asking on would be no use."""
        return len(self._losing) >= LOST_ACCOUNTS

    def stored(self, batch: Batch) -> None:
        """A batch is safe; with a visit's last one the next account can be claimed."""
        self._losing.clear()
        if batch.closing:
            self._end(batch)

    def lost(self, batch: Batch) -> None:
        """A batch could not be stored: later ones of its visit must not claim to have shown what it held.

        One that closes its visit leaves its account to be asked again when the run goes on.
        """
        if batch.account.ref not in self._by_account:
            return
        self._by_account[batch.account.ref].progress.spoil("error")
        self._losing.add(batch.account.ref)
        if batch.closing:
            self._n_lost += 1
            self._end(batch)

    def _end(self, batch: Batch) -> None:
        self._n_running -= 1
        self._ended.set()
        if batch.closing == "again":
            self._n_unanswered += 1
            self._silent_hosts |= self._by_account[batch.account.ref].silent_hosts
        else:
            self._n_unanswered = 0
            self._silent_hosts.clear()


async def beat(parts: Parts) -> None:
    """Says every few seconds, until it is cancelled, that this process is still at its accounts and hosts."""
    while True:
        await asyncio.sleep(BEAT_SECONDS)
        try:
            parts.targets.beat()
            parts.pace.beat()
        except Exception as error:
            # A database that is busy now may not be at the next beat; without any beat others would take over.
            _log.warning("心跳没有写下：%s", error)
