"""Which result pages are still there (留存的结果页): without its page no suspected account is held against a unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from records import Evidence, Snapshot
from scheduler.workspace import Workspace


def with_held_pages(workspace: Workspace, given: Iterator[Evidence]) -> Iterator[Evidence]:
    """The evidence of each unit without those pages of suspected accounts whose file is in the archive no more.

    The database goes on telling where such a page lay. Only the file is looked for: whether its records are as they
    were kept is found out where they are read.
    """
    whole: Mapping[str, Snapshot] = {}
    held: Mapping[str, Snapshot] = {}
    for one in given:
        if one.candidate_snapshots is not whole:  # all units share one table of the candidates
            whole = one.candidate_snapshots
            held = _held(workspace.home, whole)
        yield replace(one, candidate_snapshots=held)


def _held(home: Path, pages: Mapping[str, Snapshot]) -> Mapping[str, Snapshot]:
    @cache
    def is_there(file: str) -> bool:
        return (home / file).is_file()

    return {ref: page for ref, page in pages.items() if is_there(page.ref.partition("#")[0])}
