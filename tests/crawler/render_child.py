"""Run as a program: fetches the given addresses, in one browser or plainly, and prints what each gave as JSON.

Without a mirror every host name leads to this machine, in the browser and outside it, whatever certificate it shows.
"""

from __future__ import annotations

import json
import socket
import sys
from datetime import UTC, datetime
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler import settings as defaults
from crawler.browser import find_chromium
from crawler.page import Fetch
from crawler.reading import read
from crawler.render import page_of, refusal, render_meta, render_settings
from records import as_json

PRODUCT = "xuncha/0.1 (+https://yunling.example/contact)"
FETCHED_AT = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
PLAIN = "plain"


class RenderSpider(Spider):
    """Fetches every address; what each gave goes into ``into``."""

    name = "render"

    def __init__(self, wanted: list[list[str]], into: dict[str, Any]) -> None:
        super().__init__()
        self.fetches = [Fetch(url=url, kind=kind, render=kind != PLAIN) for url, kind in wanted]
        self.into = into

    async def start(self) -> Any:
        for number, fetch in enumerate(self.fetches):
            meta = {"handle_httpstatus_all": True, "dont_redirect": True}
            if fetch.render:
                meta.update(render_meta(fetch, self.settings))
            yield Request(
                fetch.url,
                callback=self.rendered if fetch.render else self.plain,
                errback=self.failed,
                meta=meta,
                cb_kwargs={"fetch": fetch},
                dont_filter=True,
                priority=-number,
            )

    def plain(self, response: Any, fetch: Fetch) -> None:
        self.into[fetch.url] = {"status": response.status, "body": response.text}

    def rendered(self, response: Any, fetch: Fetch) -> None:
        page = page_of(response, fetch, FETCHED_AT)
        reading = read(page)
        self.into[fetch.url] = {
            "kind": reading.kind,
            "status": reading.status,
            "reason": reading.reason,
            "url": page.url,
            "final_url": page.final_url,
            "calls": [call.url for call in page.calls],
            "refusal": refusal(response),
            "body": response.text,
            "records": as_json(reading.records),
            "more": reading.extent.more if reading.extent else None,
        }

    def failed(self, failure: Any) -> None:
        self.into[failure.request.cb_kwargs["fetch"].url] = {"failure": failure.type.__name__}


def settings_of(order: dict[str, Any]) -> Settings:
    """The settings of a real crawl with a browser, and what the order changes in them."""
    settings = Settings()
    settings.setmodule(defaults, priority="project")
    mirror = "" if order.get("direct") else order["mirror"]
    own = {
        "XUNCHA_MIRROR": mirror,
        "LOG_LEVEL": "ERROR",
        "RETRY_ENABLED": False,
        "DOWNLOAD_DELAY": 0,
        "DOWNLOAD_SLOTS": {},
        **render_settings(find_chromium() or "", mirror, PRODUCT),
        "XUNCHA_RENDER_SECONDS": float(order["seconds"]),
        **order.get("settings", {}),
    }
    middlewares = dict(defaults.DOWNLOADER_MIDDLEWARES)
    middlewares.update({"crawler.guests.GuestCookies": 70, "crawler.addresses.PublicAddresses": None})
    settings.setdict({**own, "DOWNLOADER_MIDDLEWARES": middlewares}, priority="cmdline")
    if order.get("direct"):
        everywhere_here = ["--host-resolver-rules=MAP * 127.0.0.1", "--ignore-certificate-errors"]
        settings["PLAYWRIGHT_LAUNCH_OPTIONS"]["args"].extend(everywhere_here)
        settings.set("DOWNLOAD_VERIFY_CERTIFICATES", False, priority="cmdline")
        socket.gethostbyname = lambda name: "127.0.0.1"
    return settings


def main(text: str) -> None:
    """Prints ``{address: what it gave}``."""
    order = json.loads(text)
    into: dict[str, Any] = {}
    process = AsyncCrawlerProcess(settings_of(order))
    process.crawl(RenderSpider, wanted=order["fetches"], into=into)
    process.start()
    print(json.dumps(into, ensure_ascii=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
