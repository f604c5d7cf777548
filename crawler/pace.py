"""One request at a time per host, and none after its second wall of the night (主机停采)."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy.core.downloader import Downloader
from scrapy.exceptions import IgnoreRequest

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

WALLS_TO_STOP = 2
# How often to look whether an answer has been read; far below any delay between requests.
READING_SECONDS = 0.002


class HostStopped(IgnoreRequest):
    """The host showed walls twice in this run and is left alone until the next."""


class HostWalls:
    """Counts walls by host in one run."""

    def __init__(self) -> None:
        self._walls: Counter[str] = Counter()

    def add(self, url: str) -> None:
        """Note a wall at the address's host."""
        self._walls[urlsplit(url).hostname or ""] += 1

    def stopped(self, url: str) -> bool:
        """Whether the address's host is to be left alone."""
        return self._walls[urlsplit(url).hostname or ""] >= WALLS_TO_STOP

    @property
    def stopped_hosts(self) -> list[str]:
        """Hosts left alone, in order of name."""
        return sorted(host for host, walls in self._walls.items() if walls >= WALLS_TO_STOP)


class StoppedHosts:
    """Downloader middleware that turns away requests to stopped hosts, also those already queued."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StoppedHosts:
        """Made by Scrapy."""
        return cls(crawler)

    def process_request(self, request: Request, spider: Any = None) -> None:
        """Raises HostStopped for a stopped host."""
        refuse_stopped(self._crawler, request)


class Turn:
    """Whose turn it is at one host: the waiting request of the highest priority, the first come among equals."""

    def __init__(self) -> None:
        self._taken = False
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()

    async def take(self, priority: int) -> None:
        """Returns when it is the caller's turn, which lasts until ``give``."""
        if not self._taken:
            self._taken = True
            return
        mine = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (-priority, next(self._numbers), mine))
        await mine

    def give(self) -> None:
        """Pass the turn on."""
        while self._waiting:
            _, _, waiting = heapq.heappop(self._waiting)
            if not waiting.done():  # one that was cancelled waits no more
                waiting.set_result(None)
                return
        self._taken = False


class PacedDownloader(Downloader):
    """Scrapy's downloader with a turn for each host, which ends when the spider has read the answer.

    Scrapy's own lines up to eight requests of a host behind the middlewares, where the wall that the first
    meets no longer stops the others, and one account's next page comes after the next accounts'; without a
    delay it sends them together.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._turns: dict[str, Turn] = {}
        self._passing: set[asyncio.Task[None]] = set()

    async def _enqueue_request(self, request: Request) -> Response:
        turn = self._turns.setdefault(self.get_slot_key(request), Turn())
        await turn.take(request.priority)
        try:
            refuse_stopped(self.crawler, request)
            return await super()._enqueue_request(request)
        finally:
            passing = asyncio.create_task(self._pass_on(turn, request))
            self._passing.add(passing)
            passing.add_done_callback(self._passing.discard)

    async def _pass_on(self, turn: Turn, request: Request) -> None:
        while self._in_progress(request):  # noqa: ASYNC110 (Scrapy tells nobody when it is done with a request)
            await asyncio.sleep(READING_SECONDS)
        await asyncio.sleep(READING_SECONDS)  # for what the answer led to, which goes before other accounts
        turn.give()

    def _in_progress(self, request: Request) -> bool:
        engine = self.crawler.engine
        return engine is not None and engine._slot is not None and request in engine._slot.inprogress


def refuse_stopped(crawler: Crawler, request: Request) -> None:
    """Raises HostStopped if the request's host is left alone for the night."""
    walls = getattr(crawler.spider, "walls", None)
    if isinstance(walls, HostWalls) and walls.stopped(request.url):
        raise HostStopped(request.url)
