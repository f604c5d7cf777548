"""The empty register table."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from registry.template import save_template
from tests.registry.tables import register


@pytest.mark.parametrize("name", ["名录.xlsx", "名录.csv"])
def test_the_untouched_template_gives_no_account_and_says_so(tmp_path: Path, name: str) -> None:
    save_template(tmp_path / name)
    found = register(tmp_path / name)
    assert found.accounts == () and found.problems == () and found.n_rows == 0
    assert [note.row for note in found.notes] == [2, 3, 0]
    assert "没有可导入的账号" in found.notes[-1].reason
    assert {column.how for column in found.columns} == {"列名相同"}


def test_a_filled_in_template_is_read_and_its_examples_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "名录.xlsx"
    save_template(path)
    book = openpyxl.load_workbook(path)
    sheet = book["名录"]
    headings = [cell.value for cell in sheet[1]]
    filled = {
        "平台": "微博",
        "账号名称": "云岭发布",
        "账号ID": "1000000001",
        "主办单位": "办公室",
        "备案日期": "2026-11-20",
    }
    for heading, value in filled.items():
        sheet.cell(4, headings.index(heading) + 1, value)
    book.save(path)
    assert [account.ref for account in register(path).accounts] == ["weibo:1000000001"]


def test_the_examples_of_the_template_would_be_sound_accounts(tmp_path: Path) -> None:
    path = tmp_path / "名录.csv"
    save_template(path)
    path.write_text(path.read_text("utf-8-sig").replace("（示例）", ""), "utf-8")
    found = register(path)
    assert found.problems == ()
    assert [account.platform for account in found.accounts] == ["wechat", "weibo"]


def test_id_columns_are_text_and_date_columns_are_dates(tmp_path: Path) -> None:
    save_template(tmp_path / "名录.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "名录.xlsx")["名录"]
    formats = {
        sheet.cell(1, n).value: sheet.column_dimensions[letter].number_format for n, letter in ((3, "C"), (14, "N"))
    }
    assert formats == {"账号ID": "@", "创建日期": "yyyy-mm-dd"}


def test_the_template_explains_every_column_it_offers(tmp_path: Path) -> None:
    save_template(tmp_path / "名录.xlsx")
    book = openpyxl.load_workbook(tmp_path / "名录.xlsx")
    explained = {row[0].value for row in book["填写说明"].iter_rows() if row[1].value}
    assert {cell.value for cell in book["名录"][1]} <= explained
