"""Names as arrays of sign codes, so that many are folded and compared at a time (符号编码).

A code is the number of a folded sign in one alphabet that grows as signs are met; code 0 ends every name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from analysis.folding import NUMERALS, STROKES, clean_sign, fold_sign, spellings
from analysis.sounds import sound_of, syllables

Ints = NDArray[np.int32]

LONGEST = 60  # signs of a name that are looked at
N_SOUNDS = 512
_OTHER_SOUNDS = 32  # at the end: signs without reading share these
_POINTS = 0x110000
_AT_ONCE = 8192
# What a raw sign becomes: a code, or one of these.
_UNSEEN, _DROPPED, _SEVERAL = -3, -2, -1


@dataclass(frozen=True, slots=True)
class Rows:
    """Names as codes. ``codes`` holds every row's signs and a 0 after each; ``starts`` where each begins.

    ``owner`` is the number of the name that a row spells: most have one row, names in letters up to four. ``names``
    are all those names as they were written, or none where the rows were made of folded ones.
    """

    codes: Ints
    starts: Ints
    lengths: Ints
    owner: Ints
    names: Sequence[str] = ()

    def some(self, numbers: NDArray[np.int64]) -> Rows:
        """These rows by themselves."""
        lengths = self.lengths[numbers]
        starts = (np.cumsum(lengths + 1) - lengths - 1).astype(np.int32)
        return Rows(self.codes[self.places(numbers)], starts, lengths, self.owner[numbers], self.names)

    def parts(self, n_rows: int) -> Iterator[tuple[int, Rows]]:
        """The rows in order, as many at a time, each time with the number of the first."""
        for first in range(0, len(self.starts), n_rows):
            starts, lengths = self.starts[first : first + n_rows], self.lengths[first : first + n_rows]
            codes = self.codes[starts[0] : starts[-1] + lengths[-1] + 1]
            yield first, Rows(codes, starts - starts[0], lengths, self.owner[first : first + n_rows], self.names)

    def places(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where the codes of these rows stand, with the end of each."""
        lengths = self.lengths[numbers].astype(np.int64) + 1
        ends = np.cumsum(lengths)
        return np.arange(ends[-1] if len(ends) else 0) + np.repeat(self.starts[numbers] - ends + lengths, lengths)

    def table(self, numbers: NDArray[np.int64]) -> Ints:
        """Where the first signs of these rows stand, (signs, rows); behind a row's last sign, where its end stands."""
        lengths = self.lengths[numbers]
        inside = np.arange(min(LONGEST, int(lengths.max(initial=1))), dtype=np.int32)[:, None]
        found: Ints = self.starts[numbers] + np.minimum(inside, lengths)
        return found

    def text(self, row: int) -> str:
        """The row as folded text."""
        start = self.starts[row]
        return _alphabet().text(self.codes[start : start + self.lengths[row]])


