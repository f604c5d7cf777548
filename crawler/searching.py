"""How far a keyword search came (搜索进度): result pages in, one Searched out. Pure.

A search is a visit like an account's, by the same driver. That nothing was found is said only where the page
itself says so; what a wall, robots.txt, an outage or a changed layout gives is no search.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from crawler.page import Fetch, Target
from crawler.progress import Progress
from crawler.reading import Reading, platform_modules
from crawler.searched import Search, Searched
from records import Candidate

# Reasons for which no page came, as outcomes of a search; every other one is an error.
_UNASKED = {"robots": "refused", "blocked": "blocked"}
_WALLS = ("blocked", "login")
# Why a search is cut short whose pages state neither how many accounts there are nor that no more follow.
EXTENT_UNKNOWN = "extent_unknown"


class SearchProgress(Progress):
    """What the result pages of one keyword have shown so far."""

    def __init__(self, target: Target, search: Search, checked_at: datetime) -> None:
        super().__init__(target, checked_at)
        self._search = search
        self._found: set[str] = set()
        self._total: int | None = None
        self._goes_on: bool | None = None
        self._is_like = False
        self._said: tuple[str, str | None] | None = None

    def take(self, reading: Reading, checked_at: datetime, *, is_list: bool) -> None:
        """Add a result page; ``is_list`` makes no difference."""
        self.checked_at = max(self.checked_at, checked_at)
        self.pages += 1
        names = [record.name for record in reading.records if isinstance(record, Candidate)]
        self._found |= {record.uid for record in reading.records if isinstance(record, Candidate)}
        self._is_like = any(map(self._search.like, names))
        if reading.extent is not None:
            self._total = reading.extent.total if self._total is None else self._total
        self._goes_on = None if reading.extent is None else reading.extent.more
        if self._said is None or self._said[0] == "ok":
            self._said = _said(reading, is_first=self.pages == 1)

    def wants_more(self, page_limit: int) -> bool:
        """Whether the next page is to be asked for: the last one had names like the keyword, and one more may be."""
        is_open = self._is_like and self.pages < min(page_limit, self._search.page_limit)
        return is_open and self._search.more()

    @property
    def searched(self) -> Searched:
        """The search as it stands."""
        outcome, reason = self._judged_search()
        return Searched(
            keyword=self._search.keyword,
            outcome=outcome,
            reason=reason,
            n_found=len(self._found),
            total=self._total,
            pages=self.pages,
        )

    def _judged_search(self) -> tuple[str, str | None]:
        trouble = self._flaw or self._trouble or self._trouble_aside
        if self._said is None:
            return (_UNASKED.get(trouble, "error"), trouble) if trouble else ("error", None)
        status, reason = self._said
        if status != "ok":
            return status, reason
        if trouble:
            return "cut_short", trouble
        return judged_extent(len(self._found), self._total, self._goes_on)


def judged_extent(n_found: int, total: int | None, goes_on: bool | None) -> tuple[str, str | None]:
    """``searched``, or ``cut_short`` with its reason, for pages that could all be read.

    Args:
        n_found: How many accounts they show.
        total: How many the platform states; ``None`` where it states no number.
        goes_on: Whether the last page says that more follow; ``None`` where it does not say.
    """
    if total is None and goes_on is None:
        return "cut_short", EXTENT_UNKNOWN
    is_whole = not goes_on if total is None else total <= n_found
    return ("searched", None) if is_whole else ("cut_short", None)


def _said(reading: Reading, *, is_first: bool) -> tuple[str, str | None]:
    """``(outcome, reason)`` of one page; ``ok`` where it listed accounts that could all be read."""
    if reading.status == "ok":
        if not reading.errors:
            return "ok", None
        return "unparsed", f"有 {len(reading.errors)} 个账号读不出：{reading.errors[0]}"
    status = "blocked" if reading.status in _WALLS else reading.status if reading.status == "empty" else "unparsed"
    if is_first:
        return status, reading.reason
    # The pages before it were read: that there is more than they showed is all that is lost.
    return "cut_short", None if status == "empty" else status


def progress_of(target: Target, checked_at: datetime) -> Progress:
    """The progress of a visit that begins: an account's, or a keyword search's."""
    search = target.search
    return Progress(target, checked_at) if search is None else SearchProgress(target, search, checked_at)


def beginning(target: Target) -> Iterator[Fetch]:
    """What to ask first for a target: an account's pages, or the first result page for a keyword."""
    module = platform_modules()[target.account.platform]
    fetches: Iterator[Fetch] = (
        module.first_fetches(target) if target.search is None else module.search_fetches(target.search.keyword)
    )
    return fetches


def retention_of(target: Target) -> str:
    """How long a target's pages are kept (留存): result pages show private persons and are not kept for long."""
    return "ordinary" if target.search is None else "search"
