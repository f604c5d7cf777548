"""In what two names differ (差异说明), sign by sign, in the words of the contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.aligning import UNLIKE, WHOLE, swap_cost
from analysis.cutting import Dictionary
from analysis.folding import clean, clean_sign, fold, spellings
from analysis.lexicon import PLACE, TOWN, UNIT
from analysis.siblings import numeral_value
from analysis.signs import rows_of_folded
from analysis.sounds import sounds_of

_ORDER = (
    *("same_sound", "same_shape", "extra_word", "missing_word", "reordered"),
    *("width_or_script", "invisible", "digits", "contains", "near"),
)


@dataclass(frozen=True, slots=True)
class Alignment:
    """Two folded names side by side: pairs of signs, ``""`` where one has none."""

    left: str
    right: str
    pairs: tuple[tuple[str, str], ...]
    cost: int


def differences(left: str, right: str) -> tuple[tuple[str, ...], Alignment]:
    """``(words of the contract, the names side by side)`` for a registered name and one from outside."""
    alignment = min(
        (_aligned(one, other) for one in spellings(left) for other in spellings(right)), key=lambda found: found.cost
    )
    why = {*_of_writing(left, right), *_of_signs(alignment)}
    one, other = alignment.left, alignment.right
    if one != other and sorted(one) == sorted(other):
        why = (why & {"width_or_script", "invisible", "digits"}) | {"reordered"}
    elif one != other and one in other:
        why.add("contains")
    return tuple(word for word in _ORDER if word in why), alignment


def keeps(alignments: Sequence[Alignment], words: Dictionary) -> list[tuple[bool | None, bool | None]]:
    """Whether each registered name's place and office are still read from the other; ``None`` where it has none."""
    left = rows_of_folded([alignment.left for alignment in alignments])
    one, other = words.cut(left), words.cut(rows_of_folded([alignment.right for alignment in alignments]))
    every = np.arange(len(alignments))
    apart = one.disjoint(every, other, every)
    shared = np.asarray((one.units & other.units).any(axis=1))
    both = np.asarray(one.units.any(axis=1) & other.units.any(axis=1))
    found = []
    for number, alignment in enumerate(alignments):
        signs = slice(left.starts[number], left.starts[number] + left.lengths[number])
        kinds, tails = one.kind[signs].tolist(), (one.office[signs] < 0).tolist()
        placed = _reads(alignment, [kind in (PLACE, TOWN) and not end for kind, end in zip(kinds, tails, strict=True)])
        unit = bool(shared[number]) if both[number] else _reads(alignment, [kind == UNIT for kind in kinds])
        found.append((placed and not bool(apart[number]), unit))
    return found


def _reads(alignment: Alignment, wanted: Sequence[bool]) -> bool | None:
    """Whether the wanted signs of the left name are read from the right one; ``None`` where none is wanted."""
    signs = [(sign, other) for sign, other in alignment.pairs if sign]
    those = [
        _is_read(sign, other) or sign in alignment.right
        for (sign, other), is_wanted in zip(signs, wanted, strict=True)
        if is_wanted
    ]
    return all(those) if those else None


def _is_read(sign: str, other: str) -> bool:
    return other != "" and swap_cost(sign, other) < UNLIKE


def _of_writing(left: str, right: str) -> Iterator[str]:
    """What is different in writing only, and gone once both are folded."""
    one, other = (frozenset(word for sign in name for word in _written(sign)) for name in (left, right))
    yield from one ^ other
    written, folded = ([_n_digits(of(name)) for name in (left, right)] for of in (clean, fold))
    if written[0] != written[1] and folded[0] == folded[1]:
        yield "digits"


def _n_digits(text: str) -> int:
    return sum(sign.isdigit() for sign in text)


def _written(sign: str) -> Iterator[str]:
    cleaned = clean_sign(sign)
    if not cleaned:
        yield "invisible"
    elif cleaned != sign.casefold():
        yield "width_or_script"


def _of_signs(alignment: Alignment) -> Iterator[str]:
    for sign, other in alignment.pairs:
        if sign == other:
            continue
        if not sign:
            yield "extra_word"
        elif not other:
            yield "missing_word"
        elif numeral_value(sign) and numeral_value(sign) == numeral_value(other):
            yield "digits"
        elif not set(sounds_of(sign)).isdisjoint(sounds_of(other)):
            yield "same_sound"
        else:
            yield "same_shape" if swap_cost(sign, other) < UNLIKE else "near"


def _aligned(left: str, right: str) -> Alignment:
    """The cheapest way to lay two names side by side."""
    costs = [[column * WHOLE for column in range(len(right) + 1)]]
    for row, sign in enumerate(left, start=1):
        above, here = costs[-1], [row * WHOLE]
        for column, other in enumerate(right, start=1):
            swapped = above[column - 1] + swap_cost(sign, other)
            here.append(min(swapped, above[column] + WHOLE, here[column - 1] + WHOLE))
        costs.append(here)
    pairs, row, column = list[tuple[str, str]](), len(left), len(right)
    while row or column:
        here_cost = costs[row][column]
        if row and column and here_cost == costs[row - 1][column - 1] + swap_cost(left[row - 1], right[column - 1]):
            pairs.append((left[row - 1], right[column - 1]))
            row, column = row - 1, column - 1
        elif row and here_cost == costs[row - 1][column] + WHOLE:
            pairs.append((left[row - 1], ""))
            row -= 1
        else:
            pairs.append(("", right[column - 1]))
            column -= 1
    return Alignment(left, right, tuple(reversed(pairs)), costs[-1][-1])
