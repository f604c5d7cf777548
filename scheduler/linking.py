"""The job links(): checks the links of recent posts, each address once a run."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import chain

from analysis.probed import websites_of
from crawler.host_walls import HostWalls
from crawler.link_options import LinkOptions, asked_of
from crawler.link_spelling import host_of
from crawler.links import Told, check_links
from crawler.pace import Pace
from crawler.settings import host_slots
from pipelines.archive import WarcArchive
from records import LinkCheck
from scheduler.crawl_runs import RESUME_WITHIN, WHOLE
from scheduler.probing import note_stopped, probe
from scheduler.runs import DONE, recorded
from scheduler.stoppable import run_stoppable
from scheduler.workspace import Workspace
from storage.hosts import HostLedger
from storage.link_lists import LinkList
from storage.queries import accounts, runs
from storage.queries.candidates import newest_profiles
from storage.queries.links import due_links
from storage.workers import this_worker

# A link that answered lately is not asked again every night; one that did not is.
REUSE_DAYS = 3
WINDOW_DAYS = 14
# Answers are stored together, so many or after so long; what was not stored when the power went is asked again.
SAVE_EVERY = 200
SAVE_SECONDS = 5.0
_NO_RUN = 0  # runs are counted from 1
ALIVE = "alive"
# In the counts of a run that was stopped: registered websites and services that nobody asked that night.
UNASKED = "not_probed"


def link_options(workspace: Workspace) -> LinkOptions:
    """The office's settings for link checks."""
    config = workspace.config
    return LinkOptions(
        user_agent=workspace.user_agent,
        now=workspace.clock.now,
        concurrency=config.links.concurrency,
        timeout_seconds=config.links.timeout_seconds,
        delay_seconds=config.crawl.public_delay_seconds,
        private_delay_seconds=config.crawl.delay_seconds,
        delays={name: host.delay_seconds for name, host in config.hosts.items() if host.delay_seconds},
        control=config.links.control,
        allow_private=tuple(str(network) for network in config.links.allow_private),
        permitted=frozenset(workspace.permitted_hosts),
        mirror=workspace.mirror or None,
    )


def paced_options(workspace: Workspace, run_id: int | None = None) -> LinkOptions:
    """The office's settings, with the pace of platforms' hosts and the walls that tonight's crawl met there.

    Without a crawl tonight the walls are those of the run ``run_id``, or no run's.
    """
    now = workspace.clock.now()
    crawled = runs.last_run(workspace.engine, (WHOLE,), unfinished=True)
    tonight = crawled is not None and now - RESUME_WITHIN <= crawled.started_at <= now
    night = crawled.id if crawled is not None and tonight else run_id
    hosts = HostLedger(workspace.engine, night or _NO_RUN, this_worker())
    options = link_options(workspace)
    slots = host_slots(dict(options.delays), options.delay_seconds, bool(workspace.mirror))
    delays = {host: slot["delay"] for host, slot in slots.items()}
    walls = HostWalls() if night is None else HostWalls(hosts)
    return replace(options, pace=Pace(delays, options.delay_seconds, hosts), walls=walls)


OnCheck = Callable[[LinkCheck, int], None]
Keep = Callable[[LinkList, list[Told]], None]


@contextmanager
def checked(workspace: Workspace, urls: Iterable[str], on_check: OnCheck | None = None) -> Iterator[LinkList]:
    """What the addresses answered, in the order given; nothing of it is stored. A stop keeps what was answered.

    Platforms' hosts are asked in their pace, together with a crawl that runs meanwhile. ``on_check`` is told each
    answer as it comes, and how many addresses there are.
    """
    with LinkList() as listed:
        listed.add(_asked(urls))
        try:
            run_stoppable(_collect(listed, paced_options(workspace, None), lambda *_: None, on_check))
        except KeyboardInterrupt:
            listed.stopped = True
        yield listed


class LinksStopped(KeyboardInterrupt):
    """A person stopped the check; ``n_unasked`` registered websites and services are unknown for this run."""

    def __init__(self, n_unasked: int) -> None:
        super().__init__()
        self.n_unasked = n_unasked


