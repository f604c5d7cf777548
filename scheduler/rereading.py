"""Reads stored pages again (重读): the page as it was answered, through today's parsers and the crawl's own checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from crawler.owners import Owners
from crawler.page import Batch, Call, Ending, Fetch, Page, Target
from crawler.progress import Progress
from crawler.reading import Reading, platform_modules, read
from crawler.settling import is_list, settle
from crawler.spiders.wechat.api import asked_of
from pipelines.archive import ArchiveError, load_stored
from pipelines.normalize import NormalizePipeline
from pipelines.redaction import redacted_address
from pipelines.validate import ValidatePipeline
from records import Account, Candidate, Coverage, Post, Profile
from storage.queries.snapshots import StoredSnapshot, Visited

Record = Post | Profile | Candidate
# What a crawl says of a request that nothing answered: there is no page of it to read again.
UNANSWERED = ("robots", "blocked", "error", "not_crawled")
_RANK = {"none": 0, "partial": 1, "complete": 2}


@dataclass(frozen=True, slots=True)
class PageReading:
    """What one stored page gives today: the records that would be stored, and the page's status in today's words."""

    page: StoredSnapshot
    reading: Reading
    records: tuple[Record, ...]


@dataclass(slots=True)
class VisitReading:
    """What an account's pages of one run give today; ``coverage`` is ``None`` where the run's row stands as it is."""

    run_id: int | None
    pages: list[PageReading] = field(default_factory=list)
    before: Coverage | None = None
    coverage: Coverage | None = None
    feed_clock: datetime | None = None


def load_page(home: Path, stored: StoredSnapshot) -> Page:
    """The page as the crawl's parsers saw it.

    Raises:
        ArchiveError: It is not in the archive any more, or not as it was.
    """
    kept = load_stored(home, stored.snapshot.ref)
    if kept.sha256 != stored.snapshot.sha256:
        raise ArchiveError(f"存档 {stored.snapshot.ref} 里的内容和取得时的 sha256 不一致；请从备份中找回。")
    if "#" not in stored.snapshot.ref:
        # Saved by a person: what it is, the page alone must tell, as on the day it was brought.
        return Page(url="", body=kept.body, fetched_at=stored.snapshot.fetched_at, kind=stored.kind)
    if kept.status is None:
        raise ArchiveError(f"存档 {stored.snapshot.ref} 里不是页面。")
    return Page(
        url=stored.snapshot.url,
        final_url=kept.final_url,
        status=kept.status,
        body=kept.body,
        content_type=kept.content_type,
        fetched_at=stored.snapshot.fetched_at,
        kind=stored.kind,
        calls=tuple(Call(url, status, body) for url, status, body in kept.calls),
    )


class Reader:
    """Reads one account's pages of one run in their order, as the crawl did."""

    def __init__(self, target: Target, owners: Owners, page_limit: int) -> None:
        self._target, self._owners, self._page_limit = target, owners, page_limit
        self._begin()

    def _begin(self) -> None:
        self._validate, self._normalize = ValidatePipeline(), NormalizePipeline()
        self._progress: Progress | None = None
        self._read: set[str] = set()
        self._asked: dict[str, Fetch] = {}
        self._is_whole = True

    def read(self, stored: StoredSnapshot, page: Page) -> PageReading:
        """What a page gives, in the form in which it is stored."""
        if page.url in self._read:
            # No visit asks for an address twice: the run was cut off here and began the account anew.
            self._begin()
        progress = self._started(page) if self._progress is None else self._progress
        self._read.add(page.url)
        kind = stored.kind or ""
        if is_list(self._platform, kind) and page.url not in self._asked:
            self._is_whole = False
        reading = read(page, self._platform)
        settled = settle(self._target, progress, self._owners, reading, page.fetched_at, kind, page.url)
        self._ask(progress, settled.fetches)
        return PageReading(stored, reading, self._batch(progress, kind, settled.records).records)

    def _started(self, page: Page) -> Progress:
        """The account's progress, its first page being at hand."""
        self._progress = Progress(self._target, page.fetched_at)
        self._ask(self._progress, platform_modules()[self._platform].first_fetches(self._target))
        return self._progress

    @property
    def _platform(self) -> str:
        return self._target.account.platform

    def _ask(self, progress: Progress, fetches: Iterator[Fetch] | Sequence[Fetch]) -> None:
        for fetch in fetches:
            may_follow = not progress.covered and progress.pages < self._page_limit
            if may_follow or not fetch.paging:
                # A page's address is stored without what grants access.
                self._asked.setdefault(redacted_address(fetch.url)[0], fetch)

    def _batch(self, progress: Progress, kind: str, records: tuple[Record, ...]) -> Batch:
        made = Batch(account=self._target.account, coverage=progress.coverage(), kind=kind, records=records)
        batch: Batch = self._normalize.process_item(self._validate.process_item(made))
        return batch

    def coverage(self, before: Coverage) -> Coverage:
        """The run's coverage of the account by today's reading.

        Never more than the stored pages prove: where a list page that the reading asks for was not answered,
        or a page's way to the list is not known any more, the row gains nothing over ``before``.

        Raises:
            ValueError: No page was read.
        """
        if self._progress is None:
            raise ValueError("no page was read")
        unanswered = before.reason in UNANSWERED and any(
            is_list(self._platform, fetch.kind) and url not in self._read for url, fetch in self._asked.items()
        )
        if unanswered and before.reason is not None:
            self._progress.fail(before.reason)
        found = self._batch(self._progress, "", ()).coverage
        found = replace(found, checked_at=before.checked_at, posts_new=before.posts_new)
        may_widen = self._is_whole and not (unanswered and found.status == "complete")
        return found if may_widen or not _is_wider(found, before) else before

    @property
    def feed_clock(self) -> datetime | None:
        """The newest time that the account's feed gave itself."""
        return self._progress.feed_clock if self._progress is not None else None


