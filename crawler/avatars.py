"""Fetches profile pictures (头像): one request each, within robots.txt and the host's pace, and bounded in size."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from itertools import islice

from crawler.link_addresses import standing_of_address
from crawler.link_client import LinkClient
from crawler.link_options import FaultError, LinkOptions, RefusedAddressError
from crawler.link_rules import HostRules
from crawler.link_spelling import host_of

_REFUSALS = (401, 403, 418, 429)
_OK = 200


async def fetch_pictures(
    urls: Iterable[str], options: LinkOptions, most_bytes: int, most_pictures: int, most_seconds: float
) -> AsyncIterator[tuple[str, bytes | None]]:
    """Each address whose turn came with the whole picture there, ``None`` where none could be had; in order.

    One at a time, redirects are not followed. A picture that is refused counts as a wall of its host, so that whoever
    shares the options' walls leaves the host alone after the second. A host that did not answer is left alone for
    this run. What was not asked for, as its host is left alone, is passed over: of it nothing is known.

    Args:
        urls: Addresses, each asked once.
        options: How hosts are asked.
        most_bytes: What is larger is not had.
        most_pictures: After so many that were told of, the rest is not asked and not told of.
        most_seconds: When they are over, neither.
    """
    ends_at = asyncio.get_running_loop().time() + most_seconds
    async with _client(options) as (client, rules):
        album = _Album(client, rules, options, most_bytes)
        for url in islice(album.turns(dict.fromkeys(urls)), most_pictures):
            try:
                async with asyncio.timeout_at(ends_at):
                    body = await album.picture(url)
            except TimeoutError:
                return
            yield url, body


@asynccontextmanager
async def _client(options: LinkOptions) -> AsyncIterator[tuple[LinkClient, HostRules]]:
    client, pace = LinkClient(options), options.pace
    rules = HostRules(client, options)
    beating = asyncio.create_task(pace.keep_beating()) if pace is not None else None
    try:
        yield client, rules
    finally:
        await rules.close()
        if pace is not None and beating is not None:
            beating.cancel()
            pace.close()
        await client.close()


class _Album:
    """The pictures of one run, without the hosts that did not answer."""

    def __init__(self, client: LinkClient, rules: HostRules, options: LinkOptions, most_bytes: int) -> None:
        self._client, self._rules, self._options, self._most_bytes = client, rules, options, most_bytes
        self._silent = set[str]()

    def turns(self, urls: Iterable[str]) -> Iterator[str]:
        """The addresses whose host is not left alone, by what is known of it when the turn comes."""
        return (url for url in urls if host_of(url) not in self._silent and not self._options.walls.stopped(url))

    async def picture(self, url: str) -> bytes | None:
        """The whole picture at an address; ``None`` where none could be had."""
        if not _may_be_called(self._client, url):
            return None
        try:
            return await self._fetched(url)
        except (FaultError, RefusedAddressError):
            self._silent.add(host_of(url))
            return None

    async def _fetched(self, url: str) -> bytes | None:
        if not (await self._rules.rules(url)).allowed(url, self._options.user_agent):
            return None
        answer = await self._client.fetch(url, self._most_bytes)
        if answer.status in _REFUSALS:
            self._options.walls.add(url)
        return answer.body if answer.status == _OK and answer.whole else None


def _may_be_called(client: LinkClient, url: str) -> bool:
    """Whether it is a public address; a signature that will expire, which keeps a link unchecked, is no bar."""
    standing = standing_of_address(url, client.allowed)
    return standing is None or standing.reason == "expiring"
