"""The empty register table (名录模板): every known column, two made-up rows, and a sheet that explains each column."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import xlsxwriter

from records.sentences import Command
from registry.columns import Column, known_columns

# Text in a workbook stays text: nothing that a cell holds becomes a formula or an address to click.
PLAIN_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
EXPLANATION_SHEET = "填写说明"
_PLATFORMS = ("微博", "微信公众号", "今日头条", "抖音", "快手", "微信视频号", "小程序", "移动客户端", "政府网站")
_LISTS = {
    "platform": _PLATFORMS,
    "account_type": ("订阅号", "服务号", "微博", "头条号"),
    "medium": ("图文", "视频"),
    "status": ("正常", "暂停", "注销", "关停"),
    "feed_complete": ("是", "否"),
}
_LAST_ROW = 5000
_FOREWORD = (
    "怎样填写",
    "1. 一行填一个账号；同一单位的几个账号各写一行。深色的列必须填写，“账号ID”和“访问链接”至少填一项。",
    "2. 日期按 2026-11-20 的样子填写。没有的内容留空即可。",
    "3. 账号名称前标着“（示例）”的两行只作参考，导入时跳过，可以删去。",
    "4. 可以增加自己的列，原样保留；姓名、电话等个人信息不要填，填了也不保存。",
    f"5. 填好后先检查一遍：{Command('accounts import 文件名 --dry-run')}；有一处不对就全部不导入，并逐行列出原因。",
)


def save_template(path: Path) -> None:
    """Writes the register template: a text table if ``path`` ends in ``.csv``, else an .xlsx workbook."""
    if path.suffix.lower() == ".csv":
        _save_csv(path)
    else:
        _save_workbook(path)


def _offered() -> list[Column]:
    return [column for column in known_columns("register") if column.note is not None]


def _save_csv(path: Path) -> None:
    columns = _offered()
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([column.label for column in columns])
        for number in range(2):
            writer.writerow([column.examples[number] for column in columns])


def _save_workbook(path: Path) -> None:
    book = xlsxwriter.Workbook(str(path), PLAIN_TEXT)
    sheet = book.add_worksheet("名录")
    head = {"bold": True, "valign": "vcenter", "align": "center", "text_wrap": True, "border": 1}
    required = book.add_format({**head, "bg_color": "#1F4E79", "font_color": "#FFFFFF"})
    optional = book.add_format({**head, "bg_color": "#DDEBF7"})
    text = {"num_format": "@", "text_wrap": True, "valign": "top"}
    cell, sample = book.add_format(text), book.add_format({**text, "font_color": "#808080", "italic": True})
    day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})
    for place, column in enumerate(_offered()):
        sheet.set_column(place, place, column.width, day if column.kind == "date" else cell)
        must = column.required or column.field in ("id", "url")
        sheet.write_string(0, place, column.label, required if must else optional)
        for number, example in enumerate(column.examples, start=1):
            sheet.write_string(number, place, example, sample)
        _validate(sheet, place, column)
    sheet.set_row(0, 32)
    sheet.freeze_panes(1, 2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.repeat_rows(0)
    _write_notes(book)
    book.close()


def _validate(sheet: Any, place: int, column: Column) -> None:
    if column.field in _LISTS:
        # Only offered, not enforced: the import accepts other platforms and spellings and says what it refuses.
        choices = {"validate": "list", "source": list(_LISTS[column.field]), "error_type": "information"}
        sheet.data_validation(1, place, _LAST_ROW, place, choices)


def _write_notes(book: Any) -> None:
    sheet = book.add_worksheet(EXPLANATION_SHEET)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    bold = book.add_format({"bold": True, "valign": "top"})
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 70)
    for number, line in enumerate(_FOREWORD):
        sheet.merge_range(number, 0, number, 1, line, bold if number == 0 else wrapped)
        sheet.set_row(number, 32 if len(line) > 44 else 18)
    for number, column in enumerate(_offered(), start=len(_FOREWORD) + 1):
        note = column.note or ""
        sheet.write_string(number, 0, column.label, bold)
        sheet.write_string(number, 1, note, wrapped)
        sheet.set_row(number, 17 * (1 + len(note) // 40))
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
