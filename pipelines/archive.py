"""Keeps answers as evidence (网页存档): one WARC file a day and retention class, its digests in the day's manifest.

A file that lost its end, or was dropped, is followed by another (``…-ordinary-2.warc.gz``).

This is the door of the archive: write with ``WarcArchive``, read with ``load_stored``, keep for good with
``promote``, and let go with ``drop``, where it must be after ``take_out`` (pipelines/apart.py) of what else it holds.
pipelines/manifest.py proves that nothing was changed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from pipelines.answers import LinkAnswer, Page
from pipelines.ledger import Ledger
from pipelines.lines import FOLDER, SUFFIX, WARC_NAME
from pipelines.manifest import verify_records
from pipelines.members import ArchiveError
from pipelines.redaction import redacted_address
from pipelines.stored import StoredPage, copies, load_stored
from pipelines.warc import Record, check_body, check_records, digest_of, page_records, warc_date
from records import SHANGHAI, LinkCheck, Snapshot

__all__ = [
    "RAW_PER_KIND",
    "ArchiveError",
    "EvidenceFile",
    "StoredPage",
    "WarcArchive",
    "drop",
    "files",
    "is_for_good",
    "load_stored",
    "note_file",
    "promote",
    "usage",
]

RETENTIONS = ("ordinary", "search", "finding")
RAW_FOLDER = "raw"
RAW_PER_KIND = 3


class EvidenceFile(NamedTuple):
    """One WARC file: its name below the evidence folder, its day in Shanghai, its retention class and its size."""

    name: str
    day: date
    retention: str
    n_bytes: int


class WarcArchive:
    """Writes pages below ``home/evidence``; with ``keep_raw`` also the first bodies of each kind below ``home/raw``."""

    def __init__(self, home: Path, run_id: int, *, keep_raw: bool = False) -> None:
        self._home, self._run_id, self._keep_raw = home, run_id, keep_raw
        self._ledger = Ledger(home)

    def keep(self, page: Page, retention: str = "ordinary") -> Snapshot:
        """Store the page as received and say where it lies; record and manifest are written when this returns.

        That outlives this process. The disk itself is made to hold them once a second at most, and by ``flush``:
        a power failure may take the records of the last second, or those after the last write of a process that
        did not flush, as far as the system had not written them yet. It is noticed, never silently wrong: the
        file is found shorter than its manifest (``lost``), or the page's digest is not its snapshot's.

        The snapshot's digest is that of the decoded body, so that anyone can compare an exported file; its
        address has no token. ``retention`` is ``ordinary``, ``search`` or ``finding``.

        Raises:
            OSError: Nothing was stored, as when the disk is full, or the disk failed to hold it.
        """
        digest = digest_of(page.body)
        name = file_name(page.fetched_at, retention)
        place = self._ledger.append(name, page.fetched_at, lambda firsts: page_records(page, digest, firsts))
        if self._keep_raw:
            self._save_raw(page)
        return _snapshot(page.url, page.fetched_at, digest, place)

    def keep_check(self, check: LinkCheck, answer: LinkAnswer | None = None) -> Snapshot:
        """Store what a link check concluded, with the answer or answers it rests on if any, and say where it lies.

        Raises:
            OSError: Nothing was stored.
        """
        return self.keep_checks([(check, answer)])[0]

    def keep_checks(self, checks: Sequence[tuple[LinkCheck, LinkAnswer | None]]) -> list[Snapshot]:
        """The same for several, in their order, those of a day together."""
        by_file: defaultdict[str, list[int]] = defaultdict(list)
        for number, (check, _) in enumerate(checks):
            by_file[file_name(check.checked_at, "ordinary")].append(number)
        found: dict[int, Snapshot] = {}
        for name, numbers in by_file.items():
            bodies = [check_body(checks[number][0]) for number in numbers]
            makes = [
                partial(check_records, *checks[number], body) for number, body in zip(numbers, bodies, strict=True)
            ]
            places = self._ledger.append_each(name, checks[numbers[0]][0].checked_at, makes)
            for number, body, place in zip(numbers, bodies, places, strict=True):
                check = checks[number][0]
                found[number] = _snapshot(check.url, check.checked_at, digest_of(body), place)
        return [found[number] for number in range(len(checks))]

    def flush(self) -> None:
        """Have the disk itself hold all that was kept, as at the end of a run.

        Raises:
            OSError: The disk failed; what was kept may be lost.
        """
        self._ledger.flush()

    def _save_raw(self, page: Page) -> None:
        host = urlsplit(page.url).hostname or "unknown"
        folder = self._home / RAW_FOLDER / host / (page.kind or "unknown")
        folder.mkdir(parents=True, exist_ok=True)
        number = len(list(folder.glob("*.body"))) + 1
        if number > RAW_PER_KIND:
            return
        (folder / f"{number}.body").write_bytes(page.body)
        (folder / f"{number}.url").write_text(page.url + "\n", encoding="utf-8")
        for index, call in enumerate(page.calls, 1):
            (folder / f"{number}.call{index}").write_bytes(call.body)


def file_name(moment: datetime, retention: str) -> str:
    """The name of the WARC file for a moment's day in Shanghai and a retention class.

    Raises:
        ValueError: There is no such class.
    """
    if retention not in RETENTIONS:
        raise ValueError(f"no retention class {retention!r}")
    return f"{moment.astimezone(SHANGHAI).date().isoformat()}-{retention}.warc.gz"


def promote(home: Path, refs: Iterable[str], at: datetime) -> dict[str, str]:
    """Where each record lies after those not yet kept for good were copied to the finding class of the day ``at``.

    Records are copied to the byte; of a repeated body the copy holds the body itself. Plain files, and what is of
    that class already, stay where they are; so does what no longer matches the manifest, for a copy would
    hide it. Copying again on the same day gives the same places.

    Raises:
        OSError: The disk is full or cannot be read; what was copied before stays.
    """
    ledger, name = Ledger(home), file_name(at, "finding")
    moved = {ref: ref for ref in refs}
    movable = [ref for ref in moved if "#" in ref and not is_for_good(ref)]
    # What was written before there were manifests has no line to match.
    faulty = {one.ref for one in verify_records(home, movable) if one.kind != "unlisted" or _listable(one.file)}
    for ref in movable:
        if ref not in faulty and (records := _copies(home, ref)):
            moved[ref] = f"{FOLDER}/{ledger.append_once(name, at, ref, records)}"
    ledger.flush()  # what was copied may be dropped next
    return moved


def is_for_good(ref: str) -> bool:
    """Whether a record lies in the finding class, which no time ends."""
    match = WARC_NAME.fullmatch(ref.partition("#")[0].removeprefix(f"{FOLDER}/"))
    return match is not None and match[2] == "finding"


def drop(home: Path, name: str, at: datetime, why: str) -> None:
    """Remove one WARC file; the manifest says so first, with the time and the reason.

    After a crash between the two the file is still listed by ``files``, and dropping it again ends the matter.

    Raises:
        ArchiveError: There is no such WARC file.
    """
    if not WARC_NAME.fullmatch(name) or not (home / FOLDER / name).is_file():
        raise ArchiveError(f"没有存档文件 {name}。")
    Ledger(home).remove(name, at, why)


def note_file(home: Path, path: Path, at: datetime) -> None:
    """List a plain file of the evidence folder, as a person's picture, in the manifest with its digest."""
    body = path.read_bytes()
    name = path.resolve().relative_to((home / FOLDER).resolve()).as_posix()
    facts = {"file": name, "offset": None, "length": len(body), "sha256": digest_of(body), "type": "plain"}
    Ledger(home).note(at, {**facts, "fetched_at": warc_date(at)})


