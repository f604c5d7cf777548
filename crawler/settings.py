"""Politeness and safety of every crawl; what ``scrapy.cfg`` and the jobs both start from.

Scrapy's own defaults would open a remote-control server and a telnet console, skip certificate
checks and ignore robots.txt: each is turned round here, and a test holds it so.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from crawler.host_walls import HostWalls
from crawler.pace import Pace
from crawler.page import Archive, Targets, Validators

BOT_NAME = "xuncha"
SPIDER_MODULES = ["crawler.spiders"]
USER_AGENT = "xuncha/0.1 (+https://github.com/xuncha/xuncha; contact not set)"

# The jobs set it from xuncha.toml; a spider started by hand must not pass the mirror by either.
XUNCHA_MIRROR = os.environ.get("XUNCHA_CRAWL_MIRROR", "")

REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False
DOWNLOAD_VERIFY_CERTIFICATES = True
COOKIES_ENABLED = False
REFERRER_POLICY = "no-referrer"
METAREFRESH_ENABLED = False
XUNCHA_GUEST_VISIT = False
# Scrapy would read and parse the source of our callback again for every answer.
WARN_ON_GENERATOR_RETURN_VALUE = False
# Scrapy would drop a longer address without a word, and an account's visit would wait for it for ever.
URLLENGTH_LIMIT = 0

ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS = 8
CONCURRENT_REQUESTS_PER_DOMAIN = 1
# A page gives one batch, and its requests wait for its host: a hundred tasks to take them would only cost.
CONCURRENT_ITEMS = 1
DOWNLOAD_DELAY = 2.0
DOWNLOAD_DELAY_JITTER = 0.0
DOWNLOAD_SLOTS = {
    "m.weibo.cn": {"delay": 10.0},
    "weibo.com": {"delay": 10.0},
    "s.weibo.com": {"delay": 30.0},
    "mp.weixin.qq.com": {"delay": 5.0},
    "weixin.sogou.com": {"delay": 30.0},
    "www.toutiao.com": {"delay": 5.0},
    "so.toutiao.com": {"delay": 30.0},
}
DOWNLOAD_TIMEOUT = 30
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024
RETRY_TIMES = 1
# 403, 418, 429 and 432 are walls: asking again at once would make them worse.
RETRY_HTTP_CODES = [500, 502, 503, 504, 522, 524]
LOG_LEVEL = "WARNING"
FEED_EXPORT_ENCODING = "utf-8"

# No br or zstd: tools that read the archive must be able to unpack what was received.
DEFAULT_REQUEST_HEADERS = {
    "Accept": "*/*",
    "Accept-Language": "zh-CN,zh;q=0.9",
    "Accept-Encoding": "gzip, deflate",
}

DOWNLOADER = "crawler.downloader.PacedDownloader"
DOWNLOAD_HANDLERS = {
    "http": "crawler.credentials.SignedHandler",
    "https": "crawler.credentials.SignedHandler",
}
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    # Nothing of these applies here, and each costs a little for every page: requests come from us alone.
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "crawler.robots.RobotsMiddleware": 100,
    "crawler.stops.StoppedHosts": 50,
    "crawler.addresses.PublicAddresses": 60,
    "crawler.guests.GuestCookies": 70,
    "crawler.credentials.Credentials": 570,
    "crawler.conditional.Conditional": 580,
    # Nearest to the wire: what was received, before it is decompressed.
    "crawler.received.Received": 900,
}

# Scrapy's own would count depths and drop pages by their status: the spider takes every page.
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
    "crawler.base.Faults": 10,
}


@dataclass(frozen=True, eq=False)
class Parts:
    """What other rooms hand in to one crawl: whom to observe, where evidence is kept, and what takes the batches."""

    targets: Targets
    archive: Archive
    pace: Pace
    walls: HostWalls
    validators: Validators
    page_limit: int
    retry_seconds: float  # before a host that did not answer is asked once more
    store: Any
    tally: Any
    on_batch: Any

    def __deepcopy__(self, memo: dict[int, Any]) -> Parts:
        # Scrapy copies its settings for each crawler; these are shared, not copied.
        return self


def host_slots(delays: dict[str, float], floor_seconds: float, mirror: bool) -> dict[str, dict[str, float]]:
    """DOWNLOAD_SLOTS for the office's own ``delays`` by host: the largest of default, floor and own holds.

    With a mirror ``floor_seconds`` alone holds, as no platform is asked.
    """
    if mirror:
        return {host: {"delay": floor_seconds} for host in DOWNLOAD_SLOTS}
    hosts = {*DOWNLOAD_SLOTS, *delays}
    default = {host: slot["delay"] for host, slot in DOWNLOAD_SLOTS.items()}
    return {host: {"delay": max(default.get(host, 0.0), delays.get(host, 0.0), floor_seconds)} for host in hosts}


def crawl_settings(
    *,
    user_agent: str,
    mirror: str,
    delay_seconds: float,
    delays: dict[str, float],
    permitted: list[str],
    allow_private: list[str],
    clock_offset_seconds: float,
    pipelines: dict[str, int],
) -> dict[str, Any]:
    """The settings of one crawl, on top of this module's; ``pipelines`` take the spiders' Batches.

    What other rooms hand in (``XUNCHA_PARTS``) the job adds when it is made.
    """
    return {
        "LOG_INSTALL_ROOT_HANDLER": False,  # the jobs keep a log of their own; by hand it goes to the screen
        "USER_AGENT": user_agent,
        "XUNCHA_MIRROR": mirror,
        "XUNCHA_CLOCK_OFFSET_SECONDS": clock_offset_seconds,
        "XUNCHA_ROBOTS_PERMITTED": permitted,
        "XUNCHA_ALLOW_PRIVATE": allow_private,
        "DOWNLOAD_DELAY": delay_seconds,
        "DOWNLOAD_SLOTS": host_slots(delays, delay_seconds, bool(mirror)),
        "ITEM_PIPELINES": pipelines,
    }
