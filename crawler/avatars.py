"""Fetches profile pictures (头像): one request each, within robots.txt and the host's pace, and bounded in size."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable

from yarl import URL

from crawler.link_client import FaultError, LinkClient, LinkOptions, RefusedAddressError, host_of
from crawler.link_states import standing_of_address
from crawler.robots import FORBIDDING, Rules

_ROBOTS_BYTES = 512 * 1024
_LONGEST_DELAY_SECONDS = 300.0
_MOST_REFUSALS = 2
_OK = 200


async def fetch_pictures(
    urls: Iterable[str], options: LinkOptions, most_bytes: int
) -> AsyncIterator[tuple[str, bytes | None]]:
    """Each address with the whole picture there, or ``None`` where none could be had; in order, one at a time.

    Redirects are not followed. A host that did not answer, or refused twice, is left alone for this run.
    """
    client, rules, refusals = LinkClient(options), dict[str, Rules](), Counter[str]()
    beating = asyncio.create_task(options.pace.keep_beating()) if options.pace is not None else None
    try:
        for url in dict.fromkeys(urls):
            body = None
            if refusals[host_of(url)] < _MOST_REFUSALS and _may_be_called(client, url):
                try:
                    body = await _picture(client, url, options, rules, most_bytes)
                except _TurnedAwayError:
                    refusals[host_of(url)] += 1
                except (FaultError, RefusedAddressError):
                    refusals[host_of(url)] = _MOST_REFUSALS
            yield url, body
    finally:
        if options.pace is not None and beating is not None:
            beating.cancel()
            options.pace.close()
        await client.close()


def _may_be_called(client: LinkClient, url: str) -> bool:
    """Whether it is a public address; a signature that will expire, which keeps a link unchecked, is no bar."""
    standing = standing_of_address(url, client.allowed)
    return standing is None or standing.reason == "expiring"


class _TurnedAwayError(Exception):
    """The host answers, and not with what was asked for."""


async def _picture(
    client: LinkClient, url: str, options: LinkOptions, rules: dict[str, Rules], most_bytes: int
) -> bytes | None:
    if options.walls.stopped(url):
        return None
    origin = str(URL(url).origin())
    if origin not in rules:
        rules[origin] = await _rules(client, origin, options)
    if not rules[origin].allowed(url, options.user_agent):
        return None
    answer = await client.fetch(url, most_bytes)
    if answer.status in (401, 403, 418, 429):
        raise _TurnedAwayError(url)
    return answer.body if answer.status == _OK and answer.whole else None


async def _rules(client: LinkClient, origin: str, options: LinkOptions) -> Rules:
    if host_of(origin) in options.permitted:
        return Rules(404, b"")
    answer = await client.fetch(f"{origin}/robots.txt", _ROBOTS_BYTES)
    rules = Rules(answer.status, answer.body) if answer.whole or answer.body else FORBIDDING
    asked = rules.crawl_delay(options.user_agent)
    if asked is not None and not options.mirror and asked > _LONGEST_DELAY_SECONDS:
        return FORBIDDING
    if asked is not None and not options.mirror:
        client.slow_down(host_of(origin), asked)
    return rules
