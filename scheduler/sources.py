"""What is known of the sources themselves: doubts about them, and alarms about the parsers of their pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from analysis.sources import Activity, Doubt, doubts, history_since, standing
from analysis.yields import Alarm, Yielded, alarms
from records import Finding
from scheduler.workspace import Workspace
from storage.queries import accounts, sources
from storage.queries.yields import yields


def source_doubts(workspace: Workspace, since: datetime, now: datetime, known: Mapping[str, Finding]) -> list[Doubt]:
    """The doubts about sources that touch the time since a moment and that no person has cleared."""
    engine = workspace.engine
    looks, last_posts = sources.looks(engine, since, now), sources.last_posts(engine)
    activities = [
        Activity(
            account=account,
            looks=tuple(look for look, _ in looks[account.ref]),
            snapshot=looks[account.ref][-1][1],
            last_post_at=last_posts.get(account.ref),
        )
        for account in accounts.accounts(engine)
        if account.ref in looks
    ]
    times = sources.posting_times(engine, history_since(activities, since), now)
    timed = [replace(one, posted_at=tuple(times.get(one.account.ref, ()))) for one in activities]
    return standing(doubts(timed, since), workspace.config.office.name, known)


def parser_alarms(workspace: Workspace) -> list[Alarm]:
    """The fields that parsers found on every page before and find no longer."""
    return alarms(Yielded(*row) for row in yields(workspace.engine))
