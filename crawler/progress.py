"""How far an account was seen in one run (采集进度): pages in, one Coverage out. Pure.

Absence may be concluded only from what this says, so it says the least that was proven: a wall,
an unread item or an unfinished list never widens it, and pinned posts never close it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from crawler.page import Extent, Target
from crawler.reading import Reading
from records import Coverage, Post, Profile

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
# A feed seen for the first time has no earlier build time to compare with: it must be younger than this.
FRESH_FEED = timedelta(hours=36)
CLOCK_SKEW = timedelta(minutes=10)


class Progress:
    """What one account's pages have shown so far in this run."""

    def __init__(self, target: Target, checked_at: datetime) -> None:
        self.target, self.checked_at = target, checked_at
        self.pages = 0
        self.source = "feed" if target.account.feed_url else "page"
        self.feed_clock: datetime | None = None
        self._seen: set[str] = set()
        self._oldest: datetime | None = None
        self._ended = False
        self._unread_items = False
        self._empty_list = False
        self._total_zero = False
        self._trouble: str | None = None
        self._list_read = False

    def take(self, reading: Reading, checked_at: datetime, *, is_list: bool) -> None:
        """Add what one page gave; ``checked_at`` is when it was fetched, ``is_list`` whether it can cover time."""
        self.checked_at = max(self.checked_at, checked_at)
        posts = [record for record in reading.records if isinstance(record, Post)]
        self._seen.update(post.post_id for post in posts)
        if any(isinstance(record, Profile) and record.posts_total == 0 for record in reading.records):
            self._total_zero = True
        if not is_list:
            return
        self.pages += 1
        if reading.status not in ("ok", "empty"):
            self.fail(reading.status)
            if not posts:
                return
        self._list_read = True
        self._unread_items = self._unread_items or bool(reading.errors)
        self._empty_list = self._empty_list or reading.status == "empty"
        self._take_list(posts, reading.extent or Extent())

    def _take_list(self, posts: list[Post], extent: Extent) -> None:
        times = [post.published_at for post in posts if post.published_at is not None and not post.pinned]
        if times:
            self._oldest = min([*times, self._oldest] if self._oldest else times)
        if extent.source == "page" and extent.more is False and posts:
            self._ended = True
        if extent.source == "feed":
            self.feed_clock = extent.clock

    def fail(self, reason: str) -> None:
        """Note why a page of the account could not be read; the first reason stands."""
        self._trouble = self._trouble or reason

    @property
    def covered(self) -> bool:
        """Whether nothing more needs to be asked of the list."""
        return self._ended or (self._oldest is not None and self._oldest <= self.target.since)

    def coverage(self, posts_new: int = 0) -> Coverage:
        """The account's coverage as it stands."""
        status, reason, start, end = self._judged()
        return Coverage(
            account=self.target.account.ref,
            status=status,
            reason=reason,
            source=self.source,
            covered_from=start,
            covered_to=end,
            pages=self.pages,
            posts_new=posts_new,
            posts_seen=len(self._seen),
            checked_at=self.checked_at,
        )

    def _judged(self) -> tuple[str, str | None, datetime | None, datetime | None]:
        if not self._list_read:
            return "none", self._trouble or self._without_list(), None, None
        if self._unread_items:
            return "partial", "unparsed", None, None
        if self.source == "feed":
            return self._judged_feed()
        if self._empty_list and self._oldest is None:
            proven = self._total_zero and not self._seen
            return ("complete", None, BEGINNING, self.checked_at) if proven else ("none", "empty", None, None)
        start = BEGINNING if self._ended else self._oldest
        if start is None:
            return "none", self._trouble or "truncated", None, None
        if start <= self.target.since:
            return "complete", None, start, self.checked_at
        return "partial", self._trouble or "truncated", start, self.checked_at

    def _judged_feed(self) -> tuple[str, str | None, datetime | None, datetime | None]:
        clock, before = self.feed_clock, self.target.feed_clock
        advances = clock is not None and clock <= self.checked_at + CLOCK_SKEW
        if clock is not None and before is not None:
            advances = advances and clock > before
        elif clock is not None:
            advances = advances and self.checked_at - clock <= FRESH_FEED
        if self._oldest is None:
            return "none", "empty" if self._empty_list else "truncated", None, None
        if clock is None or not advances or not self.target.account.feed_complete:
            return "partial", "truncated", None, None
        end = min(clock, self.checked_at)
        if self._oldest <= self.target.since:
            return "complete", None, self._oldest, end
        return "partial", "truncated", self._oldest, end

    def _without_list(self) -> str:
        account = self.target.account
        return "no_public_list" if account.platform == "wechat" and not account.feed_url else "not_crawled"
