"""The list for looking by eye: written, filled in by a person, read back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from records import SHANGHAI, Account, Period
from registry.observations import SeenRow, SheetRow, load_sheet, parse_period, period_text, save_sheet
from registry.tables import Problem, RegisterError

WEEK = Period(datetime(2026, 11, 16, tzinfo=SHANGHAI), datetime(2026, 11, 23, tzinfo=SHANGHAI))
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)
ACCOUNT = Account(platform="wechat", uid="gh_0a1b2c3d4e5f", name="云岭发布", unit="云岭县人民政府办公室")
OTHER = Account(platform="toutiao", uid="1000000000000001", name="云岭教育", unit="云岭县教育局")
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
LOOK: dict[str, str | int | None] = {
    "查看时间": "2026-11-20 09:30",
    "查看人": "某某",
    "最近一条发布日期": "2026-11-18",
    "本期更新条数": 2,
    "截图文件": "a.png",
}


def filled(tmp_path: Path, **cells: str | int | None) -> tuple[tuple[SeenRow, ...], tuple[Problem, ...]]:
    """The list of two accounts of which the first is filled in with these cells."""
    path = tmp_path / "查看.xlsx"
    (tmp_path / "a.png").write_bytes(PNG)
    rows = [SheetRow(account=account, link="https://example.cn/a", why="没有公开列表") for account in (ACCOUNT, OTHER)]
    save_sheet(path, rows, WEEK)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[6]]
    for heading, value in {**LOOK, **cells}.items():
        sheet.cell(7, headings.index(heading) + 1).value = value  # cell(…, value=None) would leave it
    book.save(path)
    return load_sheet(path, [ACCOUNT, OTHER], NOW)


def problems(tmp_path: Path, **cells: str | int | None) -> list[tuple[int, str]]:
    """Row and heading of each problem; a file with problems gives no row."""
    rows, found = filled(tmp_path, **cells)
    assert not (rows and found)
    return [(problem.row, problem.column) for problem in found]


def test_a_look_is_read_back_and_an_empty_row_is_no_look(tmp_path: Path) -> None:
    rows, found = filled(tmp_path)
    assert found == ()
    assert rows == (
        SeenRow(
            row=7,
            account="wechat:gh_0a1b2c3d4e5f",
            observed_at=datetime(2026, 11, 20, 9, 30, tzinfo=SHANGHAI),
            observer="某某",
            newest_on=date(2026, 11, 18),
            n_updates=2,
            pictures=("a.png",),
            period=WEEK,
        ),
    )


def test_nothing_ever_shown_is_written_as_such(tmp_path: Path) -> None:
    ((row,), _) = filled(tmp_path, 最近一条发布日期="无", 本期更新条数=None)
    assert (row.newest_on, row.n_updates) == (None, 0)


def test_an_uncounted_look_is_not_a_look_at_nothing(tmp_path: Path) -> None:
    ((row,), _) = filled(tmp_path, 本期更新条数=None)
    assert (row.newest_on, row.n_updates) == (date(2026, 11, 18), None)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("查看时间", None),
        ("查看时间", "2026-11-20"),
        ("查看时间", "2026-11-21 12:01"),
        ("查看时间", "2026-11-15 23:59"),
        ("查看人", None),
        ("最近一条发布日期", None),
        ("最近一条发布日期", "2026-11-21"),
        ("最近一条发布日期", "2026-11-31"),
        ("本期更新条数", "很多"),
        ("本期更新条数", -1),
        ("本期更新条数", 0),
        ("截图文件", None),
        ("截图文件", "b.png"),
        ("账号编号", "wechat:gh_ffffffffffff"),
        ("统计周期", "2026-11"),
    ],
)
def test_a_look_without_time_name_date_or_picture_is_refused(
    tmp_path: Path, column: str, value: str | int | None
) -> None:
    assert problems(tmp_path, **{column: value}) == [(7, column)]


def test_what_contradicts_itself_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path, 最近一条发布日期="无", 本期更新条数=3) == [(7, "本期更新条数")]
    assert problems(tmp_path, 最近一条发布日期="2026-11-15", 本期更新条数=1) == [(7, "本期更新条数")]
    assert problems(tmp_path, 最近一条发布日期="2026-11-15", 本期更新条数=0) == []


def test_every_problem_of_a_row_is_listed(tmp_path: Path) -> None:
    assert problems(tmp_path, 查看时间="昨天", 查看人=None, 截图文件="x.png") == [
        (7, c) for c in ("查看时间", "查看人", "截图文件")
    ]


@pytest.mark.parametrize(
    "name", ["../a.png", "/etc/passwd", "C:\\a.png", "..\\a.png", "sub/../../a.png", "sub/../a.png", "link.png", "sub"]
)
def test_a_picture_outside_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "本周"
    folder.mkdir()
    (folder / "sub").mkdir()
    (tmp_path / "a.png").write_bytes(PNG)
    (folder / "link.png").symlink_to(tmp_path / "a.png")
    assert problems(folder, 截图文件=name) == [(7, "截图文件")]


def test_a_file_that_is_no_picture_is_refused_whatever_its_name(tmp_path: Path) -> None:
    for content in (b"", b"BM is no bitmap", b"%PDF-1.7", b"<svg onload=x>", b"RIFF0000WAVEfmt "):
        (tmp_path / "b.png").write_bytes(content)
        assert problems(tmp_path, 截图文件="b.png") == [(7, "截图文件")]


def test_pictures_of_every_kind_and_in_folders_below_are_taken(tmp_path: Path) -> None:
    (tmp_path / "图").mkdir()
    bitmap = b"BM" + b"\x46\0\0\0" + b"\0\0\0\0" + b"\x36\0\0\0" + b"\x28\0\0\0"
    kinds = {
        "1.jpg": b"\xff\xd8\xff\xe0",
        "2.webp": b"RIFF0000WEBPVP8 ",
        "3.gif": b"GIF89a",
        "4.bmp": bitmap,
        "图/5 a.png": PNG,
    }
    for name, content in kinds.items():
        (tmp_path / name).write_bytes(content)
    ((row,), _) = filled(tmp_path, 截图文件="1.jpg、2.webp；3.gif;4.bmp\n图\\5 a.png")
    assert row.pictures == tuple(kinds)


def test_a_picture_over_20_mb_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "b.png").open("wb") as stream:
        stream.write(PNG)
        stream.truncate(20 * 1024 * 1024 + 1)
    assert problems(tmp_path, 截图文件="b.png") == [(7, "截图文件")]


def test_an_account_is_found_by_any_known_key_or_by_its_only_name(tmp_path: Path) -> None:
    known = replace(ACCOUNT, uid="MzAxMjM0NTY3OA==", aliases={"gh_id": "gh_0a1b2c3d4e5f"})
    filled(tmp_path)
    ((row,), _) = load_sheet(tmp_path / "查看.xlsx", [known], NOW)
    assert row.account == "wechat:MzAxMjM0NTY3OA=="
    ((row,), _) = filled(tmp_path, 账号编号=None)
    assert row.account == ACCOUNT.ref


def test_two_accounts_of_one_name_need_the_reference(tmp_path: Path) -> None:
    filled(tmp_path, 账号编号=None)
    rows, found = load_sheet(tmp_path / "查看.xlsx", [ACCOUNT, replace(ACCOUNT, uid="gh_ffffffffffff")], NOW)
    assert rows == () and "同名" in found[0].reason


def test_the_list_as_text_is_read_back_too_and_holds_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "查看.csv"
    (tmp_path / "a.png").write_bytes(PNG)
    save_sheet(path, [SheetRow(account=replace(ACCOUNT, name="=cmd|x"), link=None, why="未采集")], WEEK)
    text = path.read_text("utf-8-sig")
    assert "\n'=cmd|x," in text
    path.write_text(text.replace("未采集,,,,,", "未采集,2026年11月20日 9点30分,某某,2026/11/18,2,a.png"), "gbk")
    ((row,), _) = load_sheet(path, [ACCOUNT], NOW)
    assert row.observed_at == datetime(2026, 11, 20, 9, 30, tzinfo=SHANGHAI)


def test_a_formula_in_a_name_stays_text(tmp_path: Path) -> None:
    save_sheet(tmp_path / "a.xlsx", [SheetRow(account=replace(ACCOUNT, name="=1+1"), link=None, why="未采集")], WEEK)
    cell = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]["A7"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_another_table_is_not_taken_for_the_list(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("平台,账号名称\n微博,云岭发布\n", "utf-8")
    with pytest.raises(RegisterError, match="不是人工查看登记表"):
        load_sheet(tmp_path / "a.csv", [ACCOUNT], NOW)


def test_a_period_is_written_with_its_last_day_and_read_back() -> None:
    assert period_text(WEEK) == "2026-11-16 至 2026-11-22"
    assert parse_period(period_text(WEEK)) == WEEK
