"""Seven nights behind a wall, in this process: pages through reading, progress and storage into the judgements."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from crawler.owners import Owners
from crawler.page import Ending, Fetch, Target
from crawler.progress import Progress
from crawler.reading import platform_modules, read
from crawler.settling import is_list, settle
from demo.county import load_county
from records import Account, Candidate, Judgement, Post, Profile
from scheduler.clock import Clock
from scheduler.judging import inspect
from scheduler.workspace import Workspace
from storage.queries import accounts
from tests.faults.walls import Wall

FIRST_LOOK = timedelta(days=15)
MOST_PAGES = 6
# What an account keeps from nights before or by its platform, whatever stands before its pages now.
STANDING = frozenset({"no_public_list"})
# One source that fails for everybody is told once, and its accounts refer to it.
OF_THE_SOURCE = frozenset({"source_silent", "source_blocked"})
Key = tuple[str, str | None, str]


@dataclass(frozen=True)
class Judged:
    """The judgements after a week by ``(subject, account, clause)``, and the last coverage by account."""

    judgements: Mapping[Key, Judgement]
    coverage: Mapping[str, tuple[str, str | None]]

    @property
    def breaches(self) -> set[Key]:
        """What is judged to be a breach."""
        return {key for key, one in self.judgements.items() if one.result.value == "breach"}


def week_behind(home: Path, folder: Path, wall: Wall | None) -> Judged:
    """A copy of ``home`` after seven nights of nothing but the wall; with none, after seven nights without a crawl."""
    nights = load_county().nights
    copy = Path(shutil.copytree(home, folder))
    space = Workspace.open(copy, Clock(nights[-1]))
    endings: dict[str, tuple[Ending, ...]] = {}
    coverage: dict[str, tuple[str, str | None]] = {}
    crawled = [one for one in accounts.accounts(space.engine) if wall is not None and one.platform == wall.platform]
    for night in nights if wall is not None else ():
        assert wall is not None
        run_id = space.store.begin_run("crawl", night, None)
        for account in crawled:
            target = Target(account=account, since=night - FIRST_LOOK, endings=endings.get(account.ref, ()))
            progress = Progress(target, night)
            records = _visit(target, progress, wall)
            seen = progress.coverage()
            space.store.save_page(run_id, seen, records, None, progress.feed_clock)
            coverage[account.ref] = (seen.status, seen.reason)
            endings[account.ref] = (*target.endings, *_ending(progress, target))
        space.store.finish_run(run_id, night, 3, {})
    found = inspect(space).judgements
    space.engine.dispose()
    shutil.rmtree(copy)
    return Judged({(one.subject, one.account or one.candidate, one.clause): one for one in found}, coverage)


def _visit(target: Target, progress: Progress, wall: Wall) -> list[Post | Profile | Candidate]:
    records: list[Post | Profile | Candidate] = []
    module = platform_modules()[wall.platform]
    asked: list[Fetch] = list(module.first_fetches(target))
    owners = Owners(_keys(target.account))
    for fetch in asked[:MOST_PAGES]:
        page = wall.page(fetch, progress.checked_at)
        if page is None:
            progress.fail("robots" if wall.robots else "error", is_list=is_list(wall.platform, fetch.kind))
            continue
        reading = read(page, wall.platform)
        settled = settle(target, progress, owners, reading, page.fetched_at, fetch.kind, fetch.url)
        records += [one for one in settled.records if not isinstance(one, Post) or one.published_at is not None]
        asked += [one for one in settled.fetches if one.url not in {known.url for known in asked}]
    return records


def _keys(account: Account) -> dict[str, str]:
    return {key.casefold(): account.ref for key in (account.uid, *account.aliases.values())}


def _ending(progress: Progress, target: Target) -> Iterator[Ending]:
    said = progress.ending
    if said is not None and said[0] not in {one.page_kind for one in target.endings}:
        yield Ending(said[0], progress.checked_at)


def wrongs(wall: Wall, behind: Judged, without: Judged) -> list[str]:
    """What a week behind the wall claims that it cannot know, each in words."""
    told = [f"a breach: {key}" for key in sorted(behind.breaches - without.breaches, key=str)]
    for account, (status, reason) in behind.coverage.items():
        if status == "complete" or reason not in wall.reasons | STANDING:
            told.append(f"coverage of {account}: {status}, {reason}")
    for key, one in without.judgements.items():
        mine = behind.judgements.get(key)
        if one.result.value != "unknown" or one.account not in behind.coverage or mine is None:
            continue
        right = wall.reasons | STANDING | OF_THE_SOURCE | {one.reason}
        if mine.result.value != "unknown" or mine.reason not in right:
            told.append(f"{key}: {mine.result.value}, {mine.reason}")
    return [f"{wall.platform} {wall.name}: {one}" for one in told]
