"""A browser that is there and cannot be started (浏览器启动不了): a matter of this machine, and of no platform."""

from __future__ import annotations

from scrapy.exceptions import IgnoreRequest


class BrowserLost(IgnoreRequest):
    """No browser can be started in this process: its pages are not asked for at all.

    No fault of the network, so that nobody waits for that to come back; ``reason`` is the coverage's.
    """

    reason = "not_crawled"

    def __init__(self, chromium_path: str) -> None:
        super().__init__(f"浏览器启动不了：{chromium_path}")
