"""Pace as the server of the platforms measures it, whatever number of our processes is at work."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.server import Asked
from tests.faults.driver import county_home
from tests.faults.pace import crawl_together, manners

pytestmark = pytest.mark.slow
DELAY_SECONDS = 0.4
HOST = "m.weibo.cn"


def test_a_host_is_asked_one_by_one_and_never_faster_than_the_delay(tmp_path: Path) -> None:
    processes = 2
    with county_home(tmp_path) as (server, home):
        known = [one.ref for one in server.county.accounts if one.platform == "weibo" and one.posts][: 2 * processes]
        each = [known[number::processes] for number in range(processes)]
        seen = manners(crawl_together(server, home, server.county.nights[-1], each, DELAY_SECONDS), HOST)
    assert (seen.requests > processes, seen.at_once) == (True, 1)
    assert seen.shortest_gap_seconds >= DELAY_SECONDS


def test_requests_that_overlap_or_hurry_are_told_from_polite_ones() -> None:
    log = [Asked(at, "GET", f"https://{HOST}/{at}", 200, at + 0.5) for at in (0.0, 2.0, 2.2, 4.0)]
    seen = manners(log, HOST)
    assert (seen.requests, seen.at_once, round(seen.shortest_gap_seconds, 3)) == (4, 2, 0.2)
