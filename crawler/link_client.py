"""One request of the link check: the host's turn, the checked address, a bounded body, and what went wrong.

No cookies, no proxies, TLS verified. With a mirror the request goes there and the failure it names is the host's.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from crawler.link_bodies import exchange_of, read_body
from crawler.link_states import Answer, Network, Received, is_callable, parse_networks
from crawler.pace import Pace
from crawler.settings import DOWNLOAD_SLOTS
from crawler.stops import HostWalls
from crawler.transport import MIRROR_ERROR_HEADER, MIRROR_ERRORS, mirrored
from crawler.walls import platform_of_host

_HEADER_BYTES = 64 * 1024
Resolve = Callable[[str], Awaitable[Sequence[str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOptions:
    """How links are checked.

    ``now`` is the run's clock. ``control`` are addresses that answer while our own network works.
    ``allow_private`` are networks (``10.0.0.0/8``) that may be called. ``delays`` are seconds between two
    requests by host, ``delay_seconds`` for all others; hosts in ``permitted`` are asked without robots.txt.
    ``resolve`` gives the IP addresses of a host name in the place of the system's resolver. Platforms' hosts
    keep the crawl's ``pace``, one request at a time, and are left alone after their second wall (``walls``).
    """

    user_agent: str
    now: Callable[[], datetime]
    concurrency: int = 32
    connections_per_host: int = 2
    timeout_seconds: float = 15.0
    delay_seconds: float = 1.0
    delays: Mapping[str, float] = field(default_factory=dict)
    control: tuple[str, ...] = ()
    allow_private: tuple[str, ...] = ()
    permitted: frozenset[str] = frozenset()
    mirror: str | None = None
    resolve: Resolve | None = None
    pace: Pace | None = None
    walls: HostWalls = field(default_factory=HostWalls)


class RefusedAddressError(Exception):
    """A host name leads only to addresses that we do not call."""


class FaultError(Exception):
    """A host gave no answer; ``at`` is the moment on the loop's clock.

    ``reason`` is ``dns`` (no such name), ``dns_fault``, ``refused``, ``reset``, ``timeout``, ``tls``,
    ``unreachable``, ``protocol``, or ``own_network`` (the mirror itself does not answer).
    """

    def __init__(self, reason: str, at: float, seconds: float) -> None:
        super().__init__(reason)
        self.reason, self.at, self.seconds = reason, at, seconds


def host_of(address: str) -> str:
    """The host of an address in lower case; ``""`` where it has none."""
    try:
        return (URL(address).raw_host or "").lower()
    except ValueError:
        return ""


class LinkClient:
    """Sends single requests, never more at once than the options say, and each host in its turn."""

    def __init__(self, options: LinkOptions) -> None:
        self._options = options
        self.allowed = parse_networks(options.allow_private)
        self._busy = asyncio.Semaphore(options.concurrency)
        self._names = ThreadPoolExecutor(max_workers=options.concurrency, thread_name_prefix="names")
        self._slots: dict[str, _Slot] = {}
        resolver = None if options.mirror else _CheckedResolver(options.resolve or self._look_up, self.allowed)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, use_dns_cache=False, resolver=resolver),
            timeout=aiohttp.ClientTimeout(total=options.timeout_seconds),
            headers={"User-Agent": options.user_agent, "Accept": "*/*", "Accept-Encoding": "gzip"},
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            max_line_size=_HEADER_BYTES,
            max_field_size=_HEADER_BYTES,
        )

    async def close(self) -> None:
        """Ends all connections."""
        await self._session.close()
        self._names.shutdown(wait=False, cancel_futures=True)

    def slow_down(self, host: str, delay_seconds: float) -> None:
        """Leaves at least so many seconds between two requests to the host from now on."""
        slot = self._slot(host)
        slot.delay_seconds = max(slot.delay_seconds, delay_seconds)
        if self._options.pace is not None:
            self._options.pace.slow(host, delay_seconds)

    def is_platform(self, address: str) -> bool:
        """Whether the address's host keeps the crawl's pace: it has one of its own, or is one of a platform's."""
        return self._options.pace is not None and _keeps_pace(self._options.pace, host_of(address))

    @asynccontextmanager
    async def _turn(self, host: str) -> AsyncIterator[None]:
        pace = self._options.pace
        if pace is None or not _keeps_pace(pace, host):
            async with self._slot(host).turn():
                yield
            return
        if not pace.is_named(host):
            pace.slow(host, _platform_delay(pace, host))
        async with pace.turn(host) as is_new:
            if is_new:
                self._options.walls.refresh()
            yield

    async def fetch(self, address: str, most_bytes: int) -> Answer:
        """The answer to one GET, redirects not followed, the body up to ``most_bytes``.

        Raises:
            FaultError: No answer.
            RefusedAddressError: The name leads to private addresses only.
        """
        loop = asyncio.get_running_loop()
        async with self._turn(host_of(address)), self._busy:
            started = loop.time()
            try:
                return await self._ask(address, most_bytes, started)
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                now = loop.time()
                raise FaultError(self._reason(error), now, now - started) from error

    async def _ask(self, address: str, most_bytes: int, started: float) -> Answer:
        target = mirrored(str(URL(address)), self._options.mirror or "")
        async with self._session.get(target, allow_redirects=False) as response:
            named = response.headers.get(MIRROR_ERROR_HEADER) if self._options.mirror else None
            if named is not None:
                raise _MirroredError(named)
            body = await read_body(response, most_bytes)
            return Answer(
                url=address,
                status=response.status,
                location=response.headers.get("Location"),
                content_type=response.headers.get("Content-Type", "").lower(),
                body=body.data,
                whole=body.whole,
                fetched_at=self._options.now(),
                seconds=asyncio.get_running_loop().time() - started,
                received=Received(address, exchange_of(address, response, body.raw), body.truncated),
            )

    def _reason(self, error: Exception) -> str:
        if isinstance(error, _MirroredError):
            return error.named if error.named in MIRROR_ERRORS else "protocol"
        if self._options.mirror and isinstance(error, aiohttp.ClientConnectorError):
            return "own_network"
        return _reason_of(error)

    def _slot(self, host: str) -> _Slot:
        if host not in self._slots:
            delay_seconds = self._options.delays.get(host, self._options.delay_seconds)
            self._slots[host] = _Slot(self._options.connections_per_host, delay_seconds)
        return self._slots[host]

    async def _look_up(self, host: str) -> Sequence[str]:
        infos = await asyncio.get_running_loop().run_in_executor(
            self._names, lambda: socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        )
        return list(dict.fromkeys(str(info[4][0]) for info in infos))


