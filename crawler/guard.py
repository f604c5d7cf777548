"""What a page in the browser may ask for by itself, and when: robots.txt at every hop, and the platform's pace.

Every document, every data call of a script and every redirect of either is asked for only where the robots.txt
of its own host allows it. Scripts and styles are not asked about, as without them there is no page. Requests of
every kind to a platform's own hosts go one at a time and never sooner than the host's delay.

Without a mirror the browser fetches by itself, and no page's own view of it shows a redirect before it is
followed. So the guard stands at the browser as a whole (``Fetch`` of the DevTools protocol), where every request
of every page, frame and worker stops, redirects included, before it is sent. Nothing is changed in them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag, urljoin, urlsplit

from playwright.async_api import Error as BrowserError
from scrapy import Request
from scrapy.exceptions import IgnoreRequest

from crawler.downloader import PacedDownloader
from crawler.host_walls import host_of
from crawler.robots import RobotsForbidden, RobotsMiddleware
from crawler.stops import refuse_stopped
from crawler.walls import platform_of_host

if TYPE_CHECKING:
    from playwright.async_api import Browser, CDPSession
    from playwright.async_api import Request as BrowserRequest
    from scrapy.crawler import Crawler

    from crawler.pace import Pace

# How long a request keeps its host where the browser never says that it is over, as of a stream of events.
HELD_SECONDS = 30.0
# How often a limit of time looks whether its page waits, and how much longer it may so become.
TICK_SECONDS = 0.25
WAITING_SHARE = 3.0
# The reasons that the browser is given; a page sees a failed request either way.
FORBIDDEN, UNASKED = "BlockedByClient", "ConnectionFailed"
_FREE = frozenset(("script", "stylesheet", "image", "font", "media"))
_ASKED = ("http", "https")


class AddressUnreadable(IgnoreRequest):
    """A page asked for something that is no address."""


@dataclass(eq=False)
class _Sent:
    """A request on its way: ``over`` is set when it is answered, redirected or failed."""

    url: str
    number: str
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Guard:
    """Stands between the pages of one crawl's browser and the hosts that they ask."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._sent: list[_Sent] = []
        self._tasks: set[asyncio.Future[None]] = set()
        self._n_pages = self._n_waiting = 0

    @property
    def is_busy(self) -> bool:
        """Whether a page's request waits or is on its way."""
        return bool(self._tasks)

    @property
    def is_waiting(self) -> bool:
        """Whether a page's request waits for its turn, or for what robots.txt says of it: we hold it up ourselves."""
        return self._n_waiting > 0

    @property
    def pace(self) -> Pace:
        """The pace that all requests of the crawl keep."""
        engine = self._crawler.engine
        downloader = engine.downloader if engine is not None else None
        if not isinstance(downloader, PacedDownloader):
            raise TypeError("the browser needs the crawl's PacedDownloader")
        return downloader.pace

    @contextmanager
    def page(self) -> Iterator[None]:
        """While a page is open; what the last one leaves waiting behind it is given up."""
        self._n_pages += 1
        try:
            yield
        finally:
            self._n_pages -= 1
            if not self._n_pages:
                for task in self._tasks:
                    task.cancel()

    @asynccontextmanager
    async def patience(self, seconds: float) -> AsyncIterator[None]:
        """At most so much time, not counting that in which a request of the page waited for us.

        A page that always has one waiting gets ``WAITING_SHARE`` times as much.

        Raises:
            TimeoutError: It took longer.
        """
        async with asyncio.timeout(None) as limit:
            watching = asyncio.create_task(self._watch(limit, seconds))
            try:
                yield
            finally:
                watching.cancel()

    async def _watch(self, limit: asyncio.Timeout, seconds: float) -> None:
        left, left_at_most = seconds, seconds * WAITING_SHARE
        while min(left, left_at_most) > 0:
            pause = min(left, left_at_most, TICK_SECONDS)
            await asyncio.sleep(pause)
            left_at_most -= pause
            left -= 0 if self.is_waiting else pause
        limit.reschedule(asyncio.get_running_loop().time())

    async def admit(self, url: str, kind: str) -> None:
        """Returns where a page may ask for ``url`` (``kind``: ``document``, ``fetch``, ``script``, …).

        Raises:
            IgnoreRequest: its host's robots.txt forbids it (``RobotsForbidden``) or could not be read, the host
                is left alone for the night, or it is no address.
        """
        if _scheme(url) not in _ASKED:
            return
        refuse_stopped(self._crawler, Request(url))
        if kind in _FREE:
            return
        middleware = self._crawler.get_downloader_middleware(RobotsMiddleware)
        if middleware is None:
            raise RobotsForbidden("没有装载 robots.txt 检查，浏览器不发出请求")
        with self._waiting():
            await middleware.check(url)

    @asynccontextmanager
    async def step(self, url: str) -> AsyncIterator[bool]:
        """The time that a page's request takes; whether its host has a pace to keep, which it then did."""
        host = host_of(url) if _scheme(url) in _ASKED else ""
        if platform_of_host(host) is None:
            yield False
            return
        async with AsyncExitStack() as turn:
            with self._waiting():
                await turn.enter_async_context(self.pace.step(host))
            yield True

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        self._n_waiting += 1
        try:
            yield
        finally:
            self._n_waiting -= 1

    async def keep(self, work: Awaitable[None]) -> None:
        """Do the work on a page's request; given up when the page is."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await asyncio.wait({task})
        if not task.cancelled():
            task.result()

    async def attach(self, browser: Browser) -> None:
        """Have every request of the browser, redirects too, stop here before it is sent."""
        session = await browser.new_browser_cdp_session()

        async def paused(event: Mapping[str, Any]) -> None:
            await self.keep(self._decide(session, event))

        session.on("Fetch.requestPaused", paused)
        await session.send("Fetch.enable", {"patterns": [{"urlPattern": "*"}]})

    def over(self, request: BrowserRequest) -> None:
        """A request of a page was answered to its end, or failed (the browser's own event)."""
        url = urldefrag(request.url).url
        _ring(next((sent for sent in self._sent if sent.url == url), None))

    async def _decide(self, session: CDPSession, event: Mapping[str, Any]) -> None:
        url, kind, paused = event["request"]["url"], event["resourceType"].lower(), {"requestId": event["requestId"]}
        number = event["networkId"] if "networkId" in event else event["requestId"]
        # A redirect keeps its number, and it is the end of the request before.
        _ring(next((sent for sent in self._sent if sent.number == number), None))
        with suppress(BrowserError):  # the page or the browser is gone, and its request with it
            try:
                await self.admit(url, kind)
            except IgnoreRequest as refusal:
                await session.send("Fetch.failRequest", {**paused, "errorReason": reason_of(refusal)})
                return
            async with self.step(url) as is_paced, self._way(_Sent(url, number), is_paced):
                await session.send("Fetch.continueRequest", paused)

    @asynccontextmanager
    async def _way(self, sent: _Sent, is_paced: bool) -> AsyncIterator[None]:
        """From a request's sending to its end, where that matters to others."""
        self._sent.append(sent)
        try:
            yield
            if is_paced:
                with suppress(TimeoutError):
                    await asyncio.wait_for(sent.over.wait(), HELD_SECONDS)
        finally:
            self._sent.remove(sent)


def _ring(sent: _Sent | None) -> None:
    if sent is not None:
        sent.over.set()


def reason_of(refusal: IgnoreRequest) -> str:
    """What the browser is told of a request that is not sent: forbidden, or just not asked for."""
    return FORBIDDEN if isinstance(refusal, RobotsForbidden) else UNASKED


def joined(url: str, location: str) -> str:
    """Where a redirect leads.

    Raises:
        AddressUnreadable: It leads to no address.
    """
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise AddressUnreadable(location[:200]) from error


def _scheme(url: str) -> str:
    try:
        return urlsplit(url).scheme
    except ValueError as error:
        raise AddressUnreadable(url[:200]) from error
