"""Progress of long work on standard error: bars on a terminal, nothing elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.screen import err
from pipelines.store import UNATTRIBUTED, Tally
from scheduler.targets import due
from scheduler.workspace import Workspace

PLATFORM_WORDS = {"weibo": "微博", "wechat": "微信公众号", "toutiao": "今日头条"}


def _bars() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=30), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, TextColumn("{task.fields[note]}"), console=err, disable=not err.is_terminal)


@contextmanager
def crawling(space: Workspace, platforms: Sequence[str], only: Sequence[str]) -> Iterator[Callable[[Any, Tally], None]]:
    """A bar a platform: accounts seen of accounts due, and how many met a wall."""
    with _bars() as bars:
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
    with _bars() as bars:
        task = bars.add_task(word, total=None, note="")
        yield lambda _item: bars.advance(task)
