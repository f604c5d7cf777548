"""No request goes to a private network, whatever the register says."""

from __future__ import annotations

import pytest
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.settings import Settings

from crawler.addresses import AddressRefused, PublicAddresses


def guard(**settings: object) -> PublicAddresses:
    return PublicAddresses.from_crawler(Crawler(Spider, Settings(settings)))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:18999/latest/meta-data",
        "http://169.254.169.254/latest/meta-data/iam",
        "http://10.0.0.8/feed.xml",
        "http://[::1]/feed.xml",
        "http://localhost/feed.xml",
    ],
)
@pytest.mark.asyncio
async def test_a_private_address_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused, match="内网地址"):
        await guard().process_request(Request(url))


@pytest.mark.asyncio
async def test_an_allowed_network_is_let_through() -> None:
    await guard(XUNCHA_ALLOW_PRIVATE=["10.0.0.0/8"]).process_request(Request("http://10.0.0.8/feed.xml"))


@pytest.mark.asyncio
async def test_with_a_mirror_no_name_is_asked_for() -> None:
    await guard(XUNCHA_MIRROR="http://127.0.0.1:1").process_request(Request("http://127.0.0.1/feed.xml"))
