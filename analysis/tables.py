"""The shipped tables of names (places, offices, platform words, look-alike signs), each read once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from itertools import permutations


def _rows(name: str) -> Iterator[list[str]]:
    text = (resources.files("analysis") / "tables" / name).read_text(encoding="utf-8")
    return (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))


@cache
def full_places() -> Mapping[str, str]:
    """Short name by full name of every division down to counties (行政区划); the full name if there is no short one."""
    return {name: short or name for _, name, short in _rows("places.tsv")}


@cache
def short_places() -> frozenset[str]:
    """The short names of divisions (简称), as ``泽州``."""
    return frozenset(short for _, _, short in _rows("places.tsv") if short)


@cache
def units() -> Mapping[str, str]:
    """Kind of office by the words that name it (单位词): ``公安局`` and ``警方`` are both ``公安``."""
    return {word: kind for word, kind in _rows("units.tsv")}


@cache
def platform_words() -> frozenset[str]:
    """Words that say what an account is, not whose it is (平台词), as ``发布``."""
    return frozenset(row[0] for row in _rows("platforms.txt"))


@cache
def lookalikes() -> frozenset[tuple[str, str]]:
    """Pairs of characters that look alike (形近字), in both orders."""
    return frozenset(pair for group in _rows("lookalikes.tsv") for pair in permutations(group, 2))


@cache
def letters() -> Mapping[str, str]:
    """The Latin letter or digit that a lower-case sign passes for (易混字符)."""
    return {sign: letter for sign, letter in _rows("letters.tsv")}
