"""One address followed to its end (链接去向): hop by hop within robots.txt and walls, and what that says."""

from __future__ import annotations

import hashlib
import logging
from asyncio import Task, create_task, gather, get_running_loop, shield
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from secrets import token_hex
from typing import Any

from lxml.etree import LxmlError

from crawler.link_addresses import Standing, is_home, is_same_page, missing_address, resolved, standing_of_address
from crawler.link_client import LinkClient
from crawler.link_comparison import deep_links, standing_compared, wants_comparison
from crawler.link_control import HOLDS_SECONDS, OwnNetwork
from crawler.link_options import FaultError, LinkOptions, RefusedAddressError
from crawler.link_rules import HostRules, following_of
from crawler.link_spelling import canonical, host_of
from crawler.link_states import PERMANENT, Answer, Received, most_bytes, standing_of_answer
from records import LinkCheck

UNREAD = Standing("uncheckable", "unparsed")
_NO_NAME = Standing("failing", "dns")
_LED_HOME = Standing("dead", "same_as_missing")
MOST_HOPS = 10
_MOST_DEEP = 2
MOST_LED_TO = 128
_log = logging.getLogger(__name__)
Told = tuple[LinkCheck, Received | None]


@dataclass(slots=True)
class Trail:
    """Where one address led, and what that says; our own network has to have worked after ``since`` for it."""

    url: str
    address: str
    standing: Standing = UNREAD
    since: float = 0.0
    statuses: list[int] = field(default_factory=list)
    seconds: float = 0.0
    sets_cookie: bool = False
    had_cookie: bool = False  # set by an answer before the last
    is_asked: bool = True
    answer: Answer | None = None
    newest: Answer | None = None
    missing: Answer | None = None  # the host's answer to what cannot exist, where the standing rests on it

    @property
    def needs_proof(self) -> bool:
        """Whether what it says is to be told only where our own network worked."""
        return self.standing.state in ("dead", "failing")

    def forget_words(self) -> None:
        """Lets go of what was worked out of its pages, which takes many times their size."""
        pages = (self.answer, self.newest, self.missing)
        self.answer, self.newest, self.missing = (None if page is None else replace(page) for page in pages)


