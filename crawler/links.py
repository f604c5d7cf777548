"""The link check (链接检测): an asyncio client that asks each address once, politely, and says what was answered now.

It never accuses: without a control address that answers, a name that does not exist is only ``failing``,
and a wall, a robots rule or our own broken network is told apart from a dead page.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, replace
from urllib.parse import urljoin

from yarl import URL

from crawler.link_client import FaultError, LinkClient, LinkOptions, RefusedAddressError, host_of
from crawler.link_states import (
    PERMANENT,
    REDIRECTS,
    Answer,
    Received,
    Standing,
    is_same_page,
    most_bytes,
    standing_of_address,
    standing_of_answer,
)
from crawler.robots import Rules
from records import LinkCheck

__all__ = ["LinkOptions", "check_links"]

ROBOTS_BYTES = 512 * 1024
MOST_HOPS = 10
MOST_ROBOTS_HOPS = 5
LONGEST_CRAWL_DELAY_SECONDS = 300.0
CONTROL_HOLDS_SECONDS = 30.0
_FORBIDDING = Rules(503, b"")
_ALLOWING = Rules(404, b"")


Told = tuple[LinkCheck, Received | None]


async def check_links(urls: Iterable[str], options: LinkOptions) -> AsyncIterator[Told]:
    """One LinkCheck for each distinct address, in the order of first appearance, with the answer it rests on.

    The answer is ``None`` where the link is alive, or nothing answered.

    ``checked_at`` is the options' clock, ``seconds`` the time hosts took to answer, without our own
    waiting. Addresses that differ in their fragment only are asked once and told each. Nothing is raised
    for what an address or a host does.

    ``reason`` is ``None`` or a code: ``http_<status> soft_404 gone`` (dead, failing, blocked), ``dns
    dns_fault refused reset timeout tls unreachable protocol redirects own_network`` (failing; ``dns`` also
    dead), ``verification login`` (blocked), ``private not_http credentials`` (refused), ``robots
    needs_phone_or_script short_link expiring not_an_address unparsed`` (uncheckable).

    Raises:
        ValueError: ``allow_private`` holds no network.
    """
    asked = list(dict.fromkeys(urls))
    check = _Check(options)
    answers: asyncio.Queue[tuple[str, Told] | None] = asyncio.Queue()
    left = Counter(map(_key, asked))
    work = asyncio.create_task(check.run(dict(left), answers))
    found: dict[str, Told] = {}
    try:
        for url in asked:
            key = _key(url)
            while key not in found and (answer := await answers.get()) is not None:
                found[answer[0]] = answer[1]
            if key not in found:
                await work  # raises what broke the run
            left[key] -= 1
            told, received = found[key] if left[key] else found.pop(key)
            yield replace(told, url=url), received
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        await check.close()


def _key(url: str) -> str:
    """What is asked for an address: without its fragment, which no host gets to see."""
    address = url.strip()
    return address.partition("#")[0] if host_of(address) else address


@dataclass(slots=True)
class _Trail:
    """Where one address led so far."""

    url: str
    address: str
    statuses: list[int]
    seconds: float = 0.0
    answer: Answer | None = None
    received: Received | None = None


class _Check:
    """One run: its client, the robots rules of its hosts, and whether our own network works."""

    def __init__(self, options: LinkOptions) -> None:
        self._options = options
        self._client = LinkClient(options)
        self._robots: dict[str, asyncio.Task[Rules]] = {}
        self._control_turn = asyncio.Lock()
        self._control_asked_at = float("-inf")
        self._control_answers = False

    async def close(self) -> None:
        """Ends what is still under way."""
        for task in self._robots.values():
            task.cancel()
        await asyncio.gather(*self._robots.values(), return_exceptions=True)
        await self._client.close()

    async def run(self, urls: Iterable[str], answers: asyncio.Queue[tuple[str, Told] | None]) -> None:
        """Checks every address into ``answers``, host by host; ends it with ``None``, also when broken off."""
        queues: defaultdict[str, deque[str]] = defaultdict(deque)
        for url in urls:
            queues[host_of(url)].append(url)

        async def work(queue: deque[str]) -> None:
            while queue:
                url = queue.popleft()
                await answers.put((url, await self._check(url)))

        workers = [
            asyncio.create_task(work(queue)) for queue in queues.values() for _ in range(self._n_workers(queue[0]))
        ]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
            await answers.put(None)

    def _n_workers(self, url: str) -> int:
        # A platform's wall must be known before the next of its addresses is asked.
        return 1 if self._client.is_platform(url) else self._options.connections_per_host

    async def _check(self, url: str) -> Told:
        trail = _Trail(url, url, [])
        try:
            standing = await self._standing(trail)
        except RefusedAddressError:
            standing = Standing("refused", "private")
        except FaultError as fault:
            trail.seconds += fault.seconds
            standing = await self._confirmed(Standing("failing", fault.reason), since=fault.at)
        answer = trail.answer
        if answer is not None and standing.state == "blocked" and self._client.is_platform(answer.url):
            self._options.walls.add(answer.url)
        check = LinkCheck(
            url=url,
            state=standing.state,
            checked_at=self._options.now(),
            final_url=trail.address if trail.statuses else None,
            status=trail.statuses[-1] if trail.statuses else None,
            reason=standing.reason,
            seconds=round(trail.seconds, 3) if trail.seconds else None,
            sha256=hashlib.sha256(answer.body).hexdigest() if answer is not None else None,
        )
        return check, None if check.state == "alive" else trail.received

    async def _standing(self, trail: _Trail) -> Standing:
        for _ in range(MOST_HOPS + 1):
            told = standing_of_address(trail.address, self._client.allowed)
            if told is not None:
                return told
            if self._options.walls.stopped(trail.address):
                return Standing("blocked", "verification")
            if not (await self._rules(trail.address)).allowed(trail.address, self._options.user_agent):
                return Standing("uncheckable", "robots")
            answer = await self._client.fetch(trail.address, most_bytes(trail.address, self._options.now()))
            trail.seconds += answer.seconds
            trail.statuses.append(answer.status)
            trail.received = answer.received
            following = _following(answer)
            if following is None:
                trail.answer = answer
                since = asyncio.get_running_loop().time() - CONTROL_HOLDS_SECONDS
                return await self._confirmed(_moved_or(standing_of_answer(answer), trail), since)
            trail.address = following
        return Standing("failing", "redirects")

    async def _rules(self, address: str) -> Rules:
        """The robots rules of the address' host, asked once. A host that does not answer at all raises its fault."""
        url = URL(address)
        if host_of(address) in self._options.permitted:
            return _ALLOWING
        origin = str(url.origin())
        if origin not in self._robots:
            self._robots[origin] = asyncio.create_task(self._fetch_rules(origin))
        return await asyncio.shield(self._robots[origin])

    async def _fetch_rules(self, origin: str) -> Rules:
        answer: Answer | None = await self._client.fetch(f"{origin}/robots.txt", ROBOTS_BYTES)
        for _ in range(MOST_ROBOTS_HOPS):
            following = None if answer is None else _following(answer)
            if following is None:
                break
            answer = await self._fetch_or_none(following)
        if answer is None or not (answer.whole or answer.body):
            return _FORBIDDING
        rules = Rules(answer.status, answer.body)
        delay_seconds = rules.crawl_delay(self._options.user_agent)
        if delay_seconds is None or self._options.mirror:
            return rules
        if not delay_seconds <= LONGEST_CRAWL_DELAY_SECONDS:
            return _FORBIDDING
        self._client.slow_down(host_of(origin), delay_seconds)
        return rules

    async def _fetch_or_none(self, address: str) -> Answer | None:
        if standing_of_address(address, self._client.allowed) is not None:
            return None
        try:
            return await self._client.fetch(address, ROBOTS_BYTES)
        except (FaultError, RefusedAddressError):
            return None

    async def _confirmed(self, standing: Standing, since: float) -> Standing:
        """The standing, unless our own network does not work; a missing name is dead only if it does."""
        if not self._options.control or standing.state not in ("dead", "failing"):
            return standing
        if not await self._network_works(since):
            return Standing("failing", "own_network")
        return Standing("dead", "dns") if standing == Standing("failing", "dns") else standing

    async def _network_works(self, since: float) -> bool:
        """Whether a control address answered after ``since``; those who wait share one asking."""
        async with self._control_turn:
            if self._control_asked_at < since:
                self._control_asked_at = asyncio.get_running_loop().time()
                self._control_answers = False
                for address in self._options.control:
                    if await self._answers_itself(address):
                        self._control_answers = True
                        break
            return self._control_answers

    async def _answers_itself(self, address: str) -> bool:
        """Whether the address answers, and not a login portal in its place."""
        answer = await self._fetch_or_none(address)
        if answer is None or answer.status >= 500:
            return False
        following = _following(answer)
        return following is None or host_of(following) == host_of(address)


def _following(answer: Answer) -> str | None:
    """Where a redirect leads; ``None`` for an answer that is no redirect or does not say where to."""
    if answer.status not in REDIRECTS or not answer.location:
        return None
    try:
        return urljoin(answer.url, answer.location.strip()).partition("#")[0]
    except ValueError:
        return None


def _moved_or(standing: Standing, trail: _Trail) -> Standing:
    hops = trail.statuses[:-1]
    moved = bool(hops) and all(status in PERMANENT for status in hops) and not is_same_page(trail.url, trail.address)
    return Standing("moved") if standing.state == "alive" and moved else standing
