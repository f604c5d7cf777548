"""Cuts a name into place, office and platform words (地名、单位词、平台词), with jieba and our own dictionary.

jieba by default unmarshals a cache file from the temporary folder that every user of the machine can
write to. The tokenizer here is filled from the packaged dictionary instead and reads and writes no cache.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from analysis import tables
from analysis.places import division_names

with warnings.catch_warnings():
    # jieba 0.42.1 (2020) imports pkg_resources and has invalid escapes in its patterns.
    warnings.simplefilter("ignore")
    import jieba

_LETTERS_OR_DIGITS = re.compile(r"[a-z]+|\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a name; ``kind`` is ``place``, ``unit``, ``platform`` or ``other``."""

    text: str
    kind: str


@cache
def _tokenizer() -> jieba.Tokenizer:
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    words = {*tables.full_places(), *tables.short_places(), *tables.units(), *tables.platform_words()}
    for word in sorted(word for word in words if len(word) > 1):
        tokenizer.add_word(word)
    for word in [word for word in tokenizer.FREQ if word not in words and _begins_with_division(word)]:
        tokenizer.FREQ[word] = 0
    return tokenizer


def _begins_with_division(word: str) -> bool:
    """Whether a dictionary word swallows a division's full name (湖北省人民政府), which should stand by itself."""
    return any(word[:end] in tables.full_places() for end in range(3, len(word)))


def segment(text: str, places: frozenset[str] = frozenset()) -> tuple[Word, ...]:
    """The words of ``text`` in order; joined they give ``text`` again.

    Args:
        text: A name, best in simplified characters and lower case.
        places: The office's own divisions, wholly or in part unknown to the tables (云岭县).

    A word that is both a county's short name and an office word (公安, 平安) counts as an office word.
    """
    return _segment(text, division_names(places))


@lru_cache(maxsize=65536)
def _segment(text: str, places: frozenset[str]) -> tuple[Word, ...]:
    return tuple(Word(word, _kind(word, places)) for part in _split(text, places) for word in _cut(part, places))


def _split(text: str, places: frozenset[str]) -> list[str]:
    """The text cut before and after the office's own places, longest first, since no dictionary knows them."""
    if not places:
        return [text]
    longest_first = sorted(places, key=lambda place: (-len(place), place))
    return [part for part in re.split(f"({'|'.join(map(re.escape, longest_first))})", text) if part]


def _cut(part: str, places: frozenset[str]) -> Iterator[str]:
    if part in places:
        yield part
        return
    for word in _tokenizer().cut(part, HMM=False):
        runs = _LETTERS_OR_DIGITS.findall(word)
        yield from runs if "".join(runs) == word else [word]


def _kind(word: str, places: frozenset[str]) -> str:
    if word in places or word in tables.full_places():
        return "place"
    if word in tables.units():
        return "unit"
    if word in tables.platform_words():
        return "platform"
    return "place" if word in tables.short_places() else "other"
