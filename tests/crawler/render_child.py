"""Run as a program: opens the given addresses in one browser against a mirror and prints what was read as JSON."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess

from crawler.browser import find_chromium
from crawler.page import Fetch
from crawler.reading import read
from crawler.render import page_of, render_meta, render_settings
from records import as_json

PRODUCT = "xuncha/0.1 (+https://yunling.example/contact)"
FETCHED_AT = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


class RenderSpider(Spider):
    """Opens every address; what each gave goes into ``into``."""

    name = "render"

    def __init__(self, wanted: list[list[str]], into: dict[str, Any]) -> None:
        super().__init__()
        self.fetches = [Fetch(url=url, kind=kind, render=True) for url, kind in wanted]
        self.into = into

    async def start(self) -> Any:
        for fetch in self.fetches:
            meta = {"handle_httpstatus_all": True, **render_meta(fetch, self.settings)}
            kwargs = {"fetch": fetch}
            yield Request(fetch.url, meta=meta, cb_kwargs=kwargs, errback=self.failed, dont_filter=True)

    def parse(self, response: Any, fetch: Fetch) -> None:
        page = page_of(response, fetch, FETCHED_AT)
        reading = read(page)
        self.into[fetch.url] = {
            "kind": reading.kind,
            "status": reading.status,
            "reason": reading.reason,
            "url": page.url,
            "final_url": page.final_url,
            "calls": [call.url for call in page.calls],
            "records": as_json(reading.records),
            "more": reading.extent.more if reading.extent else None,
        }

    def failed(self, failure: Any) -> None:
        self.into[failure.request.cb_kwargs["fetch"].url] = {"failure": failure.type.__name__}


def main(wanted: str, mirror: str, seconds: str) -> None:
    """Prints ``{address: what it gave}``."""
    settings = {
        "XUNCHA_MIRROR": mirror,
        "LOG_LEVEL": "ERROR",
        "RETRY_ENABLED": False,
        "ROBOTSTXT_OBEY": True,
        "REMOTE_CONTROL_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        **render_settings(find_chromium() or "", mirror, PRODUCT),
        "XUNCHA_RENDER_SECONDS": float(seconds),
    }
    into: dict[str, Any] = {}
    process = AsyncCrawlerProcess(settings)
    process.crawl(RenderSpider, wanted=json.loads(wanted), into=into)
    process.start()
    print(json.dumps(into, ensure_ascii=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