def files(home: Path) -> list[EvidenceFile]:
    """The WARC files, oldest day first; those from before the retention classes count as ordinary."""
    found = []
    for path in sorted((home / FOLDER).glob("*.warc.gz")):
        if match := WARC_NAME.fullmatch(path.name):
            size = path.stat().st_size
            found.append(EvidenceFile(path.name, date.fromisoformat(match[1]), match[2] or "ordinary", size))
    return found


def usage(home: Path) -> dict[str, int]:
    """Bytes on the disk by retention class, with ``manifest`` and ``plain`` (pictures and saved pages) beside them."""
    sizes = Counter({name: 0 for name in (*RETENTIONS, "manifest", "plain")})
    for file in files(home):
        sizes[file.retention] += file.n_bytes
    for path in (home / FOLDER).rglob("*"):
        if path.is_file() and not WARC_NAME.fullmatch(path.name):
            sizes["manifest" if path.name.endswith(SUFFIX) else "plain"] += path.stat().st_size
    return dict(sizes)


def _listable(name: str | None) -> bool:
    """Whether a WARC file is of a retention class, whose every record has a line."""
    match = WARC_NAME.fullmatch(name or "")
    return match is not None and match[2] is not None


def _copies(home: Path, ref: str) -> list[Record]:
    try:
        return copies(home, ref)
    except ArchiveError:
        return []  # stays where it is; verify_records says what is wrong


def _snapshot(url: str, moment: datetime, digest: str, place: str) -> Snapshot:
    return Snapshot(url=redacted_address(url)[0], fetched_at=moment, sha256=digest, ref=f"{FOLDER}/{place}")
