"""Made-up account names in any number, of real places and the words of offices and of life style (海量名称)."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence, Set
from functools import cache
from importlib import resources
from itertools import islice

from bench.likeness.labelled import Pair
from bench.likeness.tables import load_rows

_SHARES = {"county": 0.35, "city": 0.05, "town": 0.6}
_LEVELS = {2: "province", 4: "city", 6: "county"}


@cache
def _words(sort: str) -> list[str]:
    return [word for row in load_rows("corpus_words.tsv") if row[0] == sort for word in row[1].split()]


@cache
def _places() -> dict[str, list[tuple[str, str]]]:
    """Full and short names of real places, by level."""
    found: dict[str, list[tuple[str, str]]] = {sort: [] for sort in _SHARES}
    for name in ("places.tsv", "towns.tsv"):
        for line in (resources.files("analysis") / "tables" / name).read_text(encoding="utf-8").splitlines():
            cells = line.split("\t")
            if line.startswith("#"):
                continue
            level = _LEVELS[len(cells[0])] if name == "places.tsv" else "town"
            full, short = cells[1:3] if name == "places.tsv" else cells[0:2]
            if level in found:
                found[level].append((full, short or full))
    return found


def _name(rng: random.Random) -> str:
    """One account name: a place, short or in full, what it is about, and sometimes more around it."""
    level = rng.choices(list(_SHARES), list(_SHARES.values()))[0]
    place = rng.choice(rng.choice(_places()[level]))  # in full or short
    if rng.random() < 0.12:
        name = rng.choice(_words("ahead")) + place
    else:
        name = place + rng.choice(_words("office" if rng.random() < 0.8 else "life"))
    if rng.random() < 0.25:
        name += rng.choice(_words("behind"))
    if rng.random() < 0.05:
        name = rng.choice(_places()["county"])[1] + name
    return name


def made_up(seed: str) -> Iterator[str]:
    """Names without end, none of them twice."""
    rng = random.Random(seed)  # noqa: S311 - the same names each time
    seen: set[str] = set()
    while True:
        name = _name(rng)
        if name not in seen:
            seen.add(name)
            yield name


def register(pairs: Sequence[Pair], n_names: int) -> list[str]:
    """As many registered names: those of the pairs in a mixed order, and made-up ones where they are too few."""
    names = list(dict.fromkeys(pair.name for pair in pairs))
    random.Random("register").shuffle(names)  # noqa: S311
    known = {*names, *(pair.candidate for pair in pairs)}
    more = (name for name in made_up("register") if name not in known and len(name) >= 4)
    return [*names[:n_names], *islice(more, max(0, n_names - len(names)))]


def corpus(n_names: int, planted: Set[str], registered: Set[str]) -> list[str]:
    """As many names in a mixed order: the planted ones and others, of which none is registered."""
    others = (name for name in made_up("corpus") if name not in planted and name not in registered)
    names = [*sorted(planted), *islice(others, n_names - len(planted))]
    random.Random("order").shuffle(names)  # noqa: S311
    return names
