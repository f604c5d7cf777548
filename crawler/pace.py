"""Stops a host for the night at its second wall (主机停采)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

WALLS_TO_STOP = 2


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
        walls = getattr(self._crawler.spider, "walls", None)
        if isinstance(walls, HostWalls) and walls.stopped(request.url):
            raise HostStopped(request.url)
