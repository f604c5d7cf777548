"""Opens Fetch(render=True) pages in a browser and keeps the list answers that the page loads by itself.

The browser is an ordinary one and does not hide: its own User-Agent goes out with our product and
contact appended (``HeadlessChrome/… xuncha/0.1 (+contact)``), ``navigator.webdriver`` stays, nothing is
forged, signed or solved. Pictures, fonts and media are not loaded. robots.txt is asked for the page's
address; what the page then loads by itself is not checked, as in any browser.

Playwright is imported by crawler.render_transport and only when a crawl has a browser.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from crawler.browser import launch_arguments
from crawler.page import Call, Fetch, Page, ParseError
from crawler.spiders.toutiao.address import account_key, is_token, list_call
from crawler.spiders.toutiao.items import listed_at
from crawler.spiders.toutiao.lists import Answer, parse_answer

if TYPE_CHECKING:
    from playwright.async_api import Page as BrowserPage
    from playwright.async_api import Response as BrowserResponse
    from scrapy.http import Response
    from scrapy.settings import BaseSettings

HANDLER = "crawler.render_transport.BrowserHandler"
CONTENT = "#RENDER_DATA, article, .weitoutiao-html, video[src], #captcha_container"
RENDER_SECONDS = 120.0
FIRST_SECONDS = 20.0
SCROLL_SECONDS = 6.0
NAVIGATION_SECONDS = 30.0
LIST_CAP = 10
_SCROLL = "window.scrollTo(0, document.body.scrollHeight)"
_LIST_KIND = "profile"
_CAPTURE = "xuncha_capture"
_FUTILE_WAITS = 2

_log = logging.getLogger(__name__)


@dataclass
class Capture:
    """The list answers that one page received, in order, and a bell that rings at each."""

    token: str | None
    calls: list[Call] = field(default_factory=list)
    bell: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, response: BrowserResponse) -> None:
        """Keeps the answer if it is this account's list; a body that cannot be read is logged and left out.

        Left out rather than kept empty: a broken chain reads as "not all seen", an empty body as a refusal.
        """
        asked = list_call(response.url)
        if asked is None or (self.token is not None and asked.token != self.token):
            return
        try:
            self.calls.append(Call(response.url, response.status, await response.body()))
        except Exception as error:
            # Raised in an event handler it would reach nobody.
            _log.warning("列表回答没有读到 %s：%s", response.url, error)
        self.bell.set()

    async def heard(self, seconds: float) -> bool:
        """Whether another answer came within ``seconds``; takes the ring away."""
        try:
            await asyncio.wait_for(self.bell.wait(), seconds)
        except TimeoutError:
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
    page: BrowserPage, capture: Capture, until: datetime | None, pause_seconds: float, first_seconds: float
) -> None:
    """Scrolls until the list is unrolled, nothing more comes, or the cap of pages is reached."""
    await capture.heard(first_seconds)
    futile = 0
    while 0 < len(capture.calls) < LIST_CAP and futile < _FUTILE_WAITS:
        needed = wants(capture.calls, until)
        if needed == "nothing":
            return
        if needed == "scroll":
            await asyncio.sleep(pause_seconds)
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
        method = PageMethod(unroll, capture, fetch.until, _pause_seconds(fetch.url, settings), first_seconds)
    else:
        method = PageMethod(await_content, first_seconds)
    return {
        "playwright": True,
        "playwright_page_methods": [method],
        "playwright_page_goto_kwargs": {"wait_until": "domcontentloaded"},
        "playwright_page_event_handlers": {"response": capture.take},
        _CAPTURE: capture,
    }


def _pause_seconds(url: str, settings: BaseSettings) -> float:
    slot = settings.getdict("DOWNLOAD_SLOTS").get(urlsplit(url).hostname, {})
    return float(slot.get("delay", settings.getfloat("DOWNLOAD_DELAY")))


def page_of(response: Response, fetch: Fetch, fetched_at: datetime) -> Page:
    """The page as the browser shows it at last, with the list calls it made; addresses are the originals."""
    capture = response.meta.get(_CAPTURE)
    return Page(
        url=fetch.url,
        final_url=response.url,
        status=response.status,
        body=response.body,
        content_type=(response.headers.get("Content-Type") or b"").decode("latin-1"),
        fetched_at=fetched_at,
        kind=fetch.kind,
        calls=tuple(capture.calls) if isinstance(capture, Capture) else (),
    )


def render_settings(chromium_path: str, mirror: str, user_agent: str) -> dict[str, Any]:
    """Scrapy settings of a crawl that opens pages in the browser at ``chromium_path``.

    Only https goes through the browser's handler (each scheme would start a driver of its own); pages
    without ``render`` still take the plain way. With a mirror the browser resolves no name but this
    machine's, so that nothing can pass it by. ``user_agent`` is our product and contact; the browser puts
    its own in front of it.
    """
    arguments = launch_arguments()
    if mirror:
        arguments.append("--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1")
    return {
        "USER_AGENT": user_agent,
        "XUNCHA_CHROMIUM": chromium_path,
        "XUNCHA_RENDER_SECONDS": RENDER_SECONDS,
        "DOWNLOAD_HANDLERS": {"http": "crawler.transport.MirrorHandler", "https": HANDLER},
        "PLAYWRIGHT_BROWSER_TYPE": "chromium",
        "PLAYWRIGHT_LAUNCH_OPTIONS": {
            "executable_path": chromium_path,
            "headless": True,
            "args": arguments,
            "handle_sigint": False,
            "handle_sigterm": False,
        },
        "PLAYWRIGHT_CONTEXTS": {"default": {"service_workers": "block", "locale": "zh-CN"}},
        "PLAYWRIGHT_MAX_CONTEXTS": 1,
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": 2,
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": NAVIGATION_SECONDS * 1000,
    }
