"""The job sweep(): searches the platforms for keywords derived from the register (疑似账号搜索).

A rotating share a night: what was not searched for longest comes first, and each keyword again after a month. A
search that a wall, robots.txt or an outage prevented is none, and the last good one keeps its date.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from filelock import FileLock, Timeout

from analysis.keywords import GIVEN, Keyword
from crawler.page import Batch
from pipelines.store import Tally
from records import CRAWLED_PLATFORMS, Candidate
from records.sentences import Command, Sentence
from scheduler.config import ConfigError
from scheduler.crawling import ending_of
from scheduler.dismissing import forget_known
from scheduler.keeping import keep_permissions
from scheduler.mentioned import keywords_to_search
from scheduler.runs import DONE, FAULT, INCOMPLETE, STOPPED, recorded
from scheduler.search_limits import DUE_AFTER
from scheduler.search_outage import AnsweredTargets
from scheduler.search_results import SearchResult, States, counts_of, is_lost, results_of, states_of
from scheduler.search_targets import SearchTargets
from scheduler.triaging import seen_candidates
from scheduler.workspace import Workspace
from storage.queries import accounts
from storage.queries.searches import SearchState, candidates_of_run
from storage.searches import Searching
from storage.workers import this_worker

LOCK_FILE = ".sweep.lock"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Watcher(Protocol):
    """Who follows a sweep on the screen."""

    def begin(self, n_due: Mapping[str, int]) -> None:
        """The sweep begins, with so many keywords of each platform before it."""

    def step(self, batch: Batch) -> None:
        """A search came to its end."""


class _Nobody:
    """Where no screen is."""

    def begin(self, n_due: Mapping[str, int]) -> None:
        """Nothing is shown."""

    def step(self, batch: Batch) -> None:
        """Nothing is shown."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did; ``is_answered``: some host answered something, and be it robots.txt."""

    run_id: int
    exit_code: int
    is_answered: bool
    searches: list[SearchResult]
    candidates: list[Candidate]
    counts: dict[str, Any] = field(default_factory=dict)


def sweep(
    workspace: Workspace,
    given: Sequence[str] = (),
    platforms: Sequence[str] = CRAWLED_PLATFORMS,
    watcher: Watcher | None = None,
    patience_seconds: float = 0.0,
) -> Swept:
    """Search for what is due; can run once in a process, as Scrapy's reactor cannot be started again.

    Args:
        given: Keywords given by hand, asked whether they are due or not; those of the register when empty.
        platforms: Which of the crawled platforms.
        watcher: Told of the beginning and of each search, for the progress on the screen.
        patience_seconds: How long to wait for another sweep that is under way here.

    Raises:
        ConfigError: Another sweep is under way here, nothing is registered, or the given keywords are blank.
    """
    wanted = _wanted(workspace, given)
    try:
        with FileLock(workspace.home / LOCK_FILE).acquire(timeout=patience_seconds):
            workspace.store.close_cut_off(("sweep",), workspace.clock.now() + timedelta(days=1), STOPPED)
            with recorded(workspace, "sweep") as ended:
                follower = watcher if watcher is not None else _Nobody()
                swept = _sweep(workspace, ended.run_id, wanted, platforms, follower, is_given=bool(given))
                ended.exit_code, ended.counts = swept.exit_code, swept.counts
            return swept
    except Timeout as error:
        raise ConfigError("这个工作文件夹里已有一次搜索在进行，请等它结束后再试。") from error


def _wanted(workspace: Workspace, given: Sequence[str]) -> tuple[Keyword, ...]:
    derived = keywords_to_search(workspace)
    if not given:
        if not derived:
            raise ConfigError(
                Sentence("名录是空的，没有可搜索的关键词；请先导入：", Command("accounts import 名录.xlsx"), "。")
            )
        return derived
    known = {keyword.text: keyword for keyword in derived}
    texts = dict.fromkeys(" ".join(text.split()) for text in given if text.strip())
    if not texts:
        raise ConfigError("给出的关键词是空白的，没有搜索；请写出要搜索的词，或者不写关键词，按名录里的名称搜索。")
    return tuple(known.get(text, Keyword(text, GIVEN, None)) for text in texts)


