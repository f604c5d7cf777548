"""What makes two names of one place two bodies: numbers and directions (第一小学, 七中, 南村派出所), and last words.

A firm or shop ends its name with its kind behind the words of an office: 泽州文旅酒店.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from analysis.lexicon import OTHER, PLACE, TOWN
from analysis.signs import Ints, Rows, alphabet

Flags = NDArray[np.bool_]

_SHORTEST_NUMBER = 3
_LONGEST_ORDINAL = 3  # numerals; a longer run is a hotline, a year or no number at all
_DIGITS = str.maketrans("〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖拾", "00123456789123456789十")
_NUMERALS = frozenset("0123456789十〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖拾")
_LARGEST = 99  # what is counted higher is a hotline or a year
_ROMAN_THREE = "111"  # what Ⅲ folds to; Ⅱ folds to 11, which is a number of its own
# Ordinals stand in a name in plain order as one sign each, from here on (private use).
_ORDINAL = 0xEF00
# What is counted without 第: 七中, 三小, 二院, 一大队, 三分局.
_COUNTED = frozenset("中小院幼校完初高职医大支分所社村号")
_DIRECTIONS = frozenset("东南西北中上下前后")
# Factors that make numbers in a row as good as random ones.
_SPREAD, _SPREAD_FURTHER = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)


def first_numbers(rows: Rows) -> NDArray[np.int64]:
    """The first run of three and more digits of each row, a 1 before it; a year is none, and 0 is of no number."""
    found = np.zeros(len(rows.starts), dtype=np.int64)
    for begin, end in _runs(alphabet().values(str.isdecimal, np.bool_)[rows.codes])[::-1]:
        if end - begin >= _SHORTEST_NUMBER:
            text = alphabet().text(rows.codes[begin:end])
            if not (len(text) == 4 and text[:2] in ("19", "20")):
                found[_row_of(rows, begin)] = int("1" + text[:17])
    return found


@dataclass(frozen=True, slots=True)
class Numbering:
    """What tells offices of one kind apart, for each row.

    ``numbers`` are its ordinals as a set of bits. ``where`` tells before what signs its directions stand (南村: 村) and
    ``which`` also which they are: two rows with one ``where`` and another ``which`` are of 南村 and 北村. 0 is of none.
    """

    numbers: NDArray[np.uint64]
    where: NDArray[np.uint64]
    which: NDArray[np.uint64]

    def some(self, numbers: NDArray[np.int64]) -> Numbering:
        """Those of these rows."""
        return Numbering(self.numbers[numbers], self.where[numbers], self.which[numbers])

    def apart(self, rows: NDArray[np.int64], other: Numbering, others: NDArray[np.int64]) -> Flags:
        """Whether two rows have no ordinal in common though each has one, or other directions at the same places."""
        one, two = self.numbers[rows], other.numbers[others]
        where, which = self.where[rows], self.which[rows]
        found: Flags = (one > 0) & (two > 0) & (one & two == 0)
        found |= (where > 0) & (where == other.where[others]) & (which != other.which[others])
        return found


def numbering(rows: Rows, kinds: NDArray[np.int8]) -> tuple[Ints, Numbering]:
    """The signs by which offices are numbered (第七, 七 in 七中), and what tells each row apart.

    ``kinds`` are the kinds of the signs. Numbers and directions in places are none, nor are directions in other
    known words. Of the signs of an ordinal the last has the ordinal's code, which is one however it is written, those
    before it -1; all others have 0.
    """
    signs, numbers = _ordinals(rows, kinds)
    return signs, Numbering(numbers, *_directions(rows, kinds))


def numeral_value(sign: str) -> str:
    """The digit that a numeral stands for in a number (三, 叁 and 3: 3; 十 as in 十二: 1); empty for other signs."""
    return sign.translate(_DIGITS).replace("十", "1") if sign in _NUMERALS else ""


def _ordinals(rows: Rows, kinds: NDArray[np.int8]) -> tuple[Ints, NDArray[np.uint64]]:
    # A number has one bit however it is written: 七, 柒, 7.
    signs, bits = np.zeros(len(rows.codes), dtype=np.int32), np.zeros(len(rows.starts), dtype=np.uint64)
    numeral = alphabet().values(_NUMERALS.__contains__, np.bool_)[rows.codes]
    runs = _runs(numeral & (kinds != PLACE) & (kinds != TOWN))
    begins, ends = runs[:, 0], runs[:, 1]
    # The first sign of all has nothing before it; -1 there is the end of the last row.
    ordered = rows.codes[begins - 1] == alphabet().code("第")
    counted = ordered | alphabet().values(_COUNTED.__contains__, np.bool_)[rows.codes[ends]]
    counted &= ends - begins <= _LONGEST_ORDINAL
    for begin, end, named in zip(begins[counted], ends[counted], ordered[counted], strict=True):
        number = _number(alphabet().text(rows.codes[begin:end]))
        if 0 < number <= _LARGEST:
            bits[_row_of(rows, begin)] |= np.uint64(1) << np.uint64(number % 64)
            signs[begin - named : end - 1] = -1
            signs[end - 1] = alphabet().code(chr(_ORDINAL + number))
    return signs, bits


def with_short_offices(rows: Rows, kinds: NDArray[np.int8], ordinals: Ints, offices: Mapping[str, int]) -> Ints:
    """The codes of ordinals, and that of the office for the sign behind one which is short for it (中 in 三中).

    ``offices`` are the codes by such signs. With more behind it that is no known word the sign is of another word.
    """
    found = ordinals.copy()
    for sign, office in offices.items():
        ends = (rows.codes[1:-1] == alphabet().code(sign)) & ((rows.codes[2:] == 0) | (kinds[2:] != OTHER))
        found[1:-1][ends & (kinds[1:-1] == OTHER) & (ordinals[:-2] > 0)] = office
    return found


def _directions(rows: Rows, kinds: NDArray[np.int8]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    where, which = (np.zeros(len(rows.starts), dtype=np.uint64) for _ in range(2))
    directed = alphabet().values(_DIRECTIONS.__contains__, np.bool_)[rows.codes] & (kinds == OTHER)
    places = np.flatnonzero(directed)
    row = _row_of(rows, places)
    behind = _spread(rows.codes[places + 1].astype(np.uint64) + np.uint64(1))
    np.add.at(where, row, behind)
    np.add.at(which, row, _spread(behind + rows.codes[places].astype(np.uint64)))
    return where, which


def endings(bodies: Flags, platform: Flags, begin: Ints, end: Ints, rows: Rows) -> tuple[Flags, Flags]:
    """Of words in order, which end a name as another body: right behind a known word, and behind unknown ones.

    ``bodies`` and ``platform`` say which words are of other bodies and which of platforms. A body behind a platform
    word or with signs behind it is none: it may be what an office does (服务代办).
    """
    follows, after_platform = np.zeros((2, len(begin)), dtype=np.bool_)
    follows[1:] = end[:-1] == begin[1:]
    after_platform[1:] = platform[:-1]
    ends = bodies & (rows.codes[end] == 0)
    return ends & follows & ~after_platform, ends & ~follows


def _spread(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    mixed = numbers * _SPREAD
    return (mixed ^ (mixed >> np.uint64(29))) * _SPREAD_FURTHER


def _runs(chosen: Flags) -> NDArray[np.int64]:
    """Begin and end of each stretch of chosen signs; a stretch ends where its row does."""
    return np.flatnonzero(np.diff(np.concatenate(([0], chosen.astype(np.int8), [0])))).reshape(-1, 2)


def _row_of(rows: Rows, places: Ints | NDArray[np.int64]) -> NDArray[np.int64]:
    return np.searchsorted(rows.starts, places, side="right") - 1


@lru_cache(maxsize=4096)
def _number(text: str) -> int:
    """What a short run of numerals counts: 十二, 一二 and 12 are 12."""
    if text == _ROMAN_THREE:
        return 3
    digits = text.translate(_DIGITS)
    tens, ten, ones = digits.partition("十")
    if not ten:
        return int(digits)
    return int(tens or "1") * 10 + int(ones or "0") if "十" not in ones else 0