class Alphabet:
    """The codes of all signs met so far in this process."""

    def __init__(self) -> None:
        self.signs = [""]
        self._codes: dict[str, int] = {"": 0}
        self._values: dict[Callable[[str], Any], NDArray[Any]] = {}
        self._sound_numbers = {syllable: number for number, syllable in enumerate(syllables(), start=1)}
        self._of_point = np.full(_POINTS, _UNSEEN, dtype=np.int32)
        self._points = np.zeros(0, dtype=np.uint32)
        self._is_letter = np.zeros(_POINTS, dtype=np.bool_)

    def code(self, sign: str) -> int:
        """The code of a folded sign."""
        found = self._codes.get(sign)
        if found is None:
            found = self._codes[sign] = len(self.signs)
            self.signs.append(sign)
        return found

    def sound_number(self, sound: str) -> int:
        """The number of a syllable, letter or digit; signs without reading share some."""
        known = self._sound_numbers.get(sound)
        if known is None and sound.isascii():
            known = self._sound_numbers[sound] = len(self._sound_numbers) + 1
        return N_SOUNDS - 1 - ord(sound) % _OTHER_SOUNDS if known is None else known

    def sounds(self) -> Ints:
        """The number of each code's commonest reading, below ``N_SOUNDS``; 0 for code 0."""
        return self.values(self._sound, np.int32)

    def _sound(self, sign: str) -> int:
        return self.sound_number(sound_of(sign)) if sign else 0

    def values(self, of: Callable[[str], Any], kind: DTypeLike) -> NDArray[Any]:
        """What a function says of each code's sign, of none for code 0; each sign is asked for once."""
        known = self._values.get(of, np.zeros(0, dtype=kind))
        if len(known) < len(self.signs):
            new = np.array([of(sign) for sign in self.signs[len(known) :]], dtype=kind)
            known = self._values[of] = np.concatenate((known, new))
        return known

    def text(self, codes: Ints) -> str:
        """The codes as text, each as one character and code 0 as the end of a line."""
        if len(self._points) < len(self.signs):
            self._points = np.array([ord(sign or "\n") for sign in self.signs], dtype=np.uint32)
        return self._points[codes].tobytes().decode("utf-32-le")

    def points(self, raw: NDArray[np.uint32]) -> tuple[Ints, NDArray[np.bool_]]:
        """What each raw code point becomes, and whether it is a letter a to z once cleaned."""
        seen = np.zeros(_POINTS, dtype=np.bool_)
        seen[raw] = True
        for point in np.flatnonzero(seen & (self._of_point == _UNSEEN)):
            self._learn(int(point))
        return self._of_point[raw], self._is_letter[raw]

    def _learn(self, point: int) -> None:
        sign = chr(point)
        written, folded = clean_sign(sign), fold_sign(sign)
        self._is_letter[point] = written.isascii() and written.isalpha()
        several = len(folded) > 1 or sign in STROKES
        self._of_point[point] = _SEVERAL if several else self.code(folded) if folded else _DROPPED


def _is_numeral(sign: str) -> bool:
    """Whether the sign is a numeral that passes for a digit beside one."""
    return sign != "" and sign in NUMERALS


@cache
def _alphabet() -> Alphabet:
    return Alphabet()


def alphabet() -> Alphabet:
    """This process's alphabet."""
    return _alphabet()


def rows_of_folded(texts: Sequence[str]) -> Rows:
    """Folded names as codes, a row each, without folding or reading them again."""
    codes = [[_alphabet().code(sign) for sign in text] for text in texts]
    lengths = np.array([len(row) for row in codes], dtype=np.int32)
    starts = (np.cumsum(lengths + 1) - lengths - 1).astype(np.int32)
    return Rows(
        np.array([code for row in codes for code in (*row, 0)], dtype=np.int32),
        starts,
        lengths,
        np.arange(len(texts), dtype=np.int32),
    )


def rows_of(names: Sequence[str]) -> Rows:
    """Names as codes; a name that folds to nothing has a row of no signs."""
    if not names:
        return rows_of_folded(())
    # Some at a time: what is made on the way takes many times the memory of the codes.
    parts = [_rows_of(names[first : first + _AT_ONCE]) for first in range(0, len(names), _AT_ONCE)]
    n_codes = np.cumsum([0, *(len(part.codes) for part in parts)])
    return Rows(
        np.concatenate([part.codes for part in parts]),
        np.concatenate([part.starts + np.int32(before) for part, before in zip(parts, n_codes, strict=False)]),
        np.concatenate([part.lengths for part in parts]),
        np.concatenate([part.owner + np.int32(number * _AT_ONCE) for number, part in enumerate(parts)]),
        names,
    )


def _rows_of(names: Sequence[str]) -> Rows:
    # Lone surrogates, as of a damaged file, cannot be encoded; nor can they be letters.
    text = "\n".join(name.replace("\n", " ") for name in names) + "\n"
    raw = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    letters = _alphabet()
    codes, is_letter = letters.points(raw)
    ends = np.flatnonzero(raw == ord("\n"))
    number = np.zeros(len(raw), dtype=np.int32)
    number[ends[:-1] + 1] = 1
    number = np.cumsum(number, dtype=np.int32)
    odd = codes == _SEVERAL
    # Runs of letters may be syllables, and numerals beside digits are digits; what lies between falls away.
    shown = np.flatnonzero(codes != _DROPPED)
    one, other = shown[:-1], shown[1:]
    digit, numeral = (
        np.where(codes > 0, letters.values(of, np.bool_)[codes], False) for of in (str.isdigit, _is_numeral)
    )
    run = is_letter[one] & is_letter[other] | digit[one] & numeral[other] | numeral[one] & digit[other]
    odd[one[run & (number[one] == number[other])]] = True
    by_hand = np.unique(number[odd])
    codes[ends] = 0
    keep = codes >= 0
    if len(by_hand):
        blank = np.zeros(len(names), dtype=np.bool_)
        blank[by_hand] = True
        keep &= ~blank[number] | (codes == 0)
    plain = _Plain(codes[keep], number[keep], len(names))
    return plain.with_spellings([(int(one), spellings(names[one])) for one in by_hand])


