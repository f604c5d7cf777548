"""The browser's side of a crawl: honest headers, no pictures, the mirror, and an end to every render step.

Imported only by a crawl that has a browser (setting DOWNLOAD_HANDLERS).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from playwright.async_api import Error as BrowserError
from playwright.async_api import TimeoutError as BrowserTimeout
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from scrapy_playwright.handler import BrowserContextWrapper, ScrapyPlaywrightDownloadHandler

from crawler.guard import FORBIDDEN, UNASKED, Guard, joined, reason_of
from crawler.guests import GuestCookies
from crawler.host_walls import host_of
from crawler.launching import launched
from crawler.lost import BrowserLost
from crawler.mirrors import MIRROR_ERROR_HEADER, mirrored
from crawler.render import FORBIDDEN_ERROR, REDIRECTS_HEADER, capture_of
from crawler.robots import RobotsForbidden
from crawler.transport import MirrorHandler

if TYPE_CHECKING:
    from playwright.async_api import APIResponse, Browser, Route
    from playwright.async_api import Page as BrowserPage
    from playwright.async_api import Request as BrowserRequest
    from scrapy import Request, Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_UNNEEDED = frozenset(("image", "font", "media", "ping"))
_BROKEN = "xuncha_broken"
_REFUSALS = {FORBIDDEN: "blockedbyclient", UNASKED: "connectionfailed"}
_CLOSE_SECONDS = 10.0
_REDIRECTS = 5
_ABORTS = {
    "dns": "namenotresolved",
    "refused": "connectionrefused",
    "reset": "connectionreset",
    "timeout": "timedout",
    "tls": "failed",
}
_FAILURES: dict[str, type[Exception]] = {
    "ERR_NAME_NOT_RESOLVED": CannotResolveHostError,
    "ERR_CONNECTION_REFUSED": DownloadConnectionRefusedError,
    "ERR_CONNECTION_TIMED_OUT": DownloadTimeoutError,
    "ERR_TIMED_OUT": DownloadTimeoutError,
    FORBIDDEN_ERROR: RobotsForbidden,
}
_REDIRECTING = "<!DOCTYPE html><meta charset=utf-8><script>location.replace({target})</script>"

Router = Callable[["Route", "BrowserRequest"], Awaitable[None]]


class BrowserHandler(ScrapyPlaywrightDownloadHandler, MirrorHandler):  # type: ignore[misc]
    """Opens requests with ``meta["playwright"]`` in the browser; all others take MirrorHandler's way.

    The browser is started at the first of them, and again after it died, with a new driver if need be.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._product: str = crawler.settings.get("USER_AGENT") or ""
        self._seconds: float = crawler.settings.getfloat("XUNCHA_RENDER_SECONDS")
        self._guard = Guard(crawler)
        self._broken: set[asyncio.Event] = set()
        self._is_lost = False
        self.process_request_headers = self.signed_headers
        self.abort_request = is_unneeded
        # Tried again by itself, a page would be asked twice without a pause, and its list read twice.
        self.config.target_closed_max_retries = 0
        # The browser would count the time in which a request waits for its host's pace.
        self._going_seconds = crawler.settings.getfloat("PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT") / 1000
        self.config.navigation_timeout_ms = 0.0

    async def signed_headers(
        self, *, browser_type_name: str, playwright_request: BrowserRequest, scrapy_request_data: Mapping[str, Any]
    ) -> dict[str, str]:
        """The browser's own headers with our product and contact at the end of its User-Agent."""
        return signed(await playwright_request.all_headers(), self._product)

    async def download_request(self, request: Request) -> Response:
        """The answer, within the time of one render step; browser failures are raised as Scrapy's own."""
        if not request.meta.get("playwright"):
            if (guests := self._crawler.get_downloader_middleware(GuestCookies)) is not None:
                guests.dress(request)
            return await super().download_request(request)
        if self._is_lost:
            raise BrowserLost(self.config.launch_options["executable_path"])
        capture = capture_of(request.meta)
        if capture is not None:
            capture.begin(self._guard.pace.delay(host_of(request.url)), lambda: self._guard.is_busy)
        with self._guard.page():
            response = await self._opened(request)
        if capture is not None and capture.document_forbidden:
            raise RobotsForbidden(f"robots.txt 不允许访问 {request.url} 转去的地址")
        return response

    async def _opened(self, request: Request) -> Response:
        broken = request.meta[_BROKEN] = asyncio.Event()
        self._broken.add(broken)
        opening = asyncio.ensure_future(super().download_request(request))
        breaking = asyncio.ensure_future(broken.wait())
        try:
            with suppress(TimeoutError):
                async with self._guard.patience(self._seconds):
                    await asyncio.wait({opening, breaking}, return_when=asyncio.FIRST_COMPLETED)
            if opening.done():
                return await self._result(opening, request)
            await self._abandon(opening, request)
        finally:
            breaking.cancel()
            self._broken.discard(broken)
        if broken.is_set():
            raise DownloadFailedError(f"{request.url}: 浏览器或页面崩溃")
        raise DownloadTimeoutError(f"{request.url}: 打开页面超过 {self._seconds:g} 秒")

    async def _result(self, opened: asyncio.Future[Response], request: Request) -> Response:
        try:
            return opened.result()
        except BrowserTimeout as error:
            raise DownloadTimeoutError(f"{request.url}: {error.message[:200]}") from error
        except BrowserError as error:
            if "closed" in error.message:  # the page, its context, the browser or the driver: which, it does not say
                await self._give_up_browser()
            raise _failure(error)(f"{request.url}: {error.message[:200]}") from error

    async def _abandon(self, task: asyncio.Future[Response], request: Request) -> None:
        """Ends a step that hangs: its context is closed, and if even that hangs, the browser is given up."""
        task.cancel()
        wrapper = self.context_wrappers.get(request.meta["playwright_context"])
        try:
            if wrapper is not None:
                await asyncio.wait_for(wrapper.context.close(), _CLOSE_SECONDS)
        except (TimeoutError, BrowserError):
            await self._give_up_browser()
            self._give_up_driver()

    async def _give_up_browser(self) -> None:
        browser = self._forget_browser()
        with suppress(TimeoutError, BrowserError):
            if browser is not None:
                await asyncio.wait_for(browser.close(), _CLOSE_SECONDS)

    def _forget_browser(self) -> Browser | None:
        browser: Browser | None = self.__dict__.pop("browser", None)
        self.context_wrappers.clear()
        for broken in self._broken:
            broken.set()
        return browser

    def _give_up_driver(self) -> None:
        # A driver that hangs is left behind and ends with this process; one that died is gone already.
        self.__dict__.pop("browser_provider", None)

    def _gone(self, browser: Browser) -> None:
        if self.__dict__.get("browser") is browser:
            self._forget_browser()

    async def _launch(self) -> None:
        """Nothing yet: many a crawl never opens a page."""

    async def _maybe_launch_browser(self) -> None:
        async with self.browser_launch_lock:
            if hasattr(self, "browser"):
                return
            browser = await self._started()
            browser.on("disconnected", self._gone)
            if not self._mirror:
                await self._guard.attach(browser)
            self.browser = browser
            self.stats.inc_value("playwright/browser_count")

    async def _started(self) -> Browser:
        provider: Any = self.__dict__.get("browser_provider")
        browser: Browser
        if provider is not None:
            with suppress(BrowserError):
                browser = await provider.launch_browser()
                return browser
            self._give_up_driver()
        try:
            self.browser_provider, browser = await launched(self.browser_provider_cls, self.config)
        except BrowserLost:
            self._is_lost = True
            raise
        return browser

    async def _create_browser_context(self, **kwargs: Any) -> BrowserContextWrapper:
        wrapper = await super()._create_browser_context(**kwargs)
        wrapper.context.on("requestfinished", self._guard.over)
        wrapper.context.on("requestfailed", self._guard.over)
        return wrapper

    async def _get_response_and_download(self, request: Request, page: BrowserPage, spider: Spider) -> Any:
        try:
            async with self._guard.patience(self._going_seconds):
                return await super()._get_response_and_download(request, page, spider)
        except TimeoutError as error:
            raise DownloadTimeoutError(f"{request.url}: 转到页面超过 {self._going_seconds:g} 秒") from error

    async def _create_page(self, request: Request, spider: Spider) -> BrowserPage:
        page: BrowserPage = await super()._create_page(request=request, spider=spider)
        page.on("crash", lambda _: request.meta[_BROKEN].set())
        return page

    async def _close(self) -> None:
        with suppress(TimeoutError, BrowserError):  # the crawl ends whether or not the browser does
            await asyncio.wait_for(super()._close(), _CLOSE_SECONDS)

    def _make_request_handler(self, **kwargs: Any) -> Router:
        plain: Router = super()._make_request_handler(**kwargs)

        async def answer(route: Route, request: BrowserRequest) -> None:
            # Raised in an event handler it would fail whatever the browser is asked next.
            with suppress(BrowserError):
                if not self._mirror:
                    await plain(route, request)
                elif is_unneeded(request):
                    await route.abort()
                else:
                    await self._guard.keep(self._from_mirror(route, request))

        return answer

    async def _from_mirror(self, route: Route, request: BrowserRequest) -> None:
        try:
            await self._follow(route, request)
        except IgnoreRequest as refusal:
            await route.abort(_REFUSALS[reason_of(refusal)])
        except BrowserError:
            with suppress(BrowserError):  # the page may be closed by now
                await route.abort("connectionfailed")

    async def _follow(self, route: Route, request: BrowserRequest) -> None:
        headers = signed(await request.all_headers(), self._product)
        url, kind = request.url, request.resource_type
        for _ in range(_REDIRECTS):
            await self._guard.admit(url, kind)
            if urlsplit(url).scheme not in ("http", "https"):
                await route.continue_()
                return
            async with self._guard.step(url):
                got = await route.fetch(url=mirrored(url, self._mirror), headers=headers, max_redirects=0)
            if failure := got.headers.get(MIRROR_ERROR_HEADER.lower()):
                await route.abort(_ABORTS.get(failure, "failed"))
                return
            if got.status not in (301, 302, 303, 307, 308) or "location" not in got.headers:
                await _fulfill(route, got)
                return
            url = joined(url, got.headers["location"])
            if request.is_navigation_request():
                await self._guard.admit(url, kind)
                await route.fulfill(
                    content_type="text/html",
                    headers={REDIRECTS_HEADER: "1"},
                    body=_REDIRECTING.format(target=_script_text(url)),
                )
                return
        await route.abort("failed")


async def _fulfill(route: Route, got: APIResponse) -> None:
    dropped = ("content-encoding", "content-length", "transfer-encoding")
    headers = {name: value for name, value in got.headers.items() if name not in dropped}
    await route.fulfill(status=got.status, headers=headers, body=await got.body())


def _script_text(text: str) -> str:
    """A JavaScript string inside a script element: nothing in it can end either."""
    return json.dumps(text).replace("<", "\\u003c")


def signed(headers: Mapping[str, str], product: str) -> dict[str, str]:
    """The headers with ``product`` appended to their User-Agent, once."""
    own = headers.get("user-agent", "")
    agent = own if not product or own.endswith(product) else f"{own} {product}".strip()
    return {**headers, "user-agent": agent}


def is_unneeded(request: BrowserRequest) -> bool:
    """Whether a page can do without it: pictures, fonts, sound and film, and what it reports of its visitors."""
    return request.resource_type in _UNNEEDED


def _failure(error: BrowserError) -> type[Exception]:
    return next((kind for name, kind in _FAILURES.items() if name in error.message), DownloadFailedError)
