"""Takes records out of an evidence file (取出存档): the others are copied to the next of its class, then it is dropped.

Doing it again after a crash gives the same places; what other processes add meanwhile is copied as well.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from pathlib import Path

from pipelines.ledger import Ledger
from pipelines.lines import FOLDER, numbered
from pipelines.manifest import verify_records
from pipelines.members import ArchiveError
from pipelines.places import ended_files, groups_of
from pipelines.stored import copies


def take_out(
    home: Path,
    name: str,
    without: Collection[str],
    at: datetime,
    *,
    into: str,
    why: Callable[[bool], str],
    on_copied: Callable[[Mapping[str, str]], None],
) -> None:
    """Drop a WARC file, after what it holds besides ``without`` was copied to another.

    Args:
        home: The office's folder.
        name: The file, by its name below the evidence folder.
        without: The places in it that are not copied.
        at: When.
        into: The first file of the day and class that take the copies.
        why: The reason for the manifest, from whether anything was copied.
        on_copied: Told the new places by the former ones before the file goes, so that nobody reads in vain.

    Raises:
        ArchiveError: A record is not as its line says; a copy would hide it, so the file stays.
        OSError: The disk is full or cannot be read; the file stays.
    """
    ledger, is_dropped = Ledger(home), False
    while not is_dropped:
        end = ledger.end_of(name)
        moved = _copied(ledger, home, name, without, at, into)
        on_copied(moved)
        # Not, where a record came in since: it is copied in the next turn.
        is_dropped = ledger.remove(name, at, why(bool(moved)), end)


def _copied(ledger: Ledger, home: Path, name: str, without: Collection[str], at: datetime, into: str) -> dict[str, str]:
    """Where the other records lie now."""
    kept = [ref for ref in groups_of(home, name) if ref not in without]
    for fault in verify_records(home, kept):
        if fault.ref is not None:
            raise ArchiveError(fault.sentence)
    target = _another(home, name, into)
    moved = {ref: f"{FOLDER}/{ledger.append_once(target, at, ref, copies(home, ref))}" for ref in kept}
    ledger.flush()
    return moved


def _another(home: Path, name: str, into: str) -> str:
    """The first file of a day and class that takes records and is not the one named."""
    ended = ended_files(home, into[:10])
    return next(one for one in numbered(into) if one != name and one not in ended)
