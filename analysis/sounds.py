"""How signs sound (读音): toneless syllables, and names spelt in letters read as syllables."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources

# Syllables spelt in letters stand in a name as one sign each, from here on (private use).
_SPELT = 0xE000
_MOST_WAYS = 4
_LONGEST_RUN = 40
# Interjections of consonants alone: as syllables they would make words of any letters.
_NO_SPELLING = frozenset({"hm", "hng", "m", "n", "ng"})


@cache
def _rows() -> tuple[tuple[str, str, str], ...]:
    text = (resources.files("analysis") / "tables" / "sounds.tsv").read_text(encoding="utf-8")
    lines = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return tuple((syllable, first, further) for syllable, first, further in lines)


@cache
def syllables() -> tuple[str, ...]:
    """All toneless syllables in order."""
    return tuple(syllable for syllable, _, _ in _rows())


@cache
def readings() -> Mapping[str, tuple[str, ...]]:
    """The readings of each Han character, the commonest first."""
    found: dict[str, tuple[str, ...]] = {sign: (syllable,) for syllable, first, _ in _rows() for sign in first}
    for syllable, _, further in _rows():
        for sign in further:
            found[sign] = (*found[sign], syllable)
    return found


@cache
def _numbers() -> Mapping[str, int]:
    return {syllable: number for number, syllable in enumerate(syllables())}


def sound_of(sign: str) -> str:
    """The syllable of a folded sign in its commonest reading; letters, digits and others stand for themselves."""
    return sounds_of(sign)[0]


@lru_cache(maxsize=65536)
def sounds_of(sign: str) -> tuple[str, ...]:
    """Every reading of a folded sign, the commonest first; of a letter or digit, itself."""
    if is_spelt(sign):
        return (syllables()[ord(sign) - _SPELT],)
    return readings().get(sign, (sign,))


def is_spelt(sign: str) -> bool:
    """Whether the sign stands for a syllable that was spelt in letters."""
    return _SPELT <= ord(sign) < _SPELT + len(syllables())


@lru_cache(maxsize=65536)
def read_letters(run: str) -> tuple[str, ...]:
    """The ways to read a run of letters as syllables and nothing else, at most four, the fewest syllables first.

    Each syllable is one sign of the private use area: ``zezhou`` gives two signs, ``xian`` once one and once two.
    """
    if len(run) > _LONGEST_RUN:
        return ()
    ways: list[list[tuple[str, ...]]] = [[()]]
    for end in range(1, len(run) + 1):
        found = [
            (*way, run[start:end])
            for start in range(max(0, end - 6), end)
            if run[start:end] in _numbers() and run[start:end] not in _NO_SPELLING
            for way in ways[start]
        ]
        ways.append(sorted(found, key=lambda way: (len(way), way))[:_MOST_WAYS])
    return tuple("".join(chr(_SPELT + _numbers()[syllable]) for syllable in way) for way in ways[-1])
