"""Files as they come: encodings, separators, disguises, broken workbooks."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from registry.tables import RegisterError
from tests.registry.tables import HEADER, WEIBO, reasons, register, save_csv, save_xlsx


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_encoding_and_separator_gives_the_same_account(tmp_path: Path, encoding: str, separator: str) -> None:
    path = save_csv(tmp_path / "名录.csv", [("云岭县政务新媒体名录",), HEADER, (), WEIBO], encoding, separator)
    found = register(path)
    assert [account.ref for account in found.accounts] == ["weibo:1000000001"]
    assert found.units[0].name == "云岭县人民政府办公室"


def test_a_separator_line_of_excel_is_obeyed(tmp_path: Path) -> None:
    path = tmp_path / "名录.csv"
    path.write_text("sep=;\n" + ";".join(HEADER) + "\n" + ";".join(WEIBO), "utf-8")
    assert len(register(path).accounts) == 1


def test_an_open_quote_never_swallows_the_rows_below_it(tmp_path: Path) -> None:
    path = tmp_path / "名录.csv"
    path.write_text(
        ",".join(HEADER) + '\n微博,"云岭发布,1000000001,,办公室\n微博,云岭教育,1000000002,,教育局\n', "utf-8"
    )
    with pytest.raises(RegisterError, match="双引号"):
        register(path)


def test_title_rows_merged_cells_and_empty_rows_do_not_hide_the_header(tmp_path: Path) -> None:
    rows = [["云岭县政务新媒体名录"], [], ["填报单位：云岭县"], list(HEADER), [], list(WEIBO)]
    found = register(save_xlsx(tmp_path / "a.xlsx", {"名录": rows}, merged=["A1:E1", "A3:C3"]))
    assert len(found.accounts) == 1 and found.problems == ()


def test_a_problem_has_the_row_number_that_excel_shows(tmp_path: Path) -> None:
    rows = [["云岭县政务新媒体名录"], [], list(HEADER), list(WEIBO), [], ["微博", "", "1000000002", "", "教育局"]]
    assert reasons(register(save_xlsx(tmp_path / "a.xlsx", {"名录": rows}))) == [(6, "账号名称", "必须填写“账号名称”")]
    assert reasons(register(save_csv(tmp_path / "a.csv", rows))) == [(6, "账号名称", "必须填写“账号名称”")]


def test_a_unit_merged_over_its_accounts_counts_for_each_of_them(tmp_path: Path) -> None:
    rows = [HEADER, WEIBO, ("微博", "云岭教育", "1000000002", "", None), ("抖音", "云岭", "a1", "", None)]
    found = register(save_xlsx(tmp_path / "a.xlsx", {"名录": rows}, merged=["E2:E4", "A6:A400"]))
    assert [account.unit for account in found.accounts] == ["云岭县人民政府办公室"] * 3


def test_every_visible_sheet_with_a_header_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    second = (HEADER, ("微博", "云岭教育", "1000000002", "", "教育局"))
    save_xlsx(path, {"一": [HEADER, WEIBO], "二": second, "三": [["说明", "没有表头"]], "旧": [HEADER, WEIBO]})
    book = openpyxl.load_workbook(path)
    book["旧"].sheet_state = "hidden"
    book.save(path)
    found = register(path)
    assert len(found.accounts) == 2
    assert [note.reason for note in found.notes] == [
        "工作表“三”里没有找到表头，没有读取",
        "工作表“旧”是隐藏的，没有读取",
    ]


def test_problems_of_a_second_sheet_name_that_sheet(tmp_path: Path) -> None:
    path = save_xlsx(tmp_path / "a.xlsx", {"一": [HEADER, WEIBO], "二": [HEADER, WEIBO]})
    (problem,) = register(path).problems
    assert (problem.sheet, problem.row) == ("二", 2)
    assert "工作表“一”第 2 行" in problem.reason


def test_a_formula_without_a_value_is_a_problem_and_not_an_empty_cell(tmp_path: Path) -> None:
    row = [*WEIBO, '="2026-"&"01-02"', "=1+1"]
    found = register(save_xlsx(tmp_path / "a.xlsx", {"名录": [[*HEADER, "备案日期", "联系电话"], row]}))
    assert [(row, column) for row, column, _ in reasons(found)] == [(2, "备案日期")]
    assert "公式还没有算出结果" in found.problems[0].reason


def test_a_formula_error_is_a_problem(tmp_path: Path) -> None:
    found = register(save_csv(tmp_path / "a.csv", [HEADER, ("微博", "#REF!", "1000000001", "", "办公室")]))
    assert reasons(found) == [(2, "账号名称", "单元格是出错的公式，请改填文字")]


def workbook_without(part: str) -> bytes:
    """A workbook in which one part is missing."""
    whole, lacking = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(whole)
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(lacking, "w") as target:
        for name in source.namelist():
            if name != part:
                target.writestr(name, source.read(name))
    return lacking.getvalue()


OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
BROKEN = {
    "empty": (b"", "是空的"),
    "blank": (b" \r\n\t", "是空的"),
    "not a zip": (b"hello", "不是真正的 Excel 文件"),
    "cut": (b"PK\x03\x04" + b"\0" * 40, "不是完好的"),
    "other zip": (workbook_without("xl/workbook.xml"), "不是完好的"),
    "no sheet": (workbook_without("xl/worksheets/sheet1.xml"), "没有找到表头"),
    "old": (OLD, "旧版 .xls"),
    "encrypted": (OLD + "EncryptedPackage".encode("utf-16-le"), "打开密码"),
    "web page": (b"\xef\xbb\xbf <html><table><tr><td>1</td></tr></table></html>", "其实是网页"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_workbook_is_one_clear_sentence(tmp_path: Path, case: str) -> None:
    body, words = BROKEN[case]
    path = tmp_path / "名录.xlsx"
    path.write_bytes(body)
    with pytest.raises(RegisterError) as raised:
        register(path)
    assert words in str(raised.value) and "\n" not in str(raised.value)


def test_a_missing_file_a_folder_and_binary_rubbish_are_clear_sentences(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_bytes(bytes(range(256)))
    for name, words in (("没有.xlsx", "找不到文件"), (".", "是文件夹"), ("r.csv", "UTF-8")):
        with pytest.raises(RegisterError, match=words):
            register(tmp_path / name)


def test_a_table_without_known_headings_says_which_it_needs(tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match=r"没有找到表头.*账号名称"):
        register(save_csv(tmp_path / "a.csv", [("甲", "乙"), ("1", "2")]))


def test_a_workbook_with_a_document_type_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/sharedStrings.xml", '<!DOCTYPE x [<!ENTITY a "aaaa">]><sst>&a;</sst>')
    with pytest.raises(RegisterError, match="Excel 不会写的内容"):
        register(path)
