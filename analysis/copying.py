"""Whether an account carries another's texts (内容照搬): how many of a text's runs of signs stand in another."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from analysis.folding import fold

_RUN = 5
SHORTEST = 12  # signs that two offices would hardly write alike by chance; 关于五一放假的通知 stands everywhere
COPIED = 0.8


class Copies:
    """Some texts of candidates, past which the texts of registered accounts stream; only the former are kept."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._runs = {text: runs for text in dict.fromkeys(texts) if (runs := runs_of(text))}
        self._with_run: dict[str, list[str]] = defaultdict(list)
        for text, runs in self._runs.items():
            for run in runs:
                self._with_run[run].append(text)
        self._best: dict[str, tuple[int, str]] = {}

    def __bool__(self) -> bool:
        """Whether any of the texts is long enough to tell."""
        return bool(self._runs)

    def compare(self, owner: str, text: str) -> None:
        """Hold a registered account's text against all of them."""
        shared = Counter(one for run in runs_of(text) for one in self._with_run.get(run, ()))
        for one, n_shared in shared.items():
            is_copy = n_shared >= COPIED * len(self._runs[one])
            if is_copy and (one not in self._best or n_shared > self._best[one][0]):
                self._best[one] = n_shared, owner

    def source_of(self, text: str) -> str | None:
        """Whose text this is, wholly or nearly; ``None`` where it is nobody's so far, or too short to tell."""
        return self._best[text][1] if text in self._best else None


def runs_of(text: str) -> frozenset[str]:
    """The runs of five signs of a text, folded; none of a text that is too short to tell."""
    signs = fold(text)
    if len(signs) < SHORTEST:
        return frozenset()
    return frozenset(signs[start : start + _RUN] for start in range(len(signs) - _RUN + 1))
