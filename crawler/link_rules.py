"""The robots.txt of hosts that the link check asks (爬虫协议): once a run, in the host's turn, failing closed."""

from __future__ import annotations

import asyncio

from crawler.link_addresses import standing_of_address
from crawler.link_client import LinkClient
from crawler.link_options import FaultError, LinkOptions, RefusedAddressError
from crawler.link_spelling import followed, host_of, origin_of
from crawler.link_states import REDIRECTS, Answer
from crawler.robots_rules import FORBIDDING, UNREAD, Rules

_ROBOTS_BYTES = 512 * 1024
_MOST_HOPS = 5
_LONGEST_DELAY_SECONDS = 300.0
_MOST_HOSTS = 4096
_ALLOWING = Rules(404, b"")


class HostRules:
    """What each host allows; a host that does not answer at all is not asked twice."""

    def __init__(self, client: LinkClient, options: LinkOptions) -> None:
        self._client, self._options = client, options
        self._known: dict[str, asyncio.Task[Rules]] = {}

    async def rules(self, address: str) -> Rules:
        """The rules of the address's host.

        Raises:
            FaultError: The host did not answer; so it is for all its addresses in this run.
            RefusedAddressError: Its name leads to private addresses only.
        """
        host = host_of(address)
        if host in self._options.permitted:
            return _ALLOWING
        origin = origin_of(address)[0]
        task = self._known.get(origin)
        if task is None:
            task = self._known[origin] = asyncio.create_task(self._fetch(origin, host))
            self._forget()
        return task.result() if task.done() else await asyncio.shield(task)

    async def close(self) -> None:
        """Ends what is still under way."""
        for task in self._known.values():
            task.cancel()
        await asyncio.gather(*self._known.values(), return_exceptions=True)

    def _forget(self) -> None:
        """Of a run over very many hosts the first are let go."""
        while len(self._known) > _MOST_HOSTS:
            oldest = next(iter(self._known))
            if not self._known[oldest].done():
                return
            self._known.pop(oldest).exception()

    async def _fetch(self, origin: str, host: str) -> Rules:
        answer: Answer | None = await self._client.fetch(f"{origin}/robots.txt", _ROBOTS_BYTES)
        for _ in range(_MOST_HOPS):
            following = None if answer is None else following_of(answer)
            if following is None:
                break
            answer = await self.fetch_or_none(following)
        if answer is None or not (answer.whole or answer.body):
            return UNREAD
        rules = Rules(answer.status, answer.body)
        delay_seconds = rules.crawl_delay(self._options.user_agent)
        if delay_seconds is None or self._options.mirror:
            return rules
        if not delay_seconds <= _LONGEST_DELAY_SECONDS:
            return FORBIDDING
        self._client.slow_down(host, delay_seconds)
        return rules

    async def fetch_or_none(self, address: str, most_bytes: int = _ROBOTS_BYTES) -> Answer | None:
        """The answer to an address asked without rules of its own: a hop of a robots.txt, or a control address."""
        if host_of(address) == "" or standing_of_address(address, self._client.allowed) is not None:
            return None
        try:
            return await self._client.fetch(address, most_bytes)
        except (FaultError, RefusedAddressError):
            return None


def following_of(answer: Answer) -> str | None:
    """Where a redirect leads; ``None`` for an answer that is no redirect or does not say where to."""
    return followed(answer.url, answer.location) if answer.status in REDIRECTS and answer.location else None
