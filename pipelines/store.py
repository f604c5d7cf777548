"""Hands each batch to storage: the page's records and the account's coverage in one transaction."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from records import Coverage
from storage.store import Closing, Store
from storage.yields import Yields, add_yields

UNATTRIBUTED = "-"  # the account of links that no account claims yet has no coverage


@dataclass
class Tally:
    """What a crawl did, for the screen, the run table and the exit code."""

    run_id: int
    coverage: dict[str, Coverage] = field(default_factory=dict)
    posts_new: Counter[str] = field(default_factory=Counter)
    pages: Counter[str] = field(default_factory=Counter)
    notices: Counter[str] = field(default_factory=Counter)
    drift: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    answered: dict[str, str] = field(default_factory=dict)  # what a reported address said


class StorePipeline:
    """Stores batches; made by Scrapy with the Store and Tally that the job put into the settings."""

    def __init__(self, store: Store, tally: Tally, on_batch: Any, retry_seconds: float = 0.0) -> None:
        self._store, self._tally, self._on_batch = store, tally, on_batch
        self._wait_seconds = {"done": None, "again": retry_seconds}
        self._yields: dict[str, Yields] = {}

    @classmethod
    def from_crawler(cls, crawler: Any) -> StorePipeline:
        """Made by Scrapy."""
        parts = crawler.settings["XUNCHA_PARTS"]
        return cls(parts.store, parts.tally, parts.on_batch, parts.retry_seconds)

    def process_item(self, item: Any) -> Any:
        """Stores one batch."""
        tally, reference = self._tally, item.account.ref
        add_yields(self._yields.setdefault(reference, {}), item.kind, item.records)
        new = self._store.save_page(
            tally.run_id,
            item.coverage,
            item.records,
            item.snapshot,
            item.feed_clock,
            kind=item.kind,
            closing=self._closing(item),
            ending=item.ending,
            refuted=item.refuted,
            walled=item.walled,
            searched=item.searched,
        )
        tally.posts_new[reference] += new
        if item.account.uid != UNATTRIBUTED and item.searched is None:
            tally.coverage[reference] = item.coverage
        if item.page_url:
            tally.pages[f"{item.account.platform}.{item.kind}"] += 1
            tally.answered[item.page_url] = item.notice.reason if item.notice else ""
        if item.notice is not None:
            tally.notices[item.notice.status] += 1
        tally.drift.update(f"{drift.kind}.{drift.field}" for drift in item.drift)
        tally.errors.extend(f"{item.page_url} {error}" for error in item.errors)
        if self._on_batch is not None:
            self._on_batch(item, tally)
        return item

    def _closing(self, item: Any) -> Closing | None:
        if not item.closing:
            return None
        return Closing(self._wait_seconds[item.closing], self._yields.pop(item.account.ref))
