"""Finds the names like registered ones among any number of others (相似名称检索).

The registered names are the index and the others stream past it. A name is looked at only where two neighbouring
sounds of it could be two that mark a registered name (its place, mostly) and where it shares enough of the rest;
what is left is cut, and aligned sign by sign.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.aligning import Swaps
from analysis.cutting import Numbers, dictionary
from analysis.forms import EDGE, Forms
from analysis.names import Likeness, explained
from analysis.places import division_names
from analysis.scoring import Names, Pairs, score
from analysis.seeds import Seeds
from analysis.signs import Rows, keys_of, rows_of

BLOCK = 24_576
_PART = 8192  # names at a time whose sounds are looked through
_PAIRS_AT_HAND = 100_000


@dataclass(frozen=True, slots=True)
class Match:
    """A name from outside that is like a registered one, and how."""

    name: str
    candidate: str
    likeness: Likeness


class Lookalikes:
    """An index of registered names.

    Raises:
        ValueError: There is no name.
    """

    def __init__(self, names: Sequence[str], places: frozenset[str] = frozenset()) -> None:
        if not names:
            raise ValueError("no registered name")
        self.names = list(names)
        self._places = places
        self._dictionary = dictionary(division_names(places))
        self._rows = rows_of(self.names)
        cut = self._dictionary.cut(self._rows)
        self._known = Names(self._rows, cut, self.names)
        known = np.concatenate((self._known.written.rows.codes, self._known.plain.rows.codes))
        self._swaps = Swaps([int(code) for code in np.unique(known)])
        self._seeds = Seeds(self._rows, cut, self._swaps)
        self.forms = Forms(self._known, self._dictionary, self._swaps)

    def pairs(self, rows: Rows) -> tuple[Numbers, Numbers]:
        """Rows of the index and rows of the others that are worth aligning."""
        known, others = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
        for first, part in rows.parts(_PART):
            one, other = self._pairs_of(part)
            known.append(one)
            others.append(other + first)
        return np.concatenate(known), np.concatenate(others)

    def _pairs_of(self, rows: Rows) -> tuple[Numbers, Numbers]:
        keys, n_rows = keys_of(rows), len(rows.starts)
        found = [np.zeros(0, dtype=np.int64)]
        for seen in self._seeds.hits(keys):
            heard, alike = self._seeds.heard(seen.some(self.forms.may_be_heard(seen, keys)), keys)
            worth = self.forms.are_heard(heard, alike, keys)
            found.append(heard.known[worth] * np.int64(n_rows) + heard.others[worth])
        pairs = _distinct(np.concatenate(found))
        known, others = pairs // n_rows, pairs % n_rows
        met = self.forms.are_met(known, keys, others)
        return known[met], others[met]

    def match(self, rows: Rows) -> tuple[Numbers, Numbers, NDArray[np.float64]]:
        """``(name, other, score)`` numbers of the pairs that are like enough to be told of, each pair once."""
        known, others = self.pairs(rows)
        if not len(known):
            return known, others, np.zeros(0)
        looked_at, number = np.unique(others, return_inverse=True)
        few = rows.some(looked_at)
        shown = Names(few, self._dictionary.cut(few), rows.names)
        likeness = score(Pairs(self._known, shown, known, number.astype(np.int64)), self._swaps)
        told = likeness >= EDGE
        return _best_of_rows(self._rows.owner[known[told]], rows.owner[others[told]], likeness[told])

    def search(self, candidates: Iterable[str], top: int = 20) -> list[Match]:
        """The ``top`` most like each registered name among the candidates, which stream past; best first.

        A candidate that folds to the registered name itself is told of too, with 1.0.
        """
        best, stream = _Best(len(self.names), top), iter(candidates)
        few = list(islice(stream, _PAIRS_AT_HAND // len(self.names)))
        further = list(islice(stream, 1))
        if few and not further:
            best.take(*self._every(few))
        else:
            for block in _blocks(chain(few, further, stream)):
                known, others, likeness = self.match(rows_of(block))
                best.take(known, likeness, [block[other] for other in others.tolist()])
        ranked = [(self.names[name], candidate, found) for name, candidate, found in best.ranked()]
        return [
            Match(name, candidate, likeness)
            for (name, candidate, _), likeness in zip(ranked, explained(ranked, self._places), strict=True)
        ]

    def _every(self, candidates: Sequence[str]) -> tuple[Numbers, NDArray[np.float64], list[str]]:
        """Every pair with its score: few names are ranked whole, however unlike."""
        rows = rows_of(candidates)
        spelt = np.flatnonzero(self._rows.lengths), np.flatnonzero(rows.lengths)
        known, others = (side.ravel() for side in np.meshgrid(*spelt, indexing="ij"))
        found = score(
            Pairs(self._known, Names(rows, self._dictionary.cut(rows), candidates), known, others), self._swaps
        )
        known, others, found = _best_of_rows(self._rows.owner[known], rows.owner[others], found)
        return known, found, [candidates[other] for other in others.tolist()]


def _blocks(candidates: Iterable[str]) -> Iterator[list[str]]:
    stream = iter(candidates)
    while block := list(islice(stream, BLOCK)):
        yield block


def _best_of_rows(
    known: NDArray[Any], others: NDArray[Any], likeness: NDArray[np.float64]
) -> tuple[Numbers, Numbers, NDArray[np.float64]]:
    """Each pair of names once, with the best of its spellings."""
    order = np.lexsort((-likeness, others, known))
    known, others, likeness = known[order], others[order], likeness[order]
    first = np.ones(len(known), dtype=np.bool_)
    first[1:] = (known[1:] != known[:-1]) | (others[1:] != others[:-1])
    return known[first], others[first], likeness[first]


class _Best:
    """The most like candidates of each name so far."""

    def __init__(self, n_names: int, top: int) -> None:
        self._top = top
        self._kept: list[list[tuple[float, str]]] = [[] for _ in range(n_names)]

    def take(self, known: Numbers, likeness: NDArray[np.float64], candidates: Sequence[str]) -> None:
        """Take in some pairs."""
        for name, score_, candidate in zip(known.tolist(), likeness.tolist(), candidates, strict=True):
            kept = self._kept[name]
            kept.append((-score_, candidate))
            if len(kept) >= 8 * self._top:
                self._kept[name] = sorted(set(kept))[: self._top]

    def ranked(self) -> Iterator[tuple[int, str, float]]:
        """``(name, candidate, score)``, name by name, best first."""
        for name, kept in enumerate(self._kept):
            for score_, candidate in sorted(set(kept))[: self._top]:
                yield name, candidate, -score_


def _distinct(numbers: Numbers) -> Numbers:
    """The numbers in order, each once."""
    ordered = np.sort(numbers)
    first = np.ones(len(ordered), dtype=np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]
