"""accounts template, import and list: all or nothing, and every bad row with its place and reason."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import HEADS, ROWS, Here, table

NOW = "2026-11-20T08:00:00+08:00"
KEYS = {"units", "accounts", "added", "changed", "unchanged", "problems"}


def test_a_register_is_taken_over(home: Path, tmp_path: Path, here: Here) -> None:
    done = here("accounts", "import", table(tmp_path / "a.csv", [HEADS, *ROWS]), "--json", home=home, now=NOW)
    assert done.code == 0 and done.json.keys() >= KEYS
    assert {key: done.json[key] for key in KEYS} == {
        **{"units": 2, "accounts": 2, "added": 2, "changed": 0, "unchanged": 0, "problems": []}
    }
    listed = here("accounts", "list", "--json", home=home).json
    assert [row["account"] for row in listed] == ["weibo:1000000001", "weibo:1000000002"]


def test_an_import_again_changes_nothing(home: Path, tmp_path: Path, here: Here) -> None:
    file = table(tmp_path / "a.csv", [HEADS, *ROWS])
    here("accounts", "import", file, home=home, now=NOW)
    again = here("accounts", "import", file, "--json", home=home, now=NOW).json
    assert (again["added"], again["changed"], again["unchanged"]) == (0, 0, 2)


def test_one_bad_row_leaves_everything_out(home: Path, tmp_path: Path, here: Here) -> None:
    bad = ["微博", "云岭交通", "云岭县交通运输局", "1000000003", "2019年13月"]
    done = here("accounts", "import", table(tmp_path / "a.csv", [HEADS, *ROWS, bad]), "--json", home=home, now=NOW)
    (problem,) = done.json["problems"]
    assert done.code == 2
    assert (problem["row"], problem["column"], problem["value"]) == (4, "创建日期", "2019年13月")
    assert problem["reason"]
    assert here("accounts", "list", "--json", home=home).json == []


def test_a_bad_row_is_shown_on_the_screen(home: Path, tmp_path: Path, here: Here) -> None:
    bad = ["微博", "云岭交通", "云岭县交通运输局", "1000000003", "2019年13月"]
    done = here("accounts", "import", table(tmp_path / "a.csv", [HEADS, bad]), home=home, now=NOW)
    assert done.code == 2
    assert "2019年13月" in done.out and "没有导入" in done.out


def test_a_dry_run_tells_how_columns_are_understood_and_stores_nothing(home: Path, tmp_path: Path, here: Here) -> None:
    file = table(tmp_path / "a.csv", [HEADS, *ROWS])
    done = here("accounts", "import", file, "--dry-run", "--json", home=home, now=NOW)
    assert done.code == 0
    assert {row["header"]: row["field"] for row in done.json["columns"]}["创建日期"] == "创建日期"
    assert here("accounts", "list", "--json", home=home).json == []


def test_a_mapping_is_remembered(home: Path, tmp_path: Path, here: Here) -> None:
    strange = table(tmp_path / "a.csv", [["平台", "账号名称", "责任部门", "账号ID"], *(row[:4] for row in ROWS)])
    assert here("accounts", "import", strange, home=home, now=NOW).code == 2
    mapped = here("accounts", "import", strange, "--map", "责任部门=主办单位", "--json", home=home, now=NOW)
    assert (mapped.code, mapped.json["added"]) == (0, 2)
    again = here("accounts", "import", strange, "--json", home=home, now=NOW)
    assert (again.code, again.json["unchanged"]) == (0, 2)


@pytest.mark.parametrize("mapping", ["责任部门", "=主办单位", "责任部门=", "责任部门=不存在的字段"])
def test_a_mapping_that_cannot_be_is_refused(mapping: str, home: Path, tmp_path: Path, here: Here) -> None:
    file = table(tmp_path / "a.csv", [HEADS, *ROWS])
    done = here("accounts", "import", file, "--map", mapping, home=home, now=NOW)
    assert (done.code, len(done.err.strip().splitlines())) == (2, 1)


BROKEN = {
    "cut off": b"PK\x03\x04 broken",
    "empty": b"",
    "old Excel": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old",
    "a page": b"<html></html>",
    "zeros": b"\x00" * 64,
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_a_broken_workbook_is_one_sentence(body: bytes, home: Path, tmp_path: Path, here: Here) -> None:
    (tmp_path / "a.xlsx").write_bytes(body)
    done = here("accounts", "import", tmp_path / "a.xlsx", home=home, now=NOW)
    assert (done.code, len(done.err.strip().splitlines())) == (2, 1)
    assert "a.xlsx" in done.err


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_a_template_filled_in_can_be_read(name: str, home: Path, tmp_path: Path, here: Here) -> None:
    file = tmp_path / name
    assert here("accounts", "template", file).code == 0
    done = here("accounts", "import", file, "--dry-run", "--json", home=home, now=NOW)
    assert done.json["problems"] == [] and done.json["accounts"] == 0


def test_one_bad_date_in_fifty_thousand_rows_is_found(home: Path, tmp_path: Path, here: Here) -> None:
    rows = [["微博", f"云岭{n}", "云岭县人民政府办公室", str(2000000000 + n), "2019-07-01"] for n in range(50_000)]
    rows[31_415][4] = "2019-02-30"
    done = here("accounts", "import", table(tmp_path / "a.csv", [HEADS, *rows]), "--json", home=home, now=NOW)
    (problem,) = done.json["problems"]
    assert (done.code, problem["row"], problem["value"]) == (2, 31_417, "2019-02-30")
    assert here("accounts", "list", "--json", home=home).json == []


def test_a_formula_in_the_register_stays_text(home: Path, tmp_path: Path, here: Here) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in [HEADS, ["微博", "'=1+1", "云岭县公安局", "1000000002", "2019-07-01"]]:
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    assert here("accounts", "import", tmp_path / "a.xlsx", home=home, now=NOW).code == 0
    here("table", "账号", "--csv", tmp_path / "t.csv", "--xlsx", tmp_path / "t.xlsx", home=home)
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    assert sheet is not None
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} <= {"s", "n"}
    assert not any(part.startswith("=") for part in (tmp_path / "t.csv").read_text(encoding="utf-8-sig").split(","))
