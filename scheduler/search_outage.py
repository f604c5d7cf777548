"""The keywords of a sweep, as long as somebody answers (断网): where nobody does, none is asked after the first."""

from __future__ import annotations

from crawler.page import Batch, Target
from scheduler.search_targets import SearchTargets

# Searches that got no answer, before any did: of two platforms at once, or of the only one twice in a row.
UNANSWERED_SEARCHES = 2


class AnsweredTargets:
    """The targets of a sweep, and none any more once nobody answers.

    One platform that is silent while somebody answers is left to the crawl's own count of silent visits.
    """

    def __init__(self, targets: SearchTargets) -> None:
        self._targets = targets
        self._n_unanswered, self._is_answered = 0, False
        self._silent: set[str] = set()
        self._under_way: set[str] = set()

    @property
    def is_answered(self) -> bool:
        """Whether any host answered anything, and be it robots.txt: our own network works."""
        return self._is_answered

    @property
    def is_over(self) -> bool:
        """Whether nobody answered anything, so that no more is asked in this sweep."""
        return self._n_unanswered >= UNANSWERED_SEARCHES and not self._is_answered

    @property
    def is_offline(self) -> bool:
        """Whether our own network must be out: one silent platform may be out by itself, or turn us away."""
        return self.is_over and len(self._silent) > 1

    def claim(self, platform: str) -> Target | None:
        """The platform's next keyword; ``None`` where it may not be asked now.

        Who got no answer waits for what the others get before it asks again: its next turn is half a minute away.
        """
        if self.is_over or (self._n_unanswered and not self._is_answered and self._under_way):
            return None
        target = self._targets.claim(platform)
        if target is not None:
            self._under_way.add(platform)
        return target

    def left(self, platform: str) -> int:
        """How many keywords may still be asked in this sweep."""
        return 0 if self.is_over else self._targets.left(platform)

    def settled(self, batch: Batch) -> None:
        """Take in how a search stands, and whether anybody answered."""
        self._targets.settled(batch)
        refused = batch.searched is not None and batch.searched.outcome == "refused"
        self._is_answered = self._is_answered or batch.snapshot is not None or refused
        if batch.closing == "again":
            self._n_unanswered += 1
            self._silent.add(batch.account.platform)
        if batch.closing:
            self._under_way.discard(batch.account.platform)

    def heard(self, host: str) -> None:
        """Take in that a host answered."""
        self._is_answered = True

    def beat(self) -> None:
        """Nothing: what a killed sweep was at is due again by itself."""

    def owners(self, platform: str) -> dict[str, str]:
        """Nobody: whose a found account is, is asked after the sweep."""
        return self._targets.owners(platform)
