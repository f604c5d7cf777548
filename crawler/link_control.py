"""Whether our own network works (对照地址): asked before a host's silence is told as the host's."""

from __future__ import annotations

import asyncio

from crawler.link_addresses import literal_address
from crawler.link_client import LinkClient
from crawler.link_options import LinkOptions
from crawler.link_rules import HostRules, following_of
from crawler.link_spelling import canonical, host_of

# What a control address answered so long ago still says something of now.
HOLDS_SECONDS = 30.0
# It is somebody else's host: those who need to know meanwhile share one asking.
PAUSE_SECONDS = 1.0
_BYTES = 4096


class OwnNetwork:
    """Asks the control addresses, as often as somebody needs to know, and never in quick succession."""

    def __init__(self, client: LinkClient, rules: HostRules, options: LinkOptions) -> None:
        self._client, self._rules = client, rules
        # A name proves more than an IP address: that names are still resolved.
        self._addresses = sorted(map(canonical, options.control), key=lambda one: not _is_named(one))
        # Where a mirror stands for the whole network, its answer is all the network there is.
        self._is_mirrored = bool(options.mirror)
        self._turn = asyncio.Lock()
        self._asked_at = float("-inf")
        self._answered: str | None = None

    @property
    def is_known(self) -> bool:
        """Whether there is a control address to ask."""
        return bool(self._addresses)

    @property
    def is_proven(self) -> bool:
        """Whether what hosts answer now was answered over a network that works."""
        return self._answered is not None if self._addresses else self._is_mirrored

    @property
    def resolves_names(self) -> bool:
        """Whether the control address that answered had its name resolved just then."""
        return self._answered is not None and (self._is_mirrored or _is_named(self._answered))

    def is_known_to_work(self, since: float) -> bool:
        """Whether ``works`` would say so without asking."""
        return self._answered is not None and self._asked_at >= since and not self._turn.locked()

    async def works(self, since: float) -> bool:
        """Whether a control address answered after ``since`` on the loop's clock."""
        async with self._turn:
            if self._asked_at < since:
                loop = asyncio.get_running_loop()
                await asyncio.sleep(max(0.0, self._asked_at + PAUSE_SECONDS - loop.time()))
                self._asked_at = loop.time()
                self._answered = await self._one_that_answers()
            return self._answered is not None

    async def _one_that_answers(self) -> str | None:
        for address in self._addresses:
            self._client.forget_name(host_of(address))
            if await self._answers_itself(address):
                return address
        return None

    async def _answers_itself(self, address: str) -> bool:
        """Whether the address answers well, and not a gateway or a login portal in its place."""
        answer = await self._rules.fetch_or_none(address, _BYTES)
        if answer is None:
            return False
        following = following_of(answer)
        return 200 <= answer.status < 300 if following is None else host_of(following) == host_of(address)


def _is_named(address: str) -> bool:
    return literal_address(host_of(address)) is None
