"""The job crawl(): one Scrapy process over the accounts still to be asked, its tally and its exit code."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipelines.store import Tally
from records import CRAWLED_PLATFORMS, Coverage
from scheduler import crawl_runs
from scheduler.consents import missing_secrets
from scheduler.keeping import keep_permissions
from scheduler.runs import FAULT, INCOMPLETE, STOPPED
from scheduler.targets import ClaimedTargets
from scheduler.workspace import Workspace
from storage.jobs import Jobs
from storage.queries import accounts, runs
from storage.workers import this_worker

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

# Page kinds as the tally counts them.
LIST_PAGES = ("weibo.timeline", "weibo.ajax_timeline", "wechat.feed", "wechat.api_articles", "toutiao.profile")
PROFILE_PAGES = ("weibo.profile", "weibo.ajax_profile")


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
    left: int  # accounts still to be asked when the crawl is started again


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

    A whole crawl that was cut off within the last hours is gone on with; one that another process is at is
    shared with it.

    Args:
        platforms: Which of the crawled platforms.
        only: Account references, or all that are due when empty.
        links: Reported post addresses to prove, by platform.
        keep_raw: Save the first bodies of each page kind for review.
        on_batch: Called after each stored page, for the progress on the screen.
    """
    from scheduler.driving import drive  # brings Scrapy, which takes as long to load as all else

    for sentence in (*keep_permissions(workspace), *missing_secrets(workspace.config.wechat_api)):
        logging.getLogger("xuncha").warning(sentence)
    worker = this_worker()
    jobs = Jobs(workspace.engine, worker)
    run_id = crawl_runs.open_run(workspace, jobs, platforms, only, kind)
    targets = ClaimedTargets(workspace, jobs, run_id, links)
    driven = drive(workspace, run_id, worker, targets, platforms, keep_raw=keep_raw, on_batch=on_batch)
    for crawler in driven.crawlers:
        if crawler.spider is not None and crawler.spider.visits.outage:  # type: ignore[attr-defined]
            jobs.forgive(run_id, crawler.spider.name)
    jobs.release(run_id)
    return _report(workspace, jobs, driven.tally, driven.crawlers)


def _report(workspace: Workspace, jobs: Jobs, tally: Tally, crawlers: Sequence[Crawler]) -> CrawlReport:
    ended = ending_of(crawlers)
    walls = sorted({host for crawler in crawlers for host in _stopped_hosts(crawler)})
    requests = requests_of(tally, ended.stats)
    counts = {
        "pages": dict(tally.pages),
        "notices": dict(tally.notices),
        "drift": dict(tally.drift),
        "requests": requests,
        "stopped_hosts": walls,
    }
    workspace.store.add_counts(tally.run_id, counts)
    left = jobs.n_open(tally.run_id)
    whole = runs.run_of(workspace.engine, tally.run_id).kind == crawl_runs.WHOLE
    code = FAULT if ended.fault else STOPPED if ended.cut_short else None
    if not left or not whole:
        code = crawl_runs.finish(workspace, jobs, tally.run_id, code)
    if ended.fault:
        logging.getLogger("xuncha").error("采集中途出错，已看到的都已保存；详情见日志。")
    coverage = crawl_runs.coverage_so_far(workspace, tally.run_id)
    code = INCOMPLETE if code is None else code
    return CrawlReport(tally.run_id, code, coverage, tally, walls, ended.stats, requests, left if whole else 0)


@dataclass
class SpidersEnd:
    """How the spiders of one process came to their end."""

    stats: dict[str, Any] = field(default_factory=dict)
    fault: bool = False
    cut_short: bool = False


def ending_of(crawlers: Sequence[Crawler]) -> SpidersEnd:
    """How these came to their end, taken together."""
    ended = SpidersEnd()
    for crawler in crawlers:
        found = crawler.stats.get_stats() if crawler.stats else {}
        # No reason at all: told to stop a second time, before it had come to an end.
        ended.cut_short = ended.cut_short or found.get("finish_reason") in ("shutdown", None)
        ended.fault = ended.fault or found.get("finish_reason") not in ("finished", "shutdown", None)
        ended.fault = ended.fault or bool(found.get("spider_exceptions/count"))
        for name, value in found.items():
            if isinstance(value, int) and ("count" in name or "robots" in name):
                ended.stats[name] = ended.stats.get(name, 0) + value
    return ended


def _stopped_hosts(crawler: Crawler) -> list[str]:
    walls = getattr(crawler.spider, "walls", None)
    return walls.stopped_hosts if walls else []


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
