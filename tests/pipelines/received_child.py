"""Run as a program: asks addresses of a loopback server with Scrapy and keeps what was received; prints a JSON list."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response

from crawler.page import Page
from crawler.received import ORDER, exchange_of
from pipelines.archive import WarcArchive

MOMENT = datetime(2026, 11, 15, 17, 30, 5, tzinfo=UTC)
FOUND: list[Any] = []


class Asking(Spider):
    """Asks each address once."""

    name = "asking"

    async def start(self) -> AsyncIterator[Any]:
        meta = {"handle_httpstatus_all": True, "dont_redirect": True}
        for number, url in enumerate(sys.argv[2:]):
            body = b'{"begin":1}' if "post" in url else b""
            method = "POST" if body else "GET"
            # As the browser's handler marks its own.
            seen = {"playwright": True} if "rendered" in url else {}
            yield Request(url, method=method, body=body, meta={**meta, **seen}, cb_kwargs={"number": number})

    def parse(self, response: Response, number: int) -> None:
        kept = exchange_of(response)
        page = Page(url=response.url, body=response.body, fetched_at=MOMENT, status=response.status, exchange=kept)
        ref = WarcArchive(Path(sys.argv[1]), 1).keep(page).ref
        FOUND.append([number, ref, hashlib.sha256(response.body).hexdigest(), kept is not None])


if __name__ == "__main__":
    process = AsyncCrawlerProcess(
        {
            "DOWNLOADER_MIDDLEWARES": {"crawler.received.Received": ORDER},
            "USER_AGENT": "xuncha/0.1 (+https://office.example)",
            "LOG_LEVEL": "ERROR",
            "TELNETCONSOLE_ENABLED": False,
            "REMOTE_CONTROL_ENABLED": False,
        }
    )
    process.crawl(Asking)
    process.start()
    print(json.dumps(sorted(FOUND)))
