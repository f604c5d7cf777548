"""The labelled pairs and the honest names, as they are read by the measures and the tests."""

from __future__ import annotations

from typing import NamedTuple

from bench.likeness.tables import load_rows

TOP = 20  # how many names of a search a person looks through


class Pair(NamedTuple):
    """A registered name and a candidate that is to be put before a person."""

    name: str
    candidate: str
    kind: str
    half: str
    source: str


class Honest(NamedTuple):
    """A registered name and an honest one beside it."""

    name: str
    candidate: str
    kind: str
    half: str


def load_pairs(half: str) -> list[Pair]:
    """The pairs of a half."""
    return [pair for pair in (Pair(*row) for row in load_rows("pairs.tsv")) if pair.half == half]


def load_honest(half: str) -> list[Honest]:
    """The honest names of a half."""
    return [row for row in (Honest(*row) for row in load_rows("honest.tsv")) if row.half == half]
