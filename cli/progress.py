"""Progress of long work on standard error: bars on a terminal, nothing elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from cli.screen import err
from pipelines.store import UNATTRIBUTED, Tally
from records import LinkCheck
from scheduler.targets import due
from scheduler.workspace import Workspace

PLATFORM_WORDS = {"weibo": "微博", "wechat": "微信公众号", "toutiao": "今日头条"}


def progress_bars(*more: ProgressColumn) -> Progress:
    """Bars of tasks with a note each, drawn on a terminal only."""
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=30), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, *more, TextColumn("{task.fields[note]}"), console=err, disable=not err.is_terminal)


@contextmanager
def crawling(space: Workspace, platforms: Sequence[str], only: Sequence[str]) -> Iterator[Callable[[Any, Tally], None]]:
    """A bar a platform: accounts seen of accounts due, and how many met a wall."""
    with progress_bars() as bars:
        tasks = {
            name: bars.add_task(PLATFORM_WORDS[name], total=len(due(space, name, only)), note="") for name in platforms
        }

        def step(batch: Any, tally: Tally) -> None:
            platform = batch.account.platform
            if batch.account.uid == UNATTRIBUTED or platform not in tasks:
                return
            done = sum(reference.startswith(f"{platform}:") for reference in tally.coverage)
            walls = tally.notices["blocked"] + tally.notices["login"]
            bars.update(tasks[platform], completed=done, note=f"遇验证页 {walls} 次" if walls else "")

        yield step


@contextmanager
def counting(word: str) -> Iterator[Callable[[Any], None]]:
    """A running count."""
    with progress_bars() as bars:
        task = bars.add_task(word, total=None, note="")
        yield lambda _item: bars.advance(task)


@contextmanager
def checking_links() -> Iterator[Callable[[LinkCheck, int], None]]:
    """A bar of addresses answered of all, with the time that the rest will take."""
    with progress_bars(TimeRemainingColumn()) as bars:
        task = bars.add_task("链接", total=None, note="")
        yield lambda check, total: bars.update(task, advance=1, total=total)
