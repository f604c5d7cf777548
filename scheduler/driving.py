"""One Scrapy process (采集进程) of a crawl or a sweep: its settings, its parts and its spiders.

Scrapy takes as long to load as all else together: whoever crawls brings this file in when it comes to that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from crawler import settings as crawl_defaults
from crawler.browser import find_chromium
from crawler.conditional import SETTING as CONDITIONAL
from crawler.credentials import SETTING as CREDENTIALS
from crawler.host_walls import HostWalls
from crawler.pace import Pace
from crawler.page import Targets
from crawler.settings import Parts
from pipelines.archive import WarcArchive
from pipelines.members import ArchiveError
from pipelines.store import Tally
from pipelines.stored import load_stored
from scheduler.consents import load_secrets
from scheduler.logs import keep_log
from scheduler.workspace import Workspace
from storage.hosts import HostLedger
from storage.validators import StoredValidators

# A host that did not answer is asked once more in the same night, when it has had time to come back.
RETRY_SECONDS = 900.0

PIPELINES = {
    "pipelines.validate.ValidatePipeline": 100,
    "pipelines.normalize.NormalizePipeline": 200,
    "pipelines.store.StorePipeline": 900,
}


@dataclass(frozen=True)
class Driven:
    """What one Scrapy process did, and the crawlers that did it, one a platform."""

    tally: Tally
    crawlers: list[Crawler]


def drive(
    workspace: Workspace,
    run_id: int,
    worker: str,
    targets: Targets,
    platforms: Sequence[str],
    *,
    keep_raw: bool = False,
    on_batch: Callable[[Any, Tally], None] | None = None,
    with_browser: bool = True,
) -> Driven:
    """One Scrapy process over these targets, with the robots rules, pace, walls and evidence of every crawl."""
    tally = Tally(run_id)
    hosts = HostLedger(workspace.engine, run_id, worker)
    settings = _settings(workspace)
    pace = Pace.of_settings(settings, hosts)
    archive = WarcArchive(workspace.home, run_id, keep_raw=keep_raw)
    parts = Parts(
        targets=targets,
        archive=archive,
        pace=pace,
        walls=HostWalls(hosts),
        validators=StoredValidators(workspace.engine, lambda ref: _stored_body(workspace.home, ref)),
        page_limit=workspace.config.crawl.page_limit,
        # With a mirror no host has to be given time to come back.
        retry_seconds=0.0 if workspace.mirror else RETRY_SECONDS,
        store=workspace.store,
        tally=tally,
        on_batch=on_batch,
    )
    ours = {
        "XUNCHA_PARTS": parts,
        CONDITIONAL: parts.validators,
        CREDENTIALS: load_secrets(workspace.config.wechat_api),
    }
    settings.setdict(ours, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    keep_log(workspace.home, workspace.clock.now())
    crawlers = [_crawler(workspace, platform, settings, with_browser=with_browser) for platform in platforms]
    for crawler in crawlers:
        process.crawl(crawler)
    process.start()
    pace.close()
    archive.flush()
    return Driven(tally, crawlers)


def _stored_body(home: Path, ref: str) -> bytes | None:
    """The body of a stored answer, ``None`` once it was dropped."""
    try:
        return load_stored(home, ref).body
    except ArchiveError:
        return None


def _settings(workspace: Workspace) -> Settings:
    settings = Settings()
    settings.setmodule(crawl_defaults, priority="project")
    config = workspace.config
    delays = {name: host.delay_seconds for name, host in config.hosts.items() if host.delay_seconds}
    own = crawl_defaults.crawl_settings(
        user_agent=workspace.user_agent,
        mirror=workspace.mirror,
        delay_seconds=config.crawl.public_delay_seconds,
        delays=delays,
        permitted=workspace.permitted_hosts,
        allow_private=[str(network) for network in config.links.allow_private],
        clock_offset_seconds=workspace.clock.offset_seconds,
        pipelines=PIPELINES,
    )
    settings.setdict(own, priority="cmdline")
    return settings


def _crawler(workspace: Workspace, platform: str, settings: Settings, *, with_browser: bool) -> Crawler:
    settings = settings.copy()
    guest = with_browser and platform == "weibo" and workspace.config.crawl.guest_visit
    chromium = find_chromium() if (with_browser and platform == "toutiao") or guest else None
    if chromium is not None:
        from crawler.render import render_settings  # only where a browser is there to be used

        browser = render_settings(chromium, workspace.mirror, workspace.user_agent)
        own = {
            "XUNCHA_CHROMIUM": chromium,
            "XUNCHA_RENDER_WAIT_SECONDS": workspace.config.crawl.render_wait_seconds,
            "XUNCHA_GUEST_VISIT": guest,
        }
        settings.setdict({**browser, **own}, priority="cmdline")
    return Crawler(SpiderLoader.from_settings(settings).load(platform), settings)
