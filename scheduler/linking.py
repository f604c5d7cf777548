"""The job links(): checks the links of recent posts, each address once a run."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta

from crawler.links import LinkOptions, check_links
from pipelines.archive import WarcArchive
from records import LinkCheck
from scheduler.crawl_runs import RESUME_WITHIN
from scheduler.runs import DONE, recorded
from scheduler.workspace import Workspace
from storage.queries.links import due_links

# A link that answered lately is not asked again every night; one that did not is.
REUSE_DAYS = 3
WINDOW_DAYS = 14
SAVE_EVERY = 20
WELL = ("alive", "moved")


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


def check(
    workspace: Workspace, urls: Iterable[str], on_check: Callable[[LinkCheck], None] | None = None
) -> list[LinkCheck]:
    """What the addresses answered, in the order given; nothing is stored."""
    return asyncio.run(_collect(urls, link_options(workspace), on_check))


def links(workspace: Workspace, on_check: Callable[[LinkCheck], None] | None = None) -> list[LinkCheck]:
    """Check the links of the last two weeks' posts that are due, storing the answers as they come."""
    now = workspace.clock.now()
    since, reuse = now - timedelta(days=WINDOW_DAYS), timedelta(days=REUSE_DAYS)
    urls = due_links(workspace.engine, since, now, reuse, now - RESUME_WITHIN)
    waiting: list[LinkCheck] = []
    checks: list[LinkCheck] = []
    with recorded(workspace, "links") as ended:
        archive = WarcArchive(workspace.home, ended.run_id)

        def save() -> None:
            kept = {check.url: archive.keep_check(check) for check in waiting if check.state not in WELL}
            workspace.store.save_link_checks(ended.run_id, waiting, kept)
            waiting.clear()

        def keep(check: LinkCheck) -> None:
            waiting.append(check)
            checks.append(check)
            if len(waiting) >= SAVE_EVERY:
                save()
            if on_check is not None:
                on_check(check)

        try:
            asyncio.run(_collect(urls, link_options(workspace), keep))
            ended.exit_code = DONE
        finally:
            save()
            ended.counts = {"links": len(checks), **Counter(check.state for check in checks)}
    return checks


async def _collect(
    urls: Iterable[str], options: LinkOptions, on_check: Callable[[LinkCheck], None] | None
) -> list[LinkCheck]:
    checks = []
    async for answer in check_links(urls, options):
        checks.append(answer)
        if on_check is not None:
            on_check(answer)
    return checks
