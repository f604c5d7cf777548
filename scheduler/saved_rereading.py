"""Reads again the files that persons saved (重读保存的文件), as replay and verification compare them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from crawler.reading import Reading
from crawler.saved.document import SavedError
from crawler.saved.reading import KNOWN, SavedReading
from records import Candidate
from scheduler.rereading import load_page
from scheduler.saved_files import is_table, read_file, reading_of
from storage.queries.snapshots import SAVED, StoredSnapshot


def is_saved(stored: StoredSnapshot) -> bool:
    """Whether a person saved the page, in whatever form the browser gave it."""
    return stored.snapshot.ref.startswith(SAVED)


def read_again(home: Path, stored: StoredSnapshot) -> Reading:
    """What a saved file gives today: each of its accounts once, as its import stored it.

    ``unparsed`` where it cannot be read at all any more; the reason says why.

    Raises:
        ArchiveError: The file is gone, or not as it was brought.
    """
    load_page(home, stored)
    file, at = home / stored.snapshot.ref, stored.snapshot.fetched_at
    try:
        reading, pages = reading_of(file, at), read_file(file, file.name, at)
    except SavedError as error:
        return Reading(platform=None, kind="saved", status="unparsed", reason=f"保存的文件现在读不出来：{error}")
    return replace(reading, records=tuple(_each_once(pages, is_partners=is_table(file.name))))


def _each_once(pages: Sequence[SavedReading], *, is_partners: bool) -> Iterator[Candidate]:
    """A known layout tells more of an account than a bare link, and a later page than an earlier one."""
    told: dict[str, tuple[bool, Candidate]] = {}
    for page in pages:
        is_full = page.layout == KNOWN and not is_partners
        for one in page.candidates:
            before = told.get(one.ref)
            if before is None or (is_full and (not before[0] or before[1].found_at <= one.found_at)):
                told[one.ref] = (is_full, one)
    yield from (one for _, one in told.values())
