"""The shipped tables of names (places, offices, platform words, look-alike signs), each read once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources


def _text(name: str) -> str:
    return (resources.files("analysis") / "tables" / name).read_text(encoding="utf-8")


def _rows(name: str) -> Iterator[list[str]]:
    return (line.split("\t") for line in _text(name).splitlines() if line and not line.startswith("#"))


@cache
def full_places() -> Mapping[str, str]:
    """Short name by full name of every division down to counties (行政区划); the full name if there is no short one."""
    return {name: short or name for _, name, short in _rows("places.tsv")}


@cache
def short_places() -> frozenset[str]:
    """The short names of divisions (简称), as ``泽州``."""
    return frozenset(short for _, _, short in _rows("places.tsv") if short)


@cache
def place_codes() -> Mapping[str, frozenset[str]]:
    """Codes of the divisions that a place name may mean (行政区划代码), by full and short name.

    A province has 2 digits, a city 4, a county 6, and the parent's code begins each: ``长安区`` is 130102 in
    石家庄市 (1301) and 610116 in 西安市 (6101).
    """
    rows = [(code, {name, short} - {""}) for code, name, short in _rows("places.tsv")]
    return _grouped((name, code) for code, names in rows for name in names)


@cache
def towns() -> Mapping[str, frozenset[str]]:
    """Codes of the counties that have a township of that full name (乡镇街道), as ``路居镇``: 530403."""
    return {name: frozenset(codes.split(" ")) for name, _, codes in _rows("towns.tsv")}


def town_names() -> Iterator[str]:
    """The full names of all townships, one after another; nothing of them is kept."""
    return (name for name, _, _ in _rows("towns.tsv"))


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    groups: dict[str, set[str]] = defaultdict(set)
    for name, code in pairs:
        groups[name].add(code)
    return {name: frozenset(codes) for name, codes in groups.items()}


@cache
def units() -> Mapping[str, str]:
    """Kind of office by the words that name it (单位词): ``公安局`` and ``警方`` are both ``公安``."""
    return {word: kind for word, kind in _rows("units.tsv")}


@cache
def bodies() -> Mapping[str, str]:
    """Kind of body by the words that make another body of an office's name (其他主体): ``酒店`` in 泽州文旅酒店.

    A ``*`` in a word stands for any short word of an office: ``*路小学`` for 法院路小学.
    """
    return {word: kind for word, kind in _rows("bodies.tsv")}


@cache
def platform_words() -> frozenset[str]:
    """Words that say what an account is, not whose it is (平台词), as ``发布``."""
    return frozenset(row[0] for row in _rows("platforms.txt"))


@cache
def radicals() -> Mapping[str, str]:
    """The character that a radical or stroke passes for (部首) where NFKC does not fold it; before simplifying."""
    return {sign: character for sign, character in _rows("radicals.tsv")}


@cache
def letters() -> Mapping[str, str]:
    """The Latin letter or digit that a lower-case sign passes for (易混字符)."""
    return {sign: letter for sign, letter in _rows("letters.tsv")}