def _sweep(
    workspace: Workspace,
    run_id: int,
    wanted: Sequence[Keyword],
    platforms: Sequence[str],
    watcher: Watcher,
    *,
    is_given: bool,
) -> Swept:
    now, states = workspace.clock.now(), states_of(workspace)
    due = {platform: _due(wanted, states, platform, now, is_given=is_given) for platform in platforms}
    due = {platform: found for platform, found in due.items() if found}
    ends_at = now + timedelta(minutes=workspace.config.sweep.time_limit_minutes)
    targets = SearchTargets(workspace, run_id, due, ends_at)
    most = workspace.config.sweep.pages_of_a_sweep(mirror=bool(workspace.mirror))
    watcher.begin({platform: min(targets.left(platform), most) for platform in due})
    answered = AnsweredTargets(targets)
    code = _searched(workspace, run_id, answered, tuple(due), watcher) if due else DONE
    _save_refusals(workspace, run_id, targets, due)
    why = {platform: "stopped" if code == STOPPED else targets.why_left(platform) or "error" for platform in due}
    results = results_of(workspace, run_id, wanted, platforms, why, due)
    forget_known(workspace, seen_candidates(workspace))
    candidates = candidates_of_run(workspace.engine, run_id, accounts.registered_keys(workspace.engine))
    if code == DONE and any(is_lost(result) for result in results):
        code = INCOMPLETE
    counts = counts_of(workspace, wanted, results, candidates)
    return Swept(run_id, code, answered.is_answered, results, candidates, counts)


def _searched(
    workspace: Workspace, run_id: int, answered: AnsweredTargets, platforms: Sequence[str], watcher: Watcher
) -> int:
    from scheduler.driving import drive  # brings Scrapy, which takes as long to load as all else

    keep_permissions(workspace)

    def settled(batch: Batch, _tally: Tally) -> None:
        answered.settled(batch)
        if batch.closing:
            watcher.step(batch)

    driven = drive(workspace, run_id, this_worker(), answered, platforms, on_batch=settled, with_browser=False)
    if answered.is_offline:
        # None of them counts as asked, so that they are the first when the network is back. Only there: what a host
        # may have received is within its hours and nights, or a silent one would be asked again and again.
        workspace.store.count_unasked(run_id)
    ended = ending_of(driven.crawlers)
    return FAULT if ended.fault else STOPPED if ended.cut_short else DONE


def _save_refusals(
    workspace: Workspace, run_id: int, targets: SearchTargets, due: Mapping[str, Sequence[Keyword]]
) -> None:
    """The one answer of a platform's robots.txt is for all of its keywords."""
    refused = [
        Searching(run_id=run_id, platform=platform, keyword=keyword.text, kind=keyword.kind)
        for platform, found in due.items()
        if targets.why_left(platform) == "robots"
        for keyword in found
    ]
    workspace.store.save_refusals(refused, workspace.clock.now())


def _due(wanted: Sequence[Keyword], states: States, platform: str, now: datetime, *, is_given: bool) -> list[Keyword]:
    """The keywords that a platform is to be searched for, the longest not asked first, then in their own order."""
    open_ones = [one for one in wanted if is_given or _is_due(states.get((platform, one.text)), now)]
    return sorted(open_ones, key=lambda one: _tried_at(states.get((platform, one.text))))


def _is_due(state: SearchState | None, now: datetime) -> bool:
    return state is None or state.last_good_at is None or now - state.last_good_at >= DUE_AFTER


def _tried_at(state: SearchState | None) -> datetime:
    return _NEVER if state is None or state.tried_at is None else state.tried_at
