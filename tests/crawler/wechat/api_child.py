"""Run as a program: calls of the official API by Fetches on standard input, against a mirror; prints what came back.

Signed as the crawl signs them: through the middleware ``Credentials`` and the handler ``SignedHandler``, robots
obeyed. Everything that Scrapy logs goes to standard error, debugging included.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.credentials import META, SETTING, CredentialError
from crawler.secrets import Secrets

ORDER = json.load(sys.stdin) if __name__ == "__main__" else {}
TOLD: list[dict[str, Any]] = []


class Calls(Spider):
    """Asks every call in order."""

    name = "calls"

    async def start(self) -> AsyncIterator[Any]:
        for call in ORDER["calls"]:
            yield Request(
                call["url"],
                method="POST",
                body=call["payload"].encode(),
                meta={META: call["credential"], "handle_httpstatus_all": True, "dont_redirect": True},
                callback=self.answered,
                errback=self.failed,
                dont_filter=True,
            )

    def answered(self, response: Response) -> Iterator[Any]:
        headers = {
            name.decode(): [value.decode("latin-1") for value in values] for name, values in response.headers.items()
        }
        TOLD.append({"url": response.url, "headers": str(headers), "body": response.text, "meta": str(response.meta)})
        yield from ()

    def failed(self, failure: Failure) -> None:
        reason = failure.value.reason if isinstance(failure.value, CredentialError) else type(failure.value).__name__
        request: Any = failure.request  # type: ignore[attr-defined]
        TOLD.append({"url": request.url, "reason": reason, "words": failure.getErrorMessage()})


def main() -> None:
    """Prints the answers and failures as a list."""
    handler = "crawler.credentials.SignedHandler"
    process = AsyncCrawlerProcess(
        {
            "XUNCHA_MIRROR": ORDER["mirror"],
            SETTING: Secrets(ORDER["secrets"]),
            "DOWNLOADER_MIDDLEWARES": {
                "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
                "crawler.robots.RobotsMiddleware": 100,
                "crawler.credentials.Credentials": 570,
            },
            "DOWNLOADER": "crawler.downloader.PacedDownloader",
            "DOWNLOAD_HANDLERS": {"http": handler, "https": handler},
            "ROBOTSTXT_OBEY": True,
            "USER_AGENT": "xuncha/0.1",
            "LOG_LEVEL": "DEBUG",
            "RETRY_ENABLED": bool(ORDER.get("retry")),
            "RETRY_TIMES": 1,
            "TELNETCONSOLE_ENABLED": False,
            "REMOTE_CONTROL_ENABLED": False,
            **ORDER.get("settings", {}),
        }
    )
    process.crawl(Calls)
    process.start()
    print(json.dumps(TOLD, ensure_ascii=False))


if __name__ == "__main__":
    main()
