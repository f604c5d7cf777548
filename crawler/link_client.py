"""One request of the link check: the host's turn, the checked address, a bounded body, and what went wrong.

With a mirror the request goes there and the failure it names is the host's.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from ipaddress import ip_address

from crawler.link_addresses import literal_address, parse_networks
from crawler.link_bodies import exchange_of, unpacked
from crawler.link_names import NameFaultError, Names
from crawler.link_options import FaultError, LinkOptions, RefusedAddressError
from crawler.link_spelling import header_text, host_of, origin_of
from crawler.link_states import Answer, Received
from crawler.link_wire import Reply, Wire, WireFaultError
from crawler.mirrors import MIRROR_ERROR_HEADER, MIRROR_FAULTS, mirrored
from crawler.pace import MARGIN_SECONDS, Pace
from crawler.settings import DOWNLOAD_SLOTS
from crawler.walls import platform_of_host

_MOST_SLOTS = 4096
_MIRROR_ERROR = MIRROR_ERROR_HEADER.lower().encode()
_MIRROR_FAULTS = frozenset({"refused", "unreachable", "dns_fault"})


class LinkClient:
    """Sends single requests, never more at once than the options say, and each host in its turn."""

    def __init__(self, options: LinkOptions) -> None:
        self._options = options
        self.allowed = parse_networks(options.allow_private)
        self._busy = asyncio.Semaphore(options.concurrency)
        self._names = Names(options.resolve, self.allowed)
        self._slots: dict[str, _Slot] = {}
        self._headers = (("User-Agent", options.user_agent), ("Accept", "*/*"), ("Accept-Encoding", "gzip"))
        self._wire = Wire(self._headers, options.timeout_seconds, None if options.mirror else self.allowed)

    async def close(self) -> None:
        """Ends all connections."""
        await self._wire.close()
        self._names.close()

    def slow_down(self, host: str, delay_seconds: float) -> None:
        """Leaves at least so many seconds between two requests to the host from now on."""
        slot = self._slot(host)
        slot.slow(delay_seconds)
        if self._options.pace is not None:
            self._options.pace.slow(host, delay_seconds)

    def is_platform(self, address: str) -> bool:
        """Whether the address's host keeps the crawl's pace: it has one of its own, or is one of a platform's."""
        return self._options.pace is not None and _keeps_pace(self._options.pace, host_of(address))

    async def fetch(self, address: str, most_bytes: int) -> Answer:
        """The answer to one GET, redirects not followed, the body up to ``most_bytes``.

        Raises:
            FaultError: No answer.
            RefusedAddressError: The name leads to private addresses only.
        """
        host, pace = host_of(address), self._options.pace
        if pace is not None and _keeps_pace(pace, host):
            async with self._platform_turn(pace, host), self._busy:
                return await self._ask(address, host, most_bytes)
        slot = self._slot(host)
        await slot.take()
        try:
            async with self._busy:
                if (waits := slot.begin()) > 0:
                    await asyncio.sleep(waits)
                return await self._ask(address, host, most_bytes)
        finally:
            slot.give()

    def forget_name(self, host: str) -> None:
        """Ask for a host's addresses anew before the next request to it."""
        self._names.forget(host)

    async def _ask(self, address: str, host: str, most_bytes: int) -> Answer:
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            reply = await self._reply(address, (host, origin_of(address)[1]), most_bytes)
        except NameFaultError as error:
            raise FaultError(error.reason, error.at, 0.0) from error
        except WireFaultError as error:
            if error.reason == "private":
                raise RefusedAddressError(host) from error
            now = loop.time()
            raise FaultError(self._reason(error.reason), now, now - started) from error
        if self._options.mirror and (named := reply.header(_MIRROR_ERROR)) is not None:
            known = named.strip().lower() in MIRROR_FAULTS
            raise FaultError(named.strip().lower() if known else "protocol", loop.time(), reply.seconds)
        body, whole = unpacked(reply, most_bytes)
        return Answer(
            url=address,
            status=reply.status,
            location=header_text(reply.header(b"location") or "") or None,
            sets_cookie=reply.header(b"set-cookie") is not None,
            content_type=(reply.header(b"content-type") or "").lower(),
            body=body,
            whole=whole,
            fetched_at=self._options.now(),
            seconds=reply.seconds,
            reply=reply,
        )

    def received(self, answer: Answer, missing: Answer | None = None) -> Received | None:
        """An answer as it came over the wire, beside the one it was compared with; ``None`` for one that did not."""
        if answer.reply is None:
            return None
        exchange = exchange_of(answer.url, self._headers, answer.reply)
        beside = None if missing is None else self.received(missing)
        return Received(answer.url, exchange, answer.reply.truncated, beside)

    async def _reply(self, url: str, host: tuple[str, int], most_bytes: int) -> Reply:
        if self._options.mirror:
            return await self._wire.get(mirrored(url, self._options.mirror), host, (), most_bytes)
        addresses = () if literal_address(host[0]) else await self._names.addresses(host[0])
        return await self._wire.get(url, host, addresses, most_bytes)

    def _reason(self, reason: str) -> str:
        """What a fault of the wire means; that the mirror cannot be reached is our own network's."""
        return "own_network" if self._options.mirror and reason in _MIRROR_FAULTS else reason

    @asynccontextmanager
    async def _platform_turn(self, pace: Pace, host: str) -> AsyncIterator[None]:
        if not pace.is_named(host):
            pace.slow(host, _platform_delay(pace, host))
        async with pace.turn(host) as is_new:
            if is_new:
                self._options.walls.refresh()
            yield

    def _slot(self, host: str) -> _Slot:
        slot = self._slots.get(host)
        if slot is None:
            slot = self._slots[host] = _Slot(self._options.connections_per_host, self._delay_seconds(host))
            self._forget()
        return slot

    def _delay_seconds(self, host: str) -> float:
        named = self._options.delays.get(host)
        if named is None and self._options.private_delay_seconds is not None:
            literal = literal_address(host)
            if literal is not None and any(ip_address(literal) in network for network in self.allowed):
                return self._options.private_delay_seconds
        return self._options.delay_seconds if named is None else named

    def _forget(self) -> None:
        """Let go of the hosts that nobody asks and that might be asked again at once, the oldest first."""
        if len(self._slots) > _MOST_SLOTS:
            now = asyncio.get_running_loop().time()
            for host in [host for host, slot in self._slots.items() if slot.is_free(now)][: _MOST_SLOTS // 2]:
                del self._slots[host]


@lru_cache(maxsize=4096)
def _platform(host: str) -> str | None:
    return platform_of_host(host)


def _keeps_pace(pace: Pace, host: str) -> bool:
    return pace.is_named(host) or _platform(host) is not None


def _platform_delay(pace: Pace, host: str) -> float:
    """The longest delay of the platform's own hosts, for one of its hosts that has none."""
    platform = platform_of_host(host)
    return max(pace.delay(name) for name in DOWNLOAD_SLOTS if platform_of_host(name) == platform)


class _Slot:
    """The turn of one host: so many connections at once, a pause between two requests."""

    def __init__(self, n_connections: int, delay_seconds: float) -> None:
        self._free = asyncio.Semaphore(n_connections)
        self._n_taken = 0
        self._begun_at = self._next_at = float("-inf")
        self.delay_seconds, self.is_slowed = delay_seconds, False

    def slow(self, delay_seconds: float) -> None:
        """Leaves at least so much time, the next request among it."""
        self.delay_seconds, self.is_slowed = max(self.delay_seconds, delay_seconds), True
        self._next_at = max(self._next_at, self._begun_at + self.delay_seconds + MARGIN_SECONDS)

    def is_free(self, now: float) -> bool:
        """Whether nobody asks the host, and it would be asked just so if it were new."""
        return self._n_taken == 0 and self._next_at <= now and not self.is_slowed

    async def take(self) -> None:
        """Waits until the host may be asked."""
        self._n_taken += 1
        try:
            await self._free.acquire()
        except BaseException:
            self._n_taken -= 1
            raise
        now = asyncio.get_running_loop().time()
        start = max(now, self._next_at)
        self._next_at = start + self._pause
        if start > now:
            try:
                await asyncio.sleep(start - now)
            except BaseException:
                self.give()
                raise

    def begin(self) -> float:
        """Notes that a request begins now; how long it is to wait on, where the one before began late.

        That one had to wait for a turn of the client's.
        """
        now = asyncio.get_running_loop().time()
        start = max(now, self._begun_at + self._pause)
        self._begun_at, self._next_at = start, max(self._next_at, start + self._pause)
        return start - now

    @property
    def _pause(self) -> float:
        return self.delay_seconds + (MARGIN_SECONDS if self.delay_seconds else 0.0)

    def give(self) -> None:
        """Lets the next in."""
        self._n_taken -= 1
        self._free.release()
