"""The link check (链接检测): an asyncio client that asks each address once, politely, and says what was answered now.

It never accuses: without a control address that answers, a name that does not exist is only ``failing``,
and a wall, a robots rule or our own broken network is told apart from a dead page.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator
from typing import Protocol

from crawler.link_client import LinkClient
from crawler.link_options import LinkOptions
from crawler.link_trails import Told, Trails

__all__ = ["LinkOptions", "Links", "Told", "check_links"]

BLOCK = 50
# A host that answers nothing so often in a row is asked on after all others.
TIMEOUTS_TO_WAIT = 2
_UNANSWERED = frozenset({"timeout", "unreachable"})


class Links(Protocol):
    """Addresses to be checked, each once, in the hands of whoever keeps them (待检链接)."""

    def hosts(self) -> Iterator[tuple[str, int]]:
        """Each host with the number of its addresses, the largest first; ``""`` for what has no host."""
        ...

    def take(self, host: str, most: int) -> list[str]:
        """The next addresses of a host, without fragment, none twice; asked for until there are no more."""
        ...


async def check_links(links: Links, options: LinkOptions) -> AsyncIterator[Told]:
    """One LinkCheck for each address as it is answered, with the answer that it rests on.

    The answer is ``None`` where the link is alive, or nothing answered.

    ``checked_at`` is the options' clock, ``seconds`` the time hosts took to answer, without our own
    waiting. Nothing is raised for what an address or a host does.

    ``reason`` is ``None`` or a code: ``http_<status> soft_404 gone`` (dead, failing, blocked), ``dns
    dns_fault refused reset timeout tls unreachable protocol redirects own_network`` (failing; ``dns`` also
    dead), ``verification login`` (blocked), ``private not_http credentials`` (refused), ``robots
    needs_phone_or_script short_link expiring not_an_address unparsed`` (uncheckable).

    Raises:
        ValueError: ``allow_private`` holds no network.
    """
    run = _Run(links, options)
    work = asyncio.create_task(run.run())
    try:
        while not work.done() or run.told:
            await run.answered.wait()
            run.answered.clear()
            while run.told:
                yield run.told.popleft()
        await work
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        await run.close()


class _Run:
    """One run over all hosts: so many at a time, each with its own workers."""

    def __init__(self, links: Links, options: LinkOptions) -> None:
        self._links, self._options = links, options
        self._client = LinkClient(options)
        self._trails = Trails(self._client, options)
        self._hosts = links.hosts()
        self._waiting: deque[_Host] = deque()
        self.told: deque[Told] = deque()
        self.answered = asyncio.Event()

    async def close(self) -> None:
        """Ends all connections."""
        await self._trails.close()
        await self._client.close()

    async def run(self) -> None:
        """Checks every address."""
        runners = [asyncio.create_task(self._run_hosts()) for _ in range(self._options.concurrency)]
        try:
            await asyncio.gather(*runners)
        finally:
            for runner in runners:
                runner.cancel()
            await asyncio.gather(*runners, return_exceptions=True)
            self.answered.set()

    async def _run_hosts(self) -> None:
        """One host after another; those that left us waiting come last."""
        for name, n_addresses in self._hosts:
            await self._run_host(_Host(self._links, name, n_addresses))
        while self._waiting:
            host = self._waiting.popleft()
            host.may_wait = False
            await self._run_host(host)

    async def _run_host(self, host: _Host) -> None:
        await asyncio.gather(*(self._work(host) for _ in range(self._n_workers(host))))
        if host.waits:
            self._waiting.append(host)

    def _n_workers(self, host: _Host) -> int:
        # A platform's wall must be known before the next of its addresses is asked.
        if self._client.is_platform(f"http://{host.name}/"):
            return 1
        return min(host.n_addresses, self._options.connections_per_host)

    async def _work(self, host: _Host) -> None:
        while not host.waits and (address := host.next()) is not None:
            told = await self._trails.told(address)
            host.note(told)
            self.told.append(told)
            self.answered.set()


class _Host:
    """The addresses of one host that are still to be asked."""

    def __init__(self, links: Links, name: str, n_addresses: int) -> None:
        self._links, self.name, self.n_addresses = links, name, n_addresses
        self._block: deque[str] = deque()
        self._n_unanswered = 0
        self._is_ended = False
        self.may_wait = True

    @property
    def waits(self) -> bool:
        """Whether the rest is to be asked after all other hosts."""
        return self.may_wait and self._n_unanswered >= TIMEOUTS_TO_WAIT

    def next(self) -> str | None:
        """The next address, ``None`` when there is none."""
        if not self._block and not self._is_ended:
            self._block.extend(self._links.take(self.name, BLOCK))
            self._is_ended = not self._block
        return self._block.popleft() if self._block else None

    def note(self, told: Told) -> None:
        """Takes in whether the host answers at all."""
        self._n_unanswered = self._n_unanswered + 1 if told[0].reason in _UNANSWERED else 0
