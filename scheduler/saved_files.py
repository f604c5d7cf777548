"""Files that a person saved (保存的文件): found in folders, and read page by page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from crawler.reading import Reading
from crawler.saved.document import MAX_PARTS
from crawler.saved.partners import SUFFIXES as TABLE_SUFFIXES
from crawler.saved.partners import load_partners
from crawler.saved.reading import KNOWN, SavedReading, read_saved
from crawler.saved.zip import is_companion
from pipelines.normalize import normalized
from records import Candidate

SUFFIXES = (".html", ".htm", ".mhtml", ".mht", ".warc", ".gz", ".har", ".zip", ".json", *TABLE_SUFFIXES)
_MAX_DEPTH = 3
_RANK = ("ok", "empty", "gone", "blocked", "login", "unparsed")


def saved_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files themselves, and in folders those of known endings; a page's companion folder is left out."""
    for path in paths:
        if path.is_dir():
            yield from _in_folder(path, 0)
        else:
            yield path


def _in_folder(folder: Path, depth: int) -> Iterator[Path]:
    entries = sorted(folder.iterdir())[:MAX_PARTS]
    for entry in entries:
        if entry.is_symlink() or is_companion(entry.name):
            continue
        if entry.is_dir() and depth < _MAX_DEPTH and not is_companion(f"{entry.name}/x"):
            yield from _in_folder(entry, depth + 1)
        elif entry.is_file() and entry.name.lower().endswith(SUFFIXES):
            yield entry


def is_table(name: str) -> bool:
    """Whether a file is a partner's table by its ending."""
    return name.lower().endswith(TABLE_SUFFIXES)


def read_file(file: Path, name: str, at: datetime) -> tuple[SavedReading, ...]:
    """What each page of a file shows; a partner's table is one page of known layout.

    Args:
        file: Where it lies.
        name: What it was called; its ending tells a table.
        at: When it was brought.

    Raises:
        SavedError: It cannot be read; the message says what to do.
    """
    if is_table(name):
        return (_table(load_partners(file, at), at),)
    return tuple(replace(one, candidates=tuple(_normal(one.candidates))) for one in read_saved(file.read_bytes(), at))


def reading_of(file: Path, at: datetime) -> Reading:
    """A kept file in one reading, as replay and verification compare it: all its accounts, its best page's status.

    Raises:
        SavedError: It cannot be read any more.
    """
    pages = read_file(file, file.name, at)
    best = min(pages, key=lambda one: _RANK.index(one.status))
    found = tuple(candidate for page in pages for candidate in page.candidates)
    by_links = bool(found) and best.status == "unparsed"
    return Reading(
        platform=best.platform or (found[0].platform if found else None),
        kind="saved",
        status="ok" if by_links else best.status,
        reason=None if by_links else best.reason,
        records=found,
    )


def _table(found: tuple[Candidate, ...], at: datetime) -> SavedReading:
    return SavedReading(
        name="",
        address=None,
        platform=None,
        keyword=None,
        status="ok",
        reason="合作单位提供的名单，账号本身没有看过",
        layout=KNOWN,
        at=at,
        candidates=tuple(_normal(found)),
    )


def _normal(found: Iterable[Candidate]) -> Iterator[Candidate]:
    for one in found:
        record = normalized(one)
        assert isinstance(record, Candidate)  # noqa: S101
        yield record
