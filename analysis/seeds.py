"""Where a registered name may begin to be heard in others (种子): pairs of neighbouring sounds that mark it.

A name in disguise keeps, of two signs of its own that follow each other and the one behind them, all but one. What
stands where the missing one should be is looked at as well: most names with a seed are of another place. Pairs that
many registered names have, or that the words of offices are full of, mark no name that has enough others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np

from analysis import tables
from analysis.aligning import UNLIKE, Swaps
from analysis.cutting import Cut, Flags
from analysis.folding import fold
from analysis.signs import N_SOUNDS, Ints, Keys, Rows, alphabet, bits_of
from analysis.sounds import sounds_of

GAPS = (1, 2)
_HITS_AT_ONCE = 1 << 15  # as many as stay in the processor's own memory
_COMMON = 4  # a pair that more registered names have is left out where it can be
_AS_MANY = 10  # names that a word of offices with the pair stands for
_FEWEST = 4  # places of a name that mark it in any case
_LONG = 7  # signs of a name that is still itself without one of its own


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

    @property
    def pair(self) -> tuple[str, str, int]:
        """The two sounds and how far apart they are."""
        return self.left, self.right, self.gap


@dataclass(frozen=True, slots=True)
class Hits:
    """Places in others where a mark of the index is heard: rows of the index and of the others, marks and places."""

    known: Ints
    others: Ints
    entries: Ints
    places: Ints
    marked: Marked

    def some(self, chosen: Flags) -> Hits:
        """These of the hits."""
        numbers = np.flatnonzero(chosen)
        known, others = self.known.take(numbers), self.others.take(numbers)
        return Hits(known, others, self.entries.take(numbers), self.places.take(numbers), self.marked)


class Seeds:
    """The marks of registered names."""

    def __init__(self, rows: Rows, cut: Cut, swaps: Swaps) -> None:
        self._swaps = swaps
        ends = rows.starts + rows.lengths
        marks = [
            list(_marks(rows.text(row), cut.own[start:end]))
            for row, (start, end) in enumerate(zip(rows.starts, ends, strict=True))
        ]
        rare = list(_rare(marks))
        self._of_gap = [Marked(rare, gap) for gap in GAPS]

    def hits(self, keys: Keys) -> Iterator[Hits]:
        """All places where a mark of the index is heard in the others, some at a time."""
        for gap, marked in zip(GAPS, self._of_gap, strict=True):
            yield from marked.hits(keys, gap)

    def heard(self, hits: Hits, keys: Keys) -> tuple[Hits, Flags]:
        """The hits without those where nothing like the missing sign stands, and whether it only looks like it."""
        codes, marked = keys.rows.codes, hits.marked
        asked = np.flatnonzero(marked.asks.take(hits.entries))
        entries, others = hits.entries[asked], hits.others[asked]
        there, begins = hits.places[asked] + marked.place[entries], keys.rows.starts[others]
        # The end of a name is no sound and so in no mark, but it may lie between the two of one.
        inside = (there >= begins) & (there < begins + keys.rows.lengths[others])
        near = keys.near.take(there, mode="clip") & marked.sounds.take(entries)
        doubtful = np.flatnonzero(inside & (near == 0))
        costs = self._swaps.each(marked.missing[entries[doubtful]], codes[there[doubtful]])
        passes, alike = np.ones(len(hits.known), dtype=np.bool_), np.zeros(len(hits.known), dtype=np.bool_)
        passes[asked[doubtful]] = alike[asked[doubtful]] = costs < UNLIKE
        return hits.some(passes), alike[passes]


class Marked:
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
        self.rows, self.missing, self.place = entries[:, 1:].astype(np.int32).T.copy()
        self.asks = self.missing > 0
        self.sounds = bits_of([sounds_of(letters.signs[one]) if one else () for one in self.missing])
        unique, begins, counts = np.unique(entries[:, 0], return_index=True, return_counts=True)
        self._begins, self._counts = begins.astype(np.int32), counts.astype(np.int32)
        self._is_mark = np.zeros(N_SOUNDS * N_SOUNDS, dtype=np.bool_)
        self._is_mark[unique] = True
        self._number_of = np.zeros(N_SOUNDS * N_SOUNDS, dtype=np.int32)
        self._number_of[unique] = np.arange(len(unique), dtype=np.int32)

    def hits(self, keys: Keys, gap: int) -> Iterator[Hits]:
        """One hit for every entry whose sounds are there, some at a time."""
        pair = keys.sounds.astype(np.int64)
        pair = pair[:-gap] * N_SOUNDS + pair[gap:]
        places = np.flatnonzero(self._is_mark.take(pair)).astype(np.int32)
        number = self._number_of[pair[places]]
        counts = self._counts[number]
        ends = np.cumsum(counts)
        begin = 0
        while begin < len(places):
            end = int(np.searchsorted(ends, (ends[begin - 1] if begin else 0) + _HITS_AT_ONCE)) + 1
            yield self._some(keys, places[begin:end], number[begin:end], counts[begin:end])
            begin = end

    def _some(self, keys: Keys, places: Ints, number: Ints, counts: Ints) -> Hits:
        ends = np.cumsum(counts, dtype=np.int32)
        entries = np.arange(ends[-1], dtype=np.int32) + np.repeat(self._begins[number] - ends + counts, counts)
        places = np.repeat(places, counts)
        return Hits(self.rows.take(entries), keys.row_of.take(places), entries, places, self)


def _rare(marks: Sequence[Sequence[Sequence[Mark]]]) -> Iterator[list[Mark]]:
    """The marks of each name, from its places with the rarest pairs and all that are rare enough."""
    n_names = Counter(_pairs_of_offices())
    for of_name in marks:
        n_names.update({mark.pair for of_place in of_name for mark in of_place})
    for of_name in marks:
        ranked = sorted((max(n_names[mark.pair] for mark in each), place) for place, each in enumerate(of_name))
        kept = [place for rank, (count, place) in enumerate(ranked) if count <= _COMMON or rank < _FEWEST]
        yield [mark for place in kept for mark in of_name[place]]


@cache
def _pairs_of_offices() -> Counter[tuple[str, str, int]]:
    """How common pairs of sounds are in what offices and their accounts are called, whatever their place."""
    found = Counter[tuple[str, str, int]]()
    for word in map(fold, (*tables.units(), *tables.platform_words())):
        for gap in GAPS:
            for left, right in zip(word, word[gap:], strict=False):
                pairs = {(one, other, gap) for one, other in product(sounds_of(left), sounds_of(right))}
                found.update(dict.fromkeys(pairs, _AS_MANY))
    return found


def _marks(text: str, own: Flags) -> Iterator[list[Mark]]:
    """The marks of a name, place by place, in all readings of their signs."""
    is_own = own.tolist() if own.any() else [True] * len(text)
    for left, right, missing in _places(is_own):
        sign = text[missing] if missing >= 0 else ""
        sounds = list(product(sounds_of(text[left]), sounds_of(text[right])))
        if right - left == 2:
            # Two signs apart in the name, side by side where the one between is left out.
            beside = [Mark(*both, 1) for both in sounds] if len(text) >= _LONG else []
            yield beside + [Mark(*both, 2, sign, 1) for both in sounds]
        else:
            yield [Mark(*both, 1, sign, missing - left if missing >= 0 else 0) for both in sounds]


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
        if place + 2 < len(own):
            if own[place + 1] and (own[place] or own[place + 2]):
                yield place, place + 2, place + 1
            elif _alone(own, place) or _alone(own, place + 2):
                yield place, place + 2, -1


def _alone(own: Sequence[bool], place: int) -> bool:
    """Whether a name's own sign has none beside it, with which it would mark the name better."""
    return own[place] and not any((*own[max(0, place - 1) : place], *own[place + 1 : place + 2]))
