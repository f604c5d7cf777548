"""Likeness of many pairs of names at a time (相似度计算), from what their signs are and what swapping them costs.

A pair is compared twice: as written, and in plain order (places first, each office as one sign, no levels), so
that another order or a shorter name of the same office costs little. The better of the two counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.aligning import PAIRS_AT_ONCE, WHOLE, Costs, Side, Swaps, distances
from analysis.cutting import Cut, Flags, Masks, Numbers
from analysis.folding import fold
from analysis.lexicon import OTHER, PLATFORM
from analysis.ordering import ADDED_LIGHT, Form, in_plain_order
from analysis.signs import Ints, Rows, sound_bits

Scores = NDArray[np.float64]

NEIGHBOUR = 0.7  # at most, for names of two real places or two real offices
# Shifts and factors that make numbers in a row as good as random ones (splitmix64).
_MIXING = ((33, 0x9E3779B97F4A7C15), (30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1))
_REORDERED = 0.9
_SHORTEST_TO_REORDER = 4
_IN_PLAIN_ORDER = 0.03  # what it costs to be alike in plain order only


class Names:
    """Names as one side of comparisons: their rows, and what those are made of.

    ``shown`` are the names as they were written, by the rows' owners; without them they count as written plainly.
    """

    def __init__(self, rows: Rows, cut: Cut, shown: Sequence[str] = ()) -> None:
        self.rows, self.cut, self.shown = rows, cut, shown
        self.other = (cut.kind == OTHER) & (rows.codes > 0)

    @cached_property
    def written(self) -> Form:
        """The names as written."""
        none = np.zeros(len(self.rows.codes), dtype=np.bool_)
        return Form(self.rows, self.cut.light, self.other | self.cut.ending, self.cut.firm, none)

    @cached_property
    def plain(self) -> Form:
        """The names in plain order."""
        return in_plain_order(self.rows, self.cut, self.other)

    @cached_property
    def n_other(self) -> Ints:
        """How many signs of each name are of no known word."""
        unknown = self.other & ~self.cut.light & (self.cut.ordinal == 0)
        return np.add.reduceat(unknown.astype(np.int32), self.rows.starts)

    @cached_property
    def sounds(self) -> NDArray[np.uint64]:
        """The sounds of each name as a set of bits."""
        return sound_bits(self.rows)

    @cached_property
    def mixed(self) -> tuple[Masks, Masks]:
        """Numbers of each name: the same for names of the same signs in any order, and platform words aside."""
        each = _random_numbers(self.rows.codes)
        counted = np.where(self._counted, each, np.uint64(0))
        return np.add.reduceat(each, self.rows.starts), np.add.reduceat(counted, self.rows.starts)

    @cached_property
    def n_counted(self) -> Ints:
        """How many signs of each name are of no platform word."""
        return np.add.reduceat(self._counted.astype(np.int32), self.rows.starts)

    @property
    def _counted(self) -> Flags:
        found: Flags = (self.cut.kind != PLATFORM) & (self.rows.codes > 0)
        return found


def _random_numbers(codes: Ints) -> Masks:
    """A number for each code, as good as random."""
    found = codes.astype(np.uint64)
    for shift, factor in _MIXING:
        found = (found ^ (found >> np.uint64(shift))) * np.uint64(factor)
    return found


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
    lengths = close.left.written.lengths[close.lefts], close.right.written.lengths[close.rights]
    for chosen in of_like_length(lengths[0] + lengths[1]):
        found[near[chosen]] = _score(close.some(chosen), swaps)
    return np.round(found, 4)


def of_like_length(n_signs: Ints) -> Iterator[Numbers]:
    """Numbers of pairs, as many at a time as are of about the same length; ``n_signs`` is that of each pair."""
    order = np.argsort(n_signs, kind="stable")
    ordered = n_signs[order]
    begin = 0
    while begin < len(order):
        longer = np.searchsorted(ordered, ordered[begin] * 1.5 + 4)
        end = min(begin + PAIRS_AT_ONCE, int(longer))
        yield order[begin:end]
        begin = end


def _sizes(left: Form, right: Form, pairs: Pairs) -> tuple[Ints, Ints]:
    """How many signs a disguise is measured against: of the right name for the left one, and the other way round."""
    n_known, n_shown = left.lengths[pairs.lefts], right.lengths[pairs.rights]
    heavy, other_heavy = right.n_heavy[pairs.rights], left.n_heavy[pairs.lefts]
    one = np.maximum(n_known, np.where(pairs.left.cut.bare[pairs.lefts], n_shown, heavy))
    other = np.maximum(n_shown, np.where(pairs.right.cut.bare[pairs.rights], n_known, other_heavy))
    return np.maximum(one, 1), np.maximum(other, 1)


def _few(pairs: Pairs) -> Pairs:
    """The pairs, the right side with no more names than they need."""
    looked_at, numbers = np.unique(pairs.rights, return_inverse=True)
    rows, cut = pairs.right.rows, pairs.right.cut
    few = Names(rows.some(looked_at), cut.some(rows, looked_at), pairs.right.shown)
    return Pairs(pairs.left, few, pairs.lefts, numbers.astype(np.int64))


def _of_another_office(pairs: Pairs) -> Flags:
    """Whether two names are of two offices, all their words being known: an unknown one may be a word in disguise.

    Unless what tells them apart is a number or direction, or a word that makes another body of one of them.
    """
    one, other = pairs.left, pairs.right
    apart = (one.n_other[pairs.lefts] == 0) & (other.n_other[pairs.rights] == 0)
    apart &= one.cut.other_office(pairs.lefts, other.cut, pairs.rights)
    found = _of_another_body(pairs, apart) & ~_same_signs(pairs)
    done: Flags = found | one.cut.siblings(pairs.lefts, other.cut, pairs.rights)
    return done


def _of_another_body(pairs: Pairs, apart: Flags) -> Flags:
    """Whether a name has a body's word behind the signs of the other, and is written without any disguise.

    Of pairs that are of two offices (``apart``) those stay that differ by no such word, or are written so.
    """
    found: Flags = np.zeros(len(pairs.lefts), dtype=np.bool_)
    left, right = (pairs.left, pairs.lefts), (pairs.right, pairs.rights)
    for (one, ones), (two, twos) in ((left, right), (right, left)):
        ends = one.cut.other_body(ones, two.cut, twos)
        n_more = one.rows.lengths[ones] - two.rows.lengths[twos]
        looked_at = ends & (apart | (n_more > 0) & (n_more <= one.cut.n_body[ones]))
        for pair in np.flatnonzero(looked_at):
            body, office = int(ones[pair]), int(twos[pair])
            found[pair] |= (apart[pair] or _begins(one, body, two, office)) and _is_plain(one, body, two, office)
        apart = apart & ~ends
    found |= apart
    return found


def _begins(one: Names, row: int, two: Names, other: int) -> bool:
    """Whether a name begins with all signs of the other."""
    return one.rows.text(row).startswith(two.rows.text(other))


def _is_plain(one: Names, row: int, two: Names, other: int) -> bool:
    """Whether what a name has more than the other, or all of it, is written as it is folded, upper case aside."""
    if not one.shown or not two.shown:
        return True
    name, office = one.shown[one.rows.owner[row]].casefold(), two.shown[two.rows.owner[other]].casefold()
    further = name.removeprefix(office)
    is_plain: bool = fold(further) == further
    return is_plain


def _score(pairs: Pairs, swaps: Swaps) -> Scores:
    written, same = _aligned(pairs.left.written, pairs.right.written, pairs, swaps)
    plain, _ = _aligned(pairs.left.plain, pairs.right.plain, pairs, swaps)
    found = np.maximum(written, plain - _IN_PLAIN_ORDER)
    # What is like in every respect but is not the same stays below what is the same.
    found = np.minimum(np.maximum(found, _reordered(pairs)), 1.0 - 1e-4)
    return np.where(same, np.float64(1.0), found)


def _reordered(pairs: Pairs) -> Scores:
    """Likeness of names of the same signs in another order, four and more, but for platform words."""
    n_signs, others = pairs.left.written.lengths[pairs.lefts], pairs.right.written.lengths[pairs.rights]
    added = ADDED_LIGHT / WHOLE * np.abs(n_signs - others) / np.maximum(np.maximum(n_signs, others), 1)
    return np.where(_same_signs(pairs), _REORDERED - added, 0.0)


def _same_signs(pairs: Pairs) -> Flags:
    found: Flags = np.zeros(len(pairs.lefts), dtype=np.bool_)
    n_signs = pairs.left.written.lengths, pairs.left.n_counted
    for n_each, one, other in zip(n_signs, pairs.left.mixed, pairs.right.mixed, strict=True):
        found |= (n_each[pairs.lefts] >= _SHORTEST_TO_REORDER) & (one[pairs.lefts] == other[pairs.rights])
    return found


def _shared(pairs: Pairs) -> Scores:
    """The share of sounds that two names have in common, of those of the name with more."""
    one, other = pairs.left.sounds[pairs.lefts], pairs.right.sounds[pairs.rights]
    most = np.maximum(np.bitwise_count(one), np.bitwise_count(other))
    found: Scores = np.bitwise_count(one & other) / np.maximum(most, 1)
    return found


def _aligned(left: Form, right: Form, pairs: Pairs, swaps: Swaps) -> tuple[Scores, Flags]:
    """The better of making the right name from the left one and the other way round, and whether they are the same."""
    one = _Chosen(left, pairs.lefts, pairs.left.cut.bare[pairs.lefts])
    other = _Chosen(right, pairs.rights, pairs.right.cut.bare[pairs.rights])
    costs = swaps.between(one.codes, other.codes)
    size, other_size = _sizes(left, right, pairs)
    found = np.maximum(_disguise(costs, one, other, size), _disguise(costs.swapaxes(0, 1), other, one, other_size))
    width = min(len(one.codes), len(other.codes))
    same = (one.codes[:width] == other.codes[:width]).all(axis=0) & (one.lengths == other.lengths)
    return found, same


class _Chosen:
    """One side of the pairs at hand, in one form: tables of signs, (signs, pairs), 0 where a name has ended."""

    def __init__(self, form: Form, numbers: Numbers, bare: Flags) -> None:
        self.lengths, self.bare = form.lengths[numbers], bare
        places = form.rows.table(numbers)
        self.codes = form.rows.codes.take(places)
        self.side = Side(form.weights.take(places), form.added.take(places), form.edge.take(places))


def _disguise(costs: Costs, known: _Chosen, shown: _Chosen, size: Ints) -> Scores:
    """Likeness if ``shown`` is ``known`` with signs swapped, left out, or light words added; 0.0 to 1.0."""
    side = shown.side
    if known.bare.any():
        # What is no more than a place has nothing of its own: every account of the place begins with it.
        whole = np.where(shown.codes > 0, np.int8(WHOLE), np.int8(0))
        added, edge = (np.where(known.bare, whole, one) for one in (side.added, side.edge))
        side = Side(side.weights, added, edge)
    found: Scores = np.maximum(0.0, 1.0 - distances(costs, known.side, side) / (WHOLE * size))
    return found
