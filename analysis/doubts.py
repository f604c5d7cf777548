"""Which words that are found in names are none there (存疑的词): what stands beside them makes them part of another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.lexicon import OTHER, PLACE, TOWN, UNIT
from analysis.signs import Ints, Rows

Flags = NDArray[np.bool_]


def after_a_lone_sign(rows: Rows, kinds: NDArray[np.int8], begin: Ints, row: NDArray[np.int64]) -> Flags:
    """Whether just before a word stands a single sign that is none: 髓宁县 is no 宁县, but 绥宁县 in disguise.

    ``kinds`` are the kinds of the rows' signs; words ``begin`` in these rows, in order.
    """
    other = (kinds == OTHER) & (rows.codes > 0)
    before, further = np.maximum(begin - 1, 0), np.maximum(begin - 2, 0)
    has_before, has_further = begin > rows.starts[row], begin - 1 > rows.starts[row]
    lone: Flags = has_before & other[before] & ~(has_further & other[further])
    return lone


def within_others(
    rows: Rows, kind: NDArray[np.int8], begin: Ints, end: Ints, is_short: Flags, row: NDArray[np.int64]
) -> Flags:
    """Whether a place's short name stands behind other signs that follow a place: 资源 in 泽州自然资源局.

    Not where it ends the name behind an office: 铅山 in 上饶公安铅山. ``kind`` is that of each word, ``is_short``
    whether it has neither level nor tail.
    """
    place = kind == PLACE
    n_before = np.cumsum(place) - place
    first = np.flatnonzero(np.diff(row, prepend=-1))
    n_in_row = n_before - np.repeat(n_before[first], np.diff(first, append=len(place)))
    adjacent = np.zeros(len(place), dtype=np.bool_)
    is_last = rows.codes[end] == 0
    follows = place[:-1] | (kind[:-1] == TOWN) | ((kind[:-1] == UNIT) & is_last[1:])
    adjacent[1:] = (end[:-1] == begin[1:]) & follows
    found: Flags = place & is_short & (n_in_row > 0) & ~adjacent
    return found
