"""The job links(): checks the links of recent posts, each address once a run."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta

from crawler.link_states import Received
from crawler.links import LinkOptions, check_links
from crawler.pace import Pace
from crawler.settings import host_slots
from crawler.stops import HostWalls
from pipelines.archive import WarcArchive
from records import LinkCheck
from scheduler.crawl_runs import RESUME_WITHIN, WHOLE
from scheduler.runs import DONE, recorded
from scheduler.workspace import Workspace
from storage.hosts import HostLedger
from storage.queries import runs
from storage.queries.links import due_links
from storage.workers import this_worker

# A link that answered lately is not asked again every night; one that did not is.
REUSE_DAYS = 3
WINDOW_DAYS = 14
SAVE_EVERY = 20
_NO_RUN = 0  # runs are counted from 1
ALIVE = "alive"


def link_options(workspace: Workspace) -> LinkOptions:
    """The office's settings for link checks."""
    config = workspace.config
    return LinkOptions(
        user_agent=workspace.user_agent,
        now=workspace.clock.now,
        concurrency=config.links.concurrency,
        timeout_seconds=config.links.timeout_seconds,
        delay_seconds=config.crawl.delay_seconds,
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
    config, now = workspace.config, workspace.clock.now()
    crawled = runs.last_run(workspace.engine, (WHOLE,), unfinished=True)
    tonight = crawled is not None and now - RESUME_WITHIN <= crawled.started_at <= now
    night = crawled.id if crawled is not None and tonight else run_id
    hosts = HostLedger(workspace.engine, night or _NO_RUN, this_worker())
    options = link_options(workspace)
    slots = host_slots(dict(options.delays), config.crawl.delay_seconds, bool(workspace.mirror))
    delays = {host: slot["delay"] for host, slot in slots.items()}
    walls = HostWalls() if night is None else HostWalls(hosts)
    return replace(options, pace=Pace(delays, config.crawl.delay_seconds, hosts), walls=walls)


def check(
    workspace: Workspace, urls: Iterable[str], on_check: Callable[[LinkCheck], None] | None = None
) -> list[LinkCheck]:
    """What the addresses answered, in the order given; nothing of it is stored.

    Platforms' hosts are asked in their pace, together with a crawl that runs meanwhile.
    """

    def told(check: LinkCheck, received: Received | None) -> None:
        if on_check is not None:
            on_check(check)

    return asyncio.run(_collect(urls, paced_options(workspace, None), told))


def links(workspace: Workspace, on_check: Callable[[LinkCheck], None] | None = None) -> list[LinkCheck]:
    """Check the links of the last two weeks' posts that are due, storing the answers as they come."""
    now = workspace.clock.now()
    since, reuse = now - timedelta(days=WINDOW_DAYS), timedelta(days=REUSE_DAYS)
    urls = due_links(workspace.engine, since, now, reuse, now - RESUME_WITHIN)
    waiting: list[tuple[LinkCheck, Received | None]] = []
    checks: list[LinkCheck] = []
    with recorded(workspace, "links") as ended:
        archive = WarcArchive(workspace.home, ended.run_id)

        def save() -> None:
            kept = {
                check.url: archive.keep_check(check, received) for check, received in waiting if check.state != ALIVE
            }
            workspace.store.save_link_checks(ended.run_id, [check for check, _ in waiting], kept)
            waiting.clear()

        def keep(check: LinkCheck, received: Received | None) -> None:
            waiting.append((check, received))
            checks.append(check)
            if len(waiting) >= SAVE_EVERY:
                save()
            if on_check is not None:
                on_check(check)

        try:
            asyncio.run(_collect(urls, paced_options(workspace, ended.run_id), keep))
            ended.exit_code = DONE
        finally:
            save()
            archive.flush()
            ended.counts = {"links": len(checks), **Counter(check.state for check in checks)}
    return checks


async def _collect(
    urls: Iterable[str], options: LinkOptions, on_answer: Callable[[LinkCheck, Received | None], None]
) -> list[LinkCheck]:
    checks = []
    beating = asyncio.create_task(options.pace.keep_beating()) if options.pace is not None else None
    try:
        async for check, received in check_links(urls, options):
            checks.append(check)
            on_answer(check, received)
    finally:
        if options.pace is not None and beating is not None:
            beating.cancel()
            options.pace.close()
    return checks