class Trails:
    """Checks addresses of one run, and whether our own network works."""

    def __init__(self, client: LinkClient, options: LinkOptions) -> None:
        self._client, self._options = client, options
        self._rules = HostRules(client, options)
        self._network = OwnNetwork(client, self._rules, options)
        self._token = token_hex(8)
        # By host, until all of its addresses were asked: its answers to what cannot exist, and whether others open.
        self._missed: dict[str, dict[str, Task[Answer | None]]] = {}
        self._deep: dict[str, Task[bool]] = {}
        # What the addresses answered to which redirects led lately: many lead to one.
        self._led_to: dict[str, Task[Answer]] = {}

    async def close(self) -> None:
        """Ends what is still under way."""
        missed = (task for tasks in self._missed.values() for task in tasks.values())
        under_way = (*missed, *self._deep.values(), *self._led_to.values())
        for task in under_way:
            task.cancel()
        await gather(*under_way, return_exceptions=True)
        await self._rules.close()

    def let_go(self, host: str) -> None:
        """Forgets what is only needed while a host's addresses are asked."""
        self._missed.pop(host, None)
        self._deep.pop(host, None)

    async def follow(self, url: str) -> Trail:
        """Where an address leads now; nothing is raised for what it is or a host does."""
        trail = Trail(url, url)
        try:
            trail.standing = await self._standing(trail)
            trail.since = get_running_loop().time() - HOLDS_SECONDS
        except RefusedAddressError:
            trail.standing = Standing("refused", "private")
        except FaultError as fault:
            trail.seconds += fault.seconds
            trail.standing, trail.since = Standing("failing", fault.reason), fault.at
        except (ValueError, LxmlError):
            # One page that no reader of ours can take is not to end the check of all others.
            _log.exception("链接 %s 的应答读不了", url)
        answer = trail.answer
        if answer is not None and trail.standing.state == "blocked" and self._client.is_platform(answer.url):
            self._options.walls.add(answer.url)
        return trail

    def waits_for_proof(self, trail: Trail) -> bool:
        """Whether a control address has to be asked before it can be told."""
        is_open = trail.needs_proof and self._network.is_known
        return is_open and not self._network.is_known_to_work(trail.since)

    async def concluded(self, trail: Trail) -> Told:
        """The LinkCheck of a trail once it is proved, with the answer that says so where the link is not alive."""
        if trail.needs_proof and self._network.is_known and not await self._network.works(trail.since):
            trail.standing = Standing("failing", "own_network")
        return self.told(trail)

    def told_unproved(self, trail: Trail) -> Told:
        """The same of a trail that nothing is to be proved of any more: it accuses nobody."""
        return self._told(trail, is_proved=False)

    def told(self, trail: Trail) -> Told:
        """The same of a trail that waits for no proof; a missing name is dead only where names are resolved."""
        if trail.standing == _NO_NAME and self._network.is_known and self._network.resolves_names:
            trail.standing = Standing("dead", "dns")
        is_proved = trail.is_asked and trail.needs_proof and self._is_proven(trail.standing)
        return self._told(trail, is_proved=is_proved)

    def _told(self, trail: Trail, *, is_proved: bool) -> Told:
        standing, answer = trail.standing, trail.answer
        check = LinkCheck(
            url=trail.url,
            state=standing.state,
            checked_at=self._options.now(),
            final_url=trail.address if trail.statuses or trail.address != trail.url else None,
            status=trail.statuses[-1] if trail.statuses else None,
            reason=standing.reason,
            seconds=round(trail.seconds, 3) if trail.seconds else None,
            sha256=hashlib.sha256(answer.body).hexdigest() if answer is not None else None,
            proven=is_proved,
        )
        if check.state == "alive" or trail.newest is None:
            return check, None
        return check, self._client.received(trail.newest, trail.missing)

    def _is_proven(self, standing: Standing) -> bool:
        names_count = standing.reason == "dns" and self._network.is_known
        return self._network.is_proven and (not names_count or self._network.resolves_names)

    async def _standing(self, trail: Trail) -> Standing:
        answer = await self._followed(trail)
        if isinstance(answer, Standing):
            return answer
        trail.answer = answer
        told = standing_of_answer(answer, trail.url, had_cookie=trail.had_cookie)
        is_doubtful = trail.address != trail.url or answer.may_say
        cookie = trail.sets_cookie
        if told.state == "alive" and is_doubtful and wants_comparison(trail.url, answer, trail.address, cookie):
            missing = await self._missing(trail.url)
            told = standing_compared(told, trail.url, answer, missing, cookie)
            if told == _LED_HOME and is_home(answer.url) and not await self._opens_others(host_of(trail.url), answer):
                told = UNREAD
            trail.missing = missing if told.state == "dead" else None
        return _moved_or(told, trail)

    async def _followed(self, trail: Trail) -> Answer | Standing:
        """The last answer of a trail, or why there is none."""
        asked = set[str]()
        for _ in range(MOST_HOPS + 1):
            answer = await self._asked(trail)
            if isinstance(answer, Standing):
                return answer
            following = following_of(answer)
            if following is None:
                return answer
            asked.add(answer.url)
            if following in asked:
                # Without cookies it would answer the same again.
                break
            trail.address = following
        return Standing("failing", "redirects")

    async def _missing(self, url: str) -> Answer | None:
        """What the address's host answers to one that cannot exist, asked once; ``None`` where nothing is to be had."""
        address = missing_address(url, self._token)
        of_host = self._missed.setdefault(host_of(url), {})
        if address not in of_host:
            of_host[address] = create_task(self._settled(address))
        return await shield(of_host[address])

    async def _settled(self, address: str) -> Answer | None:
        """The last answer to an address, its words worked out and its page let go; ``None`` where there is none."""
        answer = await self._answered(address)
        if answer is not None and answer.may_say:
            answer.settle()
        return answer

    async def _answered(self, address: str) -> Answer | None:
        try:
            answer = await self._followed(Trail(address, address))
        except (RefusedAddressError, FaultError):
            return None
        return answer if isinstance(answer, Answer) else None

    async def _opens_others(self, host: str, home: Answer) -> bool:
        """Whether a host to whose home page we were led shows us any page that the home page leads to, asked once.

        One that sends all our requests home does not show that the address is missing.
        """
        if host not in self._deep:
            self._deep[host] = create_task(self._opens_any(deep_links(home, _MOST_DEEP)))
        return await shield(self._deep[host])

    async def _opens_any(self, addresses: Iterable[str]) -> bool:
        for address in addresses:
            answer = await self._answered(address)
            if answer is not None and 200 <= answer.status < 300 and not is_home(answer.url):
                return True
        return False

    async def _asked(self, trail: Trail) -> Answer | Standing:
        """The next answer of a trail, or why there is none to be had."""
        behind = resolved(trail.address)
        address = trail.address = trail.address if behind is None else canonical(behind)
        told = standing_of_address(address, self._client.allowed)
        if told is not None:
            return told
        if self._options.walls.stopped(address):
            return Standing("blocked", "verification")
        rules = await self._rules.rules(address)
        if not rules.allowed(address, self._options.user_agent):
            return Standing("uncheckable", "robots_unread" if rules.is_unread else "robots")
        answer = await self._fetched(address, is_led_to=bool(trail.statuses))
        trail.seconds += answer.seconds
        trail.statuses.append(answer.status)
        trail.had_cookie, trail.sets_cookie = trail.sets_cookie, trail.sets_cookie or answer.sets_cookie
        trail.newest = answer
        return answer

    async def _fetched(self, address: str, *, is_led_to: bool) -> Answer:
        """The answer to an address; one to which redirects led is asked once for all that they led there from."""
        task = self._led_to.get(address)
        if task is None:
            asked = self._client.fetch(address, most_bytes(address, self._options.now()))
            if not is_led_to:
                return await asked
            task = self._led_to[address] = create_task(asked)
            _forget_done(self._led_to, MOST_LED_TO)
        return await shield(task)


def _forget_done(tasks: dict[str, Task[Any]], most: int) -> None:
    """Let go of the oldest that are done, where there are more."""
    while len(tasks) > most and next(iter(tasks.values())).done():
        tasks.pop(next(iter(tasks))).exception()


def _moved_or(standing: Standing, trail: Trail) -> Standing:
    hops = trail.statuses[:-1]
    moved = bool(hops) and all(status in PERMANENT for status in hops) and not is_same_page(trail.url, trail.address)
    return Standing("moved") if standing.state == "alive" and moved else standing
