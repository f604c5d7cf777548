"""doctor says what is not well, what to do, and never more than it looked at."""

from __future__ import annotations

import shutil
from collections import defaultdict
from datetime import timedelta
from pathlib import Path

import pytest

from records import Coverage, LinkCheck
from reports.link_words import no_control
from scheduler.dismissing import KEY_FILE, dismissed_key
from storage.dismissed import Dismissed, save_dismissed
from tests.cli.conftest import HEADS, Here, table
from tests.scheduler.archived import ACCOUNT, NIGHT, Office, listing, open_office, post

KEY = "疑似账号处理记录的密钥"
SINCE = NIGHT - timedelta(days=13)
DOCUMENT = "evidence/许可函.pdf"
PERMITTED = f"""\
[hosts."example.com"]
robots = "permitted"
permitted_by = "某平台"
permitted_on = {{on}}
permission = "{DOCUMENT}"
"""
APP = '[wechat_api]\naccounts = [{account = "wechat:gh_0123456789ab", appid = "wx0123456789abcdef"}]\n'
CONTROL = '[links]\ncontrol = ["{}"]\n'
VARIABLE = "XUNCHA_WECHAT_API_SECRET_WX0123456789ABCDEF"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office after one night that saw its account."""
    office = open_office(tmp_path)
    office.crawl(NIGHT - timedelta(seconds=400), [listing([post(1, 2)])], since=SINCE)
    return office


def rows(home: Path, here: Here) -> dict[str, list[tuple[bool, str]]]:
    """``(well, words)`` of every row, by item."""
    found = defaultdict(list)
    for line in here("doctor", "--json", home=home, now=NIGHT).json:
        found[line["item"]].append((line["ok"], line["words"]))
    return found


def configure(office: Office, text: str) -> Path:
    path = office.workspace.home / "xuncha.toml"
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
    return office.workspace.home


def test_a_whole_archive_says_what_was_looked_at_and_what_looks_at_the_rest(office: Office, here: Here) -> None:
    ((well, words),) = rows(office.workspace.home, here)["存档清单"]
    assert well and "只有最近一份" in words and "findings verify 编号" in words and "uv run xuncha --home" in words


def test_deleted_manifests_are_not_well(office: Office, here: Here) -> None:
    for path in (office.workspace.home / "evidence").glob("*.manifest.jsonl"):
        path.unlink()
    ((well, words),) = rows(office.workspace.home, here)["存档清单"]
    assert not well and "都不在了" in words and "备份" in words


def test_a_folder_that_cannot_be_written_is_told_and_ends_nothing(office: Office, here: Here) -> None:
    shutil.rmtree(office.workspace.home / "evidence")
    (office.workspace.home / "evidence").write_bytes(b"")
    found = rows(office.workspace.home, here)
    assert not found["存档文件夹"][0][0] and not found["存档清单"][0][0]


def test_a_night_that_saw_its_accounts_is_well_with_the_numbers(office: Office, here: Here) -> None:
    ((well, words),) = rows(office.workspace.home, here)["上次采集"]
    assert well and "应查 1 个账号，完整看到 1 个" in words


def test_a_night_that_saw_nothing_is_not_well(office: Office, here: Here) -> None:
    store = office.workspace.store
    run_id = store.begin_run("crawl", NIGHT - timedelta(seconds=60), None)
    row = Coverage(account=ACCOUNT.ref, status="none", source="page", checked_at=NIGHT, reason="error")
    store.save_page(run_id, row, (), None, None)
    store.finish_run(run_id, NIGHT - timedelta(seconds=30), 3, {})
    ((well, words),) = rows(office.workspace.home, here)["上次采集"]
    assert not well and "应查 1 个账号，完整看到 0 个" in words and "没有连上" in words


def check_links(office: Office, *answers: tuple[str, str | None]) -> Path:
    """A run that checked links, and what they answered; the control address is one by its name."""
    store = office.workspace.store
    run_id = store.begin_run("links", NIGHT - timedelta(seconds=60), None)
    checks = [
        LinkCheck(url=f"https://a.example/{n}", state=state, reason=reason, checked_at=NIGHT)
        for n, (state, reason) in enumerate(answers)
    ]
    store.save_link_checks(run_id, checks, {})
    store.finish_run(run_id, NIGHT - timedelta(seconds=30), 0, {})
    return configure(office, CONTROL.format("https://www.yunling.example/"))


def test_without_a_control_address_doctor_and_links_say_the_same(office: Office, here: Here) -> None:
    assert rows(office.workspace.home, here)["对照地址"] == [(False, no_control())]


@pytest.mark.parametrize(("answers", "said"), [
    ([("failing", "own_network"), ("alive", None)], "别的网站打得开，对照地址打不开，请换一个"),
    ([("failing", "own_network"), ("uncheckable", "robots")], "请先看本机能不能上网"),
])  # fmt: skip
def test_a_control_address_that_never_answered_is_to_be_changed(
    answers: list[tuple[str, str | None]], said: str, office: Office, here: Here
) -> None:
    ((well, words),) = rows(check_links(office, *answers), here)["对照地址"]
    assert not well and said in words and "links" in words


@pytest.mark.parametrize("other", [("dead", "http_404"), ("failing", "timeout")])
def test_a_control_address_that_answered_once_is_well(other: tuple[str, str], office: Office, here: Here) -> None:
    home = check_links(office, ("failing", "own_network"), other)
    assert rows(home, here)["对照地址"] == [(True, "https://www.yunling.example/")]


def test_a_run_without_failures_says_nothing_of_the_control_address(office: Office, here: Here) -> None:
    assert rows(check_links(office, ("alive", None)), here)["对照地址"][0][0]


@pytest.mark.parametrize("beside", ["", "https://www.yunling.example/"])
def test_an_ip_address_does_not_prove_that_names_resolve(beside: str, office: Office, here: Here) -> None:
    home = configure(office, CONTROL.format(f'https://223.5.5.5/", "{beside}').replace(', ""', ""))
    ((well, words),) = rows(home, here)["对照地址"]
    assert well == bool(beside) and "证明不了域名能解析" in words


def test_years_of_disk_are_not_counted_in_days(office: Office, here: Here) -> None:
    assert "按此还可用超过 10 年" in rows(office.workspace.home, here)["网页存档"][0][1]


@pytest.mark.parametrize(("on", "has_document", "said"), [
    ("2026-11-01", False, "不在"),
    ("2026-12-01", True, "还没有到"),
    ("2026-11-01", True, ""),
])  # fmt: skip
def test_a_permission_is_looked_at(on: str, has_document: bool, said: str, office: Office, here: Here) -> None:
    home = configure(office, PERMITTED.format(on=on))
    if has_document:
        (home / DOCUMENT).write_bytes(b"x")
    found = rows(home, here)
    ((well, words),) = found["采集许可"]
    assert well == (not said) and said in words
    assert ";" not in found["数据来源"][0][1]


def test_a_consent_of_nobody_in_the_register_is_told_instead_of_its_secret(office: Office, here: Here) -> None:
    ((well, words),) = rows(configure(office, APP), here)["微信接口"]
    assert not well and "不在名录里" in words and VARIABLE not in words


@pytest.mark.parametrize("secret", ["", "geheim"])
def test_a_consent_needs_its_secret(
    secret: str, home: Path, tmp_path: Path, here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ["微信", "云岭发布", "云岭县人民政府办公室", "gh_0123456789ab", "2019-07-01"]
    here("accounts", "import", table(tmp_path / "a.csv", [HEADS, row]), home=home)
    with (home / "xuncha.toml").open("a", encoding="utf-8") as file:
        file.write(APP)
    if secret:
        monkeypatch.setenv(VARIABLE, secret)
    ((well, words),) = rows(home, here)["微信接口"]
    assert well == bool(secret) and (VARIABLE in words) != bool(secret)
    assert secret or "只按其他来源采集" in words


def test_the_key_of_decisions_is_to_be_backed_up_and_nobody_else_s(office: Office, here: Here) -> None:
    home = office.workspace.home
    assert rows(home, here)[KEY] == [(True, "还没有，第一次用到时生成")]
    dismissed_key(home)
    ((well, words),) = rows(home, here)[KEY]
    assert well and "和数据库一起备份" in words
    (home / KEY_FILE).chmod(0o644)
    ((well, words),) = rows(home, here)[KEY]
    assert not well and f"chmod 600 {home / KEY_FILE}" in words


def test_a_lost_or_broken_key_of_decisions_is_not_well(office: Office, here: Here) -> None:
    home, now = office.workspace.home, NIGHT
    row = Dismissed(platform="weibo", key="0" * 64, state="{}", decided_at=now, decided_by="顾南舟")
    save_dismissed(office.workspace.engine, row)
    ((well, words),) = rows(home, here)[KEY]
    assert not well and "不在了" in words and "从备份找回" in words
    (home / KEY_FILE).parent.mkdir()
    (home / KEY_FILE).write_bytes(b"short")
    ((well, words),) = rows(home, here)[KEY]
    assert not well and "不是有效的密钥" in words


def test_an_office_without_its_name_and_without_consents(home: Path, here: Here) -> None:
    found = rows(home, here)
    assert found["单位名称"][0] == (
        False,
        "还是“××县人民政府办公室”，会印在通报上；请在 [office] name 填写本单位的名称",
    )
    assert "微信接口" not in found and "采集许可" not in found
