"""The labelled pairs and honest names: enough of each kind, two halves apart, and what the judging half measures."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import chain

from bench.likeness import build, honest
from bench.likeness.labelled import Honest, Pair, load_honest, load_pairs
from bench.likeness.measures import ALL, found_alike, found_at_top, honest_alike, ranked_among
from bench.likeness.tables import HALVES, half_of_pair
from bench.names_corpus import corpus

KINDS = (
    "sound shape added dropped reordered invisible width traditional radicals digits contains pinyin two_edits real"
).split()
HONEST_KINDS = "sibling_county same_named_place other_unit_of_place media sibling_office other_body".split()
N_RANKED = 20_000
# Kinds that put one character for another: what differs at a place is a pair of characters.
SWAPPING = ("sound", "shape", "traditional", "radicals", "digits")
_SWAP = re.compile(r"(\S)→(\S)")


@cache
def pairs(half: str) -> list[Pair]:
    return load_pairs(half)


@cache
def honest_names(half: str) -> list[Honest]:
    return load_honest(half)


def both_names(half: str) -> list[tuple[str, str]]:
    """Name and candidate of every row of a half, honest or not."""
    disguised = [(pair.name, pair.candidate) for pair in pairs(half)]
    return disguised + [(row.name, row.candidate) for row in honest_names(half)]


def swaps(half: str) -> set[frozenset[str]]:
    """The pairs of characters that the sources of a half name."""
    return {frozenset(found) for pair in pairs(half) for found in _SWAP.findall(pair.source)}


def below(of_kinds: dict[str, float], bound: float) -> dict[str, float]:
    return {kind: round(share, 3) for kind, share in of_kinds.items() if share < bound}


def test_there_are_enough_pairs_of_fourteen_kinds() -> None:
    counts = Counter(pair.kind for half in HALVES for pair in pairs(half))
    assert set(counts) == set(KINDS)
    assert min(counts.values()) >= 100, counts
    assert counts.total() >= 2_000
    for half in HALVES:
        assert min(Counter(pair.kind for pair in pairs(half)).values()) >= 80


def test_there_are_enough_honest_names_of_every_kind() -> None:
    counts = Counter(row.kind for half in HALVES for row in honest_names(half))
    assert set(counts) == set(HONEST_KINDS)
    assert counts.total() >= 4_000
    assert min(counts.values()) >= 500, counts


def test_no_name_of_one_half_is_in_the_other() -> None:
    tuned, judged = (set(chain.from_iterable(both_names(half))) for half in HALVES)
    assert tuned & judged == set()


def test_no_pair_of_characters_of_one_half_is_in_the_other() -> None:
    assert swaps("tune") & swaps("judge") == set()
    assert {half_of_pair(*pair) for pair in swaps("judge")} == {"judge"}


def test_a_source_names_every_character_that_was_put_for_another() -> None:
    for pair in chain.from_iterable(pairs(half) for half in HALVES):
        if pair.kind in SWAPPING and len(pair.name) == len(pair.candidate):
            differing = {(one, other) for one, other in zip(pair.name, pair.candidate, strict=True) if one != other}
            assert differing == set(_SWAP.findall(pair.source)), pair


def test_a_pair_is_of_two_names_and_stands_once() -> None:
    rows = list(chain.from_iterable(both_names(half) for half in HALVES))
    assert [row for row, count in Counter(rows).items() if count > 1] == []
    assert [row for row in rows if row[0] == row[1]] == []


def test_the_two_lists_are_what_their_tables_make() -> None:
    built = build.build_pairs()
    assert built == [pair for half in HALVES for pair in pairs(half)]
    assert honest.build({pair.candidate for pair in built}) == [row for half in HALVES for row in honest_names(half)]


def test_disguises_are_put_before_a_person() -> None:
    alike = found_alike(pairs("judge"))
    assert alike[ALL] >= 0.97, f"kinds below: {below(alike, 0.97)}"


def test_every_kind_of_disguise_is_among_the_first_twenty() -> None:
    judged = pairs("judge")
    names = corpus(N_RANKED, {pair.candidate for pair in judged}, {pair.name for pair in judged})
    found = found_at_top(judged, ranked_among(judged, names))
    assert below(found, 0.95) == {}, f"all: {found[ALL]:.3f}"
    assert found[ALL] >= 0.99


def test_honest_names_are_left_alone() -> None:
    alike = honest_alike(honest_names("judge"))
    assert alike[ALL] <= 0.01, f"of each kind: { {kind: round(share, 3) for kind, share in alike.items()} }"
