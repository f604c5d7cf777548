"""One platform's share of a sweep (搜索份额): so many pages an hour and a night, and no more than fit its time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from scheduler.search_limits import HOUR, NIGHT
from scheduler.workspace import Workspace
from storage.queries.searches import page_times
from storage.searches import Allowance, Searching


class Share:
    """What may still be asked of one platform in this sweep: so much a night, an hour, and in the sweep's own time."""

    def __init__(self, workspace: Workspace, platform: str, ends_at: datetime) -> None:
        limits = workspace.config.sweep
        self._store, self._engine, self._platform = workspace.store, workspace.engine, platform
        self._now: Callable[[], datetime] = workspace.clock.now
        self._ends_at = ends_at
        self._night, self._hour = limits.pages_a_night, None if workspace.mirror else limits.pages_an_hour
        self._free_at: datetime | None = None

    def take(self, search: Searching) -> bool:
        """Whether one more page may be asked now; if so it is counted."""
        now = self._now()
        if self.is_over or (self._free_at is not None and now < self._free_at):
            return False
        allowances = [Allowance(now - NIGHT, self._night)]
        if self._hour is not None:
            allowances.append(Allowance(now - HOUR, self._hour))
        if self._store.ask_search_page(search, now, allowances):
            return True
        self._free_at = self._next_free(now)
        return False

    @property
    def is_over(self) -> bool:
        """Whether this sweep cannot ask any more: its time is up, or will be before the next page may be asked."""
        return max(self._now(), self._free_at or self._now()) >= self._ends_at

    def _next_free(self, now: datetime) -> datetime:
        """When the next page may be asked, as far as the pages asked so far tell; at the end where only tomorrow."""
        asked = page_times(self._engine, self._platform, now - NIGHT)
        if len(asked) >= self._night or self._hour is None:
            return self._ends_at
        recent = [at for at in asked if at > now - HOUR]
        return recent[-self._hour] + HOUR if len(recent) >= self._hour else now
