"""The spider of weibo: everything it does is in base.py and this platform's parsers."""

from __future__ import annotations

from crawler.base import PlatformSpider


class WeiboSpider(PlatformSpider):
    """``scrapy crawl weibo -a account=UID -O out.jsonl``, or run by the jobs."""

    name = "weibo"
    platform = "weibo"
