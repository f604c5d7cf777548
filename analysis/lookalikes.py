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
from analysis.cutting import Cut, Numbers, dictionary
from analysis.lexicon import UNIT
from analysis.names import Likeness, explained
from analysis.places import division_names
from analysis.scoring import Names, Pairs, score
from analysis.seeds import Seeds
from analysis.signs import Rows, rows_of, sound_bits

BLOCK = 50_000
_FORMS = 4
_MISSING_SHARE = 0.34
_PAIRS_AT_HAND = 100_000
_EDGE = 0.5  # names less like than this are not told of


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
        self._known = Names(self._rows, cut)
        known = np.concatenate((self._known.written.codes.ravel(), self._known.plain.codes.ravel()))
        self._swaps = Swaps([int(code) for code in np.unique(known)])
        self._seeds = Seeds(self._rows, cut, self._swaps)
        self._masks = self._masks_of_forms(cut)
        n_signs = np.bitwise_count(self._masks).astype(np.int32)
        self._wanted = n_signs - np.maximum(1, (n_signs * _MISSING_SHARE).astype(np.int32))

    def _masks_of_forms(self, cut: Cut) -> NDArray[np.uint64]:
        """What each name sounds like, and what it would with its office called otherwise (医疗保障局, 医保)."""
        found = np.repeat(sound_bits(self._rows, cut.core)[:, None], _FORMS, axis=1)
        rest = sound_bits(self._rows, cut.core & (cut.kind != UNIT))
        for row, start in enumerate(self._rows.starts):
            places = np.flatnonzero(cut.office[start : start + self._rows.lengths[row]] > 0)
            if len(places) == 1:
                words = self._dictionary.words_of(int(cut.office[start + places[0]]))[:_FORMS]
                found[row, : len(words)] = rest[row] | sound_bits(rows_of(words))
        return found

    def pairs(self, rows: Rows) -> tuple[Numbers, Numbers]:
        """Rows of the index and rows of the others that are worth aligning."""
        sounds = sound_bits(rows)
        known, others, alike = self._seeds.hits(rows, sounds)
        shared = np.bitwise_count(self._masks[known] & sounds[others][:, None])
        # What only looks like the name's own sign has another sound, and is known to stand where it should.
        worth = (shared >= self._wanted[known] - alike[:, None]).any(axis=1)
        pairs = _distinct(known[worth] * np.int64(len(rows.starts)) + others[worth])
        return pairs // len(rows.starts), pairs % len(rows.starts)

    def match(self, rows: Rows) -> tuple[Numbers, Numbers, NDArray[np.float64]]:
        """``(name, other, score)`` numbers of the pairs that are like enough to be told of, each pair once."""
        known, others = self.pairs(rows)
        if not len(known):
            return known, others, np.zeros(0)
        looked_at, number = np.unique(others, return_inverse=True)
        few = rows.some(looked_at)
        shown = Names(few, self._dictionary.cut(few))
        likeness = score(Pairs(self._known, shown, known, number.astype(np.int64)), self._swaps)
        told = likeness >= _EDGE
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
        found = score(Pairs(self._known, Names(rows, self._dictionary.cut(rows)), known, others), self._swaps)
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
