"""What was dead and was seen to open since (已恢复): told beside the finding, which stays for a person to decide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from analysis.periods import moment_words
from records import Finding
from scheduler.workspace import Workspace
from storage.queries.links import checks_of

_DEAD_LINK = "dead_link"
_OPENS = frozenset({"alive", "moved"})


def with_recovery(workspace: Workspace, found: Iterable[Finding]) -> list[Finding]:
    """The findings; the summary of a dead link that a later check saw open says when."""
    listed = list(found)
    addresses = [item.url for one in listed if one.check == _DEAD_LINK for item in one.evidence]
    with workspace.engine.connect() as connection:
        checks, _ = checks_of(connection, addresses, workspace.clock.now())
    newest = {address: told[-1] for address, told in checks.items()}
    opened = {address: check.checked_at for address, check in newest.items() if check.state in _OPENS}
    return [_told(one, opened) if one.check == _DEAD_LINK else one for one in listed]


def _told(one: Finding, opened: dict[str, datetime]) -> Finding:
    since = [opened[item.url] for item in one.evidence if item.url in opened and opened[item.url] > item.fetched_at]
    if not since:
        return one
    return replace(one, summary=f"{one.summary.rstrip('。')}；{moment_words(max(since))}复查时已能打开。")
