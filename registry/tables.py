"""Rows of a filled-in table (.xlsx or .csv), whatever its encoding, separator or disguise.

What a file is is told from its first bytes, never from its name alone: offices rename old .xls
files and saved web pages to .xlsx. Nothing here knows what the columns mean.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import isfinite
from pathlib import Path

from records import TellableError

Cell = str | int | float | bool | datetime | date | time | timedelta | None

MAX_FILE_BYTES = 60 * 1024 * 1024
MAX_ROWS = 200_000
MAX_COLUMNS = 300
HEADER_ROWS = 10
_SEPARATORS = (",", "\t", ";", "，", "；")
_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_EXCEL_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".et"})


class RegisterError(TellableError):
    """A file cannot be read as a table at all; the message is one Chinese sentence that says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One bad cell or row: where it stands as Excel shows it, its header, its value, and what to do about it.

    ``sheet`` is the worksheet's name, ``None`` in a text file. ``column`` is ``""`` where the row as a whole is meant.
    """

    row: int
    column: str
    value: str
    reason: str
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row that has content: its ``number`` as Excel shows it, its cells from column A on, none empty at the end."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table, ``name`` ``None`` for a text file; ``uncalculated`` are (row, column) of formulas without a value."""

    name: str | None
    rows: tuple[Row, ...]
    hidden: bool = False
    uncalculated: frozenset[tuple[int, int]] = frozenset()


def load_bytes(path: Path, limit_bytes: int = MAX_FILE_BYTES) -> bytes:
    """The content of a file that is there, is not empty and is not too large.

    Raises:
        RegisterError: It is none of that.
    """
    if path.is_dir():
        raise RegisterError(f"“{path.name}”是文件夹，请写要导入的文件。")
    try:
        size = path.stat().st_size
        if size > limit_bytes:
            raise RegisterError(f"文件“{path.name}”超过 {limit_bytes // 1024 // 1024} MB，请拆成几个文件再导入。")
        body = path.read_bytes()
    except FileNotFoundError:
        raise RegisterError(f"找不到文件“{path.name}”，请检查文件名和所在文件夹。") from None
    except (OSError, ValueError):
        raise RegisterError(f"打不开文件“{path.name}”，请先在 Excel 或 WPS 里关闭它，并检查读取权限。") from None
    if not body.strip():
        raise RegisterError(f"文件“{path.name}”是空的，请重新导出后再导入。")
    return body


def refuse_disguise(name: str, body: bytes) -> None:
    """Raises RegisterError for an old or encrypted Excel file, and for a web page under an Excel name."""
    if body.startswith(_OLD_EXCEL):
        if "EncryptedPackage".encode("utf-16-le") in body:
            raise RegisterError(f"“{name}”加了打开密码，请在 Excel 或 WPS 里取消密码、另存为 .xlsx 后再导入。")
        raise RegisterError(f"“{name}”是旧版 .xls 文件，请在 Excel 或 WPS 里另存为 .xlsx 后再导入。")
    start = body[:2048].lstrip(codecs.BOM_UTF8 + b" \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<table", b"<meta", b"<head")):
        raise RegisterError(f"“{name}”其实是网页，不是表格，请用 Excel 或 WPS 打开并另存为 .xlsx 后再导入。")
    if Path(name).suffix.lower() in _EXCEL_SUFFIXES and not body.startswith(b"PK"):
        raise RegisterError(f"“{name}”不是真正的 Excel 文件或已经损坏，请用 Excel 或 WPS 打开并另存为 .xlsx 后再导入。")


def decode(name: str, body: bytes) -> str:
    """The text of a file in UTF-8 or UTF-16 (with a mark) or GB18030, of which GBK is a part.

    Raises:
        RegisterError: It is in none of them, or holds bytes that no text has.
    """
    marks = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
    marked = next((encoding for mark, encoding in marks if body.startswith(mark)), None)
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise RegisterError(f"“{name}”既不是 UTF-8 也不是 GBK 文字，请用 Excel 或 WPS 打开并另存为 .xlsx 后再导入。")


def text_sheet(name: str, text: str) -> Sheet:
    """The rows of a separated text; the separator is the one that cuts the first rows into most cells.

    Raises:
        RegisterError: Quotes are not in pairs, or a cell or the table is too large.
    """
    lines = io.StringIO(text, newline="")
    separator = _declared_separator(lines) or max(_SEPARATORS, key=lambda mark: _width(text, mark))
    rows: list[Row] = []
    reader = csv.reader(lines, delimiter=separator, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            row = trimmed(number, cells)
            if row.cells:
                rows.append(row)
            bounded(name, len(rows), len(row.cells))
    except csv.Error:
        raise RegisterError(
            f"“{name}”第 {number + 1} 行的双引号不成对或内容过长，请改正后再导入，或另存为 .xlsx。"
        ) from None
    return Sheet(None, tuple(rows))


def trimmed(number: int, cells: Iterable[Cell]) -> Row:
    """A row without the empty cells at its end; a cell of blanks is empty."""
    kept = [None if isinstance(cell, str) and not cell.strip() else cell for cell in cells]
    kept = [str(cell) if isinstance(cell, float) and not isfinite(cell) else cell for cell in kept]
    while kept and kept[-1] is None:
        kept.pop()
    return Row(number, tuple(kept))


def bounded(name: str, n_rows: int, n_columns: int) -> None:
    """Raises RegisterError when a table is larger than any register is."""
    if n_rows > MAX_ROWS:
        raise RegisterError(f"“{name}”超过 {MAX_ROWS} 行，请拆成几个文件再导入。")
    if n_columns > MAX_COLUMNS:
        raise RegisterError(f"“{name}”有一行超过 {MAX_COLUMNS} 列，请删去右边多余的内容后再导入。")


def _declared_separator(lines: io.StringIO) -> str | None:
    first = lines.readline().strip().strip('"')
    if first.startswith("sep=") and len(first) == 5:
        return first[4]
    lines.seek(0)
    return None


def _width(text: str, separator: str) -> int:
    return max((len([cell for cell in cells if cell.strip()]) for cells in _first_rows(text, separator)), default=0)


def _first_rows(text: str, separator: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text[:100_000], newline=""), delimiter=separator)
    try:
        for _, cells in zip(range(HEADER_ROWS), reader, strict=False):
            yield cells
    except csv.Error:
        return
