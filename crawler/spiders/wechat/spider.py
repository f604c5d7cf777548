"""The spider of wechat: everything it does is in base.py and this platform's parsers."""

from __future__ import annotations

from crawler.base import PlatformSpider


class WechatSpider(PlatformSpider):
    """``scrapy crawl wechat -a account=UID -O out.jsonl``, or run by the jobs."""

    name = "wechat"
    platform = "wechat"
