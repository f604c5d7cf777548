"""No request to a host after its second wall of the night (主机停采)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest

from crawler.page import Hosts

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

WALLS_TO_STOP = 2


class HostStopped(IgnoreRequest):
    """The host showed walls twice in this run and is left alone until the next."""


class CrawlStopping(IgnoreRequest):
    """The crawl is being brought to its end: nothing is asked any more, and nothing is said of what was not."""


class HostWalls:
    """Counts walls by host in one run; with ``hosts``, together with the run's other processes."""

    def __init__(self, hosts: Hosts | None = None) -> None:
        self._hosts = hosts
        self._walls: Counter[str] = Counter(hosts.walls() if hosts is not None else {})

    def add(self, url: str, *, with_page: bool = False) -> None:
        """Note a wall at the address's host; ``with_page`` where it is stored together with the page that showed it.

        So an account that is asked again, because its process was killed before, does not count its wall twice.
        """
        host = host_of(url)
        self._walls[host] += 1
        if self._hosts is not None and not with_page:
            self._hosts.add_wall(host)

    def refresh(self) -> None:
        """Take in what other processes met."""
        if self._hosts is not None:
            self._walls |= Counter(self._hosts.walls())

    def stopped(self, url: str) -> bool:
        """Whether the address's host is to be left alone."""
        return self._walls[host_of(url)] >= WALLS_TO_STOP

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
        refuse_stopped(self._crawler, request)


def host_of(url: str) -> str:
    """The host name of an address, ``""`` where it has none."""
    return urlsplit(url).hostname or ""


def walls_of(crawler: Crawler) -> HostWalls | None:
    """The walls that the crawl's spider counts."""
    walls = getattr(crawler.spider, "walls", None)
    return walls if isinstance(walls, HostWalls) else None


def refuse_stopped(crawler: Crawler, request: Request) -> None:
    """Raises HostStopped if the request's host is left alone for the night."""
    walls = walls_of(crawler)
    if walls is not None and walls.stopped(request.url):
        raise HostStopped(request.url)
