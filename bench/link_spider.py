"""Links checked by a plain Scrapy spider, as many offices' scripts do it; what bench.links measures ours against.

``python -m bench.link_spider LIST TOLD``: one GET an address, no second try, robots.txt not asked, no evidence, and
the states, told by HTTP status and one word of the page, written at the end as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response

NO_SUCH_PAGE = "不存在".encode()
SETTINGS = {
    "CONCURRENT_REQUESTS": 400,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 2,
    "DOWNLOAD_DELAY": 0,
    "DOWNLOAD_TIMEOUT": 5,
    "RETRY_ENABLED": False,
    "ROBOTSTXT_OBEY": False,
    "HTTPERROR_ALLOW_ALL": True,
    "LOG_LEVEL": "ERROR",
    "TELNETCONSOLE_ENABLED": False,
}


class LinkSpider(Spider):
    """Asks for every address and notes its state."""

    name = "links"

    def __init__(self, place: Path) -> None:
        super().__init__()
        self._place = place
        self.states: dict[str, str] = {}

    async def start(self) -> Any:
        """A request for every line of the list."""
        with self._place.open(encoding="utf-8") as lines:
            for line in lines:
                yield Request(line.strip(), errback=self.fail, cb_kwargs={"address": line.strip()}, dont_filter=True)

    def parse(self, response: Response, address: str) -> None:
        """Notes what an answer says."""
        self.states[address] = state_of_answer(response.status, response.body)

    def fail(self, failure: Any) -> None:
        """Notes that there was no answer."""
        self.states[failure.request.cb_kwargs["address"]] = "failing"


def state_of_answer(status: int, body: bytes) -> str:
    """The state that status and body give."""
    if status in (401, 403, 429):
        return "blocked"
    if status in (404, 410) or (status == 200 and NO_SUCH_PAGE in body):
        return "dead"
    return "alive" if status == 200 else "failing"


def main() -> None:
    """Checks the list and writes the states."""
    process = CrawlerProcess(SETTINGS)
    crawler = process.create_crawler(LinkSpider)
    process.crawl(crawler, place=Path(sys.argv[1]))
    process.start()
    assert isinstance(crawler.spider, LinkSpider)  # noqa: S101
    Path(sys.argv[2]).write_text(json.dumps(crawler.spider.states), encoding="utf-8")


if __name__ == "__main__":
    main()
