"""Whether an account carries another's texts (内容照搬): how many of a text's runs of signs stand in another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from analysis.folding import fold

_RUN = 5
SHORTEST = 12  # signs that two offices would hardly write alike by chance; 关于五一放假的通知 stands everywhere
COPIED = 0.8


class Texts:
    """Texts of registered accounts, by whom; looked up by runs of five signs."""

    def __init__(self, by_owner: Mapping[str, Iterable[str]]) -> None:
        self._owners: dict[int, str] = {}
        self._runs: dict[str, set[int]] = defaultdict(set)
        texts = [(owner, text) for owner, each in by_owner.items() for text in each]
        for number, (owner, text) in enumerate(texts):
            self._owners[number] = owner
            for run in runs_of(text):
                self._runs[run].add(number)

    def source_of(self, text: str) -> str | None:
        """Whose text this is, wholly or nearly; ``None`` where it is nobody's, or too short to tell."""
        runs = runs_of(text)
        shared: dict[int, int] = defaultdict(int)
        for run in runs:
            for number in self._runs.get(run, ()):
                shared[number] += 1
        best = max(shared, key=shared.__getitem__, default=None)
        return self._owners[best] if best is not None and shared[best] >= COPIED * len(runs) else None


def runs_of(text: str) -> frozenset[str]:
    """The runs of five signs of a text, folded; none of a text that is too short to tell."""
    signs = fold(text)
    if len(signs) < SHORTEST:
        return frozenset()
    return frozenset(signs[start : start + _RUN] for start in range(len(signs) - _RUN + 1))
