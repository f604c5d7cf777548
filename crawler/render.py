"""Opens Fetch(render=True) pages in a browser and keeps the list answers that the page loads by itself.

The browser is an ordinary one and does not hide: its own User-Agent goes out with our product and
contact appended (``HeadlessChrome/… xuncha/0.1 (+contact)``), ``navigator.webdriver`` stays, nothing is
forged, signed or solved. Pictures, fonts, media and beacons are not loaded. robots.txt is asked for the page's
address and for every document, data call and redirect after it (crawler.guard); no web socket is opened.

Playwright is imported by crawler.render_transport and only when a crawl has a browser.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from urllib.request import getproxies

from crawler.browser import launch_arguments
from crawler.page import Call, Fetch, Page, ParseError
from crawler.spiders.toutiao.address import account_key, is_token, list_call
from crawler.spiders.toutiao.items import listed_at
from crawler.spiders.toutiao.lists import Answer, parse_answer

if TYPE_CHECKING:
    from playwright.async_api import Page as BrowserPage
    from playwright.async_api import Request as BrowserRequest
    from playwright.async_api import Response as BrowserResponse
    from scrapy.http import Response
    from scrapy.settings import BaseSettings

HANDLER = "crawler.render_transport.BrowserHandler"
CONTENT = "#RENDER_DATA, article, .weitoutiao-html, video[src], #captcha_container"
RENDER_SECONDS = 120.0
FIRST_SECONDS = 20.0
SCROLL_SECONDS = 6.0
NAVIGATION_SECONDS = 30.0
# Of the time of one render step; what was seen by then is worth more than a step that is ended.
UNROLL_SHARE = 0.75
LIST_CAP = 10
CONTEXT: dict[str, Any] = {"service_workers": "block", "locale": "zh-CN"}
# How the browser words a request that our guard did not send because a robots.txt forbids it.
FORBIDDEN_ERROR = "ERR_BLOCKED_BY_CLIENT"
# Marks the stand-in for a redirect of a document, which a mirror answers with.
REDIRECTS_HEADER = "X-Mirror-Redirect"
# Web sockets go to a port where nothing listens: no robots.txt can be asked about them.
_NO_SOCKETS = 'function FindProxyForURL(url, host) {{ return /^ws/.test(url) ? "PROXY 0.0.0.0:1" : "{way}"; }}'
_SCROLL = "window.scrollTo(0, document.body.scrollHeight)"
_LIST_KIND = "profile"
_CAPTURE = "xuncha_capture"
_FUTILE_WAITS = 2

_log = logging.getLogger(__name__)


@dataclass
class Capture:
    """The list answers that one page received, in order, and a bell that rings at each.

    ``forbidden``: a robots.txt forbids the call that carries the account's list. ``document_forbidden``: the page
    itself went where one forbids it. ``is_busy`` tells whether requests of the page still wait for their turn.
    """

    token: str | None
    calls: list[Call] = field(default_factory=list)
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    forbidden: bool = False
    document_forbidden: bool = False
    pause_seconds: float = 0.0
    is_busy: Callable[[], bool] = bool

    def begin(self, pause_seconds: float, is_busy: Callable[[], bool]) -> None:
        """Forget what an earlier attempt at the page saw."""
        self.calls.clear()
        self.bell.clear()
        self.forbidden = self.document_forbidden = False
        self.pause_seconds, self.is_busy = pause_seconds, is_busy

    def refused(self, request: BrowserRequest) -> None:
        """Notes a request of the page that was not sent because a robots.txt forbids it."""
        if FORBIDDEN_ERROR not in (request.failure or ""):
            return
        if request.is_navigation_request() and request.frame.parent_frame is None:
            self.document_forbidden = True
        hop: BrowserRequest | None = request
        while hop is not None:
            if self._is_own_list(hop.url):
                self.forbidden = True
                self.bell.set()
            hop = hop.redirected_from

    def _is_own_list(self, url: str) -> bool:
        asked = list_call(url)
        return asked is not None and self.token in (None, asked.token)

    async def take(self, response: BrowserResponse) -> None:
        """Keeps the answer if it is this account's list; a body that cannot be read is logged and left out.

        Left out rather than kept empty: a broken chain reads as "not all seen", an empty body as a refusal.
        """
        if not self._is_own_list(response.url):
            return
        try:
            self.calls.append(Call(response.url, response.status, await response.body()))
        except Exception as error:
            # Raised in an event handler it would reach nobody.
            _log.warning("列表回答没有读到 %s：%s", response.url, error)
        self.bell.set()

    async def heard(self, seconds: float) -> bool:
        """Whether another answer came within ``seconds`` of quiet; takes the ring away.

        While the page's requests wait for the pace of their host, it is not quiet.
        """
        while True:
            try:
                await asyncio.wait_for(self.bell.wait(), seconds)
            except TimeoutError:
                if self.is_busy():
                    continue
                return False
            self.bell.clear()
            return True


def wants(calls: list[Call], until: datetime | None) -> str:
    """What the list still needs: ``nothing``, ``scroll`` for its next page, or ``wait`` after a refused answer.

    Nothing is needed where no page follows or the window is covered: the last page's newest post that is
    not stuck on top was published before ``until`` (one page more than needed, so that a single old post
    among new ones ends nothing). After a refusal the page may ask again by itself; we do not make it.
    """
    try:
        answer = parse_answer(calls[-1])
    except ParseError:
        return "wait"
    if not isinstance(answer, Answer):
        return "wait"
    times = [moment for item in answer.items if (moment := listed_at(item)) is not None]
    covered = until is not None and bool(times) and max(times) <= until
    return "nothing" if covered or not answer.more else "scroll"


async def unroll(
    page: BrowserPage, capture: Capture, until: datetime | None, first_seconds: float, all_seconds: float
) -> None:
    """Scrolls until the list is unrolled, nothing more comes, or the cap of pages or of time is reached."""
    with suppress(TimeoutError):
        async with asyncio.timeout(all_seconds):
            await capture.heard(first_seconds)
            await _unroll_rest(page, capture, until)


async def _unroll_rest(page: BrowserPage, capture: Capture, until: datetime | None) -> None:
    futile = 0
    while 0 < len(capture.calls) < LIST_CAP and futile < _FUTILE_WAITS and not capture.forbidden:
        needed = wants(capture.calls, until)
        if needed == "nothing":
            return
        if needed == "scroll":
            await asyncio.sleep(capture.pause_seconds)
            await page.evaluate(_SCROLL)
        futile = 0 if await capture.heard(SCROLL_SECONDS) else futile + 1


async def await_content(page: BrowserPage, first_seconds: float) -> None:
    """Waits for a post's content; that none comes is no error, the page's own words then decide."""
    from playwright.async_api import TimeoutError as BrowserTimeout

    try:
        await page.wait_for_selector(CONTENT, state="attached", timeout=first_seconds * 1000)
    except BrowserTimeout:
        _log.info("没有等到内容：%s", page.url)


def render_meta(fetch: Fetch, settings: BaseSettings) -> dict[str, Any]:
    """The request meta that opens ``fetch`` in the browser, waits for what it is about and captures its list.

    Not serialisable: never combined with JOBDIR. Between two list pages the host's own delay is kept.
    """
    from scrapy_playwright.page import PageMethod

    key = account_key(fetch.url)
    capture = Capture(key if is_token(key) else None)
    first_seconds = settings.getfloat("XUNCHA_RENDER_WAIT_SECONDS", FIRST_SECONDS)
    if fetch.kind == _LIST_KIND:
        all_seconds = settings.getfloat("XUNCHA_RENDER_SECONDS") * UNROLL_SHARE
        method = PageMethod(unroll, capture, fetch.until, first_seconds, all_seconds)
    else:
        method = PageMethod(await_content, first_seconds)
    handlers: dict[str, Callable[..., Any]] = {"response": capture.take, "requestfailed": capture.refused}
    return {**browser_meta("default", [method], handlers), _CAPTURE: capture}


def browser_meta(
    context: str, methods: list[Any], handlers: dict[str, Callable[..., Any]], wait_until: str = "domcontentloaded"
) -> dict[str, Any]:
    """The request meta that opens an address in the browser, in the browsing context of this name."""
    return {
        "playwright": True,
        "playwright_context": context,
        # Named at every request: a browser that is started anew has no contexts.
        "playwright_context_kwargs": CONTEXT,
        "playwright_page_methods": methods,
        "playwright_page_goto_kwargs": {"wait_until": wait_until},
        "playwright_page_event_handlers": handlers,
    }


def capture_of(meta: dict[str, Any]) -> Capture | None:
    """What a render request captures, from its ``meta``; ``None`` for any other request."""
    capture = meta.get(_CAPTURE)
    return capture if isinstance(capture, Capture) else None


def refusal(response: Response) -> str | None:
    """``robots`` where a robots.txt forbids the call that carries the account's list, so that it was not asked."""
    capture = capture_of(response.meta)
    return "robots" if capture is not None and capture.forbidden else None


