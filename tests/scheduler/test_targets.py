"""Whom to observe: accounts are handed out one after another, though a few are claimed at once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from records import Account, Unit
from scheduler.clock import Clock
from scheduler.targets import CLAIMED_AT_ONCE, ClaimedTargets, planned
from scheduler.workspace import Workspace
from storage.jobs import Jobs
from storage.workers import this_worker

NIGHT = datetime(2026, 11, 15, 17, 30, tzinfo=UTC)
UNIT = Unit(name="云岭县教育局")
OFFICES = [
    Account(platform="weibo", uid=f"100000000{number}", name=f"云岭{number}", unit=UNIT.name)
    for number in range(CLAIMED_AT_ONCE + 2)
]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A few more accounts of one platform than are claimed at once."""
    (tmp_path / "xuncha.toml").write_text('[office]\nname = "云岭县人民政府办公室"\n', encoding="utf-8")
    space = Workspace.open(tmp_path, Clock(NIGHT))
    space.store.save_register([UNIT], OFFICES, {}, {})
    return space


def begun(workspace: Workspace, jobs: Jobs) -> int:
    platforms = ("weibo",)
    return jobs.open_run("crawl", NIGHT, None, lambda found: planned(found, platforms, (), NIGHT), None).run_id


def test_every_account_is_handed_out_once_in_the_order_of_the_register(workspace: Workspace) -> None:
    jobs = Jobs(workspace.engine, this_worker())
    targets = ClaimedTargets(workspace, jobs, begun(workspace, jobs))
    found = [targets.claim("weibo") for _ in OFFICES]
    assert [target.account.uid for target in found if target is not None] == [one.uid for one in OFFICES]
    assert targets.claim("weibo") is None


def test_another_process_gets_what_this_one_did_not_claim(workspace: Workspace) -> None:
    mine, other = Jobs(workspace.engine, this_worker()), Jobs(workspace.engine, "another-machine:7:1")
    run_id = begun(workspace, mine)
    first = ClaimedTargets(workspace, mine, run_id).claim("weibo")
    second = ClaimedTargets(workspace, other, run_id).claim("weibo")
    assert first is not None and second is not None
    assert (first.account.uid, second.account.uid) == (OFFICES[0].uid, OFFICES[CLAIMED_AT_ONCE].uid)


def test_what_was_claimed_and_not_handed_out_is_still_to_be_observed(workspace: Workspace) -> None:
    jobs = Jobs(workspace.engine, this_worker())
    run_id = begun(workspace, jobs)
    targets = ClaimedTargets(workspace, jobs, run_id)
    targets.claim("weibo")
    assert targets.left("weibo") == len(OFFICES)
    jobs.release(run_id)
    assert len(jobs.claim(run_id, "weibo", len(OFFICES))) == len(OFFICES)
