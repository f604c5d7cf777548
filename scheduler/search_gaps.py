"""Which units' names were not all searched in time, and why (搜索缺口): who was not looked for is not absent."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from analysis.keywords import Keyword
from records import CRAWLED_PLATFORMS
from scheduler.search_keywords import partly_searchable_units, register_keywords
from scheduler.workspace import Workspace
from storage.queries import accounts
from storage.queries.searches import SearchState, last_searches

# Each keyword at least once a month.
HOLDS_FOR = timedelta(days=31)
NOT_SEARCHED = "not_searched"
# What keeps us from seeing, in the words of coverage.
_REASONS = {
    "refused": "robots",
    "blocked": "blocked",
    "unparsed": "unparsed",
    "error": "error",
    "cut_short": "truncated",
}


def search_gaps(workspace: Workspace, until: datetime) -> dict[str, str]:
    """The commonest reason by unit, of those units of which a keyword has no whole search in the month up to a moment.

    A unit that is not among them had every keyword of its own, and every keyword that it shares with another unit,
    searched whole on every platform. One with a name that cannot be searched for, or without any keyword, is
    ``not_searched``.
    """
    states = {(one.platform, one.keyword): one for one in last_searches(workspace.engine, until)}
    why: dict[str, Counter[str]] = defaultdict(Counter)
    found = register_keywords(workspace)
    for keyword in found:
        gaps = Counter(_gap(states.get((platform, keyword.text)), until) for platform in CRAWLED_PLATFORMS)
        for unit in keyword.units:
            why[unit].update({reason: number for reason, number in gaps.items() if reason is not None})
    told = {unit: counted.most_common(1)[0][0] for unit, counted in why.items() if counted}
    return told | dict.fromkeys(_never_searchable(workspace, found), NOT_SEARCHED)


def _never_searchable(workspace: Workspace, found: Iterable[Keyword]) -> set[str]:
    """The units of which a name, or every name, can be searched for nowhere."""
    with_keyword = {unit for keyword in found for unit in keyword.units}
    every = {unit.name for unit in accounts.units(workspace.engine)}
    return (every - with_keyword) | partly_searchable_units(workspace)


def _gap(state: SearchState | None, until: datetime) -> str | None:
    """Why a keyword was not searched whole on a platform in the month up to a moment, ``None`` where it was."""
    if state is None or state.searched_at <= until - HOLDS_FOR:
        return NOT_SEARCHED
    if state.last_whole_at is not None and state.last_whole_at > until - HOLDS_FOR:
        return None
    return _REASONS.get(state.outcome, NOT_SEARCHED)
