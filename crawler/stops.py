"""No request to a host after its second wall of the night (主机停采)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.exceptions import IgnoreRequest

from crawler.host_walls import HostWalls

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler


class HostStopped(IgnoreRequest):
    """The host showed walls twice in this run and is left alone until the next."""


class CrawlStopping(IgnoreRequest):
    """The crawl is being brought to its end: nothing is asked any more, and nothing is said of what was not."""


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


def walls_of(crawler: Crawler) -> HostWalls | None:
    """The walls that the crawl's spider counts."""
    walls = getattr(crawler.spider, "walls", None)
    return walls if isinstance(walls, HostWalls) else None


def refuse_stopped(crawler: Crawler, request: Request) -> None:
    """Raises HostStopped if the request's host is left alone for the night."""
    walls = walls_of(crawler)
    if walls is not None and walls.stopped(request.url):
        raise HostStopped(request.url)
