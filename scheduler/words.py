"""Cuts texts into words with the domain dictionary, for the ranking of search results."""

from __future__ import annotations

from analysis.segmenting import segment


def cut(text: str) -> list[str]:
    """The words of a text, in order."""
    return [word.text for line in text.split("\n") if line.strip() for word in segment(line)]
