"""Run as a program: one platform's spider over the targets on standard input, against a mirror; prints its batches.

``broken`` names functions of the platform and a text in their argument at which they raise, as a bug of
ours would; ``lost`` is a text in a page's address at which the pipeline raises.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from crawler import settings as defaults
from crawler.host_walls import HostWalls
from crawler.pace import Pace
from crawler.page import Page, Target
from crawler.reading import platform_modules
from crawler.settings import Parts
from records import Account, Snapshot, as_json

UNIT = "云岭县人民政府办公室"


class Given:
    """Targets and Archive of the program's input, and where the batches go."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.order, self.kept = order, list[str]()
        self.batches: list[Any] = []
        self.waiting: list[dict[str, Any]] = list(order["targets"])

    def claim(self, platform: str) -> Target | None:
        return self._target(platform, self.waiting.pop(0)) if self.waiting else None

    def left(self, platform: str) -> int:
        return len(self.order["targets"]) - sum(bool(batch.closing) for batch in self.batches)

    def beat(self) -> None:
        pass

    def _target(self, platform: str, row: dict[str, Any]) -> Target:
        account = Account(platform=platform, unit=UNIT, **{"name": "", **row["account"]})
        return Target(
            account=account,
            since=datetime.fromisoformat(self.order["since"]),
            held=frozenset(row.get("held", ())),
            links=tuple(row.get("links", ())),
            recheck=tuple(row.get("recheck", ())),
        )

    def owners(self, platform: str) -> dict[str, str]:
        found = dict(self.order.get("owners", {}))
        for target in [self._target(platform, row) for row in self.order["targets"]]:
            for key in (target.account.uid, *target.account.aliases.values()):
                found[key.casefold()] = target.account.ref
        return found

    def keep(self, page: Page, retention: str = "ordinary") -> Snapshot:
        self.kept.append(page.url)
        return Snapshot(url=page.url, fetched_at=page.fetched_at, sha256="0" * 64, ref="evidence/x.warc.gz#0")


class Unvalidated:
    """Validators of which none are ever known."""

    def known(self, url: str) -> None:
        return None

    def load(self, url: str) -> None:
        return None

    def keep(self, *given: Any) -> None:
        pass


class Collector:
    """The pipeline at the end: takes every batch."""

    def __init__(self, given: Given) -> None:
        self.given = given

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Collector:
        return cls(crawler.settings["XUNCHA_PARTS"].store)

    def process_item(self, item: Any) -> Any:
        lost = self.given.order.get("lost")
        if lost and lost in item.page_url:
            raise RuntimeError("the disk is full")
        self.given.batches.append(item)
        return item


def break_functions(module: Any, broken: dict[str, str]) -> None:
    """Make functions of a platform raise where their argument holds a text."""
    for name, text in broken.items():
        sound = getattr(module, name)

        def breaking(subject: Any, sound: Any = sound, text: str = text) -> Any:
            if text in str(subject):
                raise KeyError(text)
            return sound(subject)

        setattr(module, name, breaking)


def shape(batch: Any) -> dict[str, Any]:
    """What the tests ask of a batch."""
    records = [{"type": type(record).__name__.lower(), **as_json(record)} for record in batch.records]
    return {
        **as_json(batch.coverage),
        "kind": batch.kind,
        "closing": batch.closing,
        "page_url": batch.page_url,
        "notice": as_json(batch.notice),
        "kept": batch.snapshot is not None,
        "records": records,
    }


def main() -> None:
    """Prints ``{batches, kept, spider_exceptions, stopped_hosts}``."""
    order = json.load(sys.stdin)
    given = Given(order)
    break_functions(platform_modules()[order["platform"]], order.get("broken", {}))
    settings = Settings()
    settings.setmodule(defaults, priority="project")
    own = defaults.crawl_settings(
        user_agent="xuncha/0.1 (+https://yunling.example/contact)",
        mirror=order["mirror"],
        delay_seconds=0,
        delays={},
        permitted=order.get("permitted", []),
        allow_private=order.get("allow_private", []),
        clock_offset_seconds=order["clock_offset_seconds"],
        pipelines={"tests.crawler.crawl_child.Collector": 900},
    )
    settings.setdict({**own, "LOG_LEVEL": "CRITICAL", "RETRY_ENABLED": False}, priority="cmdline")
    parts = Parts(
        targets=given,
        archive=given,
        pace=Pace.of_settings(settings),
        walls=HostWalls(),
        validators=Unvalidated(),
        page_limit=order.get("page_limit", 20),
        retry_seconds=0.0,
        store=given,
        tally=None,
        on_batch=None,
    )
    settings.set("XUNCHA_PARTS", parts, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    crawler = Crawler(SpiderLoader.from_settings(settings).load(order["platform"]), settings)
    process.crawl(crawler)
    process.start()
    told = {
        "batches": [shape(batch) for batch in given.batches],
        "kept": given.kept,
        "faults": (crawler.stats.get_stats() if crawler.stats else {}).get("spider_exceptions/count", 0),
        "stopped_hosts": crawler.spider.walls.stopped_hosts,  # type: ignore[union-attr]
        "finish_reason": (crawler.stats.get_stats() if crawler.stats else {}).get("finish_reason"),
    }
    print(json.dumps(told, ensure_ascii=False))


if __name__ == "__main__":
    main()
