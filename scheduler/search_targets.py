"""The keywords of one sweep as the crawler's Targets (待搜索关键词): one at a time, within each platform's share."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from datetime import datetime

from analysis.keywords import Keyword, is_like
from analysis.names import fold
from crawler.host_walls import WALLS_TO_STOP
from crawler.page import Batch, Target
from crawler.searched import Search
from records import Account
from scheduler.search_limits import NIGHT
from scheduler.search_share import Share
from scheduler.workspace import Workspace
from storage.queries.searches import n_blocked
from storage.searches import Searching


class SearchTargets:
    """What each platform is still to be searched for in this sweep, in the order of ``due``."""

    def __init__(
        self, workspace: Workspace, run_id: int, due: Mapping[str, Sequence[Keyword]], ends_at: datetime
    ) -> None:
        self._now, self._run_id = workspace.clock.now, run_id
        self._pages = workspace.config.sweep.pages_a_keyword
        self._queues = {platform: deque(keywords) for platform, keywords in due.items()}
        self._shares = {platform: Share(workspace, platform, ends_at) for platform in due}
        since = workspace.clock.now() - NIGHT
        # A platform that turned an earlier sweep of this night away is left alone until the next night.
        self._walls = Counter({platform: n_blocked(workspace.engine, platform, since) for platform in due})
        self._refused: set[str] = set()

    def claim(self, platform: str) -> Target | None:
        """The platform's next keyword; ``None`` where it may not be asked now."""
        queue = self._queues[platform]
        if not self.left(platform):
            return None
        keyword, share = queue[0], self._shares[platform]
        search = Searching(run_id=self._run_id, platform=platform, keyword=keyword.text, kind=keyword.kind)
        if not share.take(search):
            return None
        queue.popleft()
        return Target(
            account=Account(platform=platform, uid=f"search:{keyword.text}", name=keyword.text, unit=""),
            since=self._now(),
            # One after another: what is claimed counts as asked, and a stopped sweep must have asked it.
            alone=True,
            search=Search(
                keyword=keyword.text,
                like=lambda name: is_like(keyword.text, name, fold),
                more=lambda: share.take(search),
                page_limit=self._pages,
            ),
        )

    def left(self, platform: str) -> int:
        """How many keywords may still be asked in this sweep; none of a platform that turned us away."""
        return 0 if self.why_left(platform) else len(self._queues[platform])

    def why_left(self, platform: str) -> str | None:
        """Why the rest of a platform's keywords is not asked any more: ``robots``, ``blocked`` or ``share``."""
        if platform in self._refused:
            return "robots"
        if self._walls[platform] >= WALLS_TO_STOP:
            return "blocked"
        return "share" if self._shares[platform].is_over else None

    def settled(self, batch: Batch) -> None:
        """Take in how a search stands."""
        platform = batch.account.platform
        if batch.searched is not None and batch.searched.outcome == "refused":
            self._refused.add(platform)
        self._walls[platform] += batch.walled is not None

    def beat(self) -> None:
        """Nothing: what a killed sweep was at is due again by itself."""

    def owners(self, platform: str) -> dict[str, str]:
        """Nobody: whose a found account is, is asked after the sweep."""
        return {}
