"""A night in a bad place: a dead account, a closed door. Full disks and lost networks are in the long suite."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.county import load_county
from demo.server import CountyServer
from tests.faults.driver import ENDED, county_home, rows_of, run
from tests.faults.hundred import NIGHT, UIDS, Hundred
from tests.faults.nights import robots_turned

pytestmark = pytest.mark.slow


def test_one_dead_account_does_not_stop_the_other_ninety_nine(tmp_path: Path) -> None:
    dead = UIDS[41]
    with CountyServer(load_county(), now=NIGHT) as server:
        home = Hundred(dead, "wall").home(tmp_path / "home", server)
        done = run(home, NIGHT, "crawl", "--json")
    seen = {row["account"]: row["status"] for row in rows_of(home)["coverage"]}
    assert done.code in ENDED, done.err
    assert {account for account, status in seen.items() if status != "complete"} == {f"weibo:{dead}"}
    assert len(seen) == 100


def test_a_host_that_closed_its_door_is_asked_no_more(tmp_path: Path) -> None:
    with county_home(tmp_path) as (server, home):
        assert robots_turned(server, home, server.county.nights[-1], tmp_path / "copy") is None
