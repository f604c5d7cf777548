"""Hard honest names (邻名): near places, namesakes, other offices and media of a place, beside a registered name."""

from __future__ import annotations

import random
from collections.abc import Iterator, Set

from bench.likeness import tables
from bench.likeness.labelled import Honest
from bench.likeness.tables import HALVES, half_of, load_rows

_LIMITS = {
    **{"sibling_county": 800, "same_named_place": 450, "other_unit_of_place": 600, "media": 350},
    **{"sibling_office": 300, "other_body": 300},
}
_OFFICES = (
    "{p}发布 平安{p} 健康{p} {p}融媒 {p}公安 {f}公安局 {f}人民政府 {p}教育 法治{p} {p}司法 {p}消防 {p}文旅 "
    "{p}医保 {p}人社 {f}融媒体中心 {f}市场监督管理局 "
    "{p}税务 {f}人民检察院 微{p} {p}交警 {p}110 {p}12345 {f}卫生健康局 {p}政务服务"
).split()
_WITH_PARENT = "{q}{f}人民政府 {q}{p}发布 平安{q}{p} {q}{f}公安局 {q}{p}融媒 健康{q}{p}".split()
_TOWNS = "{q}{t}人民政府 {q}{t}发布 {q}{t}卫生院 平安{q}{t} {q}{t}便民服务中心".split()
_FULL = "{f}公安局 {f}人民政府 {f}融媒体中心 {f}教育局 {f}发布".split()
_BESIDE_MEDIA = "{p}发布 {p}公安 平安{p} {p}教育 {p}文旅 {f}人民政府 {p}交警 健康{p} {p}融媒 {p}人社".split()


def _siblings(half: str, rng: random.Random) -> Iterator[Honest]:
    """The same office of two near places."""
    for _, full, short, other_full, other_short in load_rows("neighbours.tsv"):
        if half_of(short) == half:
            for pattern in rng.sample(_OFFICES, 4):
                names = (pattern.format(p=short, f=full), pattern.format(p=other_short, f=other_full))
                one, other = rng.sample(names, 2)
                yield Honest(one, other, "sibling_county", half)
    for sort, *cells in load_rows("namesakes.tsv"):
        if sort == "sibling_town" and half_of(cells[1]) == half:
            full, short, one, other = cells
            pattern, parent = rng.choice(_TOWNS), rng.choice((full, short))
            yield Honest(pattern.format(q=parent, t=one), pattern.format(q=parent, t=other), "sibling_county", half)


def _namesakes(half: str, rng: random.Random) -> Iterator[Honest]:
    """The same office of two places of one name, each with its parent, and of a county and a city of one name."""
    for sort, *cells in load_rows("namesakes.tsv"):
        if sort == "town" and half_of(cells[2]) == half:
            town, full, short, other_full, other_short = cells
            for pattern in rng.sample(_TOWNS, 2):
                one, other = rng.choice(((full, other_full), (short, other_short)))
                yield Honest(pattern.format(q=one, t=town), pattern.format(q=other, t=town), "same_named_place", half)
        elif sort == "county" and half_of(cells[0]) == half:
            short, parent, other_parent, full, other_full = cells
            for pattern in rng.sample(_WITH_PARENT, 3):
                name = pattern.format(q=parent, p=short, f=full)
                yield Honest(name, pattern.format(q=other_parent, p=short, f=other_full), "same_named_place", half)
        elif sort == "level" and half_of(cells[0]) == half:
            for pattern in _FULL:
                yield Honest(pattern.format(f=cells[1]), pattern.format(f=cells[2]), "same_named_place", half)


def _other_units(half: str, rng: random.Random) -> Iterator[Honest]:
    """Two offices of one place."""
    places = tables.places(half)
    for one, other in load_rows("other_units.tsv"):
        for place in rng.sample(places, 6):
            names = [pattern.format(p=place.short, f=place.full) for pattern in (one, other)]
            name, candidate = rng.sample(names, 2)
            yield Honest(name, candidate, "other_unit_of_place", half)


def _media(half: str, rng: random.Random) -> Iterator[Honest]:
    """An office and a medium, a shop or a life-style account of its place."""
    places = tables.places(half)
    for (word,) in load_rows("life.tsv"):
        for place in rng.sample(places, 6):
            name = rng.choice(_BESIDE_MEDIA).format(p=place.short, f=place.full)
            yield Honest(name, word.format(p=place.short), "media", half)


def _sibling_offices(half: str, rng: random.Random) -> Iterator[Honest]:
    """Two offices of one place that a number or a direction tells apart."""
    for one, other in load_rows("siblings.tsv"):
        for place in rng.sample(tables.places(half), 6):
            name, candidate = rng.sample([pattern.format(p=place.short, f=place.full) for pattern in (one, other)], 2)
            yield Honest(name, candidate, "sibling_office", half)


def _other_bodies(half: str, rng: random.Random) -> Iterator[Honest]:
    """An office and another body of its place with the office's words in its name; each such body in one half only."""
    for one, other in load_rows("other_bodies.tsv"):
        for place in rng.sample(tables.places(half), 8) if half_of(other) == half else ():
            name, candidate = (pattern.format(p=place.short, f=place.full) for pattern in (one, other))
            yield Honest(name, candidate, "other_body", half)


def _within(row: Honest) -> bool:
    """Whether one of the names stands in the other: that is no honest name any more, but of another body."""
    return row.kind != "other_body" and (row.name in row.candidate or row.candidate in row.name)


_KINDS = {
    "sibling_county": _siblings,
    "same_named_place": _namesakes,
    "other_unit_of_place": _other_units,
    "media": _media,
    "sibling_office": _sibling_offices,
    "other_body": _other_bodies,
}


def build(disguises: Set[str]) -> list[Honest]:
    """All honest names of both halves, kind by kind, none of them a disguise of some other name."""
    found: dict[tuple[str, str], Honest] = {}
    for half in HALVES:
        for kind, make in _KINDS.items():
            rng = random.Random(f"honest {kind} {half}")  # noqa: S311 - the same names each time
            rows = [row for row in make(half, rng) if row.candidate not in disguises and not _within(row)]
            for row in rng.sample(rows, min(len(rows), _LIMITS[kind])):
                found.setdefault((row.name, row.candidate), row)
    return list(found.values())
