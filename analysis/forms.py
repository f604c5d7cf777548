"""How much of a registered name is met in others (名称的各种叫法), with its office called one way or another.

First by sounds alone, as bits, then sign by sign. What is passed over here need not be cut and aligned.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from analysis.aligning import UNLIKE, WHOLE, Swaps
from analysis.cutting import Dictionary, Flags, Masks, Numbers
from analysis.lexicon import UNIT
from analysis.scoring import Names, of_like_length
from analysis.seeds import Hits
from analysis.signs import LONGEST, Ints, Keys, rows_of, sound_bits

EDGE = 0.65  # names less like than this are not told of
_ALLOWED = (1 - EDGE) * WHOLE + 1e-6  # what a sign may cost on the average
_MISSING_SHARE = 0.34


class Forms:
    """Registered names in their forms (医疗保障局, 医保)."""

    def __init__(self, names: Names, words: Dictionary, swaps: Swaps) -> None:
        self._swaps = swaps
        self._written, rows, cut = names.written, names.rows, names.cut
        self._known_rows = swaps.rows(rows.codes)
        self._left_out = self._written.weights * np.int8(WHOLE)
        self._rest = (cut.kind != UNIT) & (cut.office >= 0) & (rows.codes > 0)
        self._n_rest = np.add.reduceat(self._rest.astype(np.int32), rows.starts)
        called = [_called(words, cut.office[start : start + length]) for start, length in _stretches(names)]
        n_forms = max(map(len, called))
        self._sounds = np.repeat(sound_bits(rows, cut.core)[None], n_forms + 1, axis=0)
        # The words of the office; those that a name has not are never heard.
        self._words = np.full((n_forms, len(called)), ~np.uint64(0))
        rest = sound_bits(rows, cut.core & self._rest)
        for row, some in enumerate(called):
            self._words[: len(some), row] = some
            self._sounds[1 : len(some) + 1, row] = rest[row] | some
        n_sounds = np.bitwise_count(self._sounds).astype(np.int32)
        self._wanted = (n_sounds - np.maximum(1, (n_sounds * _MISSING_SHARE).astype(np.int32))).astype(np.int8)
        self._any_sound = np.bitwise_or.reduce(self._sounds, axis=0)
        # What only looks like the name's own sign has another sound, and is known to stand where it should.
        self._least = (self._wanted.min(axis=0) - 1).astype(np.int8)

    def may_be_heard(self, hits: Hits, keys: Keys) -> Flags:
        """Whether enough sounds of a name may be heard, in a rough first look."""
        shared = np.bitwise_count(self._any_sound.take(hits.known) & keys.bits.take(hits.others))
        found: Flags = shared >= self._least.take(hits.known)
        return found

    def are_heard(self, hits: Hits, alike: Flags, keys: Keys) -> Flags:
        """Whether enough sounds of a name are heard in one of its forms; one more where a sign looks ``alike``."""
        found, bits = np.zeros(len(hits.known), dtype=np.bool_), keys.bits.take(hits.others)
        for sounds, wanted in zip(self._sounds, self._wanted, strict=True):
            shared = np.bitwise_count(sounds.take(hits.known) & bits)
            found |= shared >= wanted.take(hits.known) - alike
        return found

    def are_met(self, known: Numbers, keys: Keys, others: Numbers) -> Flags:
        """Whether enough signs of a name are met in an other for the two to be as like as ``EDGE``, in any order."""
        found = np.zeros(len(known), dtype=np.bool_)
        called = ((self._words[:, known] & ~keys.bits[others]) == 0).any(axis=0)
        columns = self._swaps.columns(keys.rows.codes)
        for chosen in of_like_length(self._written.lengths[known] + keys.rows.lengths[others]):
            shown = columns.take(keys.rows.table(others[chosen]))
            n_shown = np.minimum(keys.rows.lengths[others[chosen]], LONGEST)
            found[chosen] = self._are_met(known[chosen], called[chosen], shown, n_shown)
        return found

    def _are_met(self, known: Numbers, called: Flags, shown: Numbers, n_shown: Ints) -> Flags:
        places, n_known = self._written.rows.table(known), self._written.lengths[known]
        costs = self._swaps.costs(self._known_rows.take(places), shown)
        # Each sign of a name at the least that it can cost, whatever its place.
        least = costs.min(axis=1)
        unmet = least == UNLIKE
        each = np.where(unmet, self._left_out.take(places), least.view(np.int8))
        found: Flags = each.sum(axis=0, dtype=np.int16) <= _ALLOWED * n_known
        rest = (each * self._rest.take(places)).sum(axis=0, dtype=np.int16)
        found |= called & (rest <= _ALLOWED * (self._n_rest[known] + 1))
        # The other way round, what is over in the known name is added.
        spent = (self._written.edge.take(places) * unmet).sum(axis=0, dtype=np.int16)
        least = np.minimum(costs.min(axis=0), np.uint8(WHOLE)) * (np.arange(len(shown))[:, None] < n_shown)
        spent += least.sum(axis=0, dtype=np.int16)
        found |= spent <= _ALLOWED * np.maximum(n_known, n_shown)
        return found


def _stretches(names: Names) -> Iterator[tuple[int, int]]:
    return zip(names.rows.starts.tolist(), names.rows.lengths.tolist(), strict=True)


def _called(words: Dictionary, office: Ints) -> Masks:
    """The sounds of the words for a name's one office, without those that have another one's in them."""
    codes = office[office > 0].tolist()
    found = sound_bits(rows_of(words.words_of(codes[0]))) if len(codes) == 1 else np.zeros(0, dtype=np.uint64)
    found = np.unique(found)  # several words sound the same
    longer = [((found & ~one) == 0).sum() > 1 for one in found]
    return found[~np.array(longer, dtype=np.bool_)]