def page_of(response: Response, fetch: Fetch, fetched_at: datetime) -> Page:
    """The page as the browser shows it at last, with the list calls it made; addresses are the originals."""
    capture = capture_of(response.meta)
    return Page(
        url=fetch.url,
        final_url=response.url,
        status=response.status,
        body=response.body,
        content_type=(response.headers.get("Content-Type") or b"").decode("latin-1"),
        fetched_at=fetched_at,
        kind=fetch.kind,
        calls=tuple(capture.calls) if capture is not None else (),
    )


def render_settings(chromium_path: str, mirror: str, user_agent: str) -> dict[str, Any]:
    """Scrapy settings of a crawl that opens pages in the browser at ``chromium_path``.

    Only https goes through the browser's handler (each scheme would start a driver of its own); pages
    without ``render`` still take the plain way. With a mirror the browser resolves no name but this
    machine's, so that nothing can pass it by. ``user_agent`` is our product and contact; the browser puts
    its own in front of it.
    """
    return {
        "USER_AGENT": user_agent,
        "XUNCHA_CHROMIUM": chromium_path,
        "XUNCHA_RENDER_SECONDS": RENDER_SECONDS,
        "DOWNLOAD_HANDLERS": {"http": "crawler.transport.MirrorHandler", "https": HANDLER},
        "PLAYWRIGHT_BROWSER_TYPE": "chromium",
        "PLAYWRIGHT_LAUNCH_OPTIONS": {
            "executable_path": chromium_path,
            "headless": True,
            "args": [*launch_arguments(), _ways_out(mirror)],
            "handle_sigint": False,
            "handle_sigterm": False,
        },
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": 2,
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": NAVIGATION_SECONDS * 1000,
    }


def _ways_out(mirror: str) -> str:
    """The argument that leaves the browser no way past the mirror; without one, none for web sockets."""
    if mirror:
        return "--host-resolver-rules=MAP * ~NOTFOUND"
    proxy = getproxies().get("https")  # the machine's own, which the browser would else take by itself
    way = f"PROXY {proxy.rpartition('//')[2].rstrip('/')}" if proxy else "DIRECT"
    return f"--proxy-pac-url=data:application/x-ns-proxy-autoconfig,{quote(_NO_SOCKETS.format(way=way))}"
