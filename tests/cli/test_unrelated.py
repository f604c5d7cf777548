"""findings decide … --unrelated: what is said of papers that still name the account."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from demo.county import load_county
from demo.pages.searches import saved_pages
from tests.cli.conftest import HEADS, NIGHT, ROWS, Here, table
from tests.reports.reading import cells

UID, NAME = "7699000001", "云岺发布"


@pytest.fixture
def number(home: Path, tmp_path: Path, here: Here) -> str:
    """The finding of a suspected account, in an office whose draft is written."""
    (home / "xuncha.toml").write_text('[rules]\nregulations = ["shandong-2021"]\n', encoding="utf-8")
    here("accounts", "import", table(tmp_path / "a.csv", [HEADS, *ROWS]), home=home)
    page = tmp_path / "weibo_用户搜索.html"
    page.write_text(saved_pages(load_county())[page.name], encoding="utf-8")
    here("sweep", "import", page, home=home, now=NIGHT)
    here("report", "weekly", "--period", "2026-W46", home=home, now=NIGHT)
    found = here("candidates", "--json", home=home, now=NIGHT).json
    return str(next(row["finding"] for row in found if row["uid"] == UID))


def decide(home: Path, here: Here, number: str, *more: str) -> tuple[str, str]:
    done = here("findings", "decide", number, "误报", "--by", "顾南舟", "--unrelated", *more, home=home, now=NIGHT)
    assert done.code == 0
    return done.out, done.err


def test_the_ledger_that_names_it_is_told_with_the_way_to_write_it_anew(number: str, home: Path, here: Here) -> None:
    out, _ = decide(home, here, number)
    assert "还有它的名称或编号：reports/2026-W46-台账-草稿.xlsx" in out
    assert f"uv run xuncha --home {home} report weekly --period 2026-W46" in out
    assert UID not in out and NAME not in out


def test_written_anew_the_papers_do_not_name_it(number: str, home: Path, here: Here) -> None:
    book = home / "reports" / "2026-W46-台账-草稿.xlsx"
    assert UID in str(cells(book.read_bytes()))
    decide(home, here, number)
    here("report", "weekly", "--period", "2026-W46", home=home, now=NIGHT)
    assert UID not in str(cells(book.read_bytes())) and NAME not in str(cells(book.read_bytes()))


def test_as_json_the_papers_are_told_beside_it(number: str, home: Path, here: Here) -> None:
    out, err = decide(home, here, number, "--json")
    assert out.startswith("{") and "reports/2026-W46-台账-草稿.xlsx" in err


def test_where_no_paper_names_it_only_the_rest_is_told(number: str, home: Path, here: Here) -> None:
    for path in (home / "reports").iterdir():
        path.unlink()
    out, _ = decide(home, here, number)
    assert "还有它的名称或编号" not in out and "导出到 reports 以外" in out


def test_the_same_page_imported_again_says_what_was_not_kept(
    number: str, home: Path, tmp_path: Path, here: Here
) -> None:
    decide(home, here, number)
    said = here("sweep", "import", tmp_path / "weibo_用户搜索.html", home=home, now=NIGHT).out
    assert "4 个账号，其中 1 个已判定与本单位无关，没有保存" in said and "共见到账号 3 个" in said
    assert UID not in here("candidates", "--json", home=home, now=NIGHT).out


def test_what_is_left_of_it_offers_no_material_that_is_gone(number: str, home: Path, here: Here) -> None:
    decided = decide(home, here, number, "--json")[0]
    out = here("findings", "show", json.loads(decided)["id"], home=home, now=NIGHT).out
    assert "没有留下材料" in out and "--export" not in out
    assert "编号也换过" in here("findings", "show", number, home=home, now=NIGHT).err
