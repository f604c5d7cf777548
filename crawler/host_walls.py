"""Which hosts showed walls in this run (主机验证页), and which are to be left alone after their second."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlsplit

from crawler.page import Hosts

WALLS_TO_STOP = 2


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
        return bool(self._walls) and self._walls[host_of(url)] >= WALLS_TO_STOP

    @property
    def stopped_hosts(self) -> list[str]:
        """Hosts left alone, in order of name."""
        return sorted(host for host, walls in self._walls.items() if walls >= WALLS_TO_STOP)


def host_of(url: str) -> str:
    """The host name of an address, ``""`` where it has none."""
    return urlsplit(url).hostname or ""
