"""Keeps the crawl off private networks (内网地址): a feed address in the register must not open them."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest

from crawler.link_addresses import is_callable, parse_networks

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler


class AddressRefused(IgnoreRequest):
    """The host's name leads to an address that is not to be called."""


class PublicAddresses:
    """Downloader middleware that resolves each host once a run and refuses private, loopback and link-local addresses.

    Networks of ``[links] allow_private`` are let through. With a mirror no host is called at all.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._mirror = bool(crawler.settings.get("XUNCHA_MIRROR"))
        self._allowed = parse_networks(crawler.settings.getlist("XUNCHA_ALLOW_PRIVATE"))
        self._known: dict[str, bool] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PublicAddresses:
        """Made by Scrapy."""
        return cls(crawler)

    async def process_request(self, request: Request, spider: Any = None) -> None:
        """Raises AddressRefused where the host is not to be called; a name that does not resolve fails later."""
        host = urlsplit(request.url).hostname
        if self._mirror or host is None:
            return
        if host not in self._known:
            self._known[host] = await self._callable(host)
        if not self._known[host]:
            raise AddressRefused(f"{host} 是内网地址，不访问")

    async def _callable(self, host: str) -> bool:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except OSError:
            return True
        return all(is_callable(str(entry[4][0]), self._allowed) for entry in found)
