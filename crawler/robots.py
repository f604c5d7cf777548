"""What robots.txt allows (爬虫协议), failing closed: an answer that is no set of rules forbids.

404 and 410 allow. 5xx, no answer, any other status, and a body that is markup or without a single
rule line (a challenge page in its place) forbid. ``Crawl-delay`` is honoured to the second; a mirror
caps it. A host that wants more than an hour between two requests is not asked at all.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from crawler.downloader import pace_of
from crawler.host_walls import host_of
from crawler.page import Page
from crawler.received import exchange_of
from crawler.robots_rules import FORBIDDING, Rules
from crawler.settings import Parts
from crawler.stops import CrawlStopping, HostStopped

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

LONGEST_DELAY_SECONDS = 3600.0


class RobotsForbidden(IgnoreRequest):
    """The host's robots.txt forbids this address, or could not be read."""


class RobotsUnanswered(IgnoreRequest):
    """The host did not answer when asked for its robots.txt: an outage, not a rule."""


@runtime_checkable
class Listening(Protocol):
    """Targets that want to know who answered (有应答), also where only the rules were asked for."""

    def heard(self, host: str) -> None:
        """Take in that a host answered."""
        ...


class RobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's robots middleware, failing closed, with permitted hosts and exact crawl delays."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._permitted = frozenset(crawler.settings.getlist("XUNCHA_ROBOTS_PERMITTED"))
        self._mirror = bool(crawler.settings.get("XUNCHA_MIRROR"))
        self._rules: dict[str, asyncio.Task[Rules]] = {}

    async def process_request(self, request: Request, spider: Any = None) -> None:
        """Lets a permitted or allowed request pass; raises RobotsForbidden otherwise."""
        if not request.meta.get("dont_obey_robotstxt"):
            await self.check(request.url, is_counted=bool(request.meta.get("dont_retry")))

    async def may_fetch(self, url: str) -> bool:
        """Whether the robots.txt of the address's host, fetched if it is not known yet, allows the address."""
        try:
            await self.check(url)
        except (RobotsForbidden, RobotsUnanswered):
            return False
        return True

    async def check(self, url: str, *, is_counted: bool = False) -> None:
        """Returns where the address may be fetched; for a page that is asked once the rules are asked once as well.

        Raises:
            RobotsForbidden: The robots.txt of its host does not allow it, or is no set of rules.
            RobotsUnanswered: The host did not answer when asked for it.
        """
        if host_of(url) in self._permitted:
            return
        # A page that is given up must not leave the host's rules asked for and never told.
        rules = await asyncio.shield(self._asked(url, is_counted=is_counted))
        if not rules.allowed(url, self._default_useragent):
            self._stats.inc_value("robotstxt/forbidden")
            raise RobotsForbidden(f"robots.txt 不允许访问 {url}")

    def _asked(self, url: str, *, is_counted: bool) -> asyncio.Task[Rules]:
        """The rules of the address's host, asked once and awaited by all who need them.

        Scrapy's own way tells only the first who waits; to the others it gives nothing, which reads as allowed.
        """
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        task = self._rules.get(origin)
        if task is None:
            task = self._rules[origin] = asyncio.ensure_future(self._ask(origin, is_counted=is_counted))
        return task

    async def _ask(self, origin: str, *, is_counted: bool) -> Rules:
        meta = {"dont_obey_robotstxt": True, "dont_retry": is_counted}
        request = Request(f"{origin}/robots.txt", priority=self.DOWNLOAD_PRIORITY, meta=meta, callback=NO_CALLBACK)
        self._stats.inc_value("robotstxt/request_count")
        try:
            response = await self.crawler.engine.download_async(request)
        except (HostStopped, CrawlStopping):
            del self._rules[origin]
            raise
        except Exception as error:
            # Asked anew by the next who needs it: the host may answer again in an hour.
            del self._rules[origin]
            raise RobotsUnanswered(f"{host_of(origin)} 没有应答，robots.txt 读不到（{error}）") from error
        self._keep(response)
        rules = Rules(response.status, response.body)
        return rules if self._delay(request, rules) else FORBIDDING

    def _keep(self, response: Response) -> None:
        """What forbids a page is evidence as the page would be; and whatever it says, the host answered."""
        parts, spider = self.crawler.settings.get("XUNCHA_PARTS"), self.crawler.spider
        if not isinstance(parts, Parts) or spider is None:
            return
        if isinstance(parts.targets, Listening):
            parts.targets.heard(host_of(response.url))
        page = Page(
            url=response.url,
            status=response.status,
            body=response.body,
            content_type=(response.headers.get("Content-Type") or b"").decode("latin-1"),
            fetched_at=spider.now(),  # type: ignore[attr-defined]
            exchange=exchange_of(response),
        )
        parts.archive.keep(page)

    def _delay(self, request: Request, rules: Rules) -> bool:
        """Set the pace that the host asks for; whether it can be kept."""
        asked = rules.crawl_delay(self._default_useragent)
        if asked is None or self._mirror:
            return True
        if asked > LONGEST_DELAY_SECONDS:
            return False
        pace_of(self.crawler).slow(host_of(request.url), asked)
        return True
