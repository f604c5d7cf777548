"""Run as a program: asks one address several times, one after the other, as the crawl does; prints each answer.

Its archive is a folder with one file a body; a name in ``drop`` is taken out before that turn.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response

from crawler.conditional import FLAG, SETTING, keep_validators
from crawler.page import Fetch
from crawler.received import exchange_of
from records import Snapshot
from storage.database import open_database
from storage.validators import StoredValidators

ORDER = json.load(sys.stdin) if __name__ == "__main__" else {}
FOLDER = Path(ORDER.get("folder", "."))
TOLD: list[dict[str, Any]] = []


def load_body(ref: str) -> bytes | None:
    """The stored body, while its file is there."""
    return (FOLDER / ref).read_bytes() if (FOLDER / ref).is_file() else None


class Reader(Spider):
    """Asks for the order's fetch, as often as it says."""

    name = "reader"

    async def start(self) -> AsyncIterator[Any]:
        yield self.again()

    def again(self) -> Request:
        if len(TOLD) in ORDER["drop"]:
            for file in FOLDER.glob("*.body"):
                file.unlink()
        fetch = Fetch(**ORDER["fetch"])
        meta = {"handle_httpstatus_all": True, "dont_redirect": True}
        return Request(fetch.url, callback=self.read, cb_kwargs={"fetch": fetch}, meta=meta, dont_filter=True)

    def read(self, response: Response, fetch: Fetch) -> Iterator[Any]:
        digest = hashlib.sha256(response.body).hexdigest()
        (FOLDER / f"{digest}.body").write_bytes(response.body)
        moment = datetime.fromtimestamp(0, UTC)
        snapshot = Snapshot(url=fetch.url, fetched_at=moment, sha256=digest, ref=f"{digest}.body")
        keep_validators(self.settings[SETTING], response, fetch, snapshot, ORDER["status"])
        exchange = exchange_of(response)
        told = {
            "status": response.status,
            "sha256": digest,
            "content_type": (response.headers.get("Content-Type") or b"").decode(),
            "not_modified": FLAG in response.flags,
            "received": exchange.status if exchange else None,
        }
        TOLD.append(told)
        if len(TOLD) < ORDER["times"]:
            yield self.again()


def main() -> None:
    """Prints the answers as a list."""
    engine = open_database(f"sqlite:///{FOLDER / 'xuncha.db'}")
    process = AsyncCrawlerProcess(
        {
            "XUNCHA_MIRROR": ORDER["mirror"],
            SETTING: StoredValidators(engine, load_body),
            "DOWNLOADER_MIDDLEWARES": {"crawler.conditional.Conditional": 580, "crawler.received.Received": 900},
            "DOWNLOAD_HANDLERS": {
                "http": "crawler.transport.MirrorHandler",
                "https": "crawler.transport.MirrorHandler",
            },
            "ROBOTSTXT_OBEY": False,
            "LOG_LEVEL": "CRITICAL",
            "TELNETCONSOLE_ENABLED": False,
            "REMOTE_CONTROL_ENABLED": False,
        }
    )
    process.crawl(Reader)
    process.start()
    print(json.dumps(TOLD))


if __name__ == "__main__":
    main()
