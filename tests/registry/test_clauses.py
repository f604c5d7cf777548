"""Regulation files are read strictly; named settings are the office's or the default."""

from __future__ import annotations

from pathlib import Path

import pytest

from records import Result, Severity
from registry.clauses import RegulationError, load_regulation, load_regulations, named_settings

FILE = """
id = "yunling-2026"
title = "云岭县政务新媒体管理办法"
issued = "2026年1月5日"

[settings.silent_days]
default = 60
meaning = "连续多少天没有更新视为停止维护"

[[clause]]
id = "YL-3"
number = "第三条"
quote = "长期不更新的予以关停"
check = "zombie"
severity = "整改"

[clause.params]
days = "@silent_days"

[[clause.cases]]
name = "sixty silent days"
expect = "breach"
given = { posts = [2026-08-01] }
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "yunling-2026.toml"


def test_an_offices_own_file_is_read(path: Path) -> None:
    path.write_text(FILE, encoding="utf-8")
    (clause,) = load_regulation(path).clauses
    assert (clause.params, clause.settings) == ({"days": 60}, {"连续多少天没有更新视为停止维护": "60"})
    assert (clause.severity, clause.cases[0].expect) == (Severity.RECTIFY, Result.BREACH)


def test_the_offices_value_wins_and_is_shown(path: Path) -> None:
    path.write_text(FILE, encoding="utf-8")
    (clause,) = load_regulation(path, {"silent_days": 30}).clauses
    assert (clause.params["days"], clause.settings) == (30, {"连续多少天没有更新视为停止维护": "30"})


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('severity = "整改"', 'severity = "整改"\nseverty = "x"', "clause.1.severty 不认识这一项，是否想写 severity"),
        ('severity = "整改"', 'severity = "严重"', "severity 不能是“严重”，可选：提示、整改、单项否决"),
        ('expect = "breach"', 'expect = "bad"', "expect 不能是“bad”"),
        ('number = "第三条"\n', "", "clause.1.number 缺少这一项"),
        ('check = "zombie"', "check = 3", "clause.1.check 类型不对"),
        ('check = "zombie"', 'check = "../zombie"', "clause.1.check 写法不对"),
        ('title = "云岭县政务新媒体管理办法"', 'title = " "', "title 写法不对"),
        ('"@silent_days"', '"@quiet_days"', "用到的参考值 quiet_days 没有在 settings 中写明"),
        ("default = 60", "default = 0", "参考值 silent_days 须为不小于1的整数"),
        ('id = "yunling-2026"', 'id = "yunling-2027"', "应为 yunling-2027.toml"),
        ("[[clause]]", "[[clause]", "不是有效的 TOML 文件"),
    ],
)
def test_a_faulty_file_is_refused_with_the_place(path: Path, old: str, new: str, said: str) -> None:
    assert old in FILE
    path.write_text(FILE.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RegulationError) as error:
        load_regulation(path)
    assert said in str(error.value)
    assert str(error.value).startswith("yunling-2026.toml：")


def test_a_clause_id_may_stand_in_one_file_only(path: Path) -> None:
    path.write_text(FILE, encoding="utf-8")
    path.with_name("yunling-2027.toml").write_text(FILE.replace("yunling-2026", "yunling-2027"), encoding="utf-8")
    with pytest.raises(RegulationError, match=r"条款 YL-3 在 yunling-2026\.toml 中已经有了"):
        load_regulations(folder=path.parent)


def test_files_may_not_disagree_about_a_setting(path: Path) -> None:
    path.write_text(FILE, encoding="utf-8")
    other = FILE.replace("yunling-2026", "yunling-2027").replace("YL-3", "YL-4").replace("default = 60", "default = 61")
    path.with_name("yunling-2027.toml").write_text(other, encoding="utf-8")
    with pytest.raises(RegulationError, match="参考值 silent_days 与另一文件中的同名参考值不一致"):
        named_settings(path.parent)


@pytest.mark.parametrize("settings", [{"silent_days": 0}, {"silent_days": "90"}, {"update_unit": "篇"}])
def test_a_value_that_a_setting_cannot_take_is_refused(settings: dict[str, int | str]) -> None:
    with pytest.raises(RegulationError, match=r"^\[rules\]：参考值"):
        load_regulations(settings)


def test_the_shipped_settings_are_named() -> None:
    assert set(named_settings()) == {"update_unit", "update_week", "silent_days", "rectify_days"}
    assert named_settings()["silent_days"].default == 90


def test_the_shipped_regulations_are_the_five_and_the_national() -> None:
    assert list(load_regulations()) == [
        "dongxiang-2020",
        "luju-2023",
        "national",
        "shandong-2021",
        "zezhou-2022",
        "zhejiang-2020",
    ]


def test_the_national_clause_is_second_hand_until_somebody_confirms_it() -> None:
    (quoted,) = load_regulations()["national"].clauses
    (confirmed,) = load_regulations(confirmed_by="李某")["national"].clauses
    assert (quoted.second_hand, confirmed.second_hand) == (True, False)


def test_a_week_of_seven_days_reaches_every_weekly_clause() -> None:
    regulations = load_regulations({"update_week": "7 days"})
    (three, one) = [one for one in regulations["zezhou-2022"].clauses if one.check == "update_frequency"]
    assert three.params["per"] == one.params["per"] == "7 days"
    assert three.settings == {"“每周”按什么计算": "查看前连续7天", "“更新1次”按什么计数": "每篇推文计1次"}
