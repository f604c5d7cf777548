"""How far an account was seen in one run (采集进度): pages in, one Coverage out. Pure.

Absence may be concluded only from what this says, so it says the least that was proven: a wall,
an unread item or an unfinished list never widens it, and pinned posts never close it. What it is
given are the account's own records: a list may show posts of others too. What the pages say of the
account's own end is weighed in crawler/endings.py.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from crawler.endings import Endings
from crawler.page import Extent, Target
from crawler.reading import Reading
from crawler.searched import Searched
from crawler.ties import Application
from records import Coverage, Post, Profile

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
# A feed seen for the first time has no earlier build time to compare with: it must be younger than this.
FRESH_FEED = timedelta(hours=36)
# A first page of a list shows ten and more.
THIN_LIST = 5
CLOCK_SKEW = timedelta(minutes=10)
# A time shown to the minute or the day may be that much later, and so may an older post not seen.
_ROUNDED = {"second": timedelta(0), "minute": timedelta(minutes=1), "day": timedelta(days=1)}

_Judged = tuple[str, str | None, datetime | None, datetime | None]


class Progress:
    """What one account's pages have shown so far in this run."""

    def __init__(self, target: Target, checked_at: datetime) -> None:
        self.target, self.checked_at = target, checked_at
        self.pages = 0
        self.endings = Endings(target)
        self._application = Application(target)
        self._stretches: list[tuple[datetime, datetime]] = []
        self._clock: datetime | None = None
        self._n_seen, self._seen = 0, set[str]()
        self._top_at: datetime | None = None
        self._oldest: datetime | None = None
        self._ended = False
        self._stated: int | None = None
        self._flaw: str | None = None
        self._empty_list = False
        self._total_zero = False
        self._trouble: str | None = None
        self._trouble_aside: str | None = None
        self._list_read = False

    def take(self, reading: Reading, checked_at: datetime, *, is_list: bool) -> None:
        """Add what one page gave; ``checked_at`` is when it was fetched, ``is_list`` whether it can cover time."""
        self.checked_at = max(self.checked_at, checked_at)
        posts = [record for record in reading.records if isinstance(record, Post)]
        for post in posts:
            self._count(post)
        self.endings.take(reading, checked_at)
        if self.target.api_id is not None:
            self._application.take(posts)
        if not is_list:
            self._take_aside(reading)
            return
        self.pages += 1
        if reading.status not in ("ok", "empty"):
            # One page that says "gone" is neither content nor an end: whether it is one, the endings weigh.
            self.fail("unparsed" if reading.status == "gone" else reading.status)
            if not posts:
                return
        if reading.errors:
            self.spoil("unparsed")
        if reading.extent is not None and reading.extent.source == "api":
            self._take_stretch(reading)
            return
        self._list_read = True
        self._empty_list = self._empty_list or reading.status == "empty"
        # Only the list's first page shows its top: what was published after it was read is not seen.
        self._top_at = self._top_at or checked_at
        self._take_list(posts, reading.extent or Extent())

    def _take_stretch(self, reading: Reading) -> None:
        if reading.status in ("ok", "empty") and reading.extent is not None and reading.extent.covers is not None:
            self._stretches.append(reading.extent.covers)

    def _take_aside(self, reading: Reading) -> None:
        if reading.status not in ("ok", "empty"):
            self.fail("unparsed" if reading.status == "gone" else reading.status, is_list=False)
        # A total counts only from a second kind of page: a list that calls itself empty proves nothing.
        if any(isinstance(record, Profile) and record.posts_total == 0 for record in reading.records):
            self._total_zero = True

    def _take_list(self, posts: list[Post], extent: Extent) -> None:
        if extent.source == "feed":
            self._clock = extent.clock
        reach = _reach(posts, extent.source)
        if reach is not None:
            self._oldest = min(reach, self._oldest or reach)
        if extent.source == "page" and extent.more is False and posts:
            self._ended = True
        self._stated = extent.total if self._stated is None else self._stated

    def _count(self, post: Post) -> None:
        """Count a post once, by whichever of its keys it comes again: a feed knows its short address only."""
        keys = {post.post_id, *post.addresses}
        self._n_seen += not keys & self._seen
        self._seen |= keys

    def fail(self, reason: str, *, is_list: bool = True) -> None:
        """Note why a page could not be read; the first reason stands, and the list's own goes before all others."""
        if is_list:
            self._trouble = self._trouble or reason
        else:
            self._trouble_aside = self._trouble_aside or reason

    def spoil(self, reason: str) -> None:
        """Note that something seen was not understood or not kept: tonight then proves no absence."""
        self._flaw = self._flaw or reason

    @property
    def feed_clock(self) -> datetime | None:
        """The newest time that the feed gave itself, which the next must be after; one from the future is none."""
        known = [clock for clock in (self._believed_clock(), self.target.feed_clock) if clock is not None]
        return max(known) if self._clock is not None and known else None

    @property
    def ending(self) -> tuple[str, str] | None:
        """``(page kind, words)`` of the last page that said that the account is at its end."""
        return self.endings.said

    @property
    def source(self) -> str:
        """Through which list the account was seen: ``page``, ``feed`` or ``api``."""
        return self._best()[0]

    @property
    def searched(self) -> Searched | None:
        """How a keyword search stands; ``None``, as an account is visited here."""
        return None

    def wants_more(self, page_limit: int) -> bool:
        """Whether the list's next page is to be asked for."""
        return not self.covered and self.pages < page_limit

    @property
    def covered(self) -> bool:
        """Whether nothing more needs to be asked of the list."""
        stretch = self._newest_stretch()
        if stretch is not None and stretch[0] <= self.target.since and self._application.is_proved:
            return True
        reached = self._oldest is not None and self._oldest <= self.target.since
        return self._ended or (reached and not self._is_thin())

    def _is_thin(self) -> bool:
        """Whether the list showed next to nothing of what it states: its newest posts may be the hidden ones."""
        return self._stated is not None and not self._ended and self._n_seen < min(THIN_LIST, self._stated)

    def coverage(self, posts_new: int = 0) -> Coverage:
        """The account's coverage as it stands."""
        source, (status, reason, start, end) = self._best()
        if (end_reason := self.endings.reason(has_list=self._has_list)) is not None:
            status, reason, start, end = "none", end_reason, None, None
        return Coverage(
            account=self.target.account.ref,
            status=status,
            reason=reason,
            source=source,
            covered_from=start,
            covered_to=end,
            pages=self.pages,
            posts_new=posts_new,
            posts_seen=self._n_seen,
            checked_at=self.checked_at,
        )

    @property
    def _has_list(self) -> bool:
        account = self.target.account
        return account.platform != "wechat" or bool(account.feed_url or self.target.api_id)

    def _best(self) -> tuple[str, _Judged]:
        """The list that shows the most of the account, the platform's API before all others."""
        account = self.target.account
        listed = "feed" if account.platform == "wechat" and account.feed_url else "page"
        if self.target.api_id is None and not self._stretches:
            return listed, self._judged(listed)
        by_api, by_list = self._judged_api(), self._judged(listed)
        return (listed, by_list) if _worth(by_list) > _worth(by_api) else ("api", by_api)

    def _judged_api(self) -> _Judged:
        stretch = self._newest_stretch()
        if stretch is None:
            return "none", self._flaw or self._trouble or self._without_list(), None, None
        if self._flaw is not None:
            return "partial", self._flaw, None, None
        if not self._application.is_proved:
            # An application named by mistake knows nothing of this account, and its empty answers least of all.
            return "partial", self._trouble or "truncated", None, None
        start, end = stretch[0], min(stretch[1], self.checked_at)
        if start <= self.target.since <= end:
            return "complete", None, start, end
        return "partial", self._trouble or "truncated", min(start, end), end

    def _newest_stretch(self) -> tuple[datetime, datetime] | None:
        """The newest stretch that the API's answers cover without a hole; what lies before a hole does not count."""
        found: tuple[datetime, datetime] | None = None
        for start, end in sorted(self._stretches, key=lambda stretch: stretch[1], reverse=True):
            if found is None:
                found = (start, end)
            elif end >= found[0]:
                found = (min(start, found[0]), found[1])
        return found

    def _judged(self, listed: str) -> _Judged:
        if not self._list_read or self._top_at is None:
            return "none", self._flaw or self._trouble or self._without_list(), None, None
        if self._flaw is not None:
            return "partial", self._flaw, None, None
        if listed == "feed":
            return self._judged_feed()
        if self._empty_list and self._oldest is None:
            proven = self._total_zero and not self._n_seen
            return ("complete", None, BEGINNING, self._top_at) if proven else ("none", "empty", None, None)
        start = None if self._is_thin() else BEGINNING if self._ended else self._oldest
        if start is None:
            return "none", self._trouble or "truncated", None, None
        if start <= self.target.since:
            return "complete", None, start, self._top_at
        return "partial", self._trouble or "truncated", min(start, self._top_at), self._top_at

    def _judged_feed(self) -> _Judged:
        if self._oldest is None:
            return "none", "empty" if self._empty_list else "truncated", None, None
        clock = self._believed_clock()
        if clock is None or not self._advances(clock) or not self.target.account.feed_complete:
            return "partial", "truncated", None, None
        end = min(clock, self.checked_at)
        if self._oldest <= self.target.since <= end:
            return "complete", None, self._oldest, end
        return "partial", "truncated", min(self._oldest, end), end

    def _believed_clock(self) -> datetime | None:
        return self._clock if self._clock is not None and self._clock <= self.checked_at + CLOCK_SKEW else None

    def _advances(self, clock: datetime) -> bool:
        before = self.target.feed_clock
        return clock > before if before is not None else self.checked_at - clock <= FRESH_FEED

    def _without_list(self) -> str:
        return (self._trouble_aside or "not_crawled") if self._has_list else "no_public_list"


def _worth(judged: _Judged) -> tuple[int, bool]:
    """How much a list shows, to be compared with another's: its status, then whether it covers any time at all."""
    return ("none", "partial", "complete").index(judged[0]), judged[2] is not None


def _reach(posts: list[Post], source: str) -> datetime | None:
    """The moment back to which one list shows everything; ``None`` if it shows no dated post but pinned ones.

    A platform's list runs backwards in time, so its last post tells: an old one above newer ones is
    pinned without the mark, or brought up again, and closes nothing. A feed may run either way.
    """
    times = [
        post.published_at + _ROUNDED[post.time_precision]
        for post in posts
        if post.published_at is not None and not post.pinned
    ]
    if not times:
        return None
    return times[-1] if source == "page" else min(times)
