"""What a sweep came to (搜索结果): what became of every keyword on every platform."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from analysis.keywords import Keyword
from analysis.periods import day_of
from records import Candidate
from scheduler.search_limits import DUE_AFTER, PagesTaken
from scheduler.workspace import Workspace
from storage.queries.searches import SearchState, last_searches, pages_taken, searches_of_run
from storage.searches import INTERRUPTED, is_lost_page

# Outcomes by which something that could be seen was lost; a share that is used up and robots.txt are standing limits.
LOST = ("blocked", "unparsed", "error")
States = Mapping[tuple[str, str], SearchState]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """One keyword on one platform after a sweep.

    ``outcome`` is that of the search (``searched empty cut_short refused blocked unparsed error``), ``not_due``
    (searched within the month) or ``left`` for a later sweep; ``reason`` then is ``share``, ``blocked``,
    ``stopped`` or ``error``. A search that was ``cut_short`` has no reason where the platform says that there is
    more, ``extent_unknown`` where the page does not say, and else what took a later page away. ``last_good_source``
    is ``page`` or ``person`` (a person's browser), ``last_good_by`` that person's name where told.
    """

    keyword: str
    kind: str
    unit: str | None
    platform: str
    outcome: str
    reason: str | None
    found: int | None
    total: int | None
    searched_at: datetime | None
    last_good_at: datetime | None
    next_due_on: date | None
    last_good_source: str | None = None
    last_good_by: str | None = None


def states_of(workspace: Workspace) -> States:
    """How every keyword stands on every platform, by platform and keyword."""
    return {(state.platform, state.keyword): state for state in last_searches(workspace.engine)}


def results_of(
    workspace: Workspace,
    run_id: int,
    wanted: Sequence[Keyword],
    platforms: Sequence[str],
    why_left: Mapping[str, str],
    due: Mapping[str, Collection[Keyword]],
) -> list[SearchResult]:
    """A result for every platform and keyword, in their order.

    Args:
        workspace: The home folder.
        run_id: The sweep's run.
        wanted: The keywords.
        platforms: The platforms.
        why_left: Why the rest of each platform's keywords was not asked.
        due: The keywords that each platform was to be asked for.
    """
    rows = {(row.platform, row.keyword): row for row in searches_of_run(workspace.engine, run_id)}
    states, found = states_of(workspace), []
    for platform in platforms:
        open_ones = set(due.get(platform, ()))
        for keyword in wanted:
            row, state = rows.get((platform, keyword.text)), states.get((platform, keyword.text))
            if row is not None and row.reason == INTERRUPTED:
                # Begun and not answered before the sweep came to its end: nobody can say that there was no answer.
                found.append(_result(keyword, platform, state, "left", _why_broken_off(why_left[platform])))
            elif row is not None:
                found.append(_result(keyword, platform, state, row.outcome, row.reason, row.n_found, row.total))
            elif keyword in open_ones:
                found.append(_result(keyword, platform, state, "left", why_left[platform]))
            else:
                found.append(_result(keyword, platform, state, "not_due"))
    return found


def _why_broken_off(why_left: str) -> str:
    return "stopped" if why_left == "stopped" else "error"


def _result(
    keyword: Keyword,
    platform: str,
    state: SearchState | None,
    outcome: str,
    reason: str | None = None,
    n_found: int | None = None,
    total: int | None = None,
) -> SearchResult:
    good_at = state.last_good_at if state is not None else None
    return SearchResult(
        keyword=keyword.text,
        kind=keyword.kind,
        unit=keyword.unit,
        platform=platform,
        outcome=outcome,
        reason=reason,
        found=n_found,
        total=total,
        searched_at=state.searched_at if state is not None else None,
        last_good_at=good_at,
        last_good_source=state.last_good_source if state is not None else None,
        last_good_by=state.last_good_by if state is not None else None,
        next_due_on=None if good_at is None else day_of(good_at + DUE_AFTER),
    )


def is_lost(result: SearchResult) -> bool:
    """Whether what was due and could be seen was not: robots.txt and a share that is used up are no loss."""
    if result.outcome == "left":
        return result.reason != "share"
    return result.outcome in LOST or is_lost_page(result.outcome, result.reason)


def counts_of(
    workspace: Workspace, wanted: Sequence[Keyword], results: Sequence[SearchResult], candidates: Sequence[Candidate]
) -> dict[str, Any]:
    """The counts of a sweep: keywords, candidates, outcomes by platform, and how many keywords fit a month."""
    by_platform: dict[str, Counter[str]] = {}
    for result in results:
        by_platform.setdefault(result.platform, Counter())[result.outcome] += 1
    return {
        "keywords": len(wanted),
        "candidates": len(candidates),
        "searches": {platform: dict(outcomes) for platform, outcomes in by_platform.items()},
        "a_month": keywords_a_month(workspace),
    }


def keywords_a_month(workspace: Workspace) -> int:
    """For how many keywords a month is enough at the configured pace, on the platform where they take most pages."""
    return _pages_taken(workspace).keywords_in(_pages_a_month(workspace))


def _pages_a_month(workspace: Workspace) -> int:
    return workspace.config.sweep.pages_of_a_sweep(mirror=bool(workspace.mirror)) * DUE_AFTER.days


def _pages_taken(workspace: Workspace) -> PagesTaken:
    """What keywords took within the month, of the platform where a month is enough for the fewest."""
    most = workspace.config.sweep.pages_a_keyword
    taken = pages_taken(workspace.engine, workspace.clock.now() - DUE_AFTER)
    known = [PagesTaken(len(pages), sum(min(one, most) for one in pages), most) for pages in taken.values()]
    a_month = _pages_a_month(workspace)
    return min(known, key=lambda one: one.keywords_in(a_month), default=PagesTaken(0, 0, most))


def too_many_words(workspace: Workspace, n_keywords: int, sheet: str) -> str | None:
    """One sentence where a month is not enough for so many keywords, and what to do; ``None`` where it is.

    ``sheet`` is the command that writes the sheet for searching by hand, as its reader can give it.
    """
    taken = _pages_taken(workspace)
    enough_for = taken.keywords_in(_pages_a_month(workspace))
    if n_keywords <= enough_for:
        return None
    words = (
        f"关键词一个月可能查不完：共 {n_keywords} 个，按现在的配置一个月能查 {enough_for} 个"
        f"（{_reckoned(taken, n_keywords)}），其余会更晚查到；"
    )
    minutes = workspace.config.sweep.minutes_for(taken.pages_for(n_keywords))
    if minutes is None:
        return words + f"平台允许的次数不够，其余请用 {sheet} 由人在浏览器里查。"
    return words + f"请把 [sweep] time_limit_minutes 改为 {minutes}，或用 {sheet} 由人在浏览器里查。"


def _reckoned(taken: PagesTaken, n_keywords: int) -> str:
    """What the number of keywords rests on, in words."""
    if not taken.n_keywords:
        return f"还没有查过，按每个关键词最多看 {taken.most} 页算"
    if taken.n_keywords >= n_keywords:
        mean = taken.n_pages / taken.n_keywords
        return f"按最近 {DUE_AFTER.days} 天每个关键词平均实际看 {mean:.1f} 页算"
    return f"最近 {DUE_AFTER.days} 天查过的 {taken.n_keywords} 个按实际看的页数算，其余按每个最多看 {taken.most} 页算"
