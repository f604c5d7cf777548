"""The cheapest way to make one name from another (编辑距离), for many pairs at a time.

A sign may be swapped for one that sounds or looks alike, left out, or added; each has its own cost. Costs are
in twentieths of a whole sign.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from analysis.shapes import lookalikes_of
from analysis.signs import alphabet
from analysis.sounds import is_spelt, sounds_of

Costs = NDArray[np.int16]

WHOLE = 20
# Another sign altogether, where nobody would see or hear the same, is more than a sign too few: it makes another word.
UNLIKE = 28
SAME_SOUND = 4
SPELT = 2
_LEAST_SHAPE = 3
PAIRS_AT_ONCE = 4096
_UNMET = -1


@lru_cache(maxsize=65536)
def swap_cost(left: str, right: str) -> int:
    """What it costs to put one folded sign for another."""
    if left == right:
        return 0
    cost = min((_shape_cost(score) for other, score in lookalikes_of(left) if other == right), default=UNLIKE)
    if not set(sounds_of(left)).isdisjoint(sounds_of(right)):
        cost = min(cost, SPELT if is_spelt(left) or is_spelt(right) else SAME_SOUND)
    return cost


def _shape_cost(score: float) -> int:
    return max(_LEAST_SHAPE, round(WHOLE * (1 - score)))


class Swaps:
    """Costs of putting any sign for the signs of some known names."""

    def __init__(self, known: Sequence[int]) -> None:
        signs = alphabet().signs
        self._known = np.array(sorted({0, *known}), dtype=np.int32)
        self._row = {signs[code]: row for row, code in enumerate(self._known) if code}
        self._by_sound: dict[str, list[str]] = {}
        for sign in self._row:
            for sound in sounds_of(sign):
                self._by_sound.setdefault(sound, []).append(sign)
        self._columns = [np.full(len(self._known), UNLIKE, dtype=np.int16)]
        self._costs = np.stack(self._columns, axis=1)
        # The column of each code, the first for what is like no known sign; of most codes it is not known yet.
        self._column_of = np.zeros(1, dtype=np.int32)

    def rows(self, codes: NDArray[np.int32]) -> NDArray[np.int32]:
        """Row numbers of known codes; code 0, which fills up, is like no sign."""
        return np.searchsorted(self._known, codes).astype(np.int32)

    def between(self, rows: NDArray[np.int32], codes: NDArray[np.int32]) -> Costs:
        """Costs of each known sign (pairs, n) against each other sign (pairs, m): (pairs, n, m)."""
        self._learn(codes)
        found: Costs = self._costs[rows[:, :, None], self._column_of[codes][:, None, :]]
        return found

    def each(self, known: NDArray[np.int32], codes: NDArray[np.int32]) -> Costs:
        """The cost of each known code's sign against the other's of the same place."""
        self._learn(codes)
        found: Costs = self._costs[self.rows(known), self._column_of[codes]]
        return found

    def _learn(self, codes: NDArray[np.int32]) -> None:
        """Take in the signs that were not met before."""
        signs = alphabet().signs
        missing = len(signs) - len(self._column_of)
        self._column_of = np.concatenate((self._column_of, np.full(missing, _UNMET, dtype=np.int32)))
        met = np.zeros(len(signs), dtype=np.bool_)
        met[codes] = True
        new = np.flatnonzero(met & (self._column_of == _UNMET))
        n_columns = len(self._columns)
        for code in new.tolist():
            self._column_of[code] = self._column(signs[code])
        if len(self._columns) > n_columns:
            self._costs = np.stack(self._columns, axis=1)

    def _column(self, sign: str) -> int:
        near = {other for other, _ in lookalikes_of(sign) if other in self._row}
        near |= {other for sound in sounds_of(sign) for other in self._by_sound.get(sound, ())}
        near |= {sign} & self._row.keys()
        if not near:
            return 0
        column = self._columns[0].copy()
        for other in near:
            column[self._row[other]] = swap_cost(other, sign)
        self._columns.append(column)
        return len(self._columns) - 1


@dataclass(frozen=True, slots=True)
class Side:
    """Shown names: their lengths, and what each sign costs that has no counterpart, inside a name and at its edges."""

    lengths: NDArray[np.int32]
    added: Costs
    edge: Costs


def distances(swaps: Costs, known_lengths: NDArray[np.int32], weights: Costs, shown: Side) -> NDArray[np.int32]:
    """Cost of making each shown name from its known one.

    Args:
        swaps: Cost of each known sign against each shown sign: (pairs, known signs, shown signs).
        known_lengths: Every sign of a known name that is left out costs a whole one, as often as
        weights: says, and so does every sign that is put otherwise altogether.
        shown: Signs without counterpart before the first and behind the last known sign are at the edges.
    """
    total, edge = _totals(shown.added), _totals(shown.edge)
    row = edge.copy()
    for number in range(swaps.shape[1]):
        weight = weights[:, number, None]
        swap = swaps[:, number, :]
        best = row + np.int16(WHOLE) * weight
        np.minimum(best[:, 1:], row[:, :-1] + np.where(swap == UNLIKE, swap * weight, swap), out=best[:, 1:])
        best -= total
        np.minimum.accumulate(best, axis=1, out=best)
        best += total
        row = np.where((number < known_lengths)[:, None], best, row)
    # Behind the last known sign all that is left is at the edge.
    row -= edge
    within = np.arange(row.shape[1]) <= shown.lengths[:, None]
    least = np.where(within, row, np.iinfo(np.int16).max).min(axis=1)
    ends = np.take_along_axis(edge, shown.lengths[:, None].astype(np.int64), axis=1)[:, 0]
    found: NDArray[np.int32] = least.astype(np.int32) + ends
    return found


def _totals(costs: Costs) -> Costs:
    found = np.zeros((costs.shape[0], costs.shape[1] + 1), dtype=np.int16)
    np.cumsum(costs, axis=1, out=found[:, 1:])
    return found
