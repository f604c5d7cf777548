"""A command shown as a next step works when it is pasted: it begins as one is typed, names the home, and exists."""

from __future__ import annotations

import ast
import re
import shlex
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from cli import screen
from cli.app import app
from cli.loading import load_commands
from records.sentences import COMMAND, Command, Sentence
from tests.cli.conftest import HEADS, ROOT, ROWS, Here, table

NOW = "2026-11-20T08:00:00+08:00"
# The product; the demonstration's marker and the benchmarks' rows are no next steps.
ROOMS = ("records", "registry", "crawler", "pipelines", "storage", "analysis", "reports", "scheduler", "cli")
WRITTEN_ONCE = ROOT / "records" / "sentences.py"
BARE = re.compile(r"(?<!uv run )xuncha (?!--home )[a-z-]")
SHOWN = re.compile(rf"{COMMAND} --home ('[^']*'|\S+) ([^；。，：\n]+)")
UNKNOWN = "未知"  # what stands in a literal for a value that is known only at run time
EMPTY = [
    ("accounts", "list"),
    ("status",),
    ("coverage",),
    ("crawl",),
    ("nightly",),
    ("schedule",),
    ("sweep",),
    ("sweep", "云岭发布", "sheet"),
    ("candidates",),
    ("candidates", "show", "云岭发布"),
    ("posts", "--account", "云岭发布"),
    ("crawl", "--account", "云岭发布"),
    ("lookalike", "云岭发布"),
    ("lookalike", "--in", "名单.csv"),
    ("findings", "show", "0"),
    ("findings", "decide", "0", "属实", "--by", "顾南舟"),
    ("findings", "verify", "0"),
    ("report", "release", "2026-W46", "--by", "顾南舟"),
    ("report", "release", "2026-W47", "--by", "顾南舟"),
    ("accounts", "import", "名单.csv"),
    ("observe", "import", "名单.csv"),
    ("init",),
]
HOMELESS = [words for words in EMPTY if words[0] not in ("init", "lookalike") and words[-1] != "sheet"]


@cache
def every_command() -> Any:
    """The command line with all its commands."""
    load_commands()
    return typer.main.get_command(app)


def problem_of(words: str) -> str | None:
    """What is wrong with a command's words; ``None`` where the command and its options exist."""
    node = every_command()
    tokens = shlex.split(words)
    while tokens and tokens[0] in getattr(node, "commands", {}):
        node = node.commands[tokens.pop(0)]
    if UNKNOWN in tokens[:1] and hasattr(node, "commands"):
        return None
    if hasattr(node, "commands") and not node.invoke_without_command:
        return f"{words}: no such command"
    known = {name for one in node.params for name in (*one.opts, *one.secondary_opts)}
    return next((f"{words}: no option {one}" for one in tokens if one.startswith("--") and one not in known), None)


def texts(path: Path) -> Iterator[str]:
    """The texts of a Python file that are no documentation."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.value


def literal(node: ast.expr) -> str | None:
    """A text as it stands in the code, ``UNKNOWN`` for each value put in; ``None`` for what is no literal."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else UNKNOWN for part in node.values)
    return None


def commands_in(path: Path) -> Iterator[str]:
    """The words of every command that a file shows."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.GeneratorExp) and isinstance(node.elt, ast.Call) and is_command(node.elt):
            shown: list[ast.expr] = list(getattr(node.generators[0].iter, "elts", ()))
            yield from (words for one in shown if isinstance(node.elt.args[-1], ast.Name) and (words := literal(one)))
        elif isinstance(node, ast.Call) and is_command(node) and (words := literal(node.args[-1])):
            yield words


def is_command(call: ast.Call) -> bool:
    """Whether a call makes a command to show."""
    return ast.unparse(call.func) in ("Command", "screen.command")


def python_files() -> Iterator[Path]:
    """Every Python file of the product."""
    return (path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")))


@pytest.fixture
def spaced(tmp_path: Path, here: Here, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home whose name has a space; we stand beside it."""
    monkeypatch.chdir(tmp_path)
    table(tmp_path / "名单.csv", [["甲", "乙"], ["丙", "丁"]])
    assert here("init", "我的 县").code == 0
    return tmp_path / "我的 县"


