"""Cuts many folded names at once into places, offices and platform words (切分), by our own dictionary.

Of the words that could stand at a place the longest is taken. jieba cuts running text better, by how common words
are; names are made of these few kinds of words, and a million of them are cut in two seconds here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind
from numpy.typing import NDArray

from analysis.lexicon import N_BODIES, OTHER, PLACE, PLATFORM, TOWN, UNIT, beginning_others, words
from analysis.siblings import Numbering, endings, first_numbers, numbering
from analysis.signs import Ints, Rows, alphabet

Flags = NDArray[np.bool_]
Masks = NDArray[np.uint64]
Numbers = NDArray[np.int64]

_FREE = frozenset("v1")  # a V of verification, and what an i or l folds to
_SHORT_PLACE = 3
_OF_SIGNS = ("light", "own", "core", "firm", "ordinal", "kind", "office")
_OF_ROWS = tuple("place division town parents units number hidden n_hidden bare".split())
# Kinds of office stand in a name as one sign each, from here on (private use).
_OFFICE = 0xF000


@dataclass(frozen=True, slots=True)
class Cut:
    """What the signs of some rows are; the arrays of signs are as long as the rows' codes.

    ``light``: adding the sign leaves a name much the same. ``own``: it tells the name from most others.
    ``core``: without it the name is another. ``firm``: it is of a short place or township, which one sign makes
    another. ``ordinal``: an office is numbered by it. ``kind`` is a number above; ``office`` is the code of the kind of
    office where its word begins, -1 for the rest of the word and for levels and tails, else 0.
    Of each row ``place`` and ``division`` are its last place and that place with its level, ``town`` its township,
    0 for none; ``parents`` and ``units`` are sets as bits: wider places, kinds of office; ``number`` is its first
    number with a 1 before it, 0 for none; ``hidden`` is the kind of body that ends it behind unknown words, as a bit,
    and ``n_hidden`` its signs; ``bare``: it is no more than a place.
    """

    light: Flags
    own: Flags
    core: Flags
    firm: Flags
    ordinal: Flags
    kind: NDArray[np.int8]
    office: Ints
    place: Ints
    division: Ints
    town: Ints
    parents: Masks
    units: Masks
    number: NDArray[np.int64]
    numbered: Numbering
    hidden: Masks
    n_hidden: Ints
    bare: Flags

    def some(self, rows: Rows, numbers: Numbers) -> Cut:
        """What these of the rows are made of."""
        signs = rows.places(numbers)
        of_signs = {name: getattr(self, name)[signs] for name in _OF_SIGNS}
        of_rows = {name: getattr(self, name)[numbers] for name in _OF_ROWS}
        return Cut(**of_signs, **of_rows, numbered=self.numbered.some(numbers))

    def disjoint(self, rows: Numbers, other: Cut, others: Numbers) -> Flags:
        """Whether two names are of two real places or townships."""
        found: Flags = np.zeros(len(rows), dtype=np.bool_)
        for one, two in ((self.place, other.place), (self.division, other.division), (self.town, other.town)):
            found |= (one[rows] > 0) & (two[others] > 0) & (one[rows] != two[others])
        found |= self._only_county(rows) & other._only_town(others)
        found |= self._only_town(rows) & other._only_county(others)
        left, right = self.parents[rows], other.parents[others]
        found |= (left > 0) & (right > 0) & (left & right == 0)
        return found

    # A county's office is none of a township that is named whole.
    def _only_county(self, rows: Numbers) -> Flags:
        found: Flags = (self.place[rows] > 0) & (self.town[rows] == 0)
        return found

    def _only_town(self, rows: Numbers) -> Flags:
        found: Flags = (self.place[rows] == 0) & (self.town[rows] > 0)
        return found

    def other_office(self, rows: Numbers, other: Cut, others: Numbers) -> Flags:
        """Whether two names are of two kinds of office, neither with all the other's, or of two long numbers."""
        one, two = self.units[rows], other.units[others]
        both = one & two
        found: Flags = one.any(axis=1) & two.any(axis=1) & (both != one).any(axis=1) & (both != two).any(axis=1)
        # A digit too few is a disguise, another number as long is another office.
        left, right = self.number[rows], other.number[others]
        found |= (left != right) & (left > 0) & (np.floor(np.log10(left + 1)) == np.floor(np.log10(right + 1)))
        return found

    def siblings(self, rows: Numbers, other: Cut, others: Numbers) -> Flags:
        """Whether two names are of two of a kind, told apart by an ordinal or a direction: 第一小学 and 第七小学."""
        return self.numbered.apart(rows, other.numbered, others)

    def another_body(self, rows: Numbers, other: Cut, others: Numbers, n_more: Ints) -> Flags:
        """Whether only the first of two names ends with another body; ``n_more``: unknown signs that it has more."""
        theirs = other.units[others, 0] | other.hidden[others]
        only = (self.units[rows, 0] | self.hidden[rows]) & ~theirs > 0
        n_hidden = self.n_hidden[rows]
        found: Flags = only & np.where(n_hidden > 0, n_more == n_hidden, n_more >= 0)
        return found


