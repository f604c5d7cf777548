"""Cuts many folded names at once into places, offices and platform words (切分), by our own dictionary.

Of the words that could stand at a place the longest is taken. jieba cuts running text better, by how common words
are; names are made of these few kinds of words, and a million of them are cut in two seconds here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind
from numpy.typing import NDArray

from analysis.doubts import after_a_lone_sign, within_others
from analysis.lexicon import N_BODIES, OTHER, PLACE, PLATFORM, TOWN, UNIT, beginning_others, words
from analysis.siblings import Numbering, endings, first_numbers, numbering, with_short_offices
from analysis.signs import Ints, Rows, alphabet

Flags = NDArray[np.bool_]
Masks = NDArray[np.uint64]
Numbers = NDArray[np.int64]

_FREE = frozenset("v1")  # a V of verification, and what an i or l folds to
_SHORT_PLACE = 3
# What one sign behind an ordinal is short for: 三中, 三小, 二院.
_SHORT_OFFICES = {"中": "中学", "小": "小学", "院": "医院"}
_FIRM = "公司"  # behind an office's words it makes another body; behind words of its own it is a name: 城投集团
_OF_SIGNS = ("light", "own", "core", "firm", "ordinal", "kind", "office", "ending")
_OF_ROWS = tuple("place division town parents units number body n_body bare".split())
# Kinds of office stand in a name as one sign each, from here on (private use).
_OFFICE = 0xF000


@dataclass(frozen=True, slots=True)
class Cut:
    """What the signs of some rows are; the arrays of signs are as long as the rows' codes.

    ``light``: adding the sign leaves a name much the same. ``own``: it tells the name from most others.
    ``core``: without it the name is another. ``firm``: it is of a short place or township, which one sign makes
    another. ``ending``: it is of the word that ends the name as another body. ``kind`` is a number above; ``office`` is
    the code of the kind of office where its word begins, -1 for the rest of the word and for levels and tails, else 0;
    ``ordinal`` in the same way the code of the number that it is of, and of the 中学 that 中 in 三中 is short for.
    Of each row ``place`` and ``division`` are its last place and that place with its level, ``town`` its township,
    0 for none; ``parents`` and ``units`` are sets as bits: wider places, kinds of office; ``number`` is its first
    number with a 1 before it, 0 for none; ``body`` is the kind of body that ends it, as a bit, and ``n_body`` the
    signs of that word; ``bare``: it is no more than a place.
    """

    light: Flags
    own: Flags
    core: Flags
    firm: Flags
    ordinal: Ints
    kind: NDArray[np.int8]
    office: Ints
    ending: Flags
    place: Ints
    division: Ints
    town: Ints
    parents: Masks
    units: Masks
    number: NDArray[np.int64]
    numbered: Numbering
    body: Masks
    n_body: Ints
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

    def other_body(self, rows: Numbers, other: Cut, others: Numbers) -> Flags:
        """Whether the first of two names ends with the word of a body that the other is not."""
        found: Flags = (self.body[rows] & ~other.body[others]) > 0
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
        self._short = {sign: int(self._office[known[word].number]) for sign, word in _SHORT_OFFICES.items()}
        self._firm = 1 << known[_FIRM].number
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
        return _Cutting(rows, flat[:, 1], flat[:, 2], self._kind[word], *meant).cut(
            self._office, self._short, self._firm
        )


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
        unsure = after_a_lone_sign(rows, kinds, begin, self._row) | (begins_another & self._before_others(kinds))
        unsure |= within_others(rows, kind, begin, end, (body == end - begin), self._row)
        bodies = (kind == UNIT) & (number < N_BODIES)
        follows, hidden = endings(bodies, kind == PLATFORM, begin, end, rows)
        ends = follows | hidden
        self._ending = self._row[ends], _bit_of(number[ends]), (end - begin)[ends]
        sure = (kind == PLATFORM) | ~(unsure | (bodies & ~follows))
        for name in ("_begin", "_end", "_kind", "_tail", "_row", "_number", "_division", "_wide"):
            setattr(self, name, getattr(self, name)[sure])
        self._sign_kinds = self._kinds()

    def cut(self, office_codes: Ints, short: Mapping[str, int], company: int) -> Cut:
        """All of it; ``company`` is the kind of a firm as a bit."""
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
        units = self._set(unit, _bit_of(self._number[unit]), 1 + len(office_codes) // 64)
        body, n_body = np.zeros(self._n_rows, dtype=np.uint64), np.zeros(self._n_rows, dtype=np.int32)
        body[self._ending[0]], n_body[self._ending[0]] = self._ending[1:]
        body[~units[:, 1:].any(axis=1)] &= ~np.uint64(company)
        ends = unit & (self._number < N_BODIES)
        return Cut(
            light=(self._covered(self._begin[wide], self._end[wide]) | tails | free) & inside,
            own=(self._sign_kinds <= TOWN) & ~tails & inside,
            core=(self._sign_kinds != PLATFORM) & ~tails & ~free & (ordinal >= 0) & inside,
            firm=self._covered(self._begin[firm], self._tail[firm]),
            ordinal=with_short_offices(self._rows, self._sign_kinds, ordinal, short),
            kind=self._sign_kinds,
            office=office,
            ending=self._covered(self._begin[ends], self._end[ends]),
            place=np.where(last >= 0, self._number[last], 0) if len(place) else np.zeros(self._n_rows, np.int32),
            division=np.where(last >= 0, self._division[last], 0) if len(place) else np.zeros(self._n_rows, np.int32),
            town=self._last_number(self._kind == TOWN),
            parents=self._set(parent, _bit(self._number[parent]), 1)[:, 0],
            units=units,
            number=first_numbers(self._rows),
            body=body,
            n_body=n_body,
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

    def _before_a_hidden_place(self) -> Flags:
        """Whether it is a city with two or three unknown signs between it and an office: 宜宾腥文融媒."""
        other = (self._sign_kinds == OTHER) & (self._rows.codes > 0)
        known = np.append(np.flatnonzero(~other), len(other))
        behind = known[np.searchsorted(known, self._end)]
        n_unknown = behind - self._end
        kind = self._sign_kinds.take(behind, mode="clip")
        found: Flags = self._wide & (n_unknown >= 2) & (n_unknown <= _SHORT_PLACE) & (kind >= UNIT)
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
