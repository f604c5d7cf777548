"""Whom to observe tonight, and what is already held of them: storage's answers in the crawler's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from crawler.page import Target
from crawler.spiders.wechat import address_key
from records import CRAWLED_PLATFORMS, Account
from scheduler.workspace import Workspace
from storage.queries import accounts, held

# Two weeks are judged by the national line; a day more so that its first day is wholly seen.
FIRST_LOOK = timedelta(days=15)
LONGEST_LOOK = timedelta(days=31)
# A post may show up in its list a little after its own time.
OVERLAP = timedelta(hours=1)
RECHECK_DAYS = 7
CLOSED = ("注销", "关停")


class RegisteredTargets:
    """The register's accounts as the crawler's Targets."""

    def __init__(
        self, workspace: Workspace, only: Sequence[str] = (), links: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self._workspace, self._only = workspace, set(only)
        self._links = links or {}
        self._now = workspace.clock.now()

    def due(self, platform: str) -> list[tuple[int, Account]]:
        """Crawled accounts that are not closed, in the register's order."""
        with self._workspace.engine.connect() as connection:
            rows = accounts.account_rows(connection)
        return [
            (row_id, account)
            for row_id, account in rows
            if account.platform == platform
            and account.status not in CLOSED
            and (not self._only or account.ref in self._only)
        ]

    def for_platform(self, platform: str) -> Iterator[Target]:
        """Targets of one platform; reported links that no account claims come last."""
        for row_id, account in self.due(platform):
            with self._workspace.engine.connect() as connection:
                target = self._target(connection, row_id, account)
            yield target
        if self._links.get(platform):
            unclaimed = Account(platform=platform, uid="-", name="单位报送", unit="")
            yield Target(account=unclaimed, since=self._now, links=tuple(self._links[platform]))

    def owners(self, platform: str) -> dict[str, str]:
        """Account reference by every known key of the platform's registered accounts."""
        return accounts.owners(self._workspace.engine, platform)

    def _target(self, connection: Connection, row_id: int, account: Account) -> Target:
        keys = held.held_keys(connection, row_id, self._now, self._workspace.config.crawl.profile_days)
        recheck: tuple[str, ...] = ()
        if account.platform == "wechat":
            address = held.recheck_address(connection, row_id, self._now, RECHECK_DAYS)
            if address is not None:
                recheck = (address,)
                keys.discard(address_key(address) or "")
        return Target(
            account=account,
            since=self._since(held.covered_until(connection, row_id, self._now)),
            held=frozenset(keys),
            recheck=recheck,
            feed_clock=held.feed_clock(connection, row_id),
        )

    def _since(self, covered_until: datetime | None) -> datetime:
        if covered_until is None:
            return self._now - FIRST_LOOK
        return max(covered_until - OVERLAP, self._now - LONGEST_LOOK)


def count_due(targets: RegisteredTargets, platforms: Sequence[str] = CRAWLED_PLATFORMS) -> dict[str, int]:
    """Number of accounts to be asked on each platform."""
    return {platform: len(targets.due(platform)) for platform in platforms}