class Dictionary:
    """The words of names: shipped ones, and an office's own divisions."""

    def __init__(self, own_places: frozenset[str]) -> None:
        known = words(own_places)
        self._matcher = AhoCorasick(
            list(known), matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA
        )
        rows = list(known.values())
        self._kind = np.array([row.kind for row in rows], dtype=np.int8)
        numbers = np.array([(row.body, row.number, row.division) for row in rows], dtype=np.int32).T
        flags = np.array([beginning_others(known), [row.is_wide for row in rows]], dtype=np.bool_)
        self._meant = (*numbers, *flags)
        kinds = 1 + max(row.number for row in rows if row.kind == UNIT)
        self._office = np.array([alphabet().code(chr(_OFFICE + number)) for number in range(kinds)], dtype=np.int32)

        self._words_of: dict[int, list[str]] = {}
        for word, row in known.items():
            if row.kind == UNIT:
                self._words_of.setdefault(int(self._office[row.number]), []).append(word[: row.body])

    def words_of(self, office: int) -> list[str]:
        """The shortest words of an office by its code, without their tails, each once."""
        return sorted(set(self._words_of[office]), key=lambda word: (len(word), word))

    def cut(self, rows: Rows) -> Cut:
        """What the rows are made of."""
        found = self._matcher.find_matches_as_indexes(alphabet().text(rows.codes))
        flat = np.fromiter(chain.from_iterable(found), dtype=np.int32, count=3 * len(found)).reshape(-1, 3)
        word = flat[:, 0]
        meant = (column[word] for column in self._meant)
        return _Cutting(rows, flat[:, 1], flat[:, 2], self._kind[word], *meant).cut(self._office)


@lru_cache(maxsize=4)
def dictionary(own_places: frozenset[str]) -> Dictionary:
    """The dictionary with an office's own divisions in all their forms."""
    return Dictionary(own_places)


