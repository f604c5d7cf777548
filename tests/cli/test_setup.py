"""init, the global options and the environment; wrong use ends with one sentence and exit code 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from records.sentences import Command
from tests.cli.conftest import HEADS, ROWS, Here, child, table


def is_one_sentence(text: str) -> bool:
    """One line of Chinese, no traceback."""
    return len(text.strip().splitlines()) == 1 and "Traceback" not in text and "。" in text


def test_init_makes_configuration_database_and_template(home: Path) -> None:
    assert {"xuncha.toml", "xuncha.db", "名录模板.xlsx"} <= {path.name for path in home.iterdir()}


def test_init_again_refuses_and_changes_nothing(home: Path, here: Here) -> None:
    before = {path.name: path.read_bytes() for path in home.iterdir() if not path.name.startswith("xuncha.db-")}
    done = here("init", home)
    assert (done.code, is_one_sentence(done.err)) == (2, True)
    assert {name: (home / name).read_bytes() for name in before} == before


def test_init_keeps_a_template_that_was_filled_in(tmp_path: Path, here: Here) -> None:
    (tmp_path / "名录模板.xlsx").write_bytes(b"filled in")
    assert here("init", tmp_path).code == 0
    assert (tmp_path / "名录模板.xlsx").read_bytes() == b"filled in"


def test_a_failed_init_can_be_run_again(tmp_path: Path, here: Here) -> None:
    (tmp_path / "xuncha.db").write_text("something else entirely")
    assert here("init", tmp_path).code == 2
    (tmp_path / "xuncha.db").unlink()
    assert here("init", tmp_path).code == 0


@pytest.mark.parametrize("words", [["status"], ["nightly", "--json"], ["accounts", "list"], ["doctor"], ["schedule"]])
def test_a_folder_without_configuration_names_init(words: list[str], tmp_path: Path, here: Here) -> None:
    done = here(*words, home=tmp_path)
    assert (done.code, done.out, is_one_sentence(done.err)) == (2, "", True)
    assert Command("init").line(tmp_path) in done.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("now", ["gestern", "2026-11-20", "2026-11-20T08:00:00", ""])
def test_a_time_without_zone_is_refused(now: str, home: Path, here: Here) -> None:
    done = here("status", home=home, now=now or "x")
    assert (done.code, is_one_sentence(done.err)) == (2, True)
    assert "--now" in done.err


def test_now_is_the_clock_of_the_run(home: Path, here: Here) -> None:
    done = here("inspect", "--json", home=home, now="2027-01-05T08:00:00+08:00")
    assert done.json["period"] == ["2026-12-28T00:00:00+08:00", "2027-01-04T00:00:00+08:00"]


def test_home_and_now_come_from_the_environment(home: Path) -> None:
    given = {"XUNCHA_HOME": str(home), "XUNCHA_NOW": "2027-01-05T00:00:00Z"}
    done = child("inspect", "--json", environment=given)
    assert done.json["period"][0] == "2026-12-28T00:00:00+08:00"


def test_the_option_wins_over_the_environment(home: Path, tmp_path: Path) -> None:
    done = child("status", "--json", home=home, environment={"XUNCHA_HOME": str(tmp_path / "nowhere")})
    assert (done.code, done.json) == (0, [])


def test_the_mirror_from_the_environment_is_told(home: Path) -> None:
    given = {"XUNCHA_CRAWL_MIRROR": "http://127.0.0.1:9", "XUNCHA_CRAWL_DELAY_SECONDS": "0"}
    done = child("doctor", "--json", home=home, environment=given)
    (source,) = [line for line in done.json if line["item"] == "数据来源"]
    assert "http://127.0.0.1:9" in source["words"] and not source["ok"]


def test_json_is_the_only_thing_on_standard_output_even_with_logs(home: Path, tmp_path: Path) -> None:
    done = child("-v", "accounts", "import", table(tmp_path / "a.csv", [HEADS, *ROWS]), "--json", home=home)
    assert done.json["added"] == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["statsu"], "没有“statsu”这个命令；是不是想写 status"),
        (["inspect", "--perid", "2026-W46"], "--perid"),
        (["accounts", "import"], "缺少 file"),
        (["findings", "decide", "abc", "属实"], "缺少选项 --by"),
        (["findings", "decide", "abc", "属实", "--by", "姓名"], "核实人的姓名"),
        (["init", ""], "后面要写文件夹"),
        (["findings", "show", "abc", "--export", " "], "后面要写文件夹"),
        (["status", "extra"], "多出了 extra"),
        (["status", "--json=x"], "--json"),
    ],
)
def test_wrong_use_is_told_in_chinese(words: list[str], said: str, home: Path, here: Here) -> None:
    done = here(*words, home=home)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


@pytest.mark.parametrize(
    "words",
    [
        ["inspect", "--period", "2026-W99"],
        ["inspect", "--period", "gestern"],
        ["inspect", "--regulation", "nirgends-2020"],
        ["inspect", "--account", "weibo:1"],
        ["posts", "--account", "weibo:1"],
        ["posts", "--since", "gestern"],
        ["crawl"],
        ["crawl", "--platform", "douyin"],
        ["crawl", "--account", "weibo:1"],
        ["nightly"],
        ["table", "东西"],
        ["search", "？"],
        ["findings", "show", "0" * 12],
        ["findings", "decide", "0" * 12, "属实", "--by", "顾南舟"],
        ["findings", "decide", "0" * 12, "也许", "--by", "顾南舟"],
        ["findings", "decide", "0" * 12, "属实", "--by", " "],
        ["findings", "decide", "0" * 12, "属实", "--by", "姓名"],
        ["report", "release", "2026-W46", "--by", "顾南舟"],
        ["accounts", "import", "nowhere.xlsx"],
        ["accounts", "import", "."],
        ["posts", "import", "nowhere.txt"],
        ["observe", "import", "nowhere.xlsx"],
        ["sweep", "import", "nowhere.html"],
        ["links", "check", "nowhere.txt"],
        ["links", "check", "."],
        ["parse", "nowhere.html"],
        ["accounts", "template", "nowhere/a.xlsx"],
        ["accounts", "template", "."],
        ["table", "账号", "--xlsx", "nowhere/a.xlsx"],
        ["table", "账号", "--csv", "nowhere/a.csv"],
        ["observe", "sheet", "nowhere/a.xlsx"],
        ["report", "weekly", "--out", "xuncha.toml"],
        ["init", "xuncha.toml"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_is_one_sentence(
    words: list[str], home: Path, here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    done = here(*words, home=home, now="2026-11-20T08:00:00+08:00")
    assert (done.code, is_one_sentence(done.err)) == (2, True), done.err
