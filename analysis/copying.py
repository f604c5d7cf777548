"""Whether an account carries another's texts (内容照搬): how many of a text's runs of signs stand in another."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime

from analysis.folding import fold

_RUN = 5
SHORTEST = 12  # signs that two offices would hardly write alike by chance; 关于五一放假的通知 stands everywhere
COPIED = 0.8


class Copies:
    """Texts of candidates, past which the texts of registered accounts stream; only the former are kept.

    Args:
        shown: Each text with the moment when a candidate was seen showing it; the same text at any number of them.
    """

    def __init__(self, shown: Iterable[tuple[str, datetime]]) -> None:
        self._runs: dict[str, frozenset[str]] = {}
        self._moments: dict[str, set[datetime]] = defaultdict(set)
        self._with_run: dict[str, list[str]] = defaultdict(list)
        for text, shown_at in shown:
            if text not in self._moments:
                self._keep(text, runs_of(text))
            self._moments[text].add(shown_at)
        self._best: dict[tuple[str, datetime], tuple[int, str]] = {}

    def __bool__(self) -> bool:
        """Whether any of the texts is long enough to tell."""
        return bool(self._runs)

    def _keep(self, text: str, runs: frozenset[str]) -> None:
        if runs:
            self._runs[text] = runs
        for run in runs:
            self._with_run[run].append(text)

    def compare(self, owner: str, text: str, published_by: datetime) -> None:
        """Hold a registered account's text against all of them.

        Args:
            owner: Whose text it is.
            text: What it says.
            published_by: When it was out at the latest. What showed the same before then is no copy of it: it may
                itself have been copied, or both from somebody else.
        """
        shared = Counter(one for run in runs_of(text) for one in self._with_run.get(run, ()))
        for one, n_shared in shared.items():
            if n_shared >= COPIED * len(self._runs[one]):
                self._remember(one, n_shared, owner, published_by)

    def _remember(self, text: str, n_shared: int, owner: str, published_by: datetime) -> None:
        for key in ((text, shown_at) for shown_at in self._moments[text] if published_by < shown_at):
            if key not in self._best or n_shared > self._best[key][0]:
                self._best[key] = n_shared, owner

    def source_of(self, text: str, shown_at: datetime) -> str | None:
        """Whose text this is, wholly or nearly; ``None`` where nobody's so far was out before, or it is too short."""
        return self._best[text, shown_at][1] if (text, shown_at) in self._best else None


def runs_of(text: str) -> frozenset[str]:
    """The runs of five signs of a text, folded; none of a text that is too short to tell."""
    signs = fold(text)
    if len(signs) < SHORTEST:
        return frozenset()
    return frozenset(signs[start : start + _RUN] for start in range(len(signs) - _RUN + 1))
