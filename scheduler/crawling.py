"""The job crawl(): one Scrapy process over the platforms asked for, its tally and its exit code."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from crawler import settings as crawl_defaults
from crawler.browser import find_chromium
from pipelines.archive import WarcArchive
from pipelines.store import Tally
from records import CRAWLED_PLATFORMS, SHANGHAI, Account, Coverage
from scheduler.runs import DONE, FAULT, INCOMPLETE, STOPPED
from scheduler.targets import RegisteredTargets
from scheduler.workspace import Workspace
from storage.queries import accounts, runs

# Standing limits are printed and change nothing; every other reason means that something was lost tonight.
STANDING = (None, "no_public_list", "robots", "not_crawled", "not_due")

# Page kinds as the tally counts them.
LIST_PAGES = ("weibo.timeline", "weibo.ajax_timeline", "wechat.feed", "toutiao.profile")
PROFILE_PAGES = ("weibo.profile", "weibo.ajax_profile")

PIPELINES = {
    "pipelines.validate.ValidatePipeline": 100,
    "pipelines.normalize.NormalizePipeline": 200,
    "pipelines.store.StorePipeline": 900,
}


@dataclass(frozen=True)
class CrawlReport:
    """What a crawl did."""

    run_id: int
    exit_code: int
    coverage: list[Coverage]
    tally: Tally
    stopped_hosts: list[str]
    stats: dict[str, Any]
    requests: dict[str, int]


def crawl(
    workspace: Workspace,
    platforms: Sequence[str] = CRAWLED_PLATFORMS,
    only: Sequence[str] = (),
    links: Mapping[str, Sequence[str]] | None = None,
    *,
    kind: str = "crawl",
    keep_raw: bool = False,
    on_batch: Callable[[Any, Tally], None] | None = None,
) -> CrawlReport:
    """Observe the accounts that are due; can run once in a process, as Scrapy's reactor cannot be started again.

    Args:
        platforms: Which of the crawled platforms.
        only: Account references, or all that are due when empty.
        links: Reported post addresses to prove, by platform.
        keep_raw: Save the first bodies of each page kind for review.
        on_batch: Called after each stored page, for the progress on the screen.
    """
    whole = kind == "crawl" and not only and set(platforms) == set(CRAWLED_PLATFORMS)
    run_kind = kind if whole or kind != "crawl" else "crawl-part"
    run_id = workspace.store.begin_run(run_kind, workspace.clock.now(), workspace.mirror or None)
    tally = Tally(run_id)
    targets = RegisteredTargets(workspace, only, links)
    if kind == "posts":
        targets.due = lambda platform: []  # type: ignore[method-assign]
    archive = WarcArchive(workspace.home, run_id, keep_raw=keep_raw)
    parts = crawl_defaults.Parts(targets, archive, workspace.config.crawl.page_limit, workspace.store, tally, on_batch)
    process = AsyncCrawlerProcess(_settings(workspace, parts))
    keep_log(workspace.home, workspace.clock.now())
    crawlers = [_crawler(workspace, platform, parts) for platform in platforms]
    for crawler in crawlers:
        process.crawl(crawler)
    due = [account for platform in platforms for _, account in targets.due(platform)]
    process.start()
    _note_unreached(workspace, due, tally)
    return _report(workspace, run_id, tally, crawlers)


def _note_unreached(workspace: Workspace, due: Sequence[Account], tally: Tally) -> None:
    """A row for every account that was due and that a stopped crawl did not come to.

    ``due`` is from before the crawl: an account whose key was learned meanwhile is asked for by its former one.
    """
    now = workspace.clock.now()
    for account in due:
        if account.ref not in tally.coverage:
            row = Coverage(account=account.ref, status="none", source="page", checked_at=now, reason="not_crawled")
            workspace.store.save_page(tally.run_id, row, (), None, None)
            tally.coverage[account.ref] = row


def keep_log(home: Path, now: datetime) -> None:
    """Send the crawl's log to ``logs/<day>.log``; Scrapy has just set its own levels, so ours come after."""
    folder = home / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    day = now.astimezone(SHANGHAI).date().isoformat()
    file = logging.FileHandler(folder / f"{day}.log", encoding="utf-8")
    file.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    for name in ("scrapy", "twisted", "scrapy-playwright", "asyncio", *CRAWLED_PLATFORMS):
        logger = logging.getLogger(name)
        logger.setLevel(logging.INFO)
        logger.addHandler(file)
        logger.propagate = logging.getLogger("xuncha").isEnabledFor(logging.INFO)


