"""How alike two characters look (形近), by the shipped table."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources


@cache
def _neighbours() -> Mapping[str, tuple[str, bytes]]:
    """The look-alikes of each character and how alike each is, in hundredths; small, as it is always at hand."""
    text = (resources.files("analysis") / "tables" / "similar.tsv").read_text(encoding="utf-8")
    found: dict[str, tuple[array[int], bytearray]] = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        # Columns of fixed width: two characters, and a score of one digit, a point and two.
        left, right, score = line[0], line[2], int(line[4] + line[6:8])
        for one, other in ((left, right), (right, left)):
            others, scores = found.setdefault(one, (array("I"), bytearray()))
            others.append(ord(other))
            scores.append(score)
    return {sign: ("".join(map(chr, others)), bytes(scores)) for sign, (others, scores) in found.items()}


def lookalikes_of(sign: str) -> Iterator[tuple[str, float]]:
    """Characters that look like this one, and how alike (0.0 to 1.0)."""
    others, scores = _neighbours().get(sign, ("", b""))
    return ((other, score / 100) for other, score in zip(others, scores, strict=True))
