"""Tables as offices send them, written for one test."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

import openpyxl

from registry.accounts import Register, load_register

TODAY = date(2026, 11, 20)
HEADER = ("平台", "账号名称", "账号ID", "访问链接", "主办单位")
WEIBO = ("微博", "云岭发布", "1000000001", "", "云岭县人民政府办公室")
REGULATIONS = frozenset({"zezhou-2022", "national"})


def save_csv(path: Path, rows: Iterable[Sequence[object]], encoding: str = "utf-8", separator: str = ",") -> Path:
    """Writes the rows as separated text."""
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, delimiter=separator).writerows(rows)
    return path


def save_xlsx(path: Path, sheets: Mapping[str, Iterable[Sequence[object]]], merged: Sequence[str] = ()) -> Path:
    """Writes the sheets as a workbook; ``merged`` are ranges of the first sheet."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    for cells in merged:
        book.worksheets[0].merge_cells(cells)
    book.save(path)
    return path


def register(path: Path, mapping: Mapping[str, str] | None = None) -> Register:
    """The register in a file, read on 20 November 2026."""
    return load_register(path, mapping, known_regulations=REGULATIONS, today=TODAY)


def one_row(tmp_path: Path, **cells: object) -> Register:
    """A register of one Weibo account, with these cells by heading instead or besides."""
    row = {**dict(zip(HEADER, WEIBO, strict=True)), **cells}
    return register(save_xlsx(tmp_path / "名录.xlsx", {"名录": [list(row), list(row.values())]}))


def reasons(found: Register) -> list[tuple[int, str, str]]:
    """Row, heading and reason of every problem."""
    return [(problem.row, problem.column, problem.reason) for problem in found.problems]
