"""candidates: the accounts that searches showed, found again by whatever a person knows of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.county import load_county
from demo.pages.searches import saved_pages
from tests.cli.conftest import HEADS, NIGHT, ROWS, Here, table

SUSPECT = "weibo:7699000001"


@pytest.fixture
def swept(home: Path, tmp_path: Path, here: Here, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A register and one saved result page, judged; 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    (home / "xuncha.toml").write_text('[rules]\nregulations = ["shandong-2021"]\n', encoding="utf-8")
    here("accounts", "import", table(tmp_path / "a.csv", [HEADS, *ROWS]), home=home)
    page = tmp_path / "weibo_用户搜索.html"
    page.write_text(saved_pages(load_county())[page.name], encoding="utf-8")
    assert here("sweep", "import", page, home=home, now=NIGHT).code in (0, 3)
    here("inspect", home=home, now=NIGHT)
    return home


def test_no_id_is_broken_and_the_screen_says_how_the_numbers_go_together(swept: Path, here: Here) -> None:
    shown = here("candidates", home=swept, now=NIGHT).out
    found = here("candidates", "--json", home=swept, now=NIGHT).json
    asked = [row for row in found if row["finding"] is not None]
    assert asked and all(row["finding"] in shown and row["uid"] in shown for row in asked)
    assert f"其中 {len(asked)} 个列为问题线索（待核 {len(asked)}）" in shown
    assert f"uv run xuncha --home {swept} findings" in shown


@pytest.mark.parametrize("named", [SUSPECT, "WEIBO:7699000001", "微博:7699000001", "微博：7699000001", " 云岺发布"])
def test_an_account_is_meant_by_key_platform_name_or_shown_name(named: str, swept: Path, here: Here) -> None:
    done = here("candidates", "show", named, "--json", home=swept, now=NIGHT)
    assert (done.json["platform"], done.json["uid"]) == ("weibo", "7699000001")


def test_a_name_of_several_accounts_is_asked_back_with_their_keys(swept: Path, tmp_path: Path, here: Here) -> None:
    rows = [["平台", "账号名称", "账号ID"], ["微博", "云岺发布", "7699000077"]]
    here("sweep", "import", table(tmp_path / "partners.csv", rows), home=swept, now=NIGHT)
    done = here("candidates", "show", "云岺发布", home=swept, now=NIGHT)
    assert done.code == 2 and "有 2 个账号" in done.err
    assert "微博:7699000001（" in done.err and "微博:7699000077（" in done.err


def test_a_name_that_nobody_has_is_told_with_the_next_step(swept: Path, here: Here) -> None:
    done = here("candidates", "show", "济州发布", home=swept, now=NIGHT)
    assert done.code == 2 and f"uv run xuncha --home {swept} candidates" in done.err


def test_a_decision_is_shown_instead_of_a_lead(swept: Path, here: Here) -> None:
    (number,) = (
        row["finding"] for row in here("candidates", "--json", home=swept, now=NIGHT).json if row["uid"] == SUSPECT[6:]
    )
    here("findings", "decide", number, "属实", "--by", "顾南舟", home=swept, now=NIGHT)
    shown = here("candidates", "show", SUSPECT, home=swept, now=NIGHT).out
    assert "，属实" in shown.splitlines()[0] and "待核" not in shown


def test_an_account_is_meant_by_the_number_of_its_lead_too(swept: Path, here: Here) -> None:
    rows = here("candidates", "--json", home=swept, now=NIGHT).json
    (number,) = (row["finding"] for row in rows if row["uid"] == SUSPECT[6:])
    assert here("candidates", "show", number, "--json", home=swept, now=NIGHT).json["uid"] == SUSPECT[6:]


def test_of_an_account_that_nobody_can_tell_the_next_step_is_told(swept: Path, tmp_path: Path, here: Here) -> None:
    rows = [["平台", "账号名称", "账号ID"], ["微博", "云岭发布", "yunlingfabu"]]
    here("sweep", "import", table(tmp_path / "partners.csv", rows), home=swept, now=NIGHT)
    kinds = {row["uid"]: row["kind"] for row in here("candidates", "--json", home=swept, now=NIGHT).json}
    unknown = next(uid for uid, kind in kinds.items() if kind == "unknown")
    done = here("candidates", "show", f"微博:{unknown}", home=swept, now=NIGHT)
    assert f"uv run xuncha --home {swept} sweep import 文件" in done.out.replace("\n", "")
