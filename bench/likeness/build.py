"""Writes ``pairs.tsv`` and ``honest.tsv`` anew from the hand-written tables: ``python -m bench.likeness.build``.

Seeded throughout, so that the same tables give the same two files.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from bench.likeness import honest, tables
from bench.likeness.disguises import KINDS, Registered
from bench.likeness.labelled import Pair
from bench.likeness.tables import HALVES

N_NAMES = 200  # registered names in each half, so that the judging half is a register of its own
N_PAIRS = 100  # of each kind in each half
# Signs that may be no disguise of a name: a swap must not spell another office or another place.
_GUARDED = ("sound", "shape", "traditional", "dropped", "reordered", "two_edits")
_PAIRS_HEAD = """\
# Registered names and names by which somebody could pass for them: each is to be put before a person.
# Source: made by bench/likeness/build.py from the hand-written tables beside it, with the published cases of real.tsv.
# Licence: Apache-2.0.
# Columns: name, candidate, kind, half, source. Do not edit: edit the tables and build again.
"""
_HONEST_HEAD = """\
# Honest names that are near a registered one: no reasonable clerk takes the one for the other.
# Source: made by bench/likeness/build.py from the hand-written tables beside it. Licence: Apache-2.0.
# Columns: name, candidate, kind, half. Do not edit: edit the tables and build again.
"""


def registered(half: str) -> list[Registered]:
    """The registered names of a half: every pattern of account names with places of every sort."""
    rng = random.Random(f"names {half}")  # noqa: S311 - the same names each time
    patterns, places = list(tables.patterns()), list(tables.places(half))
    rng.shuffle(places)
    found: dict[str, Registered] = {}
    turn = 0
    while len(found) < N_NAMES:
        pattern, place = patterns[turn % len(patterns)], places[turn % len(places)]
        turn += 1
        pieces = tuple(piece.format(p=place.short, f=place.full) for piece in pattern)
        if len(pieces) == 1 and "{p}" in pattern[0] and pattern[0] != "{p}":
            before, _, after = pattern[0].partition("{p}")
            pieces = tuple(piece for piece in (before, place.short, after) if piece)
        found.setdefault("".join(pieces), Registered(place, pieces, half))
    return list(found.values())


def _candidates(kind: str, name: Registered, rng: random.Random) -> list[tuple[str, str]]:
    """What the kind makes of a name, in any order, without names that are another's or no disguise."""
    found = [
        (candidate, source)
        for candidate, source in KINDS[kind](name, rng)
        if candidate not in (name.text, name.text.casefold())
        and not (kind in _GUARDED and tables.spells_another(candidate, name.text, name.place.parent))
    ]
    rng.shuffle(found)
    return found


def _planted(kind: str, half: str, names: list[Registered], taken: set[str]) -> Iterator[Pair]:
    """A hundred pairs of a kind, one name after the other, with no candidate that is taken."""
    rng = random.Random(f"{kind} {half}")  # noqa: S311 - the same pairs each time
    waiting = [(name, _candidates(kind, name, rng)) for name in rng.sample(names, len(names))]
    n_found = 0
    while n_found < N_PAIRS and any(found for _, found in waiting):
        for name, found in waiting:
            if not found or n_found == N_PAIRS:
                continue
            candidate, source = found.pop()
            if candidate not in taken:
                taken.add(candidate)
                n_found += 1
                yield Pair(name.text, candidate, kind, half, source)


def _published(half: str) -> Iterator[Pair]:
    """The published cases of a half, and pairs modelled on them."""
    rng = random.Random(f"real {half}")  # noqa: S311 - the same pairs each time
    rows = list(tables.load_rows("real.tsv"))
    cases = [Pair(row[0], row[1], "real", row[2], row[3]) for row in rows if row[2] == half and "{" not in row[0]]
    yield from cases
    patterns = [row for row in rows if row[2] in ("both", half) and "{" in row[0]]
    places = rng.sample(tables.places(half), len(tables.places(half)))
    longer = [place for place in places if place.full != place.short]
    for number in range(N_PAIRS - len(cases)):
        name, candidate, _, source = patterns[number % len(patterns)]
        place = longer[number % len(longer)]
        named, shown = (text.format(p=place.short, f=place.full) for text in (name, candidate))
        yield Pair(named, shown, "real", half, source)


def build_pairs() -> list[Pair]:
    """All pairs of both halves, kind by kind."""
    found: list[Pair] = []
    for half in HALVES:
        names = registered(half)
        taken = {name.text for name in names}
        for kind in KINDS:
            found += _planted(kind, half, names, taken)
        found += _published(half)
    return found


def save(name: str, head: str, rows: list[tuple[str, ...]]) -> None:
    """Writes one table beside this file."""
    text = head + "".join("\t".join(row) + "\n" for row in rows)
    (tables.FOLDER / name).write_text(text, encoding="utf-8")


def main() -> None:
    """Writes both tables."""
    pairs = build_pairs()
    save("pairs.tsv", _PAIRS_HEAD, [tuple(pair) for pair in pairs])
    save("honest.tsv", _HONEST_HEAD, [tuple(row) for row in honest.build({pair.candidate for pair in pairs})])


if __name__ == "__main__":
    main()
