"""sweep sheet and sweep import as a person types them: exit codes, one JSON value, one sentence a bad file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from cli.app import Options, UserError
from cli.groups.sweep_pages import sweep_import, sweep_sheet
from demo.county import load_county
from demo.pages.searches import saved_pages
from tests.cli.conftest import HEADS, ROWS, Here, table
from tests.crawler.saved import containers

NOW = "2026-11-20T08:00:00+08:00"
PAGES = saved_pages(load_county())
Sweep = Callable[..., int]


@pytest.fixture
def sweep(home: Path) -> Sweep:
    """Runs the two commands without the group that holds them."""
    group = typer.Typer()
    group.command("import")(sweep_import)
    group.command("sheet")(sweep_sheet)

    def call(*words: str | Path) -> int:
        made = get_command(group)
        code = made.main(list(map(str, words)), obj=Options(home, NOW, False), standalone_mode=False)
        return int(code or 0)

    return call


def test_pages_of_every_platform_are_read_with_their_accounts(
    sweep: Sweep, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.mhtml").write_bytes(containers.mhtml(PAGES["weibo_用户搜索.html"]))
    (tmp_path / "b.html").write_text(PAGES["sogou_公众号搜索.html"], encoding="utf-8")
    assert sweep("import", tmp_path / "a.mhtml", tmp_path / "b.html", "--json") == 0
    shape = json.loads(capsys.readouterr().out)
    assert [(page["platform"], page["keyword"], page["candidates"]) for page in shape["pages"]] == [
        ("weibo", "云岭发布", 4),
        ("wechat", None, 3),
    ]
    assert shape["candidates"][1].keys() >= {"platform", "uid", "name", "url", "keyword", "found_at", "layout"}


def test_a_wall_among_the_pages_is_said_and_gives_code_3(
    sweep: Sweep, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.html").write_text(PAGES["sogou_要求验证.html"], encoding="utf-8")
    assert sweep("import", tmp_path / "a.html") == 3
    assert "a.html：保存的是验证页，请在浏览器里完成验证后重新保存" in capsys.readouterr().out


def test_files_that_are_none_are_a_sentence_each_and_code_2(
    sweep: Sweep, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.zip", "b.warc"):
        (tmp_path / name).write_bytes(b"PK\x03\x04")
    assert sweep("import", tmp_path / "a.zip", tmp_path / "b.warc") == 2
    said = capsys.readouterr()
    assert [line[:6] for line in said.err.splitlines()] == ["a.zip ", "b.warc"] and said.out == ""


def test_an_empty_folder_says_what_to_put_there(sweep: Sweep, tmp_path: Path) -> None:
    (tmp_path / "saved").mkdir()
    with pytest.raises(UserError, match="没有保存的页面"):
        sweep("import", tmp_path / "saved")


def test_a_sheet_lists_every_keyword_due_and_those_answered_no_more(
    sweep: Sweep, home: Path, here: Here, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert here("accounts", "import", table(tmp_path / "名录.csv", [HEADS, *ROWS]), home=home, now=NOW).code == 0
    assert sweep("sheet", tmp_path / "单.html", "--platform", "weibo", "--json") == 0
    before = json.loads(capsys.readouterr().out)
    assert "云岭发布" in {one["keyword"] for one in before["due"]} and (home / "saved").is_dir()
    (home / "saved" / "a.mhtml").write_bytes(containers.mhtml(PAGES["weibo_用户搜索.html"]))
    assert sweep("import", home / "saved") == 0
    capsys.readouterr()
    assert sweep("sheet", tmp_path / "单.html", "--platform", "weibo", "--json") == 0
    after = json.loads(capsys.readouterr().out)
    assert after["searches"] == before["searches"] - 1
    assert "云岭发布" not in {one["keyword"] for one in after["due"]}


@pytest.mark.parametrize("words", [("单.txt",), ("单.html", "--platform", "douyin"), ("没有/单.html",)])
def test_a_sheet_that_cannot_be_is_one_sentence(sweep: Sweep, tmp_path: Path, words: tuple[str, ...]) -> None:
    with pytest.raises(UserError) as caught:
        sweep("sheet", tmp_path / words[0], *words[1:])
    assert ".part" not in str(caught.value)


def test_a_platform_is_named_in_chinese_too(sweep: Sweep, home: Path, here: Here, tmp_path: Path) -> None:
    assert here("accounts", "import", table(tmp_path / "名录.csv", [HEADS, *ROWS]), home=home, now=NOW).code == 0
    assert sweep("sheet", tmp_path / "单.html", "--platform", "微博") == 0


def test_each_page_of_an_archive_has_a_row_with_its_own_digest(
    sweep: Sweep, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, link = containers.mhtml(PAGES["weibo_用户搜索.html"]), b'<a href="https://weibo.com/u/7699000099">x</a>'
    (tmp_path / "页面.zip").write_bytes(containers.packed(a__mhtml=page, b__html=link, c__html=b""))
    assert sweep("import", tmp_path / "页面.zip", "--json") == 3
    said = capsys.readouterr()
    assert [(one["file"], one["sha256"]) for one in json.loads(said.out)["pages"]] == [
        ("页面.zip 里的 a.mhtml", hashlib.sha256(page).hexdigest()),
        ("页面.zip 里的 b.html", hashlib.sha256(link).hexdigest()),
        ("页面.zip 里的 c.html", None),
    ]
    assert "页面.zip 里的 c.html 没有读入：文件是空的" in said.err


def test_who_searched_and_why_a_page_counts_as_no_search_are_said(
    sweep: Sweep, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.mhtml").write_bytes(containers.mhtml(PAGES["weibo_用户搜索.html"]))
    (tmp_path / "b.html").write_text(PAGES["sogou_公众号搜索.html"], encoding="utf-8")
    assert sweep("import", tmp_path / "a.mhtml", tmp_path / "b.html", "--by", " 张三") == 0
    said = capsys.readouterr().out
    assert "搜索人：张三" in said and "b.html：不算查过：文件里没有记下网址" in said
    assert "a.mhtml：算查过：页面没有写明是不是全部结果" in said


@pytest.mark.parametrize("name", ["", "  ", "长" * 41, "张\x1b三"])
def test_a_name_that_is_none_is_refused(name: str, sweep: Sweep, tmp_path: Path) -> None:
    (tmp_path / "a.html").touch()
    with pytest.raises(UserError, match="--by"):
        sweep("import", tmp_path / "a.html", "--by", name)


def test_files_that_are_not_read_are_told_and_those_of_another_kind_lose_nothing(
    sweep: Sweep, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "a.mhtml").write_bytes(containers.mhtml(PAGES["weibo_用户搜索.html"]))
    for number in range(25):
        (tmp_path / "saved" / f"{number:02d}.png").touch()
    assert sweep("import", tmp_path / "saved", "--json") == 0
    said = capsys.readouterr()
    assert "00.png 没有读入：不是保存的网页" in said.err and "另有 5 个也没有读入" in said.err
    assert [page["status"] for page in json.loads(said.out)["pages"]] == ["left_out"] * 25 + ["ok"]


def test_the_register_is_refused_as_a_partners_list_and_registered_accounts_are_said(
    sweep: Sweep, home: Path, here: Here, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = table(tmp_path / "名录.csv", [HEADS, *ROWS])
    assert here("accounts", "import", few, home=home, now=NOW).code == 0
    assert here("accounts", "template", tmp_path / "模板.xlsx").code == 0
    assert sweep("import", tmp_path / "模板.xlsx") == 2
    assert "这是名录" in capsys.readouterr().err
    assert sweep("import", few) == 0
    assert "都已在名录里" in capsys.readouterr().out
