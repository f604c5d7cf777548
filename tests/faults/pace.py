"""How politely a host was asked, as its own server saw it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from demo.server import Asked, CountyServer
from tests.faults.driver import NIGHT_SECONDS, started

ANSWER_SECONDS = 0.15


@dataclass(frozen=True)
class Manners:
    """One host as it was asked: how many requests, how many of them at once, and the shortest time between two."""

    host: str
    requests: int
    at_once: int
    shortest_gap_seconds: float


def manners(log: Sequence[Asked], host: str) -> Manners:
    """What the log tells of a host; the gap is from the beginning of one request to that of the next."""
    asked = sorted((one for one in log if urlsplit(one.url).hostname == host), key=lambda one: one.at_seconds)
    at_once = max((sum(o.at_seconds <= one.at_seconds < o.done_at_seconds for o in asked) for one in asked), default=0)
    gaps = [later.at_seconds - one.at_seconds for one, later in pairwise(asked)]
    return Manners(host, len(asked), at_once, min(gaps, default=float("inf")))


def crawl_together(
    server: CountyServer, home: Path, now: datetime, accounts: Sequence[Sequence[str]], delay_seconds: float
) -> list[Asked]:
    """The requests of as many ``xuncha crawl`` at once as there are lists of accounts; an empty list means all."""
    begun = len(server.log)
    server.answer_seconds = ANSWER_SECONDS
    settings = {"XUNCHA_CRAWL_DELAY_SECONDS": str(delay_seconds)}
    with ExitStack() as stack:
        children = [
            stack.enter_context(started(home, now, "crawl", "--json", *_asked(some), **settings)) for some in accounts
        ]
        codes = [child.wait(NIGHT_SECONDS) for child in children]
    server.answer_seconds = 0.0
    assert set(codes) <= {0, 3}, codes
    return server.log[begun:]


def _asked(accounts: Sequence[str]) -> list[str]:
    return [word for account in accounts for word in ("--account", account)]