class _Cutting:
    """The words found in some rows, becoming what the rows are made of."""

    def __init__(
        self,
        rows: Rows,
        begin: Ints,
        end: Ints,
        kind: NDArray[np.int8],
        body: Ints,
        number: Ints,
        division: Ints,
        begins_another: Flags,
        is_wide: Flags,
    ) -> None:
        self._rows, self._n_rows, self._n_signs = rows, len(rows.starts), len(rows.codes)
        self._begin, self._end, self._kind, self._tail = begin, end, kind, begin + body
        self._row = np.searchsorted(rows.starts, begin, side="right") - 1
        self._number, self._division, self._wide = number, division, is_wide
        kinds = self._kinds()
        unsure = self._after_a_lone_sign(kinds) | self._within_others() | (begins_another & self._before_others(kinds))
        bodies = (kind == UNIT) & (number < N_BODIES)
        ends, hidden = endings(bodies, kind == PLATFORM, begin, end, rows)
        self._hidden = self._row[hidden], _bit_of(number[hidden]), (end - begin)[hidden]
        sure = (kind == PLATFORM) | ~(unsure | (bodies & ~ends))
        for name in ("_begin", "_end", "_kind", "_tail", "_row", "_number", "_division", "_wide"):
            setattr(self, name, getattr(self, name)[sure])
        self._sign_kinds = self._kinds()

    def cut(self, office_codes: Ints) -> Cut:
        """All of it."""
        place, unit, platform = (self._kind == one for one in (PLACE, UNIT, PLATFORM))
        last = np.full(self._n_rows, -1, dtype=np.int64)
        last[self._row[place]] = np.flatnonzero(place)  # the last of a row's overwrites those before it
        last[last >= 0] = np.where(self._before_a_hidden_place()[last[last >= 0]], -1, last[last >= 0])
        parent = place.copy()
        parent[last[last >= 0]] = False
        wide = parent | platform
        firm = ((place & ~parent) | (self._kind == TOWN)) & (self._tail - self._begin <= _SHORT_PLACE)
        tails = self._covered(self._tail, self._end)
        free = (self._sign_kinds == OTHER) & alphabet().values(_is_free, np.bool_)[self._rows.codes]
        inside = self._rows.codes > 0
        office = np.where(tails, -1, 0).astype(np.int32)
        office[self._covered(self._begin[unit] + 1, self._end[unit])] = -1
        office[self._begin[unit]] = office_codes[self._number[unit]]
        ordinal, numbered = numbering(self._rows, self._sign_kinds)
        hidden, n_hidden = np.zeros(self._n_rows, dtype=np.uint64), np.zeros(self._n_rows, dtype=np.int32)
        hidden[self._hidden[0]], n_hidden[self._hidden[0]] = self._hidden[1:]
        return Cut(
            light=(self._covered(self._begin[wide], self._end[wide]) | tails | free) & inside,
            own=(self._sign_kinds <= TOWN) & ~tails & inside,
            core=(self._sign_kinds != PLATFORM) & ~tails & ~free & inside,
            firm=self._covered(self._begin[firm], self._tail[firm]),
            ordinal=ordinal,
            kind=self._sign_kinds,
            office=office,
            place=np.where(last >= 0, self._number[last], 0) if len(place) else np.zeros(self._n_rows, np.int32),
            division=np.where(last >= 0, self._division[last], 0) if len(place) else np.zeros(self._n_rows, np.int32),
            town=self._last_number(self._kind == TOWN),
            parents=self._set(parent, _bit(self._number[parent]), 1)[:, 0],
            units=self._set(unit, _bit_of(self._number[unit]), 1 + len(office_codes) // 64),
            number=first_numbers(self._rows),
            hidden=hidden,
            n_hidden=n_hidden,
            numbered=numbered,
            bare=np.add.reduceat((self._sign_kinds != PLACE) & inside, self._rows.starts) == 0,
        )

    def _kinds(self) -> NDArray[np.int8]:
        found = np.zeros(self._n_signs, dtype=np.int8)
        for one in (PLACE, TOWN, UNIT, PLATFORM):
            chosen = self._kind == one
            found[self._covered(self._begin[chosen], self._end[chosen])] = one
        return found

    def _covered(self, begins: Ints, ends: Ints) -> Flags:
        """The signs that lie in one of the stretches, which do not overlap."""
        steps = np.bincount(begins, minlength=self._n_signs + 1) - np.bincount(ends, minlength=self._n_signs + 1)
        found: Flags = np.cumsum(steps[: self._n_signs]) > 0
        return found

    def _after_a_lone_sign(self, kinds: NDArray[np.int8]) -> Flags:
        """Whether just before a word stands a single sign that is none: 髓宁县 is no 宁县, but 绥宁县 in disguise."""
        other = (kinds == OTHER) & (self._rows.codes > 0)
        before, further = np.maximum(self._begin - 1, 0), np.maximum(self._begin - 2, 0)
        has_before = self._begin > self._rows.starts[self._row]
        has_further = self._begin - 1 > self._rows.starts[self._row]
        lone: Flags = has_before & other[before] & ~(has_further & other[further])
        return lone

    def _before_a_hidden_place(self) -> Flags:
        """Whether it is a city with two or three unknown signs between it and an office: 宜宾腥文融媒."""
        other = (self._sign_kinds == OTHER) & (self._rows.codes > 0)
        known = np.append(np.flatnonzero(~other), len(other))
        behind = known[np.searchsorted(known, self._end)]
        n_unknown = behind - self._end
        kind = self._sign_kinds.take(behind, mode="clip")
        found: Flags = self._wide & (n_unknown >= 2) & (n_unknown <= _SHORT_PLACE) & (kind >= UNIT)
        return found

    def _within_others(self) -> Flags:
        """Whether a place's short name stands behind other signs that follow a place: 资源 in 泽州自然资源局.

        Not where it ends the name behind an office: 铅山 in 上饶公安铅山.
        """
        place = self._kind == PLACE
        n_before = np.cumsum(place) - place
        first = np.flatnonzero(np.diff(self._row, prepend=-1))
        n_in_row = n_before - np.repeat(n_before[first], np.diff(first, append=len(place)))
        adjacent = np.zeros(len(place), dtype=np.bool_)
        is_last = self._rows.codes[self._end] == 0
        follows = place[:-1] | (self._kind[:-1] == TOWN) | ((self._kind[:-1] == UNIT) & is_last[1:])
        adjacent[1:] = (self._end[:-1] == self._begin[1:]) & follows
        found: Flags = place & (self._tail == self._end) & (n_in_row > 0) & ~adjacent
        return found

    def _before_others(self, kinds: NDArray[np.int8]) -> Flags:
        """Whether right behind a word stands a sign that is none."""
        found: Flags = (kinds[self._end] == OTHER) & (self._rows.codes[self._end] > 0)
        return found

    def _last_number(self, chosen: Flags) -> Ints:
        found = np.zeros(self._n_rows, dtype=np.int32)
        found[self._row[chosen]] = self._number[chosen]
        return found

    def _set(self, chosen: Flags, bits: Masks, words: int) -> Masks:
        found = np.zeros((self._n_rows, words), dtype=np.uint64)
        np.bitwise_or.at(found, (self._row[chosen], self._number[chosen] // 64 % words), bits)
        return found


def _bit(numbers: NDArray[Any]) -> Masks:
    return np.uint64(1) << (numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(58))


def _bit_of(kinds: Ints) -> Masks:
    return np.uint64(1) << (kinds % 64).astype(np.uint64)


def _is_free(sign: str) -> bool:
    return sign.isdigit() or sign in _FREE
