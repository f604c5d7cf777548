"""The hand-written tables of the likeness benchmark (标注集), read once, and how they are parted into two halves.

What tunes and what judges is parted by a checksum of what is in it: a place with all its names, and a pair of
characters in whatever table it stands, belong to one half only.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
HALVES = ("tune", "judge")


def half_of(text: str) -> str:
    """The half that a place or a pair of characters belongs to: ``tune`` or ``judge``."""
    return HALVES[zlib.crc32("".join(text).encode()) % 2]


def half_of_pair(one: str, other: str) -> str:
    """The half of a pair of characters, whichever way round it is written."""
    return half_of("".join(sorted((one, other))))


def load_rows(name: str) -> Iterator[list[str]]:
    """The rows of a table beside this file, cell by cell, without its head."""
    for line in (FOLDER / name).read_text(encoding="utf-8").split("\n"):  # no name may end a line in its own way
        if line and not line.startswith("#"):
            yield line.split("\t")


@dataclass(frozen=True, slots=True)
class Place:
    """A place whose offices are registered: its names, its parent's short name, and the sound of its short name."""

    full: str
    short: str
    parent: str
    sound: tuple[str, ...]


@cache
def places(half: str) -> tuple[Place, ...]:
    """The places of a half, in the table's order."""
    found = (Place(full, short, parent, tuple(sound.split())) for full, short, parent, sound in load_rows("places.tsv"))
    return tuple(place for place in found if half_of(place.short) == half)


@cache
def patterns() -> tuple[tuple[str, ...], ...]:
    """The patterns of account names, each cut where its words may change places."""
    return tuple(tuple(row[0].split("|")) for row in load_rows("offices.tsv"))


def _grouped(pairs: Iterable[tuple[str, str]], half: str) -> dict[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = {}
    for one, other in pairs:
        if half_of_pair(one, other) == half:
            groups.setdefault(one, []).append(other)
    return {one: tuple(others) for one, others in groups.items()}


@cache
def swaps(table: str, half: str) -> dict[str, tuple[str, ...]]:
    """What may stand for a character in a half, by the name of the table."""
    return _grouped(_READERS[table](), half)


def _spelt_out(name: str) -> Iterator[tuple[str, str]]:
    for character, others in load_rows(name):
        yield from ((character, other) for other in others)


def _paired(name: str) -> Iterator[tuple[str, str]]:
    for row in load_rows(name):
        for pair in row[-1].split():
            yield pair[0], pair[1]


def _coded() -> Iterator[tuple[str, str]]:
    for character, codes in load_rows("radicals.tsv"):
        yield from ((character, chr(int(code, 16))) for code in codes.split())


_READERS: dict[str, Callable[[], Iterator[tuple[str, str]]]] = {
    "sound": lambda: _spelt_out("homophones.tsv"),
    "shape": lambda: _spelt_out("shapes.tsv"),
    "traditional": lambda: _paired("traditional.tsv"),
    "radicals": _coded,
    "digits": lambda: _paired("digits.tsv"),
}


@cache
def signs(half: str) -> dict[str, tuple[str, ...]]:
    """The signs of ``invisible.tsv`` for a half, by sort; a pair of brackets is one sign of two characters."""
    found = {}
    for sort, codes in load_rows("invisible.tsv"):
        texts = ("".join(chr(int(code, 16)) for code in sign.split("+")) for sign in codes.split())
        found[sort] = tuple(text for text in texts if half_of(sort + text) == half)
    return found


@cache
def words(half: str, where: str) -> tuple[str, ...]:
    """The words that are added ``before`` or ``after`` a name, or around it to contain it."""
    rows = (row for row in load_rows("words.tsv") if row[0] == where and row[1] in ("both", half))
    return tuple(word for row in rows for word in row[2].split())


@cache
def shortenings() -> dict[str, tuple[str, ...]]:
    """What people leave out of the names of offices."""
    return {word: tuple(others.split()) for word, others in load_rows("shortenings.tsv")}


@cache
def real_names() -> frozenset[str]:
    """Short names of real places and words of real offices: a disguise that spells one of them is an honest name."""
    divisions = {row[0] for row in load_rows("divisions.txt")}
    units = {name for row in load_rows("other_units.tsv") for name in row}
    bare = {name.replace("{p}", "").replace("{f}", "") for name in units}
    return frozenset(divisions | {word for word in bare if len(word) >= 2})


def spells_another(candidate: str, name: str, allowed: str = "") -> bool:
    """Whether a candidate has the name of a real place or office that the registered name does not have."""
    pieces = (
        candidate[start : start + length] for length in range(2, 8) for start in range(len(candidate) - length + 1)
    )
    return any(piece in real_names() and piece not in name and piece not in allowed for piece in pieces)
