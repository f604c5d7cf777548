"""Saved files packed into one .zip: read in memory, never unpacked to the disk. Pure."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from crawler.saved.document import (
    BROKEN,
    MAX_FILE_BYTES,
    MAX_PARTS,
    TOO_LARGE,
    TOO_MANY_PARTS,
    NotRead,
    SavedError,
    shown_name,
)

MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_SAVED = (".html", ".htm", ".mhtml", ".mht", ".warc", ".gz", ".har", ".json")
_PACKED = (".zip", ".rar", ".7z")
_TABLES = (".csv", ".xlsx", ".xls", ".et")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_UTF8_NAMES = 0x800
_ENCRYPTED = 0x1
_FIRST_OF_THREE_BYTES = "\u0800"
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    KeyError,
    IndexError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
)
NESTED = "压缩包里还有压缩包，请先解开里面的压缩包，再把保存的页面直接读入"
TABLE = "压缩包里有表格，请把表格取出来单独读入"
NO_PAGE = "压缩包里没有保存的页面，请把 .html、.mhtml、.warc 或 .har 文件压缩后再读入"
OTHER = "不是保存的网页，请把搜索结果页另存为“网页，单个文件”（.mhtml）后再压缩"
LOCKED = "压缩包加了密码，请去掉密码后再读入"
METHOD = "压缩包用了少见的压缩方式，请用系统自带的压缩功能重新压缩后再读入"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedFile:
    """One saved file out of an archive: its name as it may be shown, its ending in small letters, and its bytes.

    The ending is one of those that are read, whatever a long or odd name shows of it.
    """

    name: str
    suffix: str
    body: bytes


def parse_zip(body: bytes) -> tuple[PackedFile | NotRead, ...]:
    """Every saved file in the archive, in its order, and whatever else it holds with the reason.

    Only companions of pages and hidden files are passed over, as they are parts of what is read.

    Raises:
        SavedError: It is broken, of too many parts, or holds nothing that could be a page.
    """
    try:
        with zipfile.ZipFile(BytesIO(body)) as archive:
            found = tuple(_members(archive))
    except _UNREADABLE as error:
        raise SavedError(BROKEN) from error
    if not any(not isinstance(one, NotRead) or one.is_page for one in found):
        raise SavedError(NO_PAGE)
    return found


def _members(archive: zipfile.ZipFile) -> Iterator[PackedFile | NotRead]:
    entries = archive.infolist()
    if len(entries) > MAX_PARTS:
        raise SavedError(TOO_MANY_PARTS)
    room = MAX_FILE_BYTES
    for entry in entries:
        name = _name(entry)
        if entry.is_dir() or is_companion(name):
            continue
        if (reason := _refusal(entry, name, room)) is not None:
            yield NotRead(name=shown_name(name), reason=reason, is_page=reason != OTHER)
            continue
        # No more than it declares is unpacked of it, and that counts whether it turns out whole or not.
        room -= entry.file_size
        yield _content(archive, entry, name)


def is_companion(name: str) -> bool:
    """Whether a path leads into the folder that a browser puts beside a page, or to a hidden file."""
    *folders, last = name.replace("\\", "/").split("/")
    return last.startswith(".") or any(one.endswith(("_files", ".files", "__MACOSX")) for one in folders)


def _name(entry: zipfile.ZipInfo) -> str:
    """The member's name; without the flag Info-ZIP writes it in UTF-8, and Chinese Windows in GBK."""
    if entry.flag_bits & _UTF8_NAMES:
        return entry.filename
    readings = {coding: _decoded(entry.filename, coding) for coding in ("utf-8", "gbk")}
    utf8, gbk = readings["utf-8"], readings["gbk"]
    # A short word in GBK (联通) may happen to be UTF-8 too, but then of signs that no Chinese word has.
    is_chance = utf8 is not None and gbk is not None and max(utf8, default="") < _FIRST_OF_THREE_BYTES
    return (gbk if is_chance else utf8) or gbk or entry.filename


def _decoded(name: str, coding: str) -> str | None:
    try:
        return name.encode("cp437").decode(coding)
    except UnicodeError:
        return None


def _refusal(entry: zipfile.ZipInfo, name: str, room: int) -> str | None:
    """Why a member is not unpacked; ``None`` where it is."""
    ending = name.lower()
    if ending.endswith(_PACKED):
        return NESTED
    if ending.endswith(_TABLES):
        return TABLE
    if not ending.endswith(_SAVED):
        return OTHER
    if entry.flag_bits & _ENCRYPTED:
        return LOCKED
    if entry.compress_type not in _METHODS:
        return METHOD
    return TOO_LARGE if entry.file_size > room else None


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: str) -> PackedFile | NotRead:
    name = shown_name(path)
    try:
        with archive.open(entry) as stream:
            content = stream.read()
    except _UNREADABLE:
        return NotRead(name=name, reason=BROKEN)
    if content.startswith(MAGIC):
        return NotRead(name=name, reason=NESTED)
    suffix = next(ending for ending in _SAVED if path.lower().endswith(ending))
    return PackedFile(name=name, suffix=suffix, body=content)
