"""Which units' names were not all searched in time, and why (搜索缺口): who was not looked for is not absent."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta

from records import CRAWLED_PLATFORMS
from scheduler.search_keywords import register_keywords
from scheduler.workspace import Workspace
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

    A unit that is not among them had every keyword of its own searched whole on every platform.
    """
    states = {(one.platform, one.keyword): one for one in last_searches(workspace.engine)}
    why: dict[str, Counter[str]] = defaultdict(Counter)
    for keyword in register_keywords(workspace):
        for platform in CRAWLED_PLATFORMS if keyword.unit is not None else ():
            reason = _gap(states.get((platform, keyword.text)), until)
            if reason is not None and keyword.unit is not None:
                why[keyword.unit][reason] += 1
    return {unit: counted.most_common(1)[0][0] for unit, counted in why.items()}


def _gap(state: SearchState | None, until: datetime) -> str | None:
    """Why a keyword was not searched whole on a platform, ``None`` where it was."""
    if state is None:
        return NOT_SEARCHED
    if state.last_whole_at is not None and state.last_whole_at > until - HOLDS_FOR:
        return None
    return _REASONS.get(state.outcome, NOT_SEARCHED)
