"""How links are checked, and what keeps one from being answered (链接检测的设置)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from crawler.host_walls import HostWalls
from crawler.link_addresses import resolved
from crawler.link_spelling import canonical
from crawler.link_typing import address_as_typed, holds_several
from crawler.pace import Pace

Resolve = Callable[[str], Awaitable[Sequence[str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOptions:
    """How links are checked.

    ``now`` is the run's clock. ``control`` are addresses that answer while our own network works.
    ``allow_private`` are networks (``10.0.0.0/8``) that may be called. ``delays`` are seconds between two
    requests by host, ``delay_seconds`` for all others, ``private_delay_seconds`` for IP addresses in
    ``allow_private`` where it is shorter; hosts in ``permitted`` are asked without robots.txt.
    ``resolve`` gives the IP addresses of a host name in the place of the system's resolver. Platforms' hosts
    keep the crawl's ``pace``, one request at a time, and are left alone after their second wall (``walls``).
    At most ``concurrency`` requests are under way at once.
    """

    user_agent: str
    now: Callable[[], datetime]
    concurrency: int = 32
    connections_per_host: int = 2
    timeout_seconds: float = 15.0
    delay_seconds: float = 1.0
    private_delay_seconds: float | None = None
    delays: Mapping[str, float] = field(default_factory=dict)
    control: tuple[str, ...] = ()
    allow_private: tuple[str, ...] = ()
    permitted: frozenset[str] = frozenset()
    mirror: str | None = None
    resolve: Resolve | None = None
    pace: Pace | None = None
    walls: HostWalls = field(default_factory=HostWalls)


class RefusedAddressError(Exception):
    """A host name leads only to addresses that we do not call."""


class FaultError(Exception):
    """A host gave no answer; ``at`` is the moment on the loop's clock.

    ``reason`` is ``dns`` (no such name), ``dns_fault``, ``refused``, ``reset``, ``timeout``, ``tls``,
    ``unreachable``, ``protocol``, or ``own_network`` (the mirror itself, or this machine, does not answer).
    """

    def __init__(self, reason: str, at: float, seconds: float) -> None:
        super().__init__(reason)
        self.reason, self.at, self.seconds = reason, at, seconds


def asked_of(url: str) -> str:
    """What is asked for an address as it was written: what a browser would open, and of a wrapper what it leads to.

    Without its fragment, which no host gets to see. Several addresses come back as they are: spelt as one they would be
    an address that nobody wrote.
    """
    typed = address_as_typed(url)
    behind = resolved(typed)
    meant = typed if behind is None else address_as_typed(behind)
    return meant if holds_several(meant) else canonical(meant)
