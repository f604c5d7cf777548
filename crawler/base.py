"""PlatformSpider: the only driver from Fetch to request to Page, the same for every platform.

One visit an account; one item a page (a Batch: the page's records and the account's coverage as it
stands after it), so that storage writes both in one transaction and a killed run loses nothing
that it had seen. Accounts are claimed as their turn comes, so that several processes can share a night.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from scrapy.utils.python import global_object_name
from twisted.python.failure import Failure

from crawler import walls
from crawler.conditional import keep_validators
from crawler.exchanges import failure_reason, is_wall, location_of, page_of, refusal_of, request_of, went_unanswered
from crawler.host_walls import HostWalls, host_of
from crawler.owners import Owners
from crawler.page import Batch, Fetch, Notice, Page, Target
from crawler.reading import Reading, read
from crawler.searching import beginning, retention_of
from crawler.settings import Parts
from crawler.settling import is_list, settle
from crawler.stops import CrawlStopping
from crawler.visits import Visit, Visits, beat
from records import Account, Snapshot, as_json
from records.sentences import Command

MAX_REDIRECTS = 3
# How far back a crawl without a database looks.
STANDALONE_DAYS = 15
LONE_PAGES = 10


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
        self.visits = Visits()
        self._closing: asyncio.Future[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Made by Scrapy."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.batch_lost, signal=signals.item_error)
        crawler.signals.connect(spider.batch_stored, signal=signals.item_scraped)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Requests of every target, claimed one after another."""
        if self.parts is None:
            for item in self._alone():
                yield item
            return
        self.walls, self.owners = self.parts.walls, Owners(self.parts.targets.owners(self.platform))
        beating = asyncio.create_task(beat(self.parts))
        try:
            while (target := await self.visits.next_target(self.parts, self.platform)) is not None:
                for item in self._begin(self.visits.begin(target, self.now())):
                    yield item
        finally:
            beating.cancel()

    def _alone(self) -> Iterator[Any]:
        if self.lone_account is None:
            raise ValueError(f"请用 -a account=账号ID 指定要采集的账号；按名录采集请运行 {Command('crawl')}。")
        account = Account(platform=self.platform, uid=self.lone_account, name="", unit="")
        target = Target(account=account, since=self.now() - timedelta(days=STANDALONE_DAYS))
        self.owners = Owners({account.uid.casefold(): account.ref}, keep_others=True)
        yield from self._begin(self.visits.begin(target, self.now()))

    def now(self) -> datetime:
        """The clock of this run."""
        offset = self.settings.getfloat("XUNCHA_CLOCK_OFFSET_SECONDS")
        return datetime.fromtimestamp(time.time() + offset, UTC)

    @property
    def parts(self) -> Parts | None:
        """What the job handed in; nothing when run alone."""
        found = self.settings.get("XUNCHA_PARTS")
        return found if isinstance(found, Parts) else None

    def _begin(self, visit: Visit) -> Iterator[Any]:
        try:
            sent = self._counted(visit, beginning(visit.target))
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
            if fetch.paging and not visit.progress.wants_more(self.parts.page_limit if self.parts else LONE_PAGES):
                continue
            if fetch.render and not self.settings.get("XUNCHA_CHROMIUM"):
                visit.progress.fail("not_crawled", is_list=self._is_list(fetch))
                continue
            request = self._request(visit, fetch, redirects=0)
            visit.asked.add(fetch.url)
            visit.outstanding += 1
            yield request

    def _request(self, visit: Visit, fetch: Fetch, redirects: int, url: str = "") -> Request:
        return request_of(
            fetch,
            self.settings,
            url or fetch.url,
            callback=self._received,
            errback=self._failed,
            cb_kwargs={"visit": visit, "fetch": fetch, "redirects": redirects},
            # Finish an account before the next is begun, so that a stopped run has whole accounts.
            priority=-visit.number,
            is_counted=visit.target.search is not None,
        )

    def _received(self, response: Response, visit: Visit, fetch: Fetch, redirects: int) -> Iterator[Any]:
        visit.outstanding -= 1
        visit.n_answers += 1
        page = page_of(response, fetch, self.now())
        most = 0 if visit.target.search else MAX_REDIRECTS
        if redirects < most and (inside := self._redirect_inside(page, response, fetch)):
            request = self._request(visit, fetch, redirects + 1, inside)
            visit.outstanding += 1
            yield request
            return
        # Kept before it is read: the page that no parser survives is the one to look at.
        try:
            snapshot = self.parts.archive.keep(page, retention_of(visit.target)) if self.parts else None
        except OSError as error:
            # A full disk: the account is asked again when the run goes on.
            self._count_fault(error)
            self._stop_storing()
            return
        reading = read(page, self.platform)
        if (refused := refusal_of(response, fetch)) is not None:
            visit.progress.fail(refused, is_list=True)
        if is_wall(reading, fetch):
            self.walls.add(fetch.url, with_page=True)
        if self.parts is not None and snapshot is not None:
            keep_validators(self.parts.validators, response, fetch, snapshot, reading.status)
        yield from self._settle(visit, fetch, page, reading, snapshot)

    def _redirect_inside(self, page: Page, response: Response, fetch: Fetch) -> str:
        """Where a redirect within the host leads; ``""`` where it leads elsewhere, as to a login."""
        location = location_of(response)
        same_host = bool(location) and urlsplit(location).hostname == urlsplit(fetch.url).hostname
        return location if same_host and walls.classify(page, self.platform, fetch.kind) is None else ""

    def _settle(
        self, visit: Visit, fetch: Fetch, page: Page, reading: Reading, snapshot: Snapshot | None
    ) -> Iterator[Any]:
        settled = settle(visit.target, visit.progress, self.owners, reading, page.fetched_at, fetch.kind, fetch.url)
        sent = self._counted(visit, settled.fetches)
        batch = replace(
            self._bare_batch(visit, fetch.kind),
            records=settled.records,
            snapshot=snapshot,
            notice=None if reading.status == "ok" else Notice(reading.status, reading.reason or ""),
            page_url=fetch.url,
            feed_clock=visit.progress.feed_clock,
            walled=host_of(fetch.url) if is_wall(reading, fetch) else None,
            ending=visit.progress.ending,
            refuted=settled.refuted,
            drift=reading.drift,
            errors=tuple(str(error) for error in reading.errors),
        )
        yield from self._items(visit, batch)
        yield from sent

    def _counted(self, visit: Visit, fetches: Iterable[Fetch]) -> list[Request]:
        """The requests for these, all counted before the first goes out.

        Its answer may come before the second is handed on, and would else seem to be the visit's last.
        """
        before = visit.outstanding
        try:
            return list(self._requests(visit, fetches))
        except Exception:
            visit.outstanding = before
            raise

    def _bare_batch(self, visit: Visit, kind: str) -> Batch:
        """What stands of the visit; the last one of a visit closes it, so every one made must be handed on."""
        account, coverage = visit.target.account, visit.progress.coverage()
        searched = visit.progress.searched
        return Batch(account=account, coverage=coverage, kind=kind, closing=visit.closing, searched=searched)

    def _is_list(self, fetch: Fetch) -> bool:
        return is_list(self.platform, fetch.kind)

    def _failed(self, failure: Failure) -> Iterator[Any]:
        request: Request = failure.request  # type: ignore[attr-defined]
        visit, fetch = request.cb_kwargs["visit"], request.cb_kwargs["fetch"]
        visit.outstanding -= 1
        if self._is_stopping(failure):
            return  # the account is asked again when the run goes on
        if went_unanswered(failure):
            visit.silent_hosts.add(host_of(request.url))
        visit.progress.fail(failure_reason(failure), is_list=self._is_list(fetch))
        self.logger.warning("%s: %s %s", fetch.url, global_object_name(failure.type), failure.getErrorMessage())
        yield from self._items(visit, self._bare_batch(visit, fetch.kind))

    def fault(self, visit: Visit, kind: str, error: Exception) -> Iterator[Any]:
        """The account's coverage after a fault of our own on one of its pages; the other accounts go on."""
        self.logger.error("%s: %s", visit.target.account.ref, kind, exc_info=error)
        self._count_fault(error)
        visit.progress.spoil("error")
        yield from self._items(visit, self._bare_batch(visit, kind))

    def _is_stopping(self, failure: Failure) -> bool:
        engine = self.crawler.engine
        return isinstance(failure.value, CrawlStopping) or engine is None or not engine.running

    def batch_lost(self, item: Any, failure: Failure) -> None:
        """A pipeline failed on a batch; where nothing can be stored any more the crawl is brought to its end."""
        self._count_fault(failure.value)
        if isinstance(item, Batch):
            self.visits.lost(item)
        if self.visits.nothing_is_stored:
            self._stop_storing()

    def _stop_storing(self) -> None:
        if self.crawler.engine is not None and self._closing is None:
            self._closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason="storage_fault"))

    def batch_stored(self, item: Any) -> None:
        """A batch is safe."""
        if isinstance(item, Batch):
            self.visits.stored(item)

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
