"""What the labelled benchmark measures of our likeness of names; the one place that knows how our search is called."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from heapq import nlargest
from itertools import islice

from analysis.lookalikes import BLOCK, Lookalikes
from analysis.names import ALIKE, similarities
from analysis.signs import rows_of
from bench.likeness.labelled import TOP, Honest, Pair

ALL = "all"


class Search:
    """Our search over a stream of names, with its processor seconds: keys of the index, of the stream, and matching."""

    def __init__(self, registered: Sequence[str]) -> None:
        began = time.process_time()
        self._index = Lookalikes(registered)
        self.index_seconds = time.process_time() - began
        self.fold_seconds = 0.0
        self.match_seconds = 0.0
        self.registered = list(registered)

    def matches(self, candidates: Iterable[str]) -> Iterator[tuple[str, str, float]]:
        """``(registered name, candidate, score)`` of all that is told of."""
        stream = iter(candidates)
        while block := list(islice(stream, BLOCK)):
            began = time.process_time()
            rows = rows_of(block)
            self.fold_seconds += (folded := time.process_time()) - began
            known, others, scores = self._index.match(rows)
            self.match_seconds += time.process_time() - folded
            for name, other, score in zip(known.tolist(), others.tolist(), scores.tolist(), strict=True):
                yield self.registered[name], block[other], score


def best(matches: Iterable[tuple[str, str, float]], top: int = TOP) -> dict[str, list[tuple[float, str]]]:
    """The ``top`` most like candidates of each registered name, best first."""
    kept: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for name, candidate, score in matches:
        kept[name].append((score, candidate))
        if len(kept[name]) > 50 * top:
            kept[name] = nlargest(top, kept[name])
    return {name: nlargest(top, found) for name, found in kept.items()}


def shares(hits: Iterable[tuple[str, bool]]) -> dict[str, float]:
    """The share of hits of each kind, and of all of them as ``all``."""
    counted: dict[str, list[bool]] = defaultdict(list)
    for kind, hit in hits:
        counted[kind].append(hit)
        counted[ALL].append(hit)
    return {kind: sum(found) / len(found) for kind, found in sorted(counted.items())}


def weakest(of_kinds: dict[str, float]) -> tuple[str, float]:
    """The kind with the smallest share."""
    return min(((kind, share) for kind, share in of_kinds.items() if kind != ALL), key=lambda item: item[1])


def found_at_top(pairs: Sequence[Pair], ranked: dict[str, set[str]]) -> dict[str, float]:
    """The share of candidates among the best of their registered name, by kind."""
    return shares((pair.kind, pair.candidate in ranked.get(pair.name, ())) for pair in pairs)


def found_alike(pairs: Sequence[Pair]) -> dict[str, float]:
    """The share of pairs that are put before a person, by kind."""
    return shares(_alike(pairs))


def honest_alike(rows: Sequence[Honest]) -> dict[str, float]:
    """The share of honest names that are put before a person, by kind."""
    return shares(_alike(rows))


def _alike(rows: Sequence[Pair] | Sequence[Honest]) -> Iterator[tuple[str, bool]]:
    by_name: dict[str, list[Pair | Honest]] = defaultdict(list)
    for row in rows:
        by_name[row.name].append(row)
    for name, those in by_name.items():
        scores = similarities(name, [row.candidate for row in those])
        yield from ((row.kind, score >= ALIKE) for row, score in zip(those, scores, strict=True))


def ranked_among(pairs: Sequence[Pair], names: Sequence[str]) -> dict[str, set[str]]:
    """The best candidates of each registered name of the pairs among these names."""
    search = Search(sorted({pair.name for pair in pairs}))
    return {name: {candidate for _, candidate in found} for name, found in best(search.matches(names)).items()}
