"""PlatformSpider: the only driver from Fetch to request to Page, the same for every platform.

One visit an account; one item a page (a Batch: the page's records and the account's coverage as it
stands after it), so that storage writes both in one transaction and a killed run loses nothing
that it had seen.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from scrapy.utils.python import global_object_name
from twisted.python.failure import Failure

from crawler import walls
from crawler.owners import Owners, drops_posts
from crawler.pace import HostStopped, HostWalls
from crawler.page import Batch, Fetch, Notice, Page, Target
from crawler.progress import Progress
from crawler.reading import Reading, platform_modules, read
from crawler.robots import RobotsForbidden
from crawler.settings import Parts
from records import Account, Snapshot, as_json

MAX_REDIRECTS = 3
REDIRECTS = (301, 302, 303, 307, 308)
# How far back a crawl without a database looks.
STANDALONE_DAYS = 15
LONE_PAGES = 10


class Visit:
    """One account's turn in one run."""

    def __init__(self, target: Target, progress: Progress, number: int) -> None:
        self.target, self.progress, self.number = target, progress, number
        self.outstanding = 0
        self.asked: set[str] = set()


class PlatformSpider(Spider):
    """Base of the platforms' spiders; a subclass says only which ``platform`` it is.

    Alone (``scrapy crawl weibo -a account=UID -O out.jsonl``) it looks at one account and yields
    its records as plain dictionaries; run by the jobs it gets Targets and an Archive through the
    settings and yields Batches.
    """

    platform: str

    def __init__(self, account: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.lone_account = account
        self.walls = HostWalls()
        self.owners = Owners({})
        self.visits: dict[str, Visit] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Made by Scrapy."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.batch_lost, signal=signals.item_error)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Requests of every target, in the order given."""
        targets, self.owners = self._targets()
        for target in targets:
            visit = Visit(target, Progress(target, self.now()), len(self.visits))
            self.visits[target.account.ref] = visit
            for item in self._begin(visit):
                yield item

    def now(self) -> datetime:
        """The clock of this run."""
        offset = self.settings.getfloat("XUNCHA_CLOCK_OFFSET_SECONDS")
        return datetime.fromtimestamp(time.time() + offset, UTC)

    def _targets(self) -> tuple[Iterable[Target], Owners]:
        if self.lone_account is not None:
            account = Account(platform=self.platform, uid=self.lone_account, name="", unit="")
            target = Target(account=account, since=self.now() - timedelta(days=STANDALONE_DAYS))
            return [target], Owners({account.uid.casefold(): account.ref}, keep_others=True)
        if self.parts is None:
            raise ValueError("请用 -a account=账号ID 指定要采集的账号，或改用 xuncha crawl 按名录采集。")
        targets = self.parts.targets
        return targets.for_platform(self.platform), Owners(targets.owners(self.platform))

    @property
    def parts(self) -> Parts | None:
        """What the job handed in; nothing when run alone."""
        found = self.settings.get("XUNCHA_PARTS")
        return found if isinstance(found, Parts) else None

    def _begin(self, visit: Visit) -> Iterator[Any]:
        first_fetches = platform_modules()[self.platform].first_fetches
        try:
            sent = list(self._requests(visit, first_fetches(visit.target)))
        except Exception as error:
            # Raised on, it would end the night for every account after this one; counted, it fails the run.
            yield from self.fault(visit, "", error)
            return
        yield from sent
        if not visit.outstanding:
            yield from self._items(visit, self._bare_batch(visit, ""))

    def _requests(self, visit: Visit, fetches: Iterable[Fetch]) -> Iterator[Request]:
        for fetch in fetches:
            if fetch.url in visit.asked or (fetch.about and fetch.about in visit.target.held):
                continue
            if fetch.paging and not self._wants_more(visit):
                continue
            if fetch.render and not self.settings.get("XUNCHA_CHROMIUM"):
                visit.progress.fail("not_crawled", is_list=self._is_list(fetch))
                continue
            visit.asked.add(fetch.url)
            visit.outstanding += 1
            yield self._request(visit, fetch, redirects=0)

    def _wants_more(self, visit: Visit) -> bool:
        return not visit.progress.covered and visit.progress.pages < (
            self.parts.page_limit if self.parts else LONE_PAGES
        )

    def _request(self, visit: Visit, fetch: Fetch, redirects: int, url: str = "") -> Request:
        meta: dict[str, Any] = {"handle_httpstatus_all": True, "dont_redirect": True}
        if fetch.render:
            from crawler.render import render_meta  # needs a browser: only when a page asks for one

            meta.update(render_meta(fetch, self.settings))
        return Request(
            url or fetch.url,
            callback=self._received,
            errback=self._failed,
            cb_kwargs={"visit": visit, "fetch": fetch, "redirects": redirects},
            meta=meta,
            dont_filter=True,
            # Finish an account before the next is begun, so that a stopped run has whole accounts.
            priority=-visit.number,
        )

    def _received(self, response: Response, visit: Visit, fetch: Fetch, redirects: int) -> Iterator[Any]:
        visit.outstanding -= 1
        page = self._page(response, fetch)
        if redirects < MAX_REDIRECTS and (inside := self._redirect_inside(page, response, fetch)):
            visit.outstanding += 1
            yield self._request(visit, fetch, redirects + 1, inside)
            return
        # Kept before it is read: the page that no parser survives is the one to look at.
        snapshot = self.parts.archive.keep(page) if self.parts else None
        reading = read(page, self.platform)
        if reading.status in ("blocked", "login"):
            self.walls.add(fetch.url)
        yield from self._settle(visit, fetch, page, reading, snapshot)

    def _redirect_inside(self, page: Page, response: Response, fetch: Fetch) -> str:
        """Where a redirect within the host leads; ``""`` where it leads elsewhere, as to a login."""
        location = _location(response)
        same_host = bool(location) and urlsplit(location).hostname == urlsplit(fetch.url).hostname
        return location if same_host and walls.classify(page, self.platform, fetch.kind) is None else ""

    def _page(self, response: Response, fetch: Fetch) -> Page:
        if fetch.render:
            from crawler.render import page_of

            return replace(page_of(response, fetch, self.now()), kind=fetch.kind)
        return Page(
            url=fetch.url,
            final_url=_location(response) or response.url,
            status=response.status,
            body=response.body,
            content_type=(response.headers.get("Content-Type") or b"").decode("latin-1"),
            fetched_at=self.now(),
            kind=fetch.kind,
        )

    def _settle(
        self, visit: Visit, fetch: Fetch, page: Page, reading: Reading, snapshot: Snapshot | None
    ) -> Iterator[Any]:
        is_list = self._is_list(fetch)
        records = self.owners.kept(visit.target, reading.records)
        own = replace(reading, records=self.owners.of_account(visit.target, records))
        visit.progress.take(own, page.fetched_at, is_list=is_list)
        if reading.extent is not None and reading.extent.source == "feed" and drops_posts(reading.records, records):
            visit.progress.spoil("unparsed")
        yield from self._requests(visit, reading.fetches)
        if is_list and reading.status == "empty":
            # Silence is proven only where a second kind of page states a total of 0 in the same run.
            yield from self._requests(visit, platform_modules()[self.platform].second_look(visit.target))
        batch = replace(
            self._bare_batch(visit, fetch.kind),
            records=records,
            snapshot=snapshot,
            notice=None if reading.status == "ok" else Notice(reading.status, reading.reason or ""),
            page_url=fetch.url,
            feed_clock=visit.progress.feed_clock,
            drift=reading.drift,
            errors=tuple(str(error) for error in reading.errors),
        )
        yield from self._items(visit, batch)

    def _bare_batch(self, visit: Visit, kind: str) -> Batch:
        return Batch(account=visit.target.account, coverage=visit.progress.coverage(), kind=kind)

    def _is_list(self, fetch: Fetch) -> bool:
        return fetch.kind in platform_modules()[self.platform].LIST_KINDS

    def _failed(self, failure: Failure) -> Iterator[Any]:
        request: Request = failure.request  # type: ignore[attr-defined]
        visit, fetch = request.cb_kwargs["visit"], request.cb_kwargs["fetch"]
        visit.outstanding -= 1
        visit.progress.fail(_failure_reason(failure), is_list=self._is_list(fetch))
        self.logger.warning("%s: %s %s", fetch.url, global_object_name(failure.type), failure.getErrorMessage())
        yield from self._items(visit, self._bare_batch(visit, fetch.kind))

    def fault(self, visit: Visit, kind: str, error: Exception) -> Iterator[Any]:
        """The account's coverage after a fault of our own on one of its pages; the other accounts go on."""
        self.logger.error("%s: %s", visit.target.account.ref, kind, exc_info=error)
        self._count_fault(error)
        visit.progress.spoil("error")
        yield from self._items(visit, self._bare_batch(visit, kind))

    def batch_lost(self, item: Any, failure: Failure) -> None:
        """A pipeline failed on a batch: what it held is not stored, so later ones must not claim to have shown it."""
        self._count_fault(failure.value)
        if isinstance(item, Batch) and item.account.ref in self.visits:
            self.visits[item.account.ref].progress.spoil("error")

    def _count_fault(self, error: BaseException | None) -> None:
        # Under the names that Scrapy uses for what it catches itself, so that one number tells.
        for name in ("count", type(error).__name__):
            self.crawler.stats.inc_value(f"spider_exceptions/{name}")

    def _items(self, visit: Visit, batch: Batch) -> Iterator[Any]:
        if self.lone_account is None:
            yield batch
            return
        for record in batch.records:
            yield {"type": type(record).__name__.lower(), **as_json(record)}
        if batch.notice is not None:
            self.logger.warning("%s: %s（%s）", batch.page_url, batch.notice.reason, batch.notice.status)
        if not visit.outstanding and batch.coverage.status != "complete":
            self.logger.warning(
                "%s 没有完整看到：%s（%s）", visit.target.account.ref, batch.coverage.status, batch.coverage.reason
            )


class Faults:
    """Spider middleware: what a callback raises costs the account its coverage, fails the run, and ends nothing."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy."""
        return cls(crawler)

    def process_spider_exception(self, response: Response, exception: Exception) -> Iterator[Any] | None:
        """The batch of the account whose page it was; nothing for what Scrapy must see itself."""
        request, spider = response.request, self._crawler.spider
        if request is None or not isinstance(spider, PlatformSpider) or isinstance(exception, CloseSpider):
            return None
        return spider.fault(request.cb_kwargs["visit"], request.cb_kwargs["fetch"].kind, exception)


def _location(response: Response) -> str:
    """Where a redirect leads; ``""`` for every other answer, and where no address stands that can be asked."""
    found = response.headers.get("Location")
    if response.status not in REDIRECTS or not found:
        return ""
    try:
        location = urljoin(response.url, found.decode("utf-8", "replace"))
        parts = urlsplit(location)
        askable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return ""
    return location if askable else ""


def _failure_reason(failure: Failure) -> str:
    if isinstance(failure.value, RobotsForbidden):
        return "robots"
    if isinstance(failure.value, HostStopped):
        return "blocked"
    return "error"
