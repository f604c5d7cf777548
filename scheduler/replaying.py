"""The job replay(): reads the stored pages again with today's parsers and says what changed (重读存档)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from filelock import FileLock, Timeout
from sqlalchemy import Connection

from crawler.owners import Owners
from crawler.page import Ending, Page, Target
from crawler.reading import read
from pipelines.archive import ArchiveError
from pipelines.manifest import verify_records
from records import Account, Candidate, Coverage
from scheduler.config import ConfigError
from scheduler.night import LOCK_FILE
from scheduler.rereading import (
    PageReading,
    Reader,
    VisitReading,
    application_of,
    load_page,
    newest_texts,
    target_as_of,
)
from scheduler.runs import DONE, INCOMPLETE, recorded
from scheduler.saved_rereading import is_saved, read_again
from scheduler.targets import UNCLAIMED
from scheduler.workspace import Workspace
from storage.endings import endings_of
from storage.queries import accounts, held, snapshots
from storage.queries.snapshots import StoredSnapshot, Visited
from storage.replayed import COVERAGE_FIELDS, Reread, n_added, save_feed_clock, save_reread, save_reread_coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedPage:
    """A page whose new reading changed what is stored, or from which stored things cannot be read any more."""

    ref: str
    url: str
    account: str | None
    run_id: int | None
    before: str | None  # "ok" where stored records rest on it, else not known
    status: str
    reason: str | None
    posts_added: list[str]
    posts_changed: list[str]
    posts_unread: list[str]


@dataclass(frozen=True, slots=True)
class ChangedCoverage:
    """An account's coverage of one run, as it was and as the stored pages show it now."""

    run_id: int
    account: str
    before: Coverage
    after: Coverage


@dataclass(frozen=True, slots=True)
class UnreadPage:
    """A stored page that the archive does not give any more, and why; ``dropped`` where the manifest says so."""

    ref: str
    url: str
    reason: str
    dropped: bool


@dataclass
class Replayed:
    """What reading the archive again did."""

    pages: int = 0
    changed: list[ChangedPage] = field(default_factory=list)
    coverage: list[ChangedCoverage] = field(default_factory=list)
    missing: list[UnreadPage] = field(default_factory=list)
    unattributed: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """The numbers for the run table and the screen."""
        return {
            "pages": self.pages,
            "pages_changed": len(self.changed),
            "posts_added": sum(len(page.posts_added) for page in self.changed),
            "posts_changed": sum(len(page.posts_changed) for page in self.changed),
            "coverage_changed": len(self.coverage),
            "missing": len(self.missing),
            "unattributed": self.unattributed,
        }

    @property
    def exit_code(self) -> int:
        """0, or 3 where a stored page is not there as it was stored and nobody dropped it."""
        return INCOMPLETE if any(not page.dropped for page in self.missing) else DONE


def replay(
    workspace: Workspace, since: datetime | None = None, on_account: Callable[[str], None] = lambda _: None
) -> Replayed:
    """Read every stored page again, account by account and each in the order of its runs.

    An account is read first and then written in one transaction, so that stopping loses nothing.

    Args:
        workspace: Whose archive.
        since: Only pages fetched from then on.
        on_account: Called with each account's reference when it is done.

    Raises:
        ConfigError: A night is under way in this folder.
    """
    try:
        with FileLock(workspace.home / LOCK_FILE).acquire(timeout=0), recorded(workspace, "replay") as ended:
            found = Replayed()
            _Replay(workspace, since, found).run(on_account)
            ended.exit_code, ended.counts = found.exit_code, found.counts
        return found
    except Timeout as error:
        raise ConfigError("这个工作文件夹里有一次巡检在进行，请等它结束后再重读存档。") from error


