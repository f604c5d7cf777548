"""Whom to observe tonight, and what is already held of them: storage's answers in the crawler's words."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from crawler.page import Ending, Target
from crawler.spiders.wechat import address_key
from records import CRAWLED_PLATFORMS, Account
from scheduler.workspace import Workspace
from storage.endings import endings_of
from storage.jobs import Job, Jobs
from storage.queries import accounts, held, runs

# Two weeks are judged by the national line; a day more so that its first day is wholly seen.
FIRST_LOOK = timedelta(days=15)
LONGEST_LOOK = timedelta(days=31)
# A post may show up in its list a little after its own time.
OVERLAP = timedelta(hours=1)
RECHECK_DAYS = 7
CLOSED = ("注销", "关停")
UNCLAIMED = "-"
# One transaction for a few accounts costs little more than for one; few, as other processes want some too.
CLAIMED_AT_ONCE = 4


def due(workspace: Workspace, platform: str, only: Sequence[str] = ()) -> list[tuple[int, Account]]:
    """Crawled accounts that are not closed, in the register's order."""
    with workspace.engine.connect() as connection:
        return _due(connection, platform, only)


def closed(workspace: Workspace) -> list[str]:
    """References of the accounts on crawled platforms that are closed, and so never due."""
    filed = accounts.accounts(workspace.engine)
    return [one.ref for one in filed if one.platform in CRAWLED_PLATFORMS and one.status in CLOSED]


def _due(connection: Connection, platform: str, only: Sequence[str]) -> list[tuple[int, Account]]:
    return [
        (row_id, account)
        for row_id, account in accounts.account_rows(connection)
        if account.platform == platform and account.status not in CLOSED and (not only or account.ref in only)
    ]


def planned(
    connection: Connection, platforms: Sequence[str], only: Sequence[str], now: datetime
) -> Iterator[dict[str, Any]]:
    """A row of the jobs table for every account that is due, with what is known of it before the run.

    What the run itself will see must not count as known when it goes on after having been cut off: its own
    list would then seem to have been seen before, and a feed's clock to stand still.
    """
    for platform in platforms:
        for row_id, _ in _due(connection, platform, only):
            seen = held.covered_until(connection, row_id, now)
            yield {
                "platform": platform,
                "account_id": row_id,
                "since": _since(seen, now),
                "feed_clock": held.feed_clock(connection, row_id),
            }


def _since(covered_until: datetime | None, now: datetime) -> datetime:
    if covered_until is None:
        return now - FIRST_LOOK
    return max(covered_until - OVERLAP, now - LONGEST_LOOK)


class ClaimedTargets:
    """The jobs of one run as the crawler's Targets; reported links that no account claims come last."""

    def __init__(
        self, workspace: Workspace, jobs: Jobs, run_id: int, links: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self._workspace, self._jobs, self._run_id = workspace, jobs, run_id
        self._links = {platform: tuple(found) for platform, found in (links or {}).items()}
        self._now = workspace.clock.now()
        self._started_at = runs.run_of(workspace.engine, run_id).started_at
        self._ready: dict[str, deque[Target]] = {}

    def claim(self, platform: str) -> Target | None:
        """The platform's next target; ``None`` where none can be had now."""
        ready = self._ready.setdefault(platform, deque())
        if not ready:
            ready.extend(self._claimed(platform))
        if ready:
            return ready.popleft()
        links = self._links.pop(platform, ())
        if not links:
            return None
        unclaimed = Account(platform=platform, uid=UNCLAIMED, name="单位报送", unit="")
        return Target(account=unclaimed, since=self._now, links=links)

    def left(self, platform: str) -> int:
        """How many are still to be observed, those that other processes are at among them."""
        return self._jobs.n_open(self._run_id, platform) + bool(self._links.get(platform))

    def beat(self) -> None:
        """Say that this process is still at what it claimed."""
        self._jobs.beat(self._run_id)

    def owners(self, platform: str) -> dict[str, str]:
        """Account reference by every known key of the platform's registered accounts."""
        return accounts.owners(self._workspace.engine, platform)

    def _claimed(self, platform: str) -> list[Target]:
        jobs = self._jobs.claim(self._run_id, platform, CLAIMED_AT_ONCE)
        if not jobs:
            return []
        with self._workspace.engine.connect() as connection:
            found = accounts.accounts_of_rows(connection, [job.account_id for job in jobs])
            return [self._target(connection, found[job.account_id], job) for job in jobs]

    def _target(self, connection: Connection, account: Account, job: Job) -> Target:
        keys = held.held_keys(connection, job.account_id, self._now, self._workspace.config.crawl.profile_days)
        recheck: tuple[str, ...] = ()
        if account.platform == "wechat":
            address = held.recheck_address(connection, job.account_id, self._now, RECHECK_DAYS)
            if address is not None:
                recheck = (address,)
                keys.discard(address_key(address) or "")
        api_id = self._workspace.config.wechat_api.appid_of(account) if account.platform == "wechat" else None
        return Target(
            account=account,
            since=job.since,
            held=frozenset(keys),
            recheck=recheck,
            alone=job.alone,
            feed_clock=job.feed_clock,
            api_id=api_id,
            api_proved=api_id is not None and held.api_proved(connection, job.account_id, api_id, self._run_id),
            endings=self._endings(connection, job.account_id),
        )

    def _endings(self, connection: Connection, account_id: int) -> tuple[Ending, ...]:
        """What earlier nights said: what this run saw itself before it was cut off is not from another night."""
        found = endings_of(connection, account_id)
        return tuple(Ending(kind, seen_at) for kind, seen_at in found if seen_at < self._started_at)


def count_due(workspace: Workspace, platforms: Sequence[str] = CRAWLED_PLATFORMS) -> dict[str, int]:
    """Number of accounts to be asked on each platform."""
    return {platform: len(due(workspace, platform)) for platform in platforms}
