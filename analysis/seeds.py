"""Where a registered name may begin to be heard in others (种子): pairs of neighbouring sounds that mark it.

A name in disguise keeps, of two signs of its own that follow each other and the one behind them, all but one. What
stands where the missing one should be is looked at before anything else: most names with a seed are of another place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from analysis.aligning import UNLIKE, Swaps
from analysis.cutting import Cut, Flags, Masks, Numbers
from analysis.signs import N_SOUNDS, Ints, Rows, alphabet, bits_of
from analysis.sounds import sounds_of


@dataclass(frozen=True, slots=True)
class Mark:
    """Two sounds ``gap`` signs apart, and the name's own sign that is not among them, ``""`` for none.

    ``place`` is where that sign would stand, counted from the first of the two.
    """

    left: str
    right: str
    gap: int
    missing: str = ""
    place: int = 0


class Seeds:
    """The marks of registered names."""

    def __init__(self, rows: Rows, cut: Cut, swaps: Swaps) -> None:
        self._swaps = swaps
        ends = rows.starts + rows.lengths
        marks = [
            list(_marks(rows.text(row), cut.own[start:end]))
            for row, (start, end) in enumerate(zip(rows.starts, ends, strict=True))
        ]
        self._of_gap = {gap: _Marked(marks, gap) for gap in (1, 2)}

    def hits(self, rows: Rows, sounds: Masks) -> tuple[Numbers, Numbers, Flags]:
        """Rows of the index and rows of the others that share a mark, once for every place where they do.

        The third says whether a sign that only looks like the missing one stands in its place. ``sounds`` are those
        of the others' rows, as bits.
        """
        number_of = alphabet().sounds()[rows.codes]
        found = [self._hits(rows, sounds, number_of, gap) for gap in self._of_gap]
        known, others, alike = (np.concatenate(side) for side in zip(*found, strict=True))
        return known, others, alike

    def _hits(self, rows: Rows, sounds: Masks, number_of: Ints, gap: int) -> tuple[Numbers, Numbers, Flags]:
        marked = self._of_gap[gap]
        places, entries = marked.hits(number_of, gap)
        # The end of a name is no sound and so in no mark, but it may lie between the two of one.
        others = np.searchsorted(rows.starts, places, side="right") - 1
        there = np.clip(places + marked.place[entries], 0, len(rows.codes) - 1)
        outside = (there < rows.starts[others]) | (there >= rows.starts[others] + rows.lengths[others])
        passes = outside | (marked.missing[entries] == 0) | ((marked.sounds[entries] & sounds[others]) != 0)
        doubtful = np.flatnonzero(~passes)
        costs = self._swaps.each(marked.missing[entries[doubtful]], rows.codes[there[doubtful]])
        alike = np.zeros(len(passes), dtype=np.bool_)
        alike[doubtful[costs < UNLIKE]] = True
        passes |= alike
        return marked.rows[entries[passes]], others[passes], alike[passes]


class _Marked:
    """The marks of one gap, an entry each, found by their sounds."""

    def __init__(self, marks: Sequence[Sequence[Mark]], gap: int) -> None:
        letters = alphabet()
        of, code = letters.sound_number, letters.code
        found = {
            (of(one.left) * N_SOUNDS + of(one.right), row, code(one.missing), one.place)
            for row, each in enumerate(marks)
            for one in each
            if one.gap == gap
        }
        entries = np.array(sorted(found), dtype=np.int64).reshape(-1, 4)
        self.rows, self.missing, self.place = entries[:, 1], entries[:, 2].astype(np.int32), entries[:, 3]
        self.sounds = bits_of([sounds_of(letters.signs[one]) if one else () for one in self.missing])
        unique, self._begins, self._counts = np.unique(entries[:, 0], return_index=True, return_counts=True)
        self._is_mark = np.zeros(N_SOUNDS * N_SOUNDS, dtype=np.bool_)
        self._is_mark[unique] = True
        self._number_of = np.zeros(N_SOUNDS * N_SOUNDS, dtype=np.int32)
        self._number_of[unique] = np.arange(len(unique), dtype=np.int32)

    def hits(self, sounds: Ints, gap: int) -> tuple[Numbers, Numbers]:
        """``(places in the sounds, entries)``, once for every entry whose sounds are there."""
        pair = sounds[:-gap] * N_SOUNDS + sounds[gap:]
        places = np.flatnonzero(self._is_mark[pair])
        number = self._number_of[pair[places]]
        counts = self._counts[number]
        inside = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return np.repeat(places, counts), np.repeat(self._begins[number], counts) + inside


def _marks(text: str, own: Flags) -> Iterator[Mark]:
    """The marks of a name in all readings of their signs."""
    is_own = own.tolist() if own.any() else [True] * len(text)
    for left, right, missing in _places(is_own):
        sign = text[missing] if missing >= 0 else ""
        for one, other in product(sounds_of(text[left]), sounds_of(text[right])):
            # Two signs apart in the name, side by side where the one between is left out.
            if right - left == 2:
                yield Mark(one, other, 1)
                yield Mark(one, other, 2, sign, 1)
            else:
                yield Mark(one, other, 1, sign, missing - left if missing >= 0 else 0)


def _places(own: Sequence[bool]) -> Iterator[tuple[int, int, int]]:
    """``(left, right, the own sign that may be missing)`` by their places in the name, -1 for none."""
    for place in range(len(own)):
        following = place + 1 < len(own)
        if following and own[place] and own[place + 1]:
            yield place, place + 1, -1
        elif following and (own[place] or own[place + 1]):
            before, behind = place - 1, place + 2
            if own[place]:
                yield place, place + 1, before if before >= 0 and own[before] else -1
            else:
                yield place, place + 1, behind if behind < len(own) and own[behind] else -1
        if place + 2 < len(own) and (own[place] or own[place + 2]):
            yield place, place + 2, place + 1 if own[place + 1] else -1
