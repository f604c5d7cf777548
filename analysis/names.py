"""Likeness of account names (名称相似度): by characters, sound and shape, with places and offices compared as units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.aligning import Swaps
from analysis.cutting import dictionary
from analysis.differences import differences, keeps
from analysis.folding import fold, sound_key
from analysis.places import division_names
from analysis.scoring import Names, Pairs, score
from analysis.signs import Rows, rows_of

__all__ = ["ALIKE", "Likeness", "explained", "fold", "likeness", "similarities", "similarity", "sound_key"]

ALIKE = 0.8  # from here on a pair is put before a person


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like a name from outside is to a registered one, and in what (相似依据).

    ``score`` is 0.0 to 1.0. ``why`` are words of the contract: same_sound, same_shape, extra_word, missing_word,
    reordered, width_or_script, invisible, digits, contains, near. ``keeps_place`` and ``keeps_unit`` say whether the
    registered name's place and office are still read from the other; ``None`` where it has none.
    """

    score: float
    why: tuple[str, ...]
    keeps_place: bool | None
    keeps_unit: bool | None


def similarity(left: str, right: str, places: frozenset[str] = frozenset()) -> float:
    """Likeness of two account names (名称相似度).

    Args:
        left, right: Names as shown on the platform; normalised here, so width, case and script do not matter.
        places: The office's own divisions (``云岭县``, ``澜州市云岭县``), which count as real places beside
            the shipped table.

    Returns:
        0.0 (nothing shared) to 1.0 (same after normalising). Symmetric. 0.8 and above means: put before a
        person. Names of two real places or two real kinds of office stay below 0.8.

    Raises:
        ValueError: A name is empty after normalising.

    Source: clause ZJ-9b (第九条): 在不同平台的政务新媒体名称应保持一致.
    """
    return similarities(left, [right], places)[0]


def similarities(name: str, others: Sequence[str], places: frozenset[str] = frozenset()) -> list[float]:
    """Likeness of one name to each of some others, as :func:`similarity`, in one go.

    Raises:
        ValueError: A name is empty after normalising.
    """
    left, right = rows_of([name]), rows_of(others)
    if not _all_spelt(left, 1) or not _all_spelt(right, len(others)):
        raise ValueError("a name is empty after normalising")
    words = dictionary(division_names(places))
    sides = Names(left, words.cut(left), [name]), Names(right, words.cut(right), others)
    spelt = np.flatnonzero(left.lengths), np.flatnonzero(right.lengths)
    lefts, rights = (side.ravel() for side in np.meshgrid(*spelt, indexing="ij"))
    swaps = Swaps([int(code) for form in (sides[0].written, sides[0].plain) for code in np.unique(form.rows.codes)])
    found = np.zeros(len(others))
    np.maximum.at(found, right.owner[rights], score(Pairs(*sides, lefts, rights), swaps))
    return [float(one) for one in found]


def likeness(left: str, right: str, places: frozenset[str] = frozenset()) -> Likeness:
    """Likeness of a name ``right`` from outside to a registered name ``left``, and in what it lies.

    Raises:
        ValueError: A name is empty after normalising.
    """
    return explained([(left, right, similarity(left, right, places))], places)[0]


def explained(pairs: Sequence[tuple[str, str, float]], places: frozenset[str] = frozenset()) -> list[Likeness]:
    """The likeness of registered names and others whose scores are known: ``(name, other, score)``."""
    told = [differences(left, right) for left, right, _ in pairs]
    kept = keeps([alignment for _, alignment in told], dictionary(division_names(places))) if told else []
    return [
        Likeness(found, why, place, unit)
        for (_, _, found), (why, _), (place, unit) in zip(pairs, told, kept, strict=True)
    ]


def _all_spelt(rows: Rows, n_names: int) -> bool:
    """Whether every name has a sign left."""
    return len(set(rows.owner[rows.lengths > 0].tolist())) == n_names
