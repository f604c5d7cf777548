"""Host names to the IP addresses that may be called (域名解析), each name asked for once."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from contextlib import suppress
from threading import Thread

from crawler.link_addresses import Network, is_callable
from crawler.link_options import RefusedAddressError, Resolve

_AT_ONCE = 32
_MOST_NAMES = 4096
# The system's resolver gives up by itself after about so long; one that does not is not waited for.
LOOK_UP_SECONDS = 30.0


class NameFaultError(Exception):
    """A name leads nowhere: ``reason`` is ``dns`` (there is no such name) or ``dns_fault``; found out ``at``.

    ``at`` is on the loop's clock: our own network may have failed then and work by now.
    """

    def __init__(self, reason: str, at: float) -> None:
        super().__init__(reason)
        self.reason, self.at = reason, at


class Names:
    """Resolves names in threads; what one name said holds for the run, as long as not too many others are asked.

    The threads are none that the end of the process waits for.
    """

    def __init__(self, resolve: Resolve | None, allowed: tuple[Network, ...]) -> None:
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._resolve, self._allowed = resolve or self._look_up, allowed
        self._known: dict[str, asyncio.Task[tuple[str, ...]]] = {}

    def close(self) -> None:
        """Ends what is still being asked."""
        for task in self._known.values():
            task.cancel()

    def forget(self, host: str) -> None:
        """Ask for the name anew when it is needed next."""
        task = self._known.get(host)
        if task is not None and task.done():
            del self._known[host]

    async def addresses(self, host: str) -> tuple[str, ...]:
        """The IP addresses of a host that may be called, at least one.

        Raises:
            NameFaultError: The name leads nowhere, or nobody answers for it.
            RefusedAddressError: It leads to addresses that we do not call only.
        """
        task = self._known.get(host)
        if task is None:
            task = self._known[host] = asyncio.create_task(self._callable(host))
            self._forget()
        return await asyncio.shield(task)

    def _forget(self) -> None:
        while len(self._known) > _MOST_NAMES:
            oldest = next(iter(self._known))
            if not self._known[oldest].done():
                return
            del self._known[oldest]

    async def _callable(self, host: str) -> tuple[str, ...]:
        try:
            found = await self._resolve(host)
        except socket.gaierror as error:
            raise _fault("dns" if error.errno == socket.EAI_NONAME else "dns_fault") from error
        except (OSError, UnicodeError) as error:
            raise _fault("dns_fault") from error
        addresses = tuple(address for address in found if is_callable(address, self._allowed))
        if not addresses:
            raise RefusedAddressError(host)
        return addresses

    async def _look_up(self, host: str) -> Sequence[str]:
        loop = asyncio.get_running_loop()
        found: asyncio.Future[list[str]] = loop.create_future()

        def tell(addresses: list[str] | None, error: Exception | None) -> None:
            if found.done():
                return
            if addresses is not None:
                found.set_result(addresses)
            elif error is not None:
                found.set_exception(error)

        def ask() -> None:
            addresses, error = None, None
            try:
                infos = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
                addresses = list(dict.fromkeys(str(info[4][0]) for info in infos))
            except (OSError, UnicodeError) as fault:
                error = fault
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(tell, addresses, error)

        async with self._turns:
            Thread(target=ask, name="names", daemon=True).start()
            async with asyncio.timeout(LOOK_UP_SECONDS):
                return await found


def _fault(reason: str) -> NameFaultError:
    return NameFaultError(reason, asyncio.get_running_loop().time())
