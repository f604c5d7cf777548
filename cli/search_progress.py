"""Progress of a sweep on standard error: a bar a platform on a terminal, nothing elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from rich.progress import Progress, TaskID

from cli.progress import PLATFORM_WORDS, progress_bars
from crawler.page import Batch

_NOTES = {
    "blocked": "遇验证页",
    "refused": "爬虫协议不允许",
    "unparsed": "页面读不懂",
    "error": "没有应答，可能是本机网络断了",
}


class SearchBars:
    """A bar a platform: keywords searched of those that this sweep can come to, and what is in the way."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def begin(self, n_due: Mapping[str, int]) -> None:
        """Draws the bars."""
        for platform, number in n_due.items():
            self._tasks[platform] = self._bars.add_task(f"搜索{PLATFORM_WORDS[platform]}", total=number, note="")

    def step(self, batch: Batch) -> None:
        """Moves a platform's bar on; the note is of its newest search."""
        outcome = batch.searched.outcome if batch.searched is not None else "error"
        self._bars.update(self._tasks[batch.account.platform], advance=1, note=_NOTES.get(outcome, ""))


@contextmanager
def searching() -> Iterator[SearchBars]:
    """The bars of one sweep, while it is under way."""
    with progress_bars() as bars:
        yield SearchBars(bars)
