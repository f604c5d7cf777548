"""What a person sees: 80 columns, Chinese, no character that steers or stops the terminal."""

from __future__ import annotations

import json
import os
import subprocess
import unicodedata
from pathlib import Path

import pytest
from rich.cells import cell_len

from cli import screen
from tests.cli.conftest import HEADS, Here, command, surroundings, table

ROWS = [["微博", f"云岭{'很长的名字' * 4}", "云岭县人民政府城关镇街道办事处综合服务中心", "1000000001", "2019-07-01"]]


@pytest.fixture(autouse=True)
def eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def test_a_table_fits_eighty_columns(home: Path, tmp_path: Path, here: Here) -> None:
    here("accounts", "import", table(tmp_path / "a.csv", [HEADS, *ROWS]), home=home)
    shown = here("accounts", "list", home=home).out
    assert "很长的名字" in shown
    assert max(cell_len(line.rstrip()) for line in shown.splitlines()) <= 80


def test_many_columns_become_cards(capsys: pytest.CaptureFixture[str]) -> None:
    screen.table("推文：1 行", [f"第{n}列" for n in range(9)], [["值"] * 8 + [None]])
    assert capsys.readouterr().out.splitlines() == [
        "推文：1 行",
        "[1]",
        *(f"  第{n}列：值" for n in range(8)),
    ]


def test_an_id_is_never_broken_and_the_other_columns_give_way(capsys: pytest.CaptureFixture[str]) -> None:
    key, number = "头条:2699000000000001", "ba10d3e36dc6"
    long = "名称相似、未见认证，待核"
    screen.table("账号", ["归类", "名称", "编号", "相近的名称", "线索编号"], [[long, long, key, long, number]])
    shown = capsys.readouterr().out
    assert any(key in line and number in line for line in shown.splitlines())
    assert max(cell_len(line.rstrip()) for line in shown.splitlines()) <= 80 and "┃" in shown


def test_ids_that_leave_no_room_make_cards(capsys: pytest.CaptureFixture[str]) -> None:
    screen.table("账号", ["归类", "名称", "编号"], [["待核", "云岭发布", "微信:" + "MzA4" * 14]])
    assert capsys.readouterr().out.splitlines()[-1] == "  编号：微信:" + "MzA4" * 14


def test_rows_beyond_the_limit_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    screen.table("链接", ["地址"], [["a"], ["b"], ["c"]], limit=2)
    assert "另有 1 行" in capsys.readouterr().out


def test_a_sentence_is_not_broken_in_the_middle(capsys: pytest.CaptureFixture[str]) -> None:
    sentence = "没有这个文件或文件夹：" + "很长的文件夹名/" * 20 + "名录.xlsx。"
    screen.tell(sentence)
    assert capsys.readouterr().err == sentence + "\n"


def test_a_name_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    screen.say("云岭\x1b[2J\x07\u202e发布\u200b[bold]")
    shown = capsys.readouterr().out.rstrip("\n")
    assert shown == "云岭?[2J??发布?[bold]"
    assert not any(unicodedata.category(letter)[0] == "C" for letter in shown)


def test_a_terminal_of_an_older_character_set_shows_what_it_can(home: Path, tmp_path: Path, here: Here) -> None:
    rows = [["微博", "云岭😀发布", "云岭县公安局", "1000000002", "2019-07-01"]]
    here("accounts", "import", table(tmp_path / "a.csv", [HEADS, *rows]), home=home)
    shown = child_in_gbk("accounts", "list", home=home)
    assert "云岭" in shown and "发布" in shown
    assert json.loads(child_in_gbk("accounts", "list", "--json", home=home))[0]["name"] == "云岭😀发布"


def child_in_gbk(*words: str, home: Path) -> str:
    """Standard output of a command on a GBK terminal."""
    done = subprocess.run(
        command(*words, home=home), capture_output=True, env=surroundings(PYTHONIOENCODING="gbk"), check=True
    )
    return done.stdout.decode("gbk")


def test_the_signs_are_those_of_older_terminals_too() -> None:
    for sign in screen.SIGNS.values():
        assert sign.encode("gbk").decode("gbk") == sign


def test_a_reader_that_stops_reading_is_no_fault(home: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        command("table", "账号", "--json", home=home),
        stdout=writer,
        stderr=subprocess.PIPE,
        env=surroundings(),
        check=False,
    )
    os.close(writer)
    assert done.stderr == b""