class _Replay:
    def __init__(self, workspace: Workspace, since: datetime | None, found: Replayed) -> None:
        self._workspace, self._since, self._found = workspace, since, found
        self._owners: dict[str, Owners] = {}

    def run(self, on_account: Callable[[str], None]) -> None:
        engine = self._workspace.engine
        with engine.connect() as connection:
            self._found.unattributed = snapshots.n_unattributed(connection, self._since)
            owners = snapshots.page_owners(connection, self._since)
        for account_id in owners:
            with engine.connect() as connection:
                pages = snapshots.pages_of(connection, account_id, self._since)
                account = None if account_id is None else accounts.account_of_row(connection, account_id)
            visits = list(self._visits(account_id, account, pages))
            self._save(account_id, account, visits)
            on_account(account.ref if account is not None else "")

    def _visits(
        self, account_id: int | None, account: Account | None, pages: list[StoredSnapshot]
    ) -> Iterator[VisitReading]:
        by_run: dict[int | None, list[StoredSnapshot]] = {}
        for page in pages:
            by_run.setdefault(page.run_id, []).append(page)
        for run_id, stored in by_run.items():
            if account_id is None or account is None or run_id is None:
                yield VisitReading(run_id, [one for page in stored for one in self._alone(page)])
            else:
                yield self._visit(run_id, account_id, account, stored)

    def _alone(self, stored: StoredSnapshot) -> Iterator[PageReading]:
        """The reading of a page of no account: a reported post, or a result page that a person saved."""
        if is_saved(stored):
            yield from self._saved(stored)
            return
        page = self._load(stored)
        platform = None if page is None else read(page).platform
        if page is None or platform is None:
            return
        unclaimed = Account(platform=platform, uid=UNCLAIMED, name="", unit="")
        reader = Reader(Target(account=unclaimed, since=page.fetched_at), self._owners_of(platform), 1)
        kind = stored.kind or read(page).kind
        yield reader.read(replace(stored, kind=kind), replace(page, kind=kind))

    def _saved(self, stored: StoredSnapshot) -> Iterator[PageReading]:
        try:
            reading = read_again(self._workspace.home, stored)
        except ArchiveError as error:
            self._miss(stored, error)
            return
        self._found.pages += 1
        found = tuple(one for one in reading.records if isinstance(one, Candidate))
        yield PageReading(stored, reading, found)

    def _visit(self, run_id: int, account_id: int, account: Account, stored: list[StoredSnapshot]) -> VisitReading:
        visited, endings = self._known(run_id, account_id)
        proved, api_proved = self._proved(account_id, run_id, stored)
        target = target_as_of(account, visited, endings, stored, proved, api_proved=api_proved)
        reader = Reader(target, self._owners_of(account.platform), self._workspace.config.crawl.page_limit)
        found = VisitReading(run_id)
        is_whole = True
        for one in stored:
            page = self._load(one)
            if page is None:
                is_whole = False
            else:
                found.pages.append(reader.read(one, page))
        if visited is not None and is_whole:
            # A row is made anew only from all that it was made of.
            found.before, found.feed_clock = visited.coverage, reader.feed_clock
            found.coverage = reader.coverage(visited.coverage)
        return found

    def _known(self, run_id: int, account_id: int) -> tuple[Visited | None, list[Ending]]:
        with self._workspace.engine.connect() as connection:
            endings = [Ending(kind, seen_at) for kind, seen_at in endings_of(connection, account_id)]
            return snapshots.visited(connection, run_id, account_id), endings

    def _proved(self, account_id: int, run_id: int, stored: list[StoredSnapshot]) -> tuple[set[str], bool]:
        """The addresses that are the account's for certain, and whether its application was known to be its own."""
        appid = application_of(stored)
        with self._workspace.engine.connect() as connection:
            tied = appid is not None and held.api_proved(connection, account_id, appid, run_id)
            return held.proved_addresses(connection, account_id), tied

    def _load(self, stored: StoredSnapshot) -> Page | None:
        try:
            page = load_page(self._workspace.home, stored)
        except ArchiveError as error:
            self._miss(stored, error)
            return None
        self._found.pages += 1
        return page

    def _miss(self, stored: StoredSnapshot, error: ArchiveError) -> None:
        place, url = stored.snapshot.ref, stored.snapshot.url
        dropped = {fault.kind for fault in verify_records(self._workspace.home, [place])} == {"removed"}
        self._found.missing.append(UnreadPage(place, url, str(error), dropped))

    def _owners_of(self, platform: str) -> Owners:
        if platform not in self._owners:
            self._owners[platform] = Owners(accounts.owners(self._workspace.engine, platform))
        return self._owners[platform]

    def _save(self, account_id: int | None, account: Account | None, visits: list[VisitReading]) -> None:
        texts = newest_texts(visits)
        pages: list[ChangedPage] = []
        rows: list[ChangedCoverage] = []
        with self._workspace.engine.begin() as connection:
            for visit in visits:
                changes = [_save_page(connection, account, visit.run_id, one, texts) for one in visit.pages]
                pages += [page for page, _ in changes if page is not None]
                if account_id is not None:
                    rows += _save_visit(connection, account_id, visit, [one for _, one in changes])
        self._found.changed += pages
        self._found.coverage += rows


def _save_page(
    connection: Connection, account: Account | None, run_id: int | None, one: PageReading, texts: Mapping[str, datetime]
) -> tuple[ChangedPage | None, Reread]:
    page, reading = one.page, one.reading
    rested = snapshots.gave_records(connection, page.id)
    changes = save_reread(connection, page, one.records, texts)
    lost = rested and reading.status not in ("ok", "empty")
    if not (changes.added or changes.changed or changes.unread or changes.others or lost):
        return None, changes
    shown = ChangedPage(
        ref=page.snapshot.ref,
        url=page.snapshot.url,
        account=account.ref if account is not None else None,
        run_id=run_id,
        before="ok" if rested else None,
        status=reading.status,
        reason=reading.reason,
        posts_added=changes.added,
        posts_changed=changes.changed,
        posts_unread=changes.unread,
    )
    return shown, changes


def _save_visit(
    connection: Connection, account_id: int, visit: VisitReading, changes: Sequence[Reread]
) -> Iterator[ChangedCoverage]:
    save_feed_clock(connection, account_id, visit.feed_clock)
    if visit.run_id is None or visit.coverage is None or visit.before is None:
        return
    before, after = visit.before, visit.coverage
    differs = any(getattr(before, name) != getattr(after, name) for name in COVERAGE_FIELDS)
    if differs or n_added(changes):
        save_reread_coverage(connection, visit.run_id, account_id, after, n_added(changes))
    if differs:
        yield ChangedCoverage(visit.run_id, after.account, before, after)