def _settings(workspace: Workspace, parts: crawl_defaults.Parts) -> Settings:
    settings = Settings()
    settings.setmodule(crawl_defaults, priority="project")
    config = workspace.config
    delays = {name: host.delay_seconds for name, host in config.hosts.items() if host.delay_seconds}
    own = crawl_defaults.crawl_settings(
        user_agent=workspace.user_agent,
        mirror=workspace.mirror,
        delay_seconds=config.crawl.delay_seconds,
        delays=delays,
        permitted=workspace.permitted_hosts,
        allow_private=[str(network) for network in config.links.allow_private],
        clock_offset_seconds=workspace.clock.offset_seconds,
        parts=parts,
        pipelines=PIPELINES,
    )
    settings.setdict(own, priority="cmdline")
    return settings


def _crawler(workspace: Workspace, platform: str, parts: crawl_defaults.Parts) -> Crawler:
    settings = _settings(workspace, parts)
    chromium = find_chromium() if platform == "toutiao" else None
    if chromium is not None:
        from crawler.render import render_settings  # only where a browser is there to be used

        browser = render_settings(chromium, workspace.mirror, workspace.user_agent)
        own = {"XUNCHA_CHROMIUM": chromium, "XUNCHA_RENDER_WAIT_SECONDS": workspace.config.crawl.render_wait_seconds}
        settings.setdict({**browser, **own}, priority="cmdline")
    return Crawler(SpiderLoader.from_settings(settings).load(platform), settings)


def _report(workspace: Workspace, run_id: int, tally: Tally, crawlers: Sequence[Crawler]) -> CrawlReport:
    stats: dict[str, Any] = {}
    fault = cut_short = False
    stopped: list[str] = []
    for crawler in crawlers:
        found = crawler.stats.get_stats() if crawler.stats else {}
        # No reason at all: told to stop a second time, before it had come to an end.
        cut_short = cut_short or found.get("finish_reason") in ("shutdown", None)
        fault = fault or found.get("finish_reason") not in ("finished", "shutdown", None)
        fault = fault or bool(found.get("spider_exceptions/count"))
        walls = getattr(crawler.spider, "walls", None)
        stopped += walls.stopped_hosts if walls else []
        for name, value in found.items():
            if isinstance(value, int) and ("count" in name or "robots" in name):
                stats[name] = stats.get(name, 0) + value
    coverage = runs.coverage_of_run(workspace.engine, run_id)
    lost = any(row.reason not in STANDING for row in coverage)
    code = FAULT if fault else STOPPED if cut_short else INCOMPLETE if lost else DONE
    if fault:
        logging.getLogger("xuncha").error("采集中途出错，已看到的都已保存；详情见日志。")
    requests = requests_of(tally, stats)
    counts = {
        "accounts": len(coverage),
        "complete": sum(row.status == "complete" for row in coverage),
        "posts_new": sum(tally.posts_new.values()),
        "pages": dict(tally.pages),
        "notices": dict(tally.notices),
        "drift": dict(tally.drift),
        "requests": requests,
        "stopped_hosts": stopped,
    }
    workspace.store.finish_run(run_id, workspace.clock.now(), code, counts)
    return CrawlReport(run_id, code, coverage, tally, stopped, stats, requests)


def requests_of(tally: Tally, stats: Mapping[str, int]) -> dict[str, int]:
    """Requests of a crawl by what they were for; lists are those that the rule of one an account and night counts."""
    lists = sum(tally.pages[kind] for kind in LIST_PAGES)
    profiles = sum(tally.pages[kind] for kind in PROFILE_PAGES)
    return {
        "lists": lists,
        "profiles": profiles,
        "posts": sum(tally.pages.values()) - lists - profiles,
        "robots": stats.get("robotstxt/request_count", 0),
    }


def request_words(requests: Mapping[str, int], n_accounts: int) -> str:
    """What was asked of the platforms, in one sentence."""
    each = f"，平均每个账号 {requests['lists'] / n_accounts:.2f} 次" if n_accounts else ""
    return (
        f"访问平台：列表 {requests['lists']} 次{each}；账号资料 {requests['profiles']} 次，"
        f"单篇和合集 {requests['posts']} 次，robots.txt {requests['robots']} 次。"
    )


def registered(workspace: Workspace) -> int:
    """Number of accounts in the register."""
    return len(accounts.accounts(workspace.engine))
