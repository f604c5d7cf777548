"""The register's names, past which the names of candidates stream (名录名称比对): which is each of them most like."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.folding import fold, sound_key
from analysis.lookalikes import Lookalikes
from analysis.names import ALIKE, Likeness, explained, similarities
from analysis.signs import rows_of
from records import Account
from records.evidence import Match

# A register of thousands has hundreds of pairs for every name that begins with its place.
_BLOCK = 1_000
# The index looks for disguises among millions and leaves out what hardly pays there, as a name without a place that
# has a sign of another sound in its midst. Of a few thousand names, all that share so much are compared one by one.
_SHARED = 0.5
_Pairs = tuple[NDArray[Any], NDArray[Any], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Known:
    """A name that an impostor could borrow: what it is, and whose."""

    name: str
    role: str
    unit: str
    account: Account | None = None


@dataclass(frozen=True, slots=True)
class Nearest:
    """The unit whose name a name is most like, ``None`` where none is half alike; and the match if it is alike."""

    unit: str | None = None
    match: Match | None = None


class KnownNames:
    """Names of the register. The index of them is made when it is first asked: most registers meet no candidate.

    Args:
        names: Each folds to something.
        places: The office's own divisions, which count as real places.
    """

    def __init__(self, names: Sequence[Known], places: frozenset[str]) -> None:
        self._names, self._places = tuple(names), places

    def nearest(self, shown: Iterable[tuple[str, str]]) -> Iterator[Nearest]:
        """What each ``(name, platform)`` is most like, in order; of equals the name of an account of the platform."""
        stream = iter(shown)
        while block := list(islice(stream, _BLOCK)):
            yield from self._nearest(block) if self._names else [Nearest()] * len(block)

    def unit_like(self, name: str) -> str | None:
        """The unit whose name a name is most like, however little; ``None`` without a sign or a register."""
        if not fold(name) or not self._names:
            return None
        scores = similarities(name, [one.name for one in self._names], self._places)
        return self._names[scores.index(max(scores))].unit

    def _nearest(self, block: Sequence[tuple[str, str]]) -> list[Nearest]:
        best = self._best(block)
        alike = [(self._names[number].name, block[other][0], found) for number, other, found in best if found >= ALIKE]
        told, nearest = iter(explained(alike, self._places)), [Nearest()] * len(block)
        for number, other, found in best:
            known = self._names[number]
            nearest[other] = Nearest(known.unit, _match(known, next(told)) if found >= ALIKE else None)
        return nearest

    def _best(self, block: Sequence[tuple[str, str]]) -> list[tuple[int, int, float]]:
        """The number of the known name that each name is most like, that name's number, and the score."""
        names, platforms = [name for name, _ in block], np.array([platform for _, platform in block])
        seeded = self._index.match(rows_of(names))
        further = self._further(names)
        numbers, others, scores = (np.concatenate(side) for side in zip(seeded, further, strict=True))
        elsewhere = self._platforms[numbers] != platforms[others]
        order = np.lexsort((numbers, ~self._is_accounts[numbers], elsewhere, -scores, others))
        best = order[np.unique(others[order], return_index=True)[1]]
        return list(zip(numbers[best].tolist(), others[best].tolist(), scores[best].tolist(), strict=True))

    def _further(self, names: Sequence[str]) -> _Pairs:
        """The pairs of names that share half of their sounds, with their scores."""
        numbers, others, scores = list[int](), list[int](), list[float]()
        for other, name in enumerate(names):
            if near := self._near(name):
                numbers += near
                others += [other] * len(near)
                scores += similarities(name, [self._names[number].name for number in near], self._places)
        return np.array(numbers, dtype=np.int64), np.array(others, dtype=np.int64), np.array(scores, dtype=np.float64)

    def _near(self, name: str) -> list[int]:
        """Numbers of the known names that share half of the sounds, of those of the name with more."""
        sounds = frozenset(sound_key(name).split()) if fold(name) else frozenset()
        shared = Counter(number for sound in sounds for number in self._by_sound.get(sound, ()))
        return [n for n, count in shared.items() if count >= _SHARED * max(len(sounds), len(self._sounds[n]))]

    @cached_property
    def _index(self) -> Lookalikes:
        return Lookalikes([one.name for one in self._names], self._places)

    @cached_property
    def _sounds(self) -> list[frozenset[str]]:
        return [frozenset(sound_key(one.name).split()) for one in self._names]

    @cached_property
    def _by_sound(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for number, sounds in enumerate(self._sounds):
            for sound in sounds:
                found[sound].append(number)
        return found

    @cached_property
    def _is_accounts(self) -> NDArray[np.bool_]:
        return np.array([one.account is not None for one in self._names], dtype=np.bool_)

    @cached_property
    def _platforms(self) -> NDArray[Any]:
        return np.array([one.account.platform if one.account is not None else "" for one in self._names])


def _match(known: Known, told: Likeness) -> Match:
    return Match(
        name=known.name,
        role=known.role,
        account=known.account.ref if known.account else None,
        unit=known.unit,
        score=told.score,
        why=told.why,
        keeps_place=told.keeps_place,
        keeps_unit=told.keeps_unit,
    )