def _is_wider(found: Coverage, before: Coverage) -> bool:
    """Whether a row shows more than the one before: a better status, or a stretch that reaches beyond."""
    if _RANK[found.status] != _RANK[before.status]:
        return _RANK[found.status] > _RANK[before.status]
    if found.covered_from is None or found.covered_to is None:
        return False
    if before.covered_from is None or before.covered_to is None:
        return True
    return found.covered_from < before.covered_from or found.covered_to > before.covered_to


def target_as_of(
    account: Account,
    visited: Visited | None,
    endings: Sequence[Ending],
    pages: Sequence[StoredSnapshot],
    proved: Iterable[str] = (),
    *,
    api_proved: bool = False,
) -> Target:
    """The account as a run began with it: how far back to look, its feed's clock, what was known of its end.

    ``proved`` are the address keys of its posts that their own pages proved, by today's knowledge: whose a post is
    does not change. ``api_proved``: an earlier run saw that its application is its own.
    """
    begun_at = min(page.snapshot.fetched_at for page in pages)
    asked_api = any((page.kind or "").startswith("api_") for page in pages)
    return Target(
        account=account,
        since=visited.since if visited is not None else begun_at,
        held=frozenset(proved),
        feed_clock=visited.feed_clock if visited is not None else None,
        endings=tuple(ending for ending in endings if ending.first_seen_at < begun_at),
        # Whose secret it was matters no more: nothing is sent.
        api_id=account.ref if asked_api else None,
        api_proved=api_proved,
    )


def application_of(pages: Sequence[StoredSnapshot]) -> str | None:
    """The application by which the pages of a run were asked of the platform's API; ``None`` where none were."""
    told = (asked_of(page.snapshot.url) for page in pages if (page.kind or "").startswith("api_"))
    return next((asked.appid for asked in told if asked is not None), None)


def newest_texts(visits: Sequence[VisitReading]) -> Mapping[str, datetime]:
    """When the newest page that shows a post's whole text was fetched, by post id."""
    found: dict[str, datetime] = {}
    for visit in visits:
        for one in visit.pages:
            for record in one.records:
                if isinstance(record, Post) and record.text is not None and record.text_complete:
                    at = one.page.snapshot.fetched_at
                    found[record.post_id] = max(at, found.get(record.post_id, at))
    return found
