"""Likeness of many pairs of names at a time (相似度计算), from what their signs are and what swapping them costs.

A pair is compared twice: as written, and in plain order (places first, each office as one sign, no levels), so
that another order or a shorter name of the same office costs little. The better of the two counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.aligning import PAIRS_AT_ONCE, WHOLE, Costs, Side, Swaps, distances
from analysis.cutting import Cut, Flags, Numbers
from analysis.lexicon import OTHER, PLACE, PLATFORM, TOWN, UNIT
from analysis.signs import Ints, Rows, sound_bits

Scores = NDArray[np.float64]

NEIGHBOUR = 0.7  # at most, for names of two real places or two real offices
LONGEST = 60
_REORDERED = 0.9
_SHORTEST_TO_REORDER = 4
_IN_PLAIN_ORDER = 0.03  # what it costs to be alike in plain order only
_ADDED_LIGHT = 2  # cost of one sign of an added platform word, level, number or parent place
# The order of words in plain order, by their kind.
_RANKS = np.zeros(5, dtype=np.int64)
_RANKS[[PLACE, TOWN, OTHER, UNIT, PLATFORM]] = (0, 0, 1, 2, 3)


class Form:
    """Names in one order of their signs: a row each, filled up with code 0."""

    def __init__(self, rows: Rows, light: Flags, other: Flags, firm: Flags) -> None:
        width = int(min(LONGEST, rows.lengths.max(initial=1)))
        self.lengths = np.minimum(rows.lengths, width)
        self.codes: Ints = rows.filled(rows.codes, width)
        cheap = rows.filled(light, width)
        self.weights = np.where(rows.filled(firm, width), np.int16(2), np.int16(1))
        self.added = np.where(cheap, np.int16(_ADDED_LIGHT), np.int16(WHOLE))
        # Words of no known kind before and behind a whole registered name add little: 今日…, …小喇叭.
        self.edge = np.where(cheap | rows.filled(other, width), np.int16(_ADDED_LIGHT), np.int16(WHOLE))
        self.n_heavy = (self.edge == WHOLE).sum(axis=1) - (width - self.lengths)


class Names:
    """Names as one side of comparisons: their rows, and what those are made of."""

    def __init__(self, rows: Rows, cut: Cut) -> None:
        self.rows, self.cut = rows, cut
        self.other = (cut.kind == OTHER) & (rows.codes > 0)

    @cached_property
    def written(self) -> Form:
        """The names as written."""
        return Form(self.rows, self.cut.light, self.other, self.cut.firm)

    @cached_property
    def plain(self) -> Form:
        """The names in plain order."""
        return _in_plain_order(self.rows, self.cut, self.other)

    @cached_property
    def has_other(self) -> Flags:
        """Whether a name has signs of no known word."""
        return np.logical_or.reduceat(self.other & ~self.cut.light, self.rows.starts)

    @cached_property
    def sounds(self) -> NDArray[np.uint64]:
        """The sounds of each name as a set of bits."""
        return sound_bits(self.rows)

    @cached_property
    def sorted(self) -> Ints:
        """The codes of each name in order, the greatest first."""
        return np.sort(self.written.codes, axis=1)[:, ::-1]


def _in_plain_order(rows: Rows, cut: Cut, other: Flags) -> Form:
    codes = np.where(cut.office > 0, cut.office, rows.codes)
    row = np.repeat(np.arange(len(rows.starts)), rows.lengths + 1)
    rank = np.where(rows.codes > 0, _RANKS[cut.kind], 9)
    order = np.lexsort((rank, row))
    order = order[cut.office[order] >= 0]
    lengths = np.bincount(row[order], minlength=len(rows.starts)).astype(np.int32) - 1
    starts = (np.cumsum(lengths + 1) - lengths - 1).astype(np.int32)
    return Form(Rows(codes[order], starts, lengths, rows.owner), cut.light[order], other[order], cut.firm[order])


@dataclass(frozen=True, slots=True)
class Pairs:
    """Numbers of names on two sides, as many on each."""

    left: Names
    right: Names
    lefts: Numbers
    rights: Numbers

    def some(self, chosen: NDArray[Any]) -> Pairs:
        """These of the pairs."""
        return Pairs(self.left, self.right, self.lefts[chosen], self.rights[chosen])


def score(pairs: Pairs, swaps: Swaps) -> Scores:
    """Likeness of each pair, 0.0 to 1.0; ``swaps`` knows all signs of the left side in both forms."""
    found = NEIGHBOUR * _shared(pairs)
    near = np.flatnonzero(~pairs.left.cut.disjoint(pairs.lefts, pairs.right.cut, pairs.rights))
    close = _few(pairs.some(near))
    office = _of_another_office(close)
    near, close = near[~office], close.some(~office)
    order = np.lexsort((close.right.written.lengths[close.rights], close.left.written.lengths[close.lefts]))
    for begin in range(0, len(order), PAIRS_AT_ONCE):
        chosen = order[begin : begin + PAIRS_AT_ONCE]
        found[near[chosen]] = _score(close.some(chosen), swaps)
    return np.round(found, 4)


def _few(pairs: Pairs) -> Pairs:
    """The pairs, the right side with no more names than they need."""
    looked_at, numbers = np.unique(pairs.rights, return_inverse=True)
    rows, cut = pairs.right.rows, pairs.right.cut
    return Pairs(
        pairs.left, Names(rows.some(looked_at), cut.some(rows, looked_at)), pairs.lefts, numbers.astype(np.int64)
    )


def _of_another_office(pairs: Pairs) -> Flags:
    """Whether two names are of two offices, all their words being known: an unknown one may be a word in disguise."""
    known = ~pairs.left.has_other[pairs.lefts] & ~pairs.right.has_other[pairs.rights]
    return known & ~_same_signs(pairs) & pairs.left.cut.other_office(pairs.lefts, pairs.right.cut, pairs.rights)


def _score(pairs: Pairs, swaps: Swaps) -> Scores:
    bare = pairs.left.cut.bare[pairs.lefts], pairs.right.cut.bare[pairs.rights]
    written = _aligned(pairs.left.written, pairs.right.written, pairs, bare, swaps)
    plain = _aligned(pairs.left.plain, pairs.right.plain, pairs, bare, swaps) - _IN_PLAIN_ORDER
    found = np.maximum(written, plain)
    # What is like in every respect but is not the same stays below what is the same.
    found = np.minimum(np.maximum(found, np.where(_same_signs(pairs), _REORDERED, 0.0)), 1.0 - 1e-4)
    return np.where(_identical(pairs), np.float64(1.0), found)


def _identical(pairs: Pairs) -> Flags:
    return _equal(pairs.left.written.codes[pairs.lefts], pairs.right.written.codes[pairs.rights])


def _same_signs(pairs: Pairs) -> Flags:
    """Whether two names are of the same signs in whatever order, four and more of them."""
    enough = pairs.left.written.lengths[pairs.lefts] >= _SHORTEST_TO_REORDER
    return enough & _equal(pairs.left.sorted[pairs.lefts], pairs.right.sorted[pairs.rights])


def _equal(one: Ints, other: Ints) -> Flags:
    width = min(one.shape[1], other.shape[1])
    rest = one[:, width:].any(axis=1) | other[:, width:].any(axis=1)
    found: Flags = (one[:, :width] == other[:, :width]).all(axis=1) & ~rest
    return found


def _shared(pairs: Pairs) -> Scores:
    """The share of sounds that two names have in common, of those of the name with more."""
    one, other = pairs.left.sounds[pairs.lefts], pairs.right.sounds[pairs.rights]
    most = np.maximum(np.bitwise_count(one), np.bitwise_count(other))
    found: Scores = np.bitwise_count(one & other) / np.maximum(most, 1)
    return found


def _aligned(left: Form, right: Form, pairs: Pairs, bare: tuple[Flags, Flags], swaps: Swaps) -> Scores:
    """The better of making the right name from the left one, and the other way round."""
    one, other = _Chosen(left, pairs.lefts, bare[0]), _Chosen(right, pairs.rights, bare[1])
    costs = swaps.between(swaps.rows(one.codes), other.codes)
    return np.maximum(_disguise(costs, one, other), _disguise(costs.transpose(0, 2, 1), other, one))


class _Chosen:
    """One side of the pairs at hand, in one form."""

    def __init__(self, form: Form, numbers: Numbers, bare: Flags) -> None:
        self.lengths, self.bare = form.lengths[numbers], bare
        width = int(self.lengths.max(initial=1))
        self.codes = form.codes[numbers, :width]
        self.added, self.edge = form.added[numbers, :width], form.edge[numbers, :width]
        self.n_heavy = form.n_heavy[numbers]
        self.weights = form.weights[numbers, :width]


def _disguise(costs: Costs, known: _Chosen, shown: _Chosen) -> Scores:
    """Likeness if ``shown`` is ``known`` with signs swapped, left out, or light words added; 0.0 to 1.0."""
    # What is no more than a place has nothing of its own: every account of the place begins with it.
    whole, bare = np.int16(WHOLE), known.bare[:, None]
    side = Side(shown.lengths, np.where(bare, whole, shown.added), np.where(bare, whole, shown.edge))
    heavy = np.where(known.bare, shown.lengths, shown.n_heavy)
    distance = distances(costs, known.lengths, known.weights, side)
    found: Scores = np.maximum(0.0, 1.0 - distance / (WHOLE * np.maximum(np.maximum(known.lengths, heavy), 1)))
    return found
