"""The cheapest way to make one name from another (编辑距离), for many pairs at a time.

A sign may be swapped for one that sounds or looks alike, left out, or added; each has its own cost. Costs are
in twentieths of a whole sign.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from analysis.shapes import lookalikes_of
from analysis.siblings import numeral_value
from analysis.signs import alphabet
from analysis.sounds import is_spelt, sounds_of

Costs = NDArray[np.uint8]
Amounts = NDArray[np.int8]
Kind = TypeVar("Kind")

WHOLE = 20
# Another sign altogether, where nobody would see or hear the same, is more than a sign too few: it makes another word.
UNLIKE = 28
SAME_SOUND = 4
SPELT = 2
_LEAST_SHAPE = 3
PAIRS_AT_ONCE = 2048
_UNMET = -1
_FEWEST_COLUMNS = 64


@lru_cache(maxsize=65536)
def swap_cost(left: str, right: str) -> int:
    """What it costs to put one folded sign for another."""
    if left == right:
        return 0
    cost = min((_shape_cost(score) for other, score in lookalikes_of(left) if other == right), default=UNLIKE)
    if not set(sounds_of(left)).isdisjoint(sounds_of(right)):
        cost = min(cost, SPELT if is_spelt(left) or is_spelt(right) else SAME_SOUND)
    if numeral_value(left) and numeral_value(left) == numeral_value(right):
        cost = min(cost, SPELT)
    return cost


def _shape_cost(score: float) -> int:
    return max(_LEAST_SHAPE, round(WHOLE * (1 - score)))


class Swaps:
    """Costs of putting any sign for the signs of some known names."""

    def __init__(self, known: Sequence[int]) -> None:
        signs = alphabet().signs
        codes = np.array(sorted({0, *known}), dtype=np.int64)
        self._n_known = len(codes)
        self._row_of = np.zeros(int(codes[-1]) + 1, dtype=np.int64)
        self._row_of[codes] = np.arange(len(codes))
        self._row = {signs[code]: row for row, code in enumerate(codes) if code}
        self._is_spelt = [code > 0 and is_spelt(signs[code]) for code in codes.tolist()]
        self._by_sound = _gathered((sound, row) for sign, row in self._row.items() for sound in sounds_of(sign))
        self._by_look = _gathered(
            (other, (row, _shape_cost(score)))
            for sign, row in self._row.items()
            for other, score in lookalikes_of(sign)
        )
        self._by_value = _gathered((value, row) for sign, row in self._row.items() if (value := numeral_value(sign)))
        # A row for each known sign, and a column for each that is like one; the first is for what is like none.
        self._costs = np.full((self._n_known, _FEWEST_COLUMNS), UNLIKE, dtype=np.uint8)
        self._n_columns = 1
        # The column of each code; of most codes it is not known yet.
        self._column_of = np.zeros(1, dtype=np.int64)

    def between(self, known: NDArray[np.int32], codes: NDArray[np.int32]) -> Costs:
        """Costs of each known sign (n, pairs) against each other sign (m, pairs): (n, m, pairs)."""
        columns = self.columns(codes)
        return self.costs(self.rows(known), columns)

    def costs(self, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Costs:
        """What :func:`between` gives, of signs by their rows and columns."""
        found = np.empty((len(rows), *columns.shape), dtype=np.uint8)
        for row, put in zip(rows * self._costs.shape[1], found, strict=True):
            self._costs.take(row + columns, out=put, mode="clip")
        return found

    def each(self, known: NDArray[np.int32], codes: NDArray[np.int32]) -> Costs:
        """The cost of each known code's sign against the other's of the same place."""
        columns = self.columns(codes)
        found: Costs = self._costs[self.rows(known), columns]
        return found

    def rows(self, known: NDArray[np.int32]) -> NDArray[np.int64]:
        """Rows of known codes in the table of costs; code 0, which fills up, is like no sign."""
        found: NDArray[np.int64] = self._row_of[known]
        return found

    def columns(self, codes: NDArray[np.int32]) -> NDArray[np.int64]:
        """Columns of any codes in the table of costs, 0 for what is like no known sign; new signs are taken in."""
        signs = alphabet().signs
        if missing := len(signs) - len(self._column_of):
            self._column_of = np.concatenate((self._column_of, np.full(missing, _UNMET, dtype=np.int64)))
        found: NDArray[np.int64] = self._column_of[codes]
        if (found == _UNMET).any():
            for code in np.unique(codes[found == _UNMET]).tolist():
                self._column_of[code] = self._column(signs[code])
            found = self._column_of[codes]
        return found

    def _column(self, sign: str) -> int:
        near = self._near(sign)
        if not near:
            return 0
        column = self._n_columns
        if column == self._costs.shape[1]:
            further = np.full((self._n_known, column // 2), UNLIKE, dtype=np.uint8)
            self._costs = np.concatenate((self._costs, further), axis=1)
        self._costs[list(near), column] = list(near.values())
        self._n_columns += 1
        return column

    def _near(self, sign: str) -> dict[int, int]:
        """What it costs to put a sign for those known ones that it is like, by their rows; as ``swap_cost``."""
        near = dict(self._by_look.get(sign, ()))
        for sound in sounds_of(sign):
            for row in self._by_sound.get(sound, ()):
                same = SPELT if is_spelt(sign) or self._is_spelt[row] else SAME_SOUND
                near[row] = min(same, near.get(row, UNLIKE))
        for row in self._by_value.get(numeral_value(sign), ()):
            near[row] = min(SPELT, near.get(row, UNLIKE))
        if sign in self._row:
            near[self._row[sign]] = 0
        return near


def _gathered(pairs: Iterable[tuple[str, Kind]]) -> dict[str, list[Kind]]:
    found: dict[str, list[Kind]] = {}
    for key, one in pairs:
        found.setdefault(key, []).append(one)
    return found


@dataclass(frozen=True, slots=True)
class Side:
    """Signs of names, (signs, pairs), 0 where a name has ended.

    ``weights`` says how often a sign counts that is left out or put otherwise altogether; ``added`` and ``edge``
    what it costs where it has no counterpart, inside a name and at its edges.
    """

    weights: Amounts
    added: Amounts
    edge: Amounts


def distances(swaps: Costs, known: Side, shown: Side) -> NDArray[np.int32]:
    """Cost of making each shown name from its known one.

    Args:
        swaps: Cost of each known sign against each shown sign: (known signs, shown signs, pairs).
        known: Every sign of a known name that is left out costs a whole one, as often as its weight says, and so
            does every sign that is put otherwise altogether.
        shown: Signs without counterpart before the first and behind the last known sign are at the edges.
    """
    total, edge = _totals(shown.added), _totals(shown.edge)
    # A name's cost so far, for every number of shown signs used up, less what those would cost as added ones:
    # so a shown sign without counterpart costs nothing further.
    row = edge - total
    for swap, weight in zip(swaps, known.weights, strict=True):
        # A known name that has ended stays as it is: its weight is none, and UNLIKE is never the better way.
        put = np.where(swap == UNLIKE, UNLIKE * np.maximum(weight, 1), swap).astype(np.int16) - shown.added
        put += row[:-1]
        row += WHOLE * weight
        np.minimum(row[1:], put, out=row[1:])
        for before, here in pairwise(row):
            np.minimum(here, before, out=here)
    # Behind the last known sign all that is left is at the edge; a sign behind a shown name's end costs nothing.
    row += total - edge
    found: NDArray[np.int32] = (row.min(axis=0) + edge[-1]).astype(np.int32)
    return found


def _totals(costs: Amounts) -> NDArray[np.int16]:
    found = np.zeros((costs.shape[0] + 1, costs.shape[1]), dtype=np.int16)
    np.cumsum(costs, axis=0, out=found[1:])
    return found
