"""Rows of an .xlsx workbook: cached values of formulas, merged cells filled downwards, real row numbers.

openpyxl reads the book (sheets, shared strings, which styles are dates); the rows are read here straight from the
sheet's XML, which takes a third of the time for a register of a whole province and shows formulas without a value.
"""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from lxml import etree
from openpyxl import load_workbook
from openpyxl.utils.cell import column_index_from_string, range_boundaries
from openpyxl.utils.datetime import from_excel, from_ISO8601
from openpyxl.utils.exceptions import InvalidFileException

from registry.tables import (
    MAX_COLUMNS,
    MAX_FILE_BYTES,
    MAX_ROWS,
    Cell,
    RegisterError,
    Row,
    Sheet,
    bounded,
    decode,
    load_bytes,
    refuse_disguise,
    text_sheet,
    trimmed,
)

_MAX_UNPACKED_BYTES = 600 * 1024 * 1024
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    KeyError,
    IndexError,
    ValueError,
    TypeError,
    AttributeError,
    SyntaxError,  # what every XML parser raises
    EOFError,
    OSError,
    RuntimeError,  # zipfile: the entry is encrypted
    NotImplementedError,
    OverflowError,
)


@dataclass(frozen=True, slots=True)
class _Book:
    """What a cell's number needs to be read: shared strings, which styles are dates or durations, day zero."""

    strings: list[str]
    dates: frozenset[int]
    durations: frozenset[int]
    epoch: datetime


def load_sheets(path: Path, limit_bytes: int = MAX_FILE_BYTES) -> tuple[Sheet, ...]:
    """Every table of a workbook or text file, with the rows that have content.

    Raises:
        RegisterError: The file is not there, is empty, too large, encrypted, broken, or something else in disguise.
    """
    body = load_bytes(path, limit_bytes)
    refuse_disguise(path.name, body)
    if not body.startswith(b"PK"):
        return (text_sheet(path.name, decode(path.name, body)),)
    try:
        return tuple(_parse_workbook(path.name, body))
    except _UNREADABLE:
        raise RegisterError(
            f"“{path.name}”不是完好的 .xlsx 文件，请用 Excel 或 WPS 打开并另存为 .xlsx 后再导入。"
        ) from None


def _parse_workbook(name: str, body: bytes) -> Iterator[Sheet]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > _MAX_UNPACKED_BYTES:
            raise RegisterError(f"“{name}”解开后过大，请删去多余的格式和图片、另存后再导入。")
        for part in archive.namelist():
            if part.endswith((".xml", ".rels")) and b"<!DOCTYPE" in _start(archive, part):
                raise RegisterError(f"“{name}”含有 Excel 不会写的内容，请用 Excel 或 WPS 打开并另存后再导入。")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and lists that it leaves out; we read values
            book = load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            known: Any = sheet
            shape = _Book(
                strings=known._shared_strings,
                dates=frozenset(known.parent._date_formats),
                durations=frozenset(known.parent._timedelta_formats),
                epoch=book.epoch,
            )
            with archive.open(known._worksheet_path) as stream:
                yield _parse_sheet(name, sheet.title, stream, shape, sheet.sheet_state != "visible")
        book.close()


def _start(archive: zipfile.ZipFile, part: str) -> bytes:
    with archive.open(part) as stream:
        return stream.read(4096)


def _parse_sheet(name: str, title: str, stream: Any, book: _Book, hidden: bool) -> Sheet:
    rows: list[Row] = []
    merged: list[str] = []
    uncalculated: list[tuple[int, int]] = []
    number = 0
    for _, element in etree.iterparse(stream, tag=("{*}row", "{*}mergeCell"), resolve_entities=False):
        if element.tag.endswith("mergeCell"):
            merged.append(element.get("ref") or "")
            continue
        number = int(element.get("r") or number + 1)
        row = _parse_row(number, element, book, uncalculated)
        if row.cells:
            rows.append(row)
        bounded(name, len(rows), len(row.cells))
        element.clear()
        parent = element.getparent()
        while parent is not None and element.getprevious() is not None:
            del parent[0]
    rows.sort(key=lambda row: row.number)
    return Sheet(title, _filled_down(name, rows, merged), hidden, frozenset(uncalculated))


def _parse_row(number: int, element: Any, book: _Book, uncalculated: list[tuple[int, int]]) -> Row:
    cells: list[Cell] = []
    place = 0
    for cell in element:
        reference = cell.get("r")
        place = column_index_from_string(reference.rstrip("0123456789")) if reference else place + 1
        value = _parse_cell(cell, book)
        if value is _UNCALCULATED:
            uncalculated.append((number, place))
            value = ""
        if value is None or (place > MAX_COLUMNS and value == ""):
            continue
        if place > MAX_COLUMNS:
            raise RegisterError(f"第 {number} 行超过 {MAX_COLUMNS} 列，请删去右边多余的内容后再导入。")
        cells.extend([None] * (place - len(cells)))
        cells[place - 1] = value
    return trimmed(number, cells)


_UNCALCULATED = object()  # a formula that a program wrote and no spreadsheet has calculated yet


def _parse_cell(cell: Any, book: _Book) -> Any:
    written: str | None = None
    formula = False
    for part in cell:
        if part.tag.endswith("}v"):
            written = part.text
        elif part.tag.endswith("}f"):
            formula = True
        elif part.tag.endswith("}is"):
            return "".join(t.text or "" for t in part.iter("{*}t") if not t.getparent().tag.endswith("}rPh"))
    if written is None:
        return _UNCALCULATED if formula else None
    kind = cell.get("t")
    if kind == "s":
        return book.strings[int(written)]
    if kind in ("str", "e"):
        return written
    if kind == "b":
        return written.strip() in ("1", "true")
    if kind == "d":
        return from_ISO8601(written)  # type: ignore[no-untyped-call]
    return _parse_number(written, int(cell.get("s") or 0), book)


def _parse_number(written: str, style: int, book: _Book) -> Any:
    number = float(written) if any(mark in written for mark in ".eE") else int(written)
    if style not in book.dates:
        return number
    try:
        return from_excel(number, book.epoch, timedelta=style in book.durations)
    except (ValueError, OverflowError):
        return number  # a date format over a number that is no day; the column's reader says so


def _filled_down(name: str, rows: list[Row], merged: list[str]) -> tuple[Row, ...]:
    """The rows with the value of a vertically merged cell in each row it covers, as the reader of the table sees it.

    A covered row that has nothing else stays out: a merge over empty lines makes no accounts.
    """
    numbers = [row.number for row in rows]
    n_filled = 0
    for reference in merged:
        left, top, _, bottom = (bound or 0 for bound in range_boundaries(reference))
        start = bisect_left(numbers, top)
        if left == 0 or top == bottom or start == len(rows) or numbers[start] != top or len(rows[start].cells) < left:
            continue
        value = rows[start].cells[left - 1]
        for place in range(start + 1, bisect_right(numbers, bottom)):
            cells = list(rows[place].cells) + [None] * (left - len(rows[place].cells))
            cells[left - 1] = value
            rows[place] = Row(rows[place].number, tuple(cells))
            n_filled += 1
            if n_filled > MAX_ROWS:
                raise RegisterError(f"“{name}”的合并单元格过多，请取消合并、每行填写完整后再导入。")
    return tuple(rows)