def bits_of(sounds: Sequence[Iterable[str]]) -> NDArray[np.uint64]:
    """Sets of sounds as :func:`sound_bits` has them."""
    bits, number = bits_of_sounds(), _alphabet().sound_number
    each = [
        np.bitwise_or.reduce(bits[np.array([number(sound) for sound in one], dtype=np.int64)], initial=np.uint64(0))
        for one in map(list, sounds)
    ]
    return np.array(each, dtype=np.uint64)


@cache
def bits_of_sounds() -> NDArray[np.uint64]:
    """The bit of each sound by its number; 0 for the end of a name. Different sounds may share a bit."""
    sounds = np.arange(N_SOUNDS, dtype=np.uint64)
    found: NDArray[np.uint64] = np.uint64(1) << (sounds * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(58))
    found[0] = 0
    return found


def sound_bits(rows: Rows, only: NDArray[np.bool_] | None = None) -> NDArray[np.uint64]:
    """The sounds of each row, or of ``only`` some of its signs, as a set of 64 bits; different ones may share a bit."""
    bits = bits_of_sounds()[_alphabet().sounds()]
    found = bits[rows.codes] if only is None else np.where(only, bits[rows.codes], np.uint64(0))
    return np.bitwise_or.reduceat(found, rows.starts)


@dataclass(frozen=True, slots=True)
class Keys:
    """Rows by what they sound like.

    ``sounds`` are the numbers of the sounds, ``near`` those of each sign and the two beside it as bits, and
    ``row_of`` the numbers of the rows, all as long as the rows' codes; ``bits`` are the sounds of each row as
    :func:`sound_bits` has them.
    """

    rows: Rows
    sounds: NDArray[np.uint16]
    near: NDArray[np.uint64]
    row_of: Ints
    bits: NDArray[np.uint64]


def keys_of(rows: Rows) -> Keys:
    """Rows with their keys."""
    sounds = _alphabet().sounds().astype(np.uint16)[rows.codes]
    row_of = np.repeat(np.arange(len(rows.starts), dtype=np.int32), rows.lengths + 1)
    each = bits_of_sounds()[sounds]
    near = each.copy()
    near[1:] |= each[:-1]
    near[:-1] |= each[1:]
    return Keys(rows, sounds, near, row_of, np.bitwise_or.reduceat(each, rows.starts))


class _Plain:
    """Rows of the names that need no thought, and none yet of the others."""

    def __init__(self, codes: Ints, number: Ints, n_names: int) -> None:
        self._codes, self._n_names = codes, n_names
        self._lengths = np.bincount(number[codes > 0], minlength=n_names).astype(np.int32)

    def with_spellings(self, spelt: list[tuple[int, tuple[str, ...]]]) -> Rows:
        """All rows: those of the spelt names after the others, in place of their empty ones."""
        codes, lengths = [self._codes], [self._lengths]
        owner = [np.arange(self._n_names, dtype=np.int32)]
        of = _alphabet().code
        further = [([of(sign) for sign in way], name) for name, ways in spelt for way in ways]
        if further:
            codes.append(np.array([code for way, _ in further for code in (*way, 0)], dtype=np.int32))
            lengths.append(np.array([len(way) for way, _ in further], dtype=np.int32))
            owner.append(np.array([name for _, name in further], dtype=np.int32))
        together = np.concatenate(lengths)
        starts = np.concatenate(([0], np.cumsum(together + 1)[:-1])).astype(np.int32)
        return Rows(np.concatenate(codes), starts, together, np.concatenate(owner))
