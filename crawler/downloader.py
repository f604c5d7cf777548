"""Scrapy's downloader with our pace: a turn for each host, which ends when the spider has read the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from scrapy.core.downloader import Downloader

from crawler.host_walls import host_of
from crawler.pace import Pace
from crawler.settings import Parts
from crawler.stops import CrawlStopping, refuse_stopped, walls_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

# How often to look whether an answer has been read; far below any delay between requests.
READING_SECONDS = 0.002
# How often a request that waits or is under way looks whether the crawl is being stopped, and how long an answer that
# is already on its way is still waited for then; a browser's page is brought to its own end.
LOOK_SECONDS = 0.25
LEAVING_SECONDS = 1.5

_T = TypeVar("_T")


class PacedDownloader(Downloader):
    """Scrapy's downloader with a turn for each host.

    Scrapy's own lines up to eight requests of a host behind the middlewares, where the wall that the first
    meets no longer stops the others, and one account's next page comes after the next accounts'; without a
    delay it sends them together.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        parts = crawler.settings.get("XUNCHA_PARTS")
        self.pace = parts.pace if isinstance(parts, Parts) else Pace.of_settings(crawler.settings)
        self._passing: set[asyncio.Task[None]] = set()

    async def _enqueue_request(self, request: Request) -> Response:
        host = host_of(request.url)
        await self._take(host, request)
        try:
            try:
                is_page = bool(request.meta.get("playwright"))
                answer = super()._enqueue_request(request)
                return await (answer if is_page else self._unless_stopped(answer, request, LEAVING_SECONDS))
            finally:
                self.pace.answered(host)
        finally:
            passing = asyncio.create_task(self._pass_on(host, request))
            self._passing.add(passing)
            passing.add_done_callback(self._passing.discard)

    async def _take(self, host: str, request: Request) -> None:
        is_new = await self._unless_stopped(self.pace.take(host, request.priority), request)
        try:
            if self._is_stopping():
                raise CrawlStopping(request.url)
            walls = walls_of(self.crawler)
            if is_new and walls is not None:
                walls.refresh()
            refuse_stopped(self.crawler, request)
        except BaseException:
            self.pace.give(host)
            raise

    async def _unless_stopped(
        self, awaited: Coroutine[Any, Any, _T], request: Request, patience_seconds: float = 0.0
    ) -> _T:
        """What is awaited; raises CrawlStopping where the crawl is stopped and it does not come in time."""
        task = asyncio.ensure_future(awaited)
        try:
            while not (await asyncio.wait({task}, timeout=LOOK_SECONDS))[0]:
                if self._is_stopping() and patience_seconds <= 0:
                    raise CrawlStopping(request.url)
                patience_seconds -= LOOK_SECONDS if self._is_stopping() else 0.0
            return task.result()
        finally:
            if task.cancel():
                await asyncio.wait({task})

    def _is_stopping(self) -> bool:
        engine = self.crawler.engine
        return engine is not None and engine._slot is not None and engine._slot.closing is not None

    async def _pass_on(self, host: str, request: Request) -> None:
        while self._in_progress(request):  # noqa: ASYNC110 (Scrapy tells nobody when it is done with a request)
            await asyncio.sleep(READING_SECONDS)
        await asyncio.sleep(READING_SECONDS)  # for what the answer led to, which goes before other accounts
        self.pace.give(host)

    def _in_progress(self, request: Request) -> bool:
        engine = self.crawler.engine
        return engine is not None and engine._slot is not None and request in engine._slot.inprogress


def pace_of(crawler: Crawler) -> Pace:
    """The pace that a running crawl keeps."""
    pace: Pace = crawler.engine.downloader.pace  # type: ignore[attr-defined]
    return pace
