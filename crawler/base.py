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
from typing import Any
from urllib.parse import urljoin, urlsplit

from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.utils.python import global_object_name
from twisted.python.failure import Failure

from crawler import walls
from crawler.pace import HostStopped, HostWalls
from crawler.page import Batch, Fetch, Notice, Page, Target
from crawler.progress import Progress
from crawler.reading import Reading, platform_modules, read
from crawler.robots import RobotsForbidden
from crawler.settings import Parts
from records import Account, Candidate, Post, Profile, as_json

MAX_REDIRECTS = 3
# How far back a crawl without a database looks.
STANDALONE_DAYS = 15
LONE_PAGES = 10


class Visit:
    """One account's turn in one run."""

    def __init__(self, target: Target, progress: Progress) -> None:
        self.target, self.progress = target, progress
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
        self.owners: dict[str, str] | None = None

    async def start(self) -> AsyncIterator[Any]:
        """Requests of every target, in the order given."""
        targets, owners = self._targets()
        self.owners = owners
        for target in targets:
            visit = Visit(target, Progress(target, self.now()))
            for item in self._begin(visit):
                yield item

    def now(self) -> datetime:
        """The clock of this run."""
        offset = self.settings.getfloat("XUNCHA_CLOCK_OFFSET_SECONDS")
        return datetime.fromtimestamp(time.time() + offset, UTC)

    def _targets(self) -> tuple[Iterable[Target], dict[str, str] | None]:
        if self.lone_account is not None:
            account = Account(platform=self.platform, uid=self.lone_account, name="", unit="")
            return [Target(account=account, since=self.now() - timedelta(days=STANDALONE_DAYS))], None
        if self.parts is None:
            raise ValueError("请用 -a account=账号ID 指定要采集的账号，或改用 xuncha crawl 按名录采集。")
        return self.parts.targets.for_platform(self.platform), self.parts.targets.owners(self.platform)

    @property
    def parts(self) -> Parts | None:
        """What the job handed in; nothing when run alone."""
        found = self.settings.get("XUNCHA_PARTS")
        return found if isinstance(found, Parts) else None

    def _begin(self, visit: Visit) -> Iterator[Any]:
        module = platform_modules()[self.platform]
        sent = list(self._requests(visit, module.first_fetches(visit.target)))
        yield from sent
        if not visit.outstanding:
            yield from self._items(
                visit, Batch(account=visit.target.account, coverage=visit.progress.coverage(), kind="")
            )

    def _requests(self, visit: Visit, fetches: Iterable[Fetch]) -> Iterator[Request]:
        for fetch in fetches:
            if fetch.url in visit.asked or (fetch.about and fetch.about in visit.target.held):
                continue
            if fetch.paging and not self._wants_more(visit):
                continue
            if fetch.render and not self.settings.get("XUNCHA_CHROMIUM"):
                visit.progress.fail("not_crawled")
                continue
            visit.asked.add(fetch.url)
            visit.outstanding += 1
            yield self._request(visit, fetch, redirects=0)

    def _wants_more(self, visit: Visit) -> bool:
        return not visit.progress.covered and visit.progress.pages < (
            self.parts.page_limit if self.parts else LONE_PAGES
        )

    def _request(self, visit: Visit, fetch: Fetch, redirects: int) -> Request:
        meta: dict[str, Any] = {"handle_httpstatus_all": True, "dont_redirect": True}
        if fetch.render:
            from crawler.render import render_meta  # needs a browser: only when a page asks for one

            meta.update(render_meta(fetch, self.settings))
        return Request(
            fetch.url,
            callback=self._received,
            errback=self._failed,
            cb_kwargs={"visit": visit, "fetch": fetch, "redirects": redirects},
            meta=meta,
            dont_filter=True,
            # Finish an account before the next is begun, so that a stopped run has whole accounts.
            priority=0 if redirects == 0 and not visit.progress.pages else 10,
        )

    def _received(self, response: Response, visit: Visit, fetch: Fetch, redirects: int) -> Iterator[Any]:
        visit.outstanding -= 1
        page = self._page(response, fetch)
        location = page.final_url if page.status in (301, 302, 303, 307, 308) else ""
        if location and walls.classify(page, self.platform, fetch.kind) is None:
            if redirects < MAX_REDIRECTS and urlsplit(location).hostname == urlsplit(fetch.url).hostname:
                visit.outstanding += 1
                yield self._request(visit, replace(fetch, url=location), redirects + 1)
                return
        reading = read(page, self.platform)
        if reading.status in ("blocked", "login"):
            self.walls.add(fetch.url)
        yield from self._settle(visit, fetch, page, reading)

    def _page(self, response: Response, fetch: Fetch) -> Page:
        if fetch.render:
            from crawler.render import page_of

            return replace(page_of(response, fetch, self.now()), kind=fetch.kind)
        location = (response.headers.get("Location") or b"").decode("utf-8", "replace")
        return Page(
            url=fetch.url,
            final_url=urljoin(response.url, location) if location else response.url,
            status=response.status,
            body=response.body,
            content_type=(response.headers.get("Content-Type") or b"").decode("latin-1"),
            fetched_at=self.now(),
            kind=fetch.kind,
        )

    def _settle(self, visit: Visit, fetch: Fetch, page: Page, reading: Reading) -> Iterator[Any]:
        is_list = self._is_list(fetch)
        visit.progress.take(reading, page.fetched_at, is_list=is_list)
        yield from self._requests(visit, reading.fetches)
        if is_list and reading.status == "empty":
            # Silence is proven only where a second kind of page states a total of 0 in the same run.
            yield from self._requests(visit, platform_modules()[self.platform].second_look(visit.target))
        batch = Batch(
            account=visit.target.account,
            coverage=visit.progress.coverage(),
            kind=fetch.kind,
            records=tuple(self._own(visit, reading)),
            snapshot=self.parts.archive.keep(page) if self.parts else None,
            notice=None if reading.status == "ok" else Notice(reading.status, reading.reason or ""),
            page_url=fetch.url,
            feed_clock=visit.progress.feed_clock,
            drift=reading.drift,
            errors=tuple(str(error) for error in reading.errors),
        )
        yield from self._items(visit, batch)

    def _is_list(self, fetch: Fetch) -> bool:
        return fetch.kind in platform_modules()[self.platform].LIST_KINDS

    def _own(self, visit: Visit, reading: Reading) -> Iterator[Post | Profile | Candidate]:
        """The page's records that belong to registered accounts; a page of someone else gives nothing."""
        if self.owners is None:
            yield from reading.records
            return
        for record in reading.records:
            if isinstance(record, Profile):
                self._learn(record)
        for record in reading.records:
            if isinstance(record, Post) and record.account is None and record.proof == "feed":
                # A feed of short addresses names nobody: it speaks for the account that filed it.
                yield replace(record, account=visit.target.account.ref)
            elif isinstance(record, Candidate) or record.account is None or _key(record.account) in self.owners:
                yield record

    def _learn(self, profile: Profile) -> None:
        """An article shows the stable key of an account that was filed by another one."""
        assert self.owners is not None  # noqa: S101
        keys = [profile.uid.casefold(), *(value.casefold() for value in profile.aliases.values())]
        owner = next((self.owners[key] for key in keys if key in self.owners), None)
        if owner is not None:
            self.owners.setdefault(profile.uid.casefold(), owner)

    def _failed(self, failure: Failure) -> Iterator[Any]:
        request: Request = failure.request  # type: ignore[attr-defined]
        visit, fetch = request.cb_kwargs["visit"], request.cb_kwargs["fetch"]
        visit.outstanding -= 1
        if self._is_list(fetch):
            visit.progress.fail(_failure_reason(failure))
        self.logger.info("%s: %s %s", fetch.url, global_object_name(failure.type), failure.getErrorMessage())
        yield from self._items(
            visit, Batch(account=visit.target.account, coverage=visit.progress.coverage(), kind=fetch.kind)
        )

    def _items(self, visit: Visit, batch: Batch) -> Iterator[Any]:
        if self.lone_account is None:
            yield batch
            return
        for record in batch.records:
            yield {"type": type(record).__name__.lower(), **as_json(record)}
        if batch.notice is not None:
            self.logger.warning("%s: %s（%s）", batch.page_url, batch.notice.reason, batch.notice.status)


def _key(reference: str) -> str:
    return reference.partition(":")[2].casefold()


def _failure_reason(failure: Failure) -> str:
    if isinstance(failure.value, RobotsForbidden):
        return "robots"
    if isinstance(failure.value, HostStopped):
        return "blocked"
    return "error"
