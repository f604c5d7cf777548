"""The list to fill in for looking by eye (人工查看登记表): which accounts, why, and how to write down what was seen."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import xlsxwriter

from records import SHANGHAI, Account, Period
from records.sentences import Command
from registry.columns import known_columns, labels
from registry.platforms import platform_label
from registry.template import PLAIN_TEXT

FILLED_IN = ("observed_at", "observer", "newest_on", "n_updates", "pictures")
_GUIDE = (
    "填法：用手机或电脑打开账号，看最近一条，截图存到本表所在的文件夹；没看的行留空，不要改动灰色的列。",
    "“查看时间”写到几点几分，如 2026-11-20 09:30；“查看人”写姓名；一条内容也没有的，“最近一条发布日期”填“无”。",
    "“本期更新条数”填统计周期内发布的条数，数不清可以留空；“截图文件”写文件名，如 云岭发布.png，几张用“、”隔开。",
    f"填好后运行 {Command('observe import 本文件名')}。有一处不对就全部不导入，并逐行列出原因。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """An account to look at: where, and in Chinese why no source shows it completely."""

    account: Account
    link: str | None
    why: str


def save_sheet(path: Path, rows: Sequence[SheetRow], period: Period) -> None:
    """Writes the list to fill in: a text table if ``path`` ends in ``.csv``, else an .xlsx workbook."""
    if path.suffix.lower() == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(labels("observation").values())
            writer.writerows([_guarded(text) for text in _given(row, period)] for row in rows)
        return
    book = xlsxwriter.Workbook(str(path), PLAIN_TEXT)
    _write_list(book, rows, period)
    book.close()


def period_text(period: Period) -> str:
    """A period of whole days as the sheet writes it: its first and last day, ``2026-11-16 至 2026-11-22``."""
    first = period.start.astimezone(SHANGHAI).date()
    last = (period.end.astimezone(SHANGHAI) - timedelta(microseconds=1)).date()
    return f"{first.isoformat()} 至 {last.isoformat()}"


def _given(row: SheetRow, period: Period) -> list[str]:
    account = row.account
    given: Mapping[str, str] = {
        "name": account.name,
        "platform": platform_label(account.platform),
        "unit": account.unit,
        "link": row.link or "",
        "why": row.why,
        "ref": account.ref,
        "period": period_text(period),
    }
    return [given[column.field] if column.field in given else "" for column in known_columns("observation")]


def _guarded(text: str) -> str:
    """A text that a spreadsheet does not take for a formula when it opens the .csv."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _n_lines(text: str, width: int) -> int:
    """How many lines a text takes in a column; a Chinese character is as wide as two letters."""
    letters = sum(2 if ord(character) > 0x2E7F else 1 for character in text)
    return min(8, 1 + letters // max(1, width - 1))


def _write_list(book: Any, rows: Sequence[SheetRow], period: Period) -> None:
    sheet = book.add_worksheet("人工查看")
    columns = known_columns("observation")
    last = [column.field for column in columns].index("pictures")  # what follows is for the machine, not for print
    wrap = {"text_wrap": True, "valign": "top", "border": 1}
    title = book.add_format({"bold": True, "font_size": 14, "valign": "vcenter"})
    guide = book.add_format({"text_wrap": True, "valign": "vcenter", "font_color": "#404040"})
    head = book.add_format({**wrap, "bold": True, "bg_color": "#DDEBF7", "align": "center", "valign": "vcenter"})
    fixed = book.add_format({**wrap, "bg_color": "#EDEDED", "num_format": "@"})
    open_cell = book.add_format({**wrap, "num_format": "@"})
    sheet.merge_range(0, 0, 0, last, f"人工查看登记表（统计周期 {period_text(period)}）", title)
    sheet.set_row(0, 26)
    for number, line in enumerate(_GUIDE, start=1):
        sheet.merge_range(number, 0, number, last, line, guide)
        sheet.set_row(number, 18)
    start = len(_GUIDE) + 1
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(start, place, column.label, head)
    for number, row in enumerate(rows, start=start + 1):
        sheet.set_row(number, 16 * max(map(_n_lines, _given(row, period), (column.width for column in columns))))
        for column, (place, text) in zip(columns, enumerate(_given(row, period)), strict=True):
            sheet.write_string(number, place, text, open_cell if column.field in FILLED_IN else fixed)
    sheet.set_row(start, 30)
    sheet.freeze_panes(start + 1, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.print_area(0, 0, start + max(1, len(rows)), last)
    sheet.set_margins(0.4, 0.4, 0.5, 0.5)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(start)