def is_pasteable(said: str, home: Path) -> bool:
    """Whether every command in what was said names this home and exists, and there is one."""
    shown = SHOWN.findall(said)
    wrong = [problem for _, words in shown if (problem := problem_of(words))]
    assert wrong == [] and BARE.search(said) is None, said
    return bool(shown) and {shlex.split(folder)[0] for folder, _ in shown} == {str(home)}


@pytest.mark.parametrize("words", EMPTY, ids=" ".join)
def test_a_next_step_names_the_home_and_a_command_that_exists(words: tuple[str, ...], spaced: Path, here: Here) -> None:
    done = here(*words, home=spaced, now=NOW)
    assert is_pasteable(done.out + done.err, spaced), done


def test_nothing_was_crawled_yet_names_the_nightly_run(spaced: Path, here: Here) -> None:
    here("accounts", "import", table(spaced / "a.csv", [HEADS, *ROWS]), home=spaced)
    for words in ("status", "coverage"):
        said = here(words, home=spaced).out
        assert f"{Command('nightly').line(spaced)}。" in said and "名录是空的" not in said


@pytest.mark.parametrize("words", HOMELESS, ids=" ".join)
def test_without_a_home_the_same_command_is_shown_with_one(
    words: tuple[str, ...], tmp_path: Path, here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    table(tmp_path / "名单.csv", [["甲", "乙"]])
    done = here(*words, now=NOW)
    assert done.code == 2
    assert f"{COMMAND} --home 工作文件夹 --now {NOW} {shlex.join(words)}；" in done.err
    assert f"{COMMAND} init 工作文件夹。" in done.err


def test_what_is_shown_without_a_home_works_when_pasted(
    tmp_path: Path, here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = here("status").err
    listed, made = re.findall(rf"{COMMAND} ([^；。]+)", said)
    assert [here(*shlex.split(words)).code for words in (made, listed)] == [0, 0]


def test_a_named_folder_that_is_no_home_is_told_with_how_to_make_one(tmp_path: Path, here: Here) -> None:
    said = here("status", home=tmp_path / "我的 县").err
    assert is_pasteable(said, tmp_path / "我的 县") and "把 --home 改成它" in said


def test_no_sentence_shows_a_command_without_its_beginning() -> None:
    found = [(path.name, text) for path in python_files() for text in texts(path) if BARE.search(text)]
    assert found == []


def test_the_beginning_of_a_command_is_written_once() -> None:
    assert [path for path in python_files() if any(COMMAND in text for text in texts(path))] == [WRITTEN_ONCE]


def test_no_table_of_words_names_a_command() -> None:
    tables = [path for room in ("registry", "reports", "analysis") for path in (ROOT / room).rglob("*.toml")]
    read = {path.name: str(tomllib.loads(path.read_text(encoding="utf-8"))) for path in tables}
    assert read and [name for name, text in read.items() if BARE.search(text)] == []


def test_every_command_that_is_shown_exists() -> None:
    shown = {words: path.name for path in python_files() for words in commands_in(path)}
    assert len(shown) > 20
    assert [(name, problem) for words, name in shown.items() if (problem := problem_of(words))] == []


@pytest.mark.parametrize("words", ["rules", "observe", "findings --none", "accounts export 名录.xlsx"])
def test_a_command_that_does_not_exist_is_noticed(words: str) -> None:
    assert problem_of(words) is not None


@given(st.text(), st.text())
def test_text_of_a_page_never_becomes_a_command(before: str, after: str) -> None:
    home = Path("/家")
    hostile = f"{before}{Command('nightly')}{after}"
    assert Sentence(hostile, Command("findings")).told_in(home) == f"{hostile}{COMMAND} --home /家 findings"
    assert Sentence(before, after).told_in(home) == before + after


def test_an_error_keeps_the_commands_of_its_sentence(tmp_path: Path) -> None:
    screen.set_home(tmp_path)
    said = str(ValueError(Sentence("请运行 ", Command("nightly"), "。")))
    assert said == f"请运行 {COMMAND} --home 工作文件夹 nightly。"
    assert screen.plain(said) == f"请运行 {COMMAND} --home {tmp_path} nightly。"