class _MirroredError(ValueError):
    """The mirror says how the host failed."""

    def __init__(self, named: str) -> None:
        super().__init__(named)
        self.named = named.strip().lower()


def _reason_of(error: Exception) -> str:
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    if isinstance(error, TimeoutError) or isinstance(cause, TimeoutError):
        return "timeout"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "dns" if getattr(cause, "errno", None) == socket.EAI_NONAME else "dns_fault"
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError) or isinstance(cause, ssl.SSLError):
        return "tls"
    if isinstance(cause, ConnectionRefusedError):
        return "refused"
    if isinstance(cause, ConnectionError | aiohttp.ServerDisconnectedError | aiohttp.ClientPayloadError):
        return "reset"
    return "unreachable" if isinstance(cause, OSError) else "protocol"


def _keeps_pace(pace: Pace, host: str) -> bool:
    return pace.is_named(host) or platform_of_host(host) is not None


def _platform_delay(pace: Pace, host: str) -> float:
    """The longest delay of the platform's own hosts, for one of its hosts that has none."""
    platform = platform_of_host(host)
    return max(pace.delay(name) for name in DOWNLOAD_SLOTS if platform_of_host(name) == platform)


class _CheckedResolver(AbstractResolver):
    """Resolves a name to the addresses that may be called, so that the address checked is the address called."""

    def __init__(self, resolve: Resolve, allowed: tuple[Network, ...]) -> None:
        self._resolve, self._allowed = resolve, allowed

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The callable addresses of a host."""
        addresses = [address for address in await self._resolve(host) if is_callable(address, self._allowed)]
        if not addresses:
            raise RefusedAddressError(host)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        """Holds nothing."""


class _Slot:
    """The turn of one host: so many connections at once, a pause between two requests."""

    def __init__(self, n_connections: int, delay_seconds: float) -> None:
        self._free = asyncio.Semaphore(n_connections)
        self._next_at = 0.0
        self.delay_seconds = delay_seconds

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Waits until the host may be asked."""
        async with self._free:
            now = asyncio.get_running_loop().time()
            start = max(now, self._next_at)
            self._next_at = start + self.delay_seconds
            await asyncio.sleep(start - now)
            yield
