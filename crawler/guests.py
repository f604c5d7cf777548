"""Weibo's guest visit (访客): once a run an unmodified browser opens the page that asks for it, and is a guest then.

Who comes without cookies is sent to the visitor system, whose own script registers a guest and leads back. We
let the browser do just that: with its own User-Agent and our product behind it, every host's robots.txt asked
on the way, nothing replaced, signed or forged. The guest's cookies are kept in the memory of this run alone,
each domain's for itself (a jar of weibo.com never goes to weibo.cn), and written, logged or shared nowhere.

Anything else than coming back (a captcha, a slider, a login, the visitor page again) is a wall: the visitor
page then goes on to the spider as what it is.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
)

from crawler.host_walls import host_of

if TYPE_CHECKING:
    from playwright.async_api import Page as BrowserPage
    from playwright.async_api import Response as BrowserResponse
    from playwright.async_api import Route
    from scrapy.crawler import Crawler
    from scrapy.http import Response

# The domains that have a visitor system, each with cookies of its own.
DOMAINS = ("weibo.cn", "weibo.com")
_VISITOR = re.compile(r"https?://(?:visitor\.)?passport\.weibo\.c(?:n|om)/visitor/")
_TITLE = re.compile(rb"<title>\s*Sina Visitor System\s*</title>", re.IGNORECASE)
_LEAVE_SECONDS = 5.0
_SENT_AWAY_FOR_GOOD = 2
_REDIRECTS = (301, 302, 303, 307, 308)
_FAILURES = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie of a guest, as the browser holds it; ``domain`` begins with a dot where it is for subdomains too."""

    name: str
    value: str = field(repr=False)
    domain: str
    path: str

    def goes_to(self, url: str) -> bool:
        """Whether a browser would send it to this address."""
        host, path = host_of(url), urlsplit(url).path or "/"
        inside = host == self.domain.lstrip(".") or (self.domain[:1] == "." and host.endswith(self.domain))
        below = path == self.path or path.startswith(self.path.rstrip("/") + "/")
        return inside and below and url.startswith("https:")


def domain_of(url: str) -> str | None:
    """The domain with a visitor system that the address lies in; ``None`` for all others."""
    host = host_of(url)
    return next((domain for domain in DOMAINS if host == domain or host.endswith("." + domain)), None)


def is_visitor_page(url: str, status: int, location: str, body: bytes) -> bool:
    """Whether an answer is the visitor system, or the way to it."""
    leads_there = status in _REDIRECTS and bool(_VISITOR.match(location))
    return leads_there or bool(_VISITOR.match(url)) or bool(_TITLE.search(body))


class Trip:
    """One visit of the browser: from a page to the visitor system and back to the page's host, or not."""

    def __init__(self, url: str) -> None:
        self.url, self.domain = url, domain_of(url) or ""
        self.cookies: tuple[Cookie, ...] = ()
        self._moved = asyncio.Event()
        self._n_sent_away = 0
        self._last: BrowserResponse | None = None

    def take(self, response: BrowserResponse) -> None:
        """Follows the documents of the page (the browser's own event)."""
        from crawler.render import REDIRECTS_HEADER

        request = response.request
        if not request.is_navigation_request() or request.frame.parent_frame is not None:
            return
        self._n_sent_away += bool(_VISITOR.match(response.url))
        passing = response.status in _REDIRECTS or REDIRECTS_HEADER.lower() in response.headers
        self._last = None if passing or host_of(response.url) != host_of(self.url) else response
        self._moved.set()

    async def come_back(self, page: BrowserPage) -> None:
        """Waits until the page is back at its host; keeps its domain's cookies then, and none otherwise.

        How long, the handler decides: the visitor system's own requests keep a pace, and that counts as no delay.
        """
        from playwright.async_api import Error as BrowserError

        await page.route(_VISITOR, self._hold_back)
        while self._n_sent_away < _SENT_AWAY_FOR_GOOD and not await self._is_let_in():
            await self._moved.wait()
            self._moved.clear()
        if await self._is_let_in():
            self.cookies = own_cookies(await page.context.cookies(), self.domain)
        await page.context.clear_cookies()
        # Whatever the page would go on to do is no part of the visit.
        with suppress(BrowserError):
            await page.goto("about:blank", wait_until="commit", timeout=_LEAVE_SECONDS * 1000)

    async def _hold_back(self, route: Route) -> None:
        """Lets no page go to the visitor system once more that was sent there for good, however fast its script is."""
        if self._n_sent_away >= _SENT_AWAY_FOR_GOOD and route.request.is_navigation_request():
            await route.abort()
        else:
            await route.fallback()

    async def _is_let_in(self) -> bool:
        if self._last is None:
            return False
        if not _TITLE.search(await self._last.body()):
            return True
        self._last, self._n_sent_away = None, self._n_sent_away + 1
        return False


