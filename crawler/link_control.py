"""Whether our own network works (对照地址): asked before a host's silence is told as the host's."""

from __future__ import annotations

import asyncio

from crawler.link_options import LinkOptions, host_of
from crawler.link_rules import HostRules, following_of

# What a control address answered so long ago still says something of now.
HOLDS_SECONDS = 30.0


class OwnNetwork:
    """Asks the control addresses, as often as somebody needs to know; those who wait share one asking."""

    def __init__(self, rules: HostRules, options: LinkOptions) -> None:
        self._rules, self._addresses = rules, options.control
        # Where a mirror stands for the whole network, its answer is all the network there is.
        self._is_mirrored = bool(options.mirror)
        self._turn = asyncio.Lock()
        self._asked_at = float("-inf")
        self._answers = False

    @property
    def is_known(self) -> bool:
        """Whether there is a control address to ask."""
        return bool(self._addresses)

    @property
    def is_proven(self) -> bool:
        """Whether what hosts answer now was answered over a network that works."""
        return self._answers if self._addresses else self._is_mirrored

    async def works(self, since: float) -> bool:
        """Whether a control address answered after ``since`` on the loop's clock."""
        async with self._turn:
            if self._asked_at < since:
                self._asked_at = asyncio.get_running_loop().time()
                self._answers = await self._one_answers()
            return self._answers

    async def _one_answers(self) -> bool:
        for address in self._addresses:
            if await self._answers_itself(address):
                return True
        return False

    async def _answers_itself(self, address: str) -> bool:
        """Whether the address answers, and not a login portal in its place."""
        answer = await self._rules.fetch_or_none(address)
        if answer is None or answer.status >= 500:
            return False
        following = following_of(answer)
        return following is None or host_of(following) == host_of(address)
