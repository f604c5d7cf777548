"""Where no document (文件) is chosen, the commands say so, with those that can be; and inspect says of which period."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.county import load_county
from demo.pages.searches import saved_pages
from tests.cli.conftest import HEADS, NIGHT, ROWS, Done, Here, table

NONE_CHOSEN = "没有选适用的文件，疑似账号和其他问题都不会列为线索"
COMMANDS = [("inspect",), ("candidates",), ("sweep", "import", "页面.html")]


def ran(here: Here, home: Path, *words: str) -> Done:
    page = home.parent / "页面.html"
    page.write_text(saved_pages(load_county())["weibo_用户搜索.html"], encoding="utf-8")
    return here(*(page if word == page.name else word for word in words), home=home, now=NIGHT)


def registered(here: Here, home: Path, regulation: str) -> None:
    rows = [[*HEADS, "适用规则"], *([*row, ""] for row in ROWS[:-1]), [*ROWS[-1], regulation]]
    assert here("accounts", "import", table(home.parent / "a.csv", rows), home=home, now=NIGHT).code == 0


@pytest.mark.parametrize("words", COMMANDS)
def test_a_fresh_office_is_told_that_nothing_is_chosen_and_what_can_be(
    words: tuple[str, ...], home: Path, here: Here
) -> None:
    registered(here, home, "")
    said = ran(here, home, *words).out
    assert said.count(NONE_CHOSEN) == 1
    assert "xuncha.toml 的 [rules] regulations" in said and "shandong-2021《山东省人民政府办公厅关于" in said


@pytest.mark.parametrize("words", COMMANDS)
def test_as_json_it_stands_beside_the_value(words: tuple[str, ...], home: Path, here: Here) -> None:
    registered(here, home, "")
    done = ran(here, home, *words, "--json")
    assert NONE_CHOSEN in done.err and NONE_CHOSEN not in str(done.json)


@pytest.mark.parametrize("words", COMMANDS)
def test_where_one_account_names_its_document_nothing_is_said(words: tuple[str, ...], home: Path, here: Here) -> None:
    registered(here, home, "shandong-2021")
    assert NONE_CHOSEN not in ran(here, home, *words).out


@pytest.mark.parametrize("words", COMMANDS)
def test_where_the_office_chose_nothing_is_said(words: tuple[str, ...], home: Path, here: Here) -> None:
    registered(here, home, "")
    (home / "xuncha.toml").write_text('[rules]\nregulations = ["shandong-2021"]\n', encoding="utf-8")
    assert NONE_CHOSEN not in ran(here, home, *words).out


@pytest.mark.parametrize(
    ("words", "period"),
    [
        (("--period", "2026-W46"), "2026年11月9日至11月15日（2026-W46）"),
        (("--period", "2026-10"), "2026年10月1日至10月31日（2026-10）"),
    ],
)
def test_an_inspection_begins_with_its_period(words: tuple[str, ...], period: str, home: Path, here: Here) -> None:
    registered(here, home, "")
    assert ran(here, home, "inspect", *words).out.splitlines()[0] == f"统计周期：{period}。"
