"""Files that a person saved (保存的文件): found in folders, and read page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from crawler.reading import Reading
from crawler.saved.container import packed_files
from crawler.saved.document import MAX_PARTS, TOO_MANY_PARTS, NotRead, SavedError
from crawler.saved.partners import SUFFIXES as TABLE_SUFFIXES
from crawler.saved.partners import load_partners
from crawler.saved.reading import KNOWN, SavedReading, not_read, read_saved
from crawler.saved.zip import PackedFile, is_companion
from pipelines.normalize import normalized
from records import Candidate

SUFFIXES = (".html", ".htm", ".mhtml", ".mht", ".warc", ".gz", ".har", ".zip", ".json", *TABLE_SUFFIXES)
MAX_FILES = 2_000
_MAX_DEPTH = 3
TOO_MANY = f"一次最多读 {MAX_FILES} 个文件，请把其余的放到另一个文件夹，再读入一次"
TOO_DEEP = f"文件夹套得太深，只看到第 {_MAX_DEPTH} 层，请把里面的文件移到上面来再读入"
A_LINK = "是快捷方式（符号链接），不跟着打开，请把文件本身放进来"
NOT_SAVED = "不是保存的网页，也不是表格，请把搜索结果页另存为“网页，单个文件”（.mhtml）"
CLOSED = "打不开这个文件夹，请检查是否允许读取"
_SHOWS = ("ok", "empty")
_RANK = ("ok", "empty", "gone", "blocked", "login", "unparsed")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A file or folder that is not read (没有读入); the reason says what to do.

    ``is_page`` where pages may be in it that should have been read, ``False`` for a file of another kind.
    """

    path: Path
    reason: str
    is_page: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPart:
    """What is kept whole if it is kept (原件), and what its pages show: a file, or one of those in a .zip file.

    ``name`` is what it was called, ``at`` when it was first brought.
    """

    name: str
    suffix: str
    body: bytes
    at: datetime
    readings: tuple[SavedReading, ...]

    @property
    def is_evidence(self) -> bool:
        """Whether it shows accounts, or that a search found none."""
        return any(one.status in _SHOWS or one.candidates for one in self.readings)


def saved_files(paths: Iterable[Path]) -> Iterator[Path | LeftOut]:
    """The files themselves, and in folders those of known endings; whatever is left out comes with its reason.

    Only hidden files and a page's companion folder are passed over, as they are parts of what is read.
    """
    n_read = 0
    for entry in _entries(paths):
        n_read += isinstance(entry, Path)
        yield LeftOut(path=entry, reason=TOO_MANY) if isinstance(entry, Path) and n_read > MAX_FILES else entry


def _entries(paths: Iterable[Path]) -> Iterator[Path | LeftOut]:
    for path in paths:
        if path.is_dir():
            yield from _in_folder(path, 0)
        else:
            yield path


def _in_folder(folder: Path, depth: int) -> Iterator[Path | LeftOut]:
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        yield LeftOut(path=folder, reason=CLOSED)
        return
    for entry in entries:
        if not is_companion(f"{entry.name}/x" if entry.is_dir() else entry.name):
            yield from _in_entry(entry, depth)


def _in_entry(entry: Path, depth: int) -> Iterator[Path | LeftOut]:
    if entry.is_symlink():
        yield LeftOut(path=entry, reason=A_LINK)
    elif entry.is_dir():
        yield from _in_folder(entry, depth + 1) if depth < _MAX_DEPTH else [LeftOut(path=entry, reason=TOO_DEEP)]
    elif entry.is_file() and entry.name.lower().endswith(SUFFIXES):
        yield entry
    else:
        yield LeftOut(path=entry, reason=NOT_SAVED, is_page=False)


def is_table(name: str) -> bool:
    """Whether a file is a partner's table by its ending."""
    return name.lower().endswith(TABLE_SUFFIXES)


def read_file(file: Path, name: str, at: datetime) -> tuple[SavedReading, ...]:
    """What each page of a file shows, and each part that is not read; a partner's table is one page of known layout.

    Args:
        file: Where it lies.
        name: What it was called; its ending tells a table.
        at: When it was brought.

    Raises:
        SavedError: It cannot be read; the message says what to do.
    """
    if is_table(name):
        return (_table(load_partners(file, at), at),)
    return _pages_of(file.read_bytes(), at)


def _pages_of(body: bytes, at: datetime) -> tuple[SavedReading, ...]:
    return tuple(replace(one, candidates=tuple(_normal(one.candidates))) for one in read_saved(body, at))


def read_parts(file: Path, at_of: Callable[[bytes], datetime]) -> tuple[list[SavedPart], list[SavedReading]]:
    """What is kept of a file, each part by itself, and the parts of a .zip that are not read.

    Of a .zip every page is evidence of its own: who is shown one of them has no business with the others.

    Args:
        file: Where it lies.
        at_of: When these very bytes were first brought.

    Raises:
        SavedError: It cannot be read; the message says what to do.
    """
    body = file.read_bytes()
    at = at_of(body)
    packed = () if is_table(file.name) else packed_files(body)
    if not packed:
        readings = read_file(file, file.name, at) if is_table(file.name) else _pages_of(body, at)
        return [SavedPart(name=file.name, suffix=file.suffix, body=body, at=at, readings=readings)], []
    return _read_packed(packed, at, at_of)


def _read_packed(
    packed: Iterable[PackedFile | NotRead], brought_at: datetime, at_of: Callable[[bytes], datetime]
) -> tuple[list[SavedPart], list[SavedReading]]:
    parts: list[SavedPart] = []
    unread: list[SavedReading] = []
    n_pages = 0
    for one in packed:
        read = one if isinstance(one, NotRead) else _read_part(one, min(brought_at, at_of(one.body)))
        if isinstance(read, SavedPart):
            parts.append(read)
            n_pages += len(read.readings)
        else:
            unread.append(not_read(read, brought_at))
        if n_pages > MAX_PARTS:
            raise SavedError(TOO_MANY_PARTS)
    return parts, unread


def _read_part(one: PackedFile, at: datetime) -> SavedPart | NotRead:
    try:
        readings = tuple(replace(page, name=one.name) for page in _pages_of(one.body, at))
    except SavedError as error:
        return NotRead(name=one.name, reason=str(error))
    return SavedPart(name=one.name, suffix=one.suffix, body=one.body, at=at, readings=readings)


def reading_of(file: Path, at: datetime) -> Reading:
    """A kept file in one reading, as replay and verification compare it: all its accounts, its best page's status.

    Raises:
        SavedError: It cannot be read any more.
    """
    parts = read_file(file, file.name, at)
    pages = [one for one in parts if one.layout is not None]
    if not pages:
        raise SavedError(parts[0].reason)
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
        if not isinstance(record, Candidate):
            raise TypeError(f"no candidate: {record!r}")
        yield record
