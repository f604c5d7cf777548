"""The spider of toutiao: everything it does is in base.py and this platform's parsers."""

from __future__ import annotations

from crawler.base import PlatformSpider


class ToutiaoSpider(PlatformSpider):
    """``scrapy crawl toutiao -a account=UID -O out.jsonl``, or run by the jobs."""

    name = "toutiao"
    platform = "toutiao"
