"""The ledger 台账 as an Excel file (.xlsx): every list behind the bulletin. Text stays text, never a formula."""

from __future__ import annotations

import math
from collections.abc import Sequence
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from reports.report import Report
from reports.sheets import Cell, Sheet, sheets
from reports.states import State
from reports.wording import printable, safe_address

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_CELL_LENGTH = 32_767
_ADDRESS_LENGTH = 2_000
_LINKS = 60_000
_LINE_POINTS, _MOST_LINES, _MEASURED = 15, 8, 2_000
_BASE = {"font_name": "宋体", "font_size": 10.5, "valign": "top"}
_GRID = {**_BASE, "text_wrap": True, "border": 1, "border_color": "#C9CED6"}


def render(report: Report) -> bytes:
    """The ledger as the bytes of an .xlsx file."""
    kept = BytesIO()
    book = Workbook(kept, _OPTIONS)
    book.set_properties({"title": printable(report.title), "author": printable(report.office)})
    looks = _Looks(book)
    for sheet in sheets(report):
        _write(book.add_worksheet(sheet.name), sheet, looks, draft=report.is_draft)
    book.close()
    return kept.getvalue()


class _Looks:
    """The book's cell formats, one for each state."""

    def __init__(self, book: Workbook) -> None:
        self._book, self._states = book, dict[State, Format]()
        self.title: Format = book.add_format({**_BASE, "bold": True, "font_size": 14})
        self.words: Format = book.add_format({**_BASE, "font_size": 11})
        self.head: Format = book.add_format({**_GRID, "bold": True, "bg_color": "#E9EDF3", "valign": "vcenter"})
        self.cell: Format = book.add_format(_GRID)
        self.number: Format = book.add_format({**_GRID, "align": "right"})
        self.link: Format = book.add_format({**_GRID, "font_color": "#1F4E9E", "underline": 1})

    def state(self, state: State) -> Format:
        """The colour of a state; its sign and word stand in the cell."""
        if state not in self._states:
            self._states[state] = self._book.add_format({**_GRID, "bold": True, "font_color": state.light})
        return self._states[state]


def _write(page: Worksheet, sheet: Sheet, looks: _Looks, *, draft: bool) -> None:
    for number, words in enumerate(sheet.preface):
        page.write_string(
            number, 0, _fitting(words), looks.title if number == 0 and sheet.name == "概况" else looks.words
        )
    top = len(sheet.preface) + (1 if sheet.preface else 0)
    for column, (title, width) in enumerate(sheet.head):
        page.set_column(column, column, width)
        page.write_string(top, column, title, looks.head)
    for row, values in enumerate(sheet.rows, top + 1):
        page.set_row(row, _height(sheet, values))
        for column, value in enumerate(values):
            _put(page, row, column, value, looks, link=column == sheet.link and row < _LINKS)
    page.autofilter(top, 0, top + max(len(sheet.rows), 1), len(sheet.head) - 1)
    page.freeze_panes(top + 1, 1 if len(sheet.head) > 2 else 0)
    page.repeat_rows(top)
    if sheet.n_printed is not None:
        page.print_area(0, 0, top + max(len(sheet.rows), 1), sheet.n_printed - 1)
    _set_printing(page, sheet.name, draft=draft)


def _height(sheet: Sheet, values: Sequence[Cell]) -> int:
    """Points for the wrapped text of a row's printed cells, since not every program finds the height by itself."""
    shown = zip(values[: sheet.n_printed], sheet.head[: sheet.n_printed], strict=True)
    cells = [(value, width) for value, (_, width) in shown if isinstance(value, str)]
    lines = max((_lines(text, width) for text, width in cells), default=1)
    return _LINE_POINTS * min(lines, _MOST_LINES) + 2


def _lines(text: str, width: int) -> int:
    spans = (sum(1 if character.isascii() else 2 for character in part) for part in text[:_MEASURED].split("\n"))
    return sum(max(1, math.ceil(span / (width - 1))) for span in spans)


def _put(page: Worksheet, row: int, column: int, value: Cell, looks: _Looks, *, link: bool) -> None:
    if isinstance(value, State):
        page.write_string(row, column, value.label, looks.state(value))
    elif isinstance(value, int):
        page.write_number(row, column, value, looks.number)
    else:
        text = _fitting(value or "")
        address = safe_address(text) if link else None
        if address is not None and len(address) <= _ADDRESS_LENGTH:
            page.write_url(row, column, address, looks.link, string=address)
        else:
            page.write_string(row, column, text, looks.cell)


def _fitting(text: str) -> str:
    words = printable(text)
    return words if len(words) <= _CELL_LENGTH else f"{words[: _CELL_LENGTH - 8]}……（已截断）"


def _set_printing(page: Worksheet, name: str, *, draft: bool) -> None:
    page.set_landscape()
    page.set_paper(9)
    page.center_horizontally()
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    page.set_header(f"&L{name}" + ("&R草稿　未经核实，不得印发" if draft else ""))
    page.set_footer("&C第 &P 页　共 &N 页")
