"""What ``sweep`` says: usage lines, an empty register, a mirror or network that is down, who searched."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from cli.groups.sweeping import unanswered_words
from scheduler.search_results import SearchResult
from tests.cli.conftest import CONFIG, HEADS, NIGHT, ROWS, Here, child, table


def result(platform: str, outcome: str, reason: str | None = None) -> SearchResult:
    """What became of one keyword."""
    return SearchResult(
        keyword="云岭发布",
        kind="全称",
        unit=None,
        platform=platform,
        outcome=outcome,
        reason=reason,
        found=None,
        total=None,
        searched_at=None,
        last_good_at=None,
        next_due_on=None,
    )


def said(*results: SearchResult, mirror: str = "", is_answered: bool = False) -> str:
    """What is said of platforms that did not answer."""
    return "".join(unanswered_words(results, mirror, "sweep", is_answered=is_answered))


@pytest.mark.parametrize(
    ("words", "usage"),
    [
        ((), "xuncha sweep [OPTIONS] [关键词]... | sheet|import …"),
        (("sheet",), "xuncha sweep sheet [OPTIONS] {文件.html}"),
        (("import",), "xuncha sweep import [OPTIONS] {文件}..."),
    ],
)
def test_a_usage_line_names_what_the_command_itself_takes(words: tuple[str, ...], usage: str, here: Here) -> None:
    assert here("sweep", *words, "--help").out.splitlines()[0] == f"Usage: {usage}"


@pytest.mark.parametrize("words", [("sweep",), ("sweep", "sheet", "搜索.html")])
def test_an_empty_register_is_one_sentence_with_the_command_to_give(
    words: tuple[str, ...], home: Path, tmp_path: Path, here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = here(*words, home=home)
    assert not Path("搜索.html").exists()
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert f"uv run xuncha --home {home} accounts import" in done.err


def test_where_nobody_answers_our_own_network_is_named() -> None:
    assert "可能是本机网络断了" in said(result("weibo", "error", "error"), result("wechat", "error", "error"))


@pytest.mark.parametrize("mirror", ["", "http://127.0.0.1:9"])
def test_where_a_host_told_its_rules_neither_network_nor_mirror_is_named(mirror: str) -> None:
    silent = result("weibo", "error", "error"), result("wechat", "error", "error")
    words = said(*silent, mirror=mirror, is_answered=True)
    assert "没有应答" in words and "本机" not in words and "镜像" not in words


@pytest.mark.parametrize(("mirror", "other"), [("", "本机网络断了"), ("http://127.0.0.1:9", "镜像")])
def test_the_silence_of_one_platform_alone_may_be_its_own(mirror: str, other: str) -> None:
    words = said(result("wechat", "error", "error"), mirror=mirror)
    assert words.startswith("微信公众号没有应答，可能是平台暂时打不开，也可能是") and other in words


def test_one_silent_platform_among_others_is_not_our_network() -> None:
    words = said(result("weibo", "refused", "robots"), result("wechat", "error"), result("wechat", "left", "error"))
    assert words.startswith("微信公众号没有应答") and "本机" not in words


@pytest.mark.parametrize("outcome", ["searched", "blocked", "cut_short", "refused"])
def test_a_platform_that_answered_once_is_not_silent(outcome: str) -> None:
    assert said(result("wechat", outcome, "error"), result("wechat", "error")) == ""


def test_what_was_not_asked_says_nothing() -> None:
    assert said(result("wechat", "not_due"), result("weibo", "left", "share"), result("toutiao", "left", "error")) == ""


def test_a_mirror_that_is_down_is_named(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        mirror = f"http://127.0.0.1:{closed.getsockname()[1]}"
    (tmp_path / "xuncha.toml").write_text(CONFIG.format(mirror=mirror), encoding="utf-8")
    child("accounts", "import", table(tmp_path / "名录.csv", [HEADS, *ROWS]), home=tmp_path, now=NIGHT)
    done = child("sweep", home=tmp_path, now=NIGHT)
    assert (done.code, done.out.splitlines()[-1].count(f"镜像 {mirror}"), "本机" in done.out) == (3, 1, False)
    again = child("sweep", "云岭 发布", "--platform", "wechat", home=tmp_path, now=NIGHT).out.splitlines()[-1]
    assert f"再运行 uv run xuncha --home {tmp_path} sweep '云岭 发布' --platform wechat；" in again


def test_a_page_that_is_no_sheet_of_ours_is_not_overwritten(home: Path, tmp_path: Path, here: Here) -> None:
    here("accounts", "import", table(tmp_path / "名录.csv", [HEADS, *ROWS]), home=home, now=NIGHT)
    mine = tmp_path / "我的.html"
    mine.write_text("<title>会议通知</title>", encoding="utf-8")
    done = here("sweep", "sheet", mine, home=home, now=NIGHT)
    assert (done.code, "不是关键词搜索单" in done.err, mine.read_text("utf-8")) == (2, True, "<title>会议通知</title>")
    assert [here("sweep", "sheet", tmp_path / "单.html", home=home, now=NIGHT).code for _ in range(2)] == [0, 0]