def own_cookies(held: Sequence[Mapping[str, Any]], domain: str) -> tuple[Cookie, ...]:
    """The cookies of this domain and of hosts in it, from all that a browser holds."""
    return tuple(
        Cookie(one["name"], one["value"], one["domain"], one["path"])
        for one in held
        if one["domain"].lstrip(".") == domain or one["domain"].endswith("." + domain)
    )


class Guests:
    """The guests of one run: at most one a domain."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._has_browser = bool(crawler.settings.get("XUNCHA_CHROMIUM"))
        self._is_wanted = crawler.settings.getbool("XUNCHA_GUEST_VISIT")
        self._locks: dict[str, asyncio.Lock] = {}
        self._jars: dict[str, tuple[Cookie, ...]] = {}

    def header(self, url: str) -> str:
        """The ``Cookie`` header for an address; ``""`` where we are no guest."""
        jar = self._jars.get(domain_of(url) or "", ())
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar if cookie.goes_to(url))

    async def become(self, url: str) -> bool:
        """Whether we are a guest of the address's domain, after a visit if there was none in this run."""
        domain = domain_of(url)
        if domain is None or not self._is_wanted or not self._has_browser:
            return False
        async with self._locks.setdefault(domain, asyncio.Lock()):
            if domain not in self._jars:
                self._jars[domain] = await self._visit(url)
        return bool(self.header(url))

    async def _visit(self, url: str) -> tuple[Cookie, ...]:
        from scrapy_playwright.page import PageMethod

        from crawler.render import browser_meta  # needs a browser: only where one is used

        trip, engine = Trip(url), self._crawler.engine
        meta = browser_meta(f"guest of {trip.domain}", [PageMethod(trip.come_back)], {"response": trip.take}, "commit")
        if engine is None:
            return ()
        try:
            # By the handler itself: this happens within the turn of the request that was sent to the visitor page.
            await engine.downloader.handlers.download_request_async(Request(url, meta=meta))
        except _FAILURES as error:
            _log.warning("微博访客：%s", error)
        _log.info("微博访客：%s %s", trip.domain, "已取得访客身份" if trip.cookies else "没有回到原页面")
        return trip.cookies


class GuestCookies:
    """Downloader middleware: sends a guest's cookies to their own domain, and becomes a guest where one is asked for.

    The page that was answered by the visitor system is asked for once more as a guest; a page that is answered so
    again goes on as it is.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.guests = Guests(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy."""
        return cls(crawler)

    async def process_request(self, request: Request, spider: Any = None) -> None:
        """Takes away cookies that another host's answer left on a request."""
        request.headers.pop("Cookie", None)

    def dress(self, request: Request) -> None:
        """Puts the guest's cookies on a request as it goes out; asked by the browser's handler, after the host's turn.

        Any sooner, requests that waited while the visit was made would go without.
        """
        header = "" if _is_apart(request) else self.guests.header(request.url)
        if header:
            request.headers["Cookie"] = header

    async def process_response(self, request: Request, response: Response, spider: Any = None) -> Request | Response:
        """The same request as a guest where the visitor system answered it and let us in; else the response."""
        if _is_apart(request) or request.method != "GET" or "Cookie" in request.headers:
            return response
        location = (response.headers.get("Location") or b"").decode("latin-1")
        if not is_visitor_page(response.url, response.status, location, response.body):
            return response
        if not await self.guests.become(request.url):
            return response
        return request.replace(priority=request.priority + 1, dont_filter=True)


def _is_apart(request: Request) -> bool:
    """Whether a request never goes as a guest: for robots.txt, and for pages in the browser, which keeps its own."""
    return bool(request.meta.get("dont_obey_robotstxt") or request.meta.get("playwright"))
