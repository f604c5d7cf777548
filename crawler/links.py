"""The link check (链接检测): an asyncio client that asks each address once, politely, and says what was answered now.

It never accuses: without a control address that answers, a name that does not exist is only ``failing``,
and a wall, a robots rule or our own broken network is told apart from a dead page.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Protocol

from crawler.link_addresses import Standing
from crawler.link_client import LinkClient
from crawler.link_options import LinkOptions
from crawler.link_trails import Told, Trail, Trails

__all__ = ["LinkOptions", "Links", "Told", "check_links"]

BLOCK = 50
# A host that answers nothing so often in a row is asked on after all others.
TIMEOUTS_TO_WAIT = 2
# Asked last, one that goes on like that is left alone for this run.
TIMEOUTS_TO_END = 20
# What waits for proof of our own network: faults, and answers with their pages; of more the next has to wait.
_MOST_FAULTS, _MOST_PAGES = 1000, 100
_UNANSWERED = frozenset({"timeout", "unreachable"})


class Links(Protocol):
    """Addresses to be checked, each once, in the hands of whoever keeps them (待检链接)."""

    def hosts(self) -> Iterator[tuple[str, int]]:
        """Each host with the number of its addresses, the largest first; ``""`` for what has no host."""
        ...

    def take(self, host: str, most: int) -> list[str]:
        """The next addresses of a host, without fragment, none twice; asked for until there are no more."""
        ...


async def check_links(links: Links, options: LinkOptions, on_told: Callable[[Told], None]) -> None:
    """Tells one LinkCheck for each address as it is answered, with the answer that it rests on.

    The answer is ``None`` where the link is alive, or nothing answered.

    ``checked_at`` is the options' clock, ``seconds`` the time hosts took to answer, without our own
    waiting. Nothing is raised for what an address or a host does.

    ``reason`` is ``None`` or a code: ``http_<status> soft_404 same_as_missing gone`` (dead, failing, blocked), ``dns
    dns_fault refused reset timeout tls unreachable protocol redirects own_network`` (failing; ``dns`` also
    dead), ``verification login`` (blocked), ``private not_http credentials`` (refused), ``robots
    needs_phone_or_script short_link wrapper expiring not_an_address several_addresses unparsed`` (uncheckable).

    Raises:
        ValueError: ``allow_private`` holds no network.
    """
    run = _Run(links, options, on_told)
    try:
        await run.run()
    finally:
        await run.close()


class _Run:
    """One run over all hosts: so many at a time, each with its own workers."""

    def __init__(self, links: Links, options: LinkOptions, on_told: Callable[[Told], None]) -> None:
        self._links, self._options, self._on_told = links, options, on_told
        self._client = LinkClient(options)
        self._trails = Trails(self._client, options)
        self._hosts = links.hosts()
        self._waiting: deque[_Host] = deque()
        self._proofs: set[asyncio.Task[None]] = set()
        self._room_for_faults, self._room_for_pages = map(asyncio.Semaphore, (_MOST_FAULTS, _MOST_PAGES))
        self._unproved: dict[str, Trail] = {}

    async def close(self) -> None:
        """Ends all connections."""
        await self._trails.close()
        await self._client.close()

    async def run(self) -> None:
        """Checks every address."""
        runners = [asyncio.create_task(self._run_hosts()) for _ in range(self._options.concurrency)]
        try:
            await asyncio.gather(*runners)
            await asyncio.gather(*self._proofs)
        except asyncio.CancelledError:
            await self._end(runners)
            # They were answered, if not proved: what is done is kept.
            for trail in self._unproved.values():
                self._on_told(self._trails.told_unproved(trail))
            raise
        finally:
            await self._end(runners)

    async def _end(self, runners: Sequence[asyncio.Task[None]]) -> None:
        under_way = [*runners, *self._proofs]
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

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
        else:
            self._trails.let_go(host.name)

    def _n_workers(self, host: _Host) -> int:
        # A platform's wall must be known before the next of its addresses is asked.
        if self._client.is_platform(f"http://{host.name}/"):
            return 1
        return min(host.n_addresses, self._options.connections_per_host)

    async def _work(self, host: _Host) -> None:
        while not host.waits and (address := host.next()) is not None:
            if host.is_given_up:
                unasked = Trail(address, address, Standing("failing", "timeout"), is_asked=False)
                self._on_told(self._trails.told(unasked))
                await asyncio.sleep(0)
                continue
            trail = await self._trails.follow(address)
            host.note(trail)
            if self._trails.waits_for_proof(trail):
                await self._have_proved(trail)
            else:
                self._on_told(self._trails.told(trail))
            if not trail.statuses:
                # Perhaps nothing was waited for: the others are not to wait for all addresses that go like this.
                await asyncio.sleep(0)

    async def _have_proved(self, trail: Trail) -> None:
        """Sees to it that it is proved; the next address of the host need not wait for that, while they are few."""
        trail.forget_words()
        self._unproved[trail.url] = trail
        room = self._room_for_faults if trail.newest is None else self._room_for_pages
        await room.acquire()
        proof = asyncio.create_task(self._prove(trail))
        self._proofs.add(proof)
        proof.add_done_callback(partial(self._forget, room))

    async def _prove(self, trail: Trail) -> None:
        told = await self._trails.concluded(trail)
        del self._unproved[trail.url]
        self._on_told(told)

    def _forget(self, room: asyncio.Semaphore, proof: asyncio.Task[None]) -> None:
        room.release()
        if not proof.cancelled() and proof.exception() is None:
            self._proofs.discard(proof)


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

    @property
    def is_given_up(self) -> bool:
        """Whether it hung so often in a row, asked last, that the rest is not asked."""
        return not self.may_wait and self._n_unanswered >= TIMEOUTS_TO_END

    def note(self, trail: Trail) -> None:
        """Takes in whether the host answers at all; that another did not to which it led says nothing of it."""
        is_unanswered = trail.standing.reason in _UNANSWERED and not trail.statuses
        self._n_unanswered = self._n_unanswered + 1 if is_unanswered else 0
