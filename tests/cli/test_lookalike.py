"""``xuncha lookalike`` ranks a file of names, with or without a home folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cli.groups.lookalike import LONGEST_NAME
from registry.template import save_template
from scheduler.lines import load_lines
from tests.cli.conftest import HEADS, ROWS, Here, child, table


def ranked(here: Here, folder: Path, text: bytes, *words: str) -> Any:
    (folder / "名单.txt").write_bytes(text)
    done = here(*words, "--in", folder / "名单.txt", "--json", home=folder)
    assert done.code == 0, done.err
    return done.json


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_names_are_ranked_without_a_home(tmp_path: Path, here: Here, encoding: str) -> None:
    rows = ranked(here, tmp_path, "济州发布\r\n\r\n泽洲发布\r\n".encode(encoding), "lookalike", "泽州发布")
    assert [(row["candidate"], row["keeps_place"]) for row in rows] == [("泽洲发布", True), ("济州发布", False)]
    assert rows[0] == {
        "name": "泽州发布",
        "candidate": "泽洲发布",
        "score": rows[0]["score"],
        "why": ["same_sound"],
        "keeps_place": True,
        "keeps_unit": None,
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("泽州发布",), "--in"),
        (("泽州发布", "--in", "没有.txt"), "没有文件"),
        (("···", "--in", "名单.txt"), "没有可比对的文字"),
        (("--in", "名单.txt"), " init。"),
        (("泽州发布", "--in", "二进制.txt"), "不是文本文件"),
        (("泽州发布", "--in", "空.txt"), "没有名称"),
        (("泽州发布", "--in", "空行.txt"), "没有名称"),
        (("泽州发布", "--in", "名单.xlsx"), "是表格"),
        (("名单.xlsx",), "lookalike --in '名单.xlsx'"),
        (("泽州发布", "--in", "名单.csv"), "是表格"),
        (("泽州发布", "--in", "."), "是文件夹"),
    ],
)
def test_wrong_use_is_one_sentence(
    tmp_path: Path, here: Here, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("名单.txt").write_text("泽洲发布\n", encoding="utf-8")
    Path("二进制.txt").write_bytes(b"\x00\x01PK")
    Path("空.txt").touch()
    Path("空行.txt").write_text("\n \n", encoding="utf-8")
    Path("名单.csv").write_text("平台,账号名称\n微博,泽洲发布\n", encoding="utf-8")
    save_template(Path("名单.xlsx"))
    done = here("lookalike", *words, home=tmp_path)
    assert (done.code, said in done.err, done.err.count("\n")) == (2, True, 1)


def test_no_name_is_lost_or_glued_where_a_block_of_the_file_ends(tmp_path: Path) -> None:
    lines = [f"名{number:09d}号" for number in range(200_000)]
    (tmp_path / "a.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert list(load_lines(tmp_path / "a.txt", "名称", LONGEST_NAME)) == lines


def test_a_sign_that_some_take_for_a_line_end_parts_no_name(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("泽\u2028洲发\x85布\n", encoding="utf-8")
    assert list(load_lines(tmp_path / "a.txt", "名称", LONGEST_NAME)) == ["泽\u2028洲发\x85布"]


def test_a_line_without_end_is_no_name(tmp_path: Path, here: Here) -> None:
    text = ("长" * 3_000_000 + "\n泽洲发布\n").encode()
    assert [row["candidate"] for row in ranked(here, tmp_path, text, "lookalike", "泽州发布")] == ["泽洲发布"]


def test_the_register_is_compared_when_no_name_is_given(home: Path, here: Here) -> None:
    assert here("accounts", "import", table(home / "名录.csv", [HEADS, *ROWS]), home=home).code == 0
    name = "云岭发布"
    rows = ranked(here, home, f"{name}官方号\n".encode(), "lookalike")
    assert (rows[0]["name"], rows[0]["why"]) == (name, ["extra_word", "contains"])


def test_names_come_from_standard_input_and_cannot_steer_the_terminal(tmp_path: Path) -> None:
    done = child("lookalike", "泽州发布", "--in", "-", home=tmp_path, given="泽洲\x1b[31m发布\n")
    assert (done.code, "\x1b" in done.out, "泽洲" in done.out) == (0, False, True)
