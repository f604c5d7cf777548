"""The jobs nightly() and weekly(): the same steps as by hand, the crawl in a child process with a time limit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from analysis.periods import last_week, period_id
from records import Period, as_json
from records.sentences import Command, Sentence
from scheduler import avatars, judging, linking, mentioned, reporting, triaging, words
from scheduler.children import Crawled, crawl_accounts, crawl_to_the_end, sweep_to_the_end
from scheduler.config import ConfigError
from scheduler.crawl_runs import RESUME_WITHIN, coverage_so_far
from scheduler.retaining import retain
from scheduler.runs import DONE, FAULT, INCOMPLETE, STOPPED, recorded
from scheduler.workspace import Workspace
from storage import search
from storage.queries import accounts, runs

LOCK_FILE = ".night.lock"


@dataclass
class Night:
    """What one night did."""

    exit_code: int
    crawl: dict[str, Any]
    links: int = 0  # addresses that answered or did not
    inspection: judging.Inspection | None = None
    indexed: int = 0
    left: int = 0  # accounts still to be asked; nothing was judged
    sweep: dict[str, Any] = field(default_factory=dict)  # as ``xuncha sweep --json`` tells it

    @property
    def counts(self) -> dict[str, int]:
        """Number of judgements by result."""
        return self.inspection.counts if self.inspection else {}


def nightly(workspace: Workspace, *, keep_raw: bool = False, say: Callable[[str], None] = lambda _: None) -> Night:
    """Crawl, check links, index and inspect; one at a time in a home folder.

    Raises:
        ConfigError: Another night is under way here, or nobody is registered.
    """
    if not accounts.accounts(workspace.engine):
        raise ConfigError(Sentence("名录是空的；请先导入：", Command("accounts import 名录.xlsx"), "。"))
    lock = FileLock(workspace.home / LOCK_FILE)
    try:
        with lock.acquire(timeout=0):
            _close_killed(workspace)
            with recorded(workspace, "nightly") as ended:
                night = _night(workspace, keep_raw, say)
                ended.exit_code = night.exit_code
                ended.counts = {"links": night.links, "indexed": night.indexed, **night.counts}
            return night
    except Timeout as error:
        raise ConfigError("这个工作文件夹里已有一次巡检在进行，请等它结束后再试。") from error


def _close_killed(workspace: Workspace) -> None:
    """Close what an earlier night left open when it was killed; its crawl is gone on with all the same."""
    now = workspace.clock.now()
    workspace.store.close_cut_off(("nightly",), now, STOPPED)
    workspace.store.close_cut_off(("links",), now - RESUME_WITHIN, STOPPED)


def _crawled_before(workspace: Workspace, say: Callable[[str], None]) -> Crawled | None:
    """The crawl of a night that was cut off only afterwards: its accounts are not asked a second time."""
    run = runs.crawl_of_cut_off_night(workspace.engine, workspace.clock.now() - RESUME_WITHIN)
    if run is None:
        return None
    say("这一晚已经采集完，接着做后面的步骤。")
    told = {"coverage": as_json(coverage_so_far(workspace, run.id)), "requests": run.counts["requests"]}
    return Crawled(run.exit_code, told)


def _night(workspace: Workspace, keep_raw: bool, say: Callable[[str], None]) -> Night:
    say("一、采集账号公开页面")
    crawled = _crawled_before(workspace, say) or crawl_to_the_end(workspace, keep_raw=keep_raw, say=say)
    if crawled.left:
        return Night(STOPPED if crawled.stopped else FAULT, crawled.told, left=crawled.left)
    say("二、检查推文里的链接")
    with linking.links(workspace) as listed:
        checks = listed.n_answered
    indexed = index(workspace)
    say("三、搜索疑似账号")
    swept = sweep_to_the_end(workspace)
    if swept.stopped:
        return Night(STOPPED, crawled.told, checks, indexed=indexed)
    found_in_posts = mentioned.read_mentions(workspace)
    if found_in_posts:
        listed_now = f"推文里提到了 {found_in_posts} 个名录外的相似账号，已列入疑似账号；查看："
        say(Sentence(listed_now, Command("candidates"), "。"))
    # Those known as unrelated first, so that none of their pictures is asked for.
    sorting = triaging.Sorting(workspace)
    removed = triaging.tidy_candidates(workspace, sorting)
    avatars.fetch_avatars(workspace, linking.paced_options(workspace), sorting.candidates(), say)
    say("四、按条款判定")
    found = judging.inspect(workspace, last_week(workspace.clock.now()), sorting=sorting)
    # Only now that the night was judged: what a finding rests on has just been set apart.
    dropped = retain(workspace)
    if dropped:
        say(f"到期的存档删除了 {len(dropped)} 份，已记入清单。")
    if removed:
        say(f"与名录无关的账号删除了 {removed} 个的资料。")
    codes = (crawled.exit_code, swept.exit_code)
    code = next((code for code in (FAULT, INCOMPLETE) if code in codes), DONE)
    return Night(code, crawled.told, checks, found, indexed, sweep=swept.told)


def index(workspace: Workspace) -> int:
    """Bring the full-text index up to the stored posts (SQLite only)."""
    path = workspace.engine.url.database
    if workspace.engine.dialect.name != "sqlite" or path is None:
        return 0
    return search.index_posts(Path(path), words.cut)


def weekly(workspace: Workspace, period: Period | None = None) -> reporting.Written:
    """Inspect last week and write the draft of its bulletin."""
    period = period or last_week(workspace.clock.now())
    with recorded(workspace, "weekly") as ended:
        # Their platform tells a day's posts from the next morning on, which is after the night.
        crawl_accounts(workspace, workspace.config.wechat_api.registered(accounts.accounts(workspace.engine)))
        judging.inspect(workspace, period)
        written = reporting.draft(workspace, "weekly", period)
        ended.exit_code, ended.counts = DONE, {"period": period_id(period)}
    return written