@contextmanager
def links(workspace: Workspace, on_check: OnCheck | None = None) -> Iterator[LinkList]:
    """Check the links that are due of posts, menus and profiles, storing the answers as they come; what was answered.

    Due are those of the last two weeks' posts and of all menus and profiles, without those that answered well lately.
    Registered websites and services are probed as well, every time.
    """
    with LinkList() as listed, recorded(workspace, "links") as ended:
        listed.add(_asked(_due(workspace)))
        keeper = _Keeper(workspace, ended.run_id)
        unasked: dict[str, int] = {}
        try:
            run_stoppable(_collect(listed, paced_options(workspace, ended.run_id), keeper.keep, on_check))
            probe(workspace, ended.run_id, listed.answers_to)
            ended.exit_code = DONE
        except KeyboardInterrupt:
            unasked = {UNASKED: note_stopped(workspace, ended.run_id, listed.answers_to)}
            raise LinksStopped(unasked[UNASKED]) from None
        finally:
            keeper.archive.flush()
            ended.counts = {"links": keeper.counts.total(), **keeper.counts, **unasked}
        yield listed


class _Keeper:
    """Stores the answers of one run with their evidence, and counts them."""

    def __init__(self, workspace: Workspace, run_id: int) -> None:
        self._workspace, self.run_id = workspace, run_id
        self.archive, self.counts = WarcArchive(workspace.home, run_id), Counter[str]()

    def keep(self, listed: LinkList, answered: list[Told]) -> None:
        """Every link as it was given, with what its address answered."""
        given = listed.links_of([check.url for check, _ in answered])
        told = [
            (check if url == check.url else replace(check, url=url), answer)
            for check, answer in answered
            for url in given[check.url]
        ]
        bad = [(check, answer) for check, answer in told if check.state != ALIVE]
        places = zip(bad, self.archive.keep_checks(bad), strict=True)
        kept = {check.url: snapshot for (check, _), snapshot in places}
        self._workspace.store.save_link_checks(self.run_id, [check for check, _ in told], kept)
        self.counts.update(check.state for check, _ in told)


def _due(workspace: Workspace) -> Iterator[str]:
    """Links that are due, then registered websites, which are asked every time."""
    now = workspace.clock.now()
    known = accounts.accounts(workspace.engine)
    profiles = newest_profiles(workspace.engine).values()
    menus = (link for account in known for link in account.menu_links)
    registered = chain(menus, (link for profile in profiles for link in profile.links))
    since, well_since = now - timedelta(days=WINDOW_DAYS), now - timedelta(days=REUSE_DAYS)
    yield from due_links(workspace.engine, since, registered, well_since, now - RESUME_WITHIN)
    yield from dict.fromkeys(websites_of(known))


def _asked(urls: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    for url in urls:
        # No database takes half a character, and none a NUL in a text that it looks for.
        text = url.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
        address = asked_of(text)
        yield text, address, host_of(address)


async def _collect(listed: LinkList, options: LinkOptions, keep: Keep, on_check: OnCheck | None) -> None:
    """Checks the list, handing on the answers so many at a time, and those that are left when it is broken off."""
    waiting: list[Told] = []
    saved_at = time.monotonic()
    beating = asyncio.create_task(options.pace.keep_beating()) if options.pace is not None else None

    def save() -> None:
        # What cannot be kept is not tried again at the end, which would keep half of it twice.
        answered = waiting.copy()
        waiting.clear()
        keep(listed, answered)
        listed.save([check for check, _ in answered])

    def take(told: Told) -> None:
        nonlocal saved_at
        waiting.append(told)
        if len(waiting) >= SAVE_EVERY or time.monotonic() - saved_at > SAVE_SECONDS:
            save()
            saved_at = time.monotonic()
        if on_check is not None:
            on_check(told[0], listed.n_addresses)

    try:
        await check_links(listed, options, take)
    finally:
        save()
        if options.pace is not None and beating is not None:
            beating.cancel()
            options.pace.close()
