"""Names in one order of their signs (语序), as written or in plain order, and what it costs to add each sign."""

from __future__ import annotations

import numpy as np

from analysis.aligning import WHOLE
from analysis.cutting import Cut, Flags
from analysis.lexicon import OTHER, PLACE, PLATFORM, TOWN, UNIT
from analysis.signs import LONGEST, Rows

ADDED_LIGHT = 2  # cost of one sign of an added platform word, level, number or parent place
# The order of words in plain order, by their kind.
_RANKS = np.zeros(5, dtype=np.int64)
_RANKS[[PLACE, TOWN, OTHER, UNIT, PLATFORM]] = (0, 0, 1, 2, 3)


class Form:
    """Names in one order of their signs; the arrays of signs are as long as the rows' codes, with 0 at each end."""

    def __init__(self, rows: Rows, light: Flags, other: Flags, firm: Flags, ordinal: Flags) -> None:
        inside = rows.codes > 0
        self.rows, self.lengths = rows, np.minimum(rows.lengths, LONGEST)
        self.weights = np.where(firm | ordinal, np.int8(2), np.int8(1)) * inside
        # An ordinal in one sign stands for two: 第一.
        heavy = np.where(ordinal, np.int8(2 * WHOLE), np.int8(WHOLE)) * inside
        self.added = np.where(light & ~ordinal & inside, np.int8(ADDED_LIGHT), heavy)
        # Words of no known kind before and behind a whole registered name add little: 今日…, …小喇叭.
        self.edge = np.where((light | other) & ~ordinal & inside, np.int8(ADDED_LIGHT), heavy)
        n_heavy = np.add.reduceat((self.edge >= WHOLE).astype(np.int32), rows.starts)
        self.n_heavy = np.minimum(n_heavy, self.lengths)


def in_plain_order(rows: Rows, cut: Cut, other: Flags) -> Form:
    """The names with their places first and platform words last, each office and each ordinal as one sign, no levels.

    ``other`` are the signs of no known word.
    """
    put = np.where(cut.ordinal != 0, cut.ordinal, cut.office)
    codes = np.where(put > 0, put, rows.codes)
    row = np.repeat(np.arange(len(rows.starts)), rows.lengths + 1)
    rank = np.where(rows.codes > 0, _RANKS[cut.kind], 9)
    rank[_at_an_edge(rows, cut, other)] = 4
    order = np.lexsort((rank, row))
    order = order[put[order] >= 0]
    lengths = np.bincount(row[order], minlength=len(rows.starts)).astype(np.int32) - 1
    starts = (np.cumsum(lengths + 1) - lengths - 1).astype(np.int32)
    short = Rows(codes[order], starts, lengths, rows.owner)
    return Form(short, cut.light[order], (other | cut.ending)[order], cut.firm[order], (cut.ordinal > 0)[order])


def _at_an_edge(rows: Rows, cut: Cut, other: Flags) -> Flags:
    """Signs of no known word before the first and behind the last known one of a name with place and office."""
    known = (rows.codes > 0) & ~other & (cut.kind != PLATFORM)
    place = np.logical_or.reduceat((cut.kind == PLACE) | (cut.kind == TOWN), rows.starts)
    whole = place & np.logical_or.reduceat(cut.kind == UNIT, rows.starts)
    n_known = np.cumsum(known)
    first = n_known[rows.starts] - known[rows.starts]
    n_before = n_known - np.repeat(first, rows.lengths + 1)
    n_all = np.repeat(n_known[rows.starts + rows.lengths] - first, rows.lengths + 1)
    found: Flags = other & ((n_before == 0) | (n_before == n_all)) & np.repeat(whole, rows.lengths + 1)
    return found
