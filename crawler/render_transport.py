"""The browser's side of a crawl: honest headers, no pictures, the mirror, and an end to every render step.

Imported only by a crawl that has a browser (setting DOWNLOAD_HANDLERS).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from playwright.async_api import Error as BrowserError
from playwright.async_api import TimeoutError as BrowserTimeout
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)
from scrapy_playwright.handler import DEFAULT_CONTEXT_NAME, ScrapyPlaywrightDownloadHandler

from crawler.transport import MIRROR_ERROR_HEADER, MirrorHandler, mirrored

if TYPE_CHECKING:
    from playwright.async_api import APIResponse, Route
    from playwright.async_api import Request as BrowserRequest
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_UNNEEDED = frozenset(("image", "font", "media"))
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
}
_REDIRECTING = "<!DOCTYPE html><meta charset=utf-8><script>location.replace({target})</script>"

Router = Callable[["Route", "BrowserRequest"], Awaitable[None]]


class BrowserHandler(ScrapyPlaywrightDownloadHandler, MirrorHandler):  # type: ignore[misc]
    """Opens requests with ``meta["playwright"]`` in the browser; all others take MirrorHandler's way."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._product: str = crawler.settings.get("USER_AGENT") or ""
        self._seconds: float = crawler.settings.getfloat("XUNCHA_RENDER_SECONDS")
        self.process_request_headers = self.signed_headers
        self.abort_request = is_unneeded

    async def signed_headers(
        self, *, browser_type_name: str, playwright_request: BrowserRequest, scrapy_request_data: Mapping[str, Any]
    ) -> dict[str, str]:
        """The browser's own headers with our product and contact at the end of its User-Agent."""
        return signed(await playwright_request.all_headers(), self._product)

    async def download_request(self, request: Request) -> Response:
        """The answer, within the time of one render step; browser failures are raised as Scrapy's own."""
        if not request.meta.get("playwright"):
            return await super().download_request(request)
        task = asyncio.ensure_future(super().download_request(request))
        done, _ = await asyncio.wait({task}, timeout=self._seconds)
        if not done:
            await self._abandon(task, request)
            raise DownloadTimeoutError(f"{request.url}: 打开页面超过 {self._seconds:g} 秒")
        try:
            return task.result()
        except BrowserTimeout as error:
            raise DownloadTimeoutError(f"{request.url}: {error.message[:200]}") from error
        except BrowserError as error:
            raise _failure(error)(f"{request.url}: {error.message[:200]}") from error

    async def _abandon(self, task: asyncio.Future[Response], request: Request) -> None:
        """Ends a step that hangs: its context is closed, and if even that hangs, the browser is given up."""
        task.cancel()
        name = request.meta.get("playwright_context", DEFAULT_CONTEXT_NAME)
        wrapper = self.context_wrappers.get(name)
        try:
            if wrapper is not None:
                await asyncio.wait_for(wrapper.context.close(), _CLOSE_SECONDS)
        except (TimeoutError, BrowserError):
            self._give_up_browser(name)

    def _give_up_browser(self, name: str) -> None:
        if self.context_wrappers.pop(name, None) is not None and hasattr(self, "context_semaphore"):
            self.context_semaphore.release()
        with suppress(AttributeError):
            del self.browser

    def _make_request_handler(self, **kwargs: Any) -> Router:
        plain: Router = super()._make_request_handler(**kwargs)
        if not self._mirror:
            return plain

        async def answer(route: Route, request: BrowserRequest) -> None:
            try:
                if is_unneeded(request):
                    await route.abort()
                else:
                    await self._from_mirror(route, request)
            except BrowserError:
                with suppress(BrowserError):  # the page may be closed by now
                    await route.abort("connectionfailed")

        return answer

    async def _from_mirror(self, route: Route, request: BrowserRequest) -> None:
        headers = signed(await request.all_headers(), self._product)
        url = request.url
        for _ in range(_REDIRECTS):
            if urlsplit(url).scheme not in ("http", "https"):
                await route.continue_()
                return
            got = await route.fetch(url=mirrored(url, self._mirror), headers=headers, max_redirects=0)
            failure = got.headers.get(MIRROR_ERROR_HEADER.lower())
            if failure:
                await route.abort(_ABORTS.get(failure, "failed"))
                return
            if got.status not in (301, 302, 303, 307, 308) or "location" not in got.headers:
                await _fulfill(route, got)
                return
            url = urljoin(url, got.headers["location"])
            if request.is_navigation_request():
                await route.fulfill(content_type="text/html", body=_REDIRECTING.format(target=_script_text(url)))
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
    """Whether a page can do without it: pictures, fonts, sound and film."""
    return request.resource_type in _UNNEEDED


def _failure(error: BrowserError) -> type[Exception]:
    return next((kind for name, kind in _FAILURES.items() if name in error.message), DownloadFailedError)
