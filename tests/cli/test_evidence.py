"""findings verify and replay as a user runs them: exit codes, JSON, and sentences that say what to do next."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from analysis.periods import last_week
from cli.exporting import suffix_of
from pipelines.archive import StoredPage
from records import Snapshot
from records.sentences import Command
from scheduler.judging import inspect
from storage.queries.findings import findings
from tests.cli.conftest import Here
from tests.scheduler.archived import ACCOUNT, NIGHT, Office, listing, open_office, post

SINCE = NIGHT - timedelta(days=13)
OLD = listing([post(1, 2), post(2, 1)])


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office with one finding."""
    office = open_office(tmp_path)
    office.crawl(NIGHT - timedelta(seconds=60), [OLD], since=SINCE)
    inspect(office.workspace, last_week(NIGHT))
    return office


def test_a_finding_is_verified_and_a_changed_byte_ends_with_three(office: Office, here: Here) -> None:
    home, known = office.workspace.home, findings(office.workspace.engine)[0]
    done = here("findings", "verify", known.id, "--json", home=home)
    assert (done.code, done.json["id"], done.json["outcome"]) == (0, known.id, "一致")
    assert {"ref", "url", "outcome", "reason"} == set(done.json["details"][0])
    path = home / known.evidence[0].ref.partition("#")[0]
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    done = here("findings", "verify", known.id, home=home)
    assert done.code == 3
    assert "内容被改" in done.out and "备份" in done.out
    assert "判定：材料不全，没有重新判定" in done.out and "判定：一致" not in done.out


def test_a_manifest_changed_elsewhere_is_told_apart_from_the_material(office: Office, here: Here) -> None:
    home, known = office.workspace.home, findings(office.workspace.engine)[0]
    path = next((home / "evidence").glob("*.manifest.jsonl"))
    path.write_bytes(path.read_bytes().replace(b'"length":', b'"length": ', 1))
    done = here("findings", "verify", known.id, home=home)
    assert done.code == 3
    assert f"清单（evidence/{path.name}）" in done.out and "sha256 相符" in done.out


def test_a_deleted_file_is_called_missing_not_changed(office: Office, here: Here) -> None:
    home, known = office.workspace.home, findings(office.workspace.engine)[0]
    (home / known.evidence[0].ref.partition("#")[0]).unlink()
    done = here("findings", "verify", known.id, home=home)
    assert done.code == 3
    assert "依据不在了" in done.out and "依据不全" in done.out and "内容被改" not in done.out


def test_a_finding_ends_with_how_to_open_and_verify_its_material(office: Office, here: Here) -> None:
    home, known = office.workspace.home, findings(office.workspace.engine)[0]
    last = here("findings", "show", known.id, home=home).out.strip().splitlines()[-1]
    assert f"findings show {known.id} --export 文件夹" in last and f"findings verify {known.id}" in last


def test_findings_are_listed_with_when_they_were_seen(office: Office, here: Here) -> None:
    shown = here("findings", home=office.workspace.home).out
    assert "首次见到 2026-11-16，最近一次见到 2026-11-16" in shown


def test_an_export_leaves_out_what_is_damaged_and_names_it(
    office: Office, here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XUNCHA_CHROMIUM", "/nonexistent/chromium")
    home, known = office.workspace.home, findings(office.workspace.engine)[0]
    lost = replace(known.evidence[0], ref="evidence/2026-01-01-finding.warc.gz#0")
    changed = replace(known.evidence[0], sha256="0" * 64)
    office.workspace.store.save_findings([replace(known, evidence=(lost, *known.evidence, changed))])
    done = here("findings", "show", known.id, "--export", tmp_path / "out", home=home)
    assert done.code == 3
    written = {f"{known.id}-2.json", f"{known.id}.warc.gz", f"{known.id}.json", "清单.txt", "sha256sums"}
    assert {path.name for path in (tmp_path / "out").iterdir()} == written
    assert "第 1 份" in done.err and "2026-01-01-finding.warc.gz" in done.err and "第 3 份" in done.err


@pytest.mark.parametrize(
    ("content_type", "body", "suffix"),
    [
        ("application/rss+xml; charset=utf-8", b"<rss/>", ".xml"),
        ("application/atom+xml", b"<feed/>", ".xml"),
        ("text/plain", b"\xef\xbb\xbf<?xml version='1.0'?><rss/>", ".xml"),
        ("application/xhtml+xml", b"<html/>", ".html"),
        ("text/html", b"<?xml version='1.0'?><html/>", ".html"),
        ("application/json", b"{}", ".json"),
    ],
)
def test_an_exported_answer_is_named_by_what_it_is(content_type: str, body: bytes, suffix: str) -> None:
    item = Snapshot(url="https://a.example/", fetched_at=NIGHT, sha256="", ref="evidence/a.warc.gz#1")
    assert suffix_of(item, StoredPage(url=item.url, body=body, sha256="", content_type=content_type)) == suffix


def test_verifying_what_is_not_there_names_the_list(office: Office, here: Here) -> None:
    done = here("findings", "verify", "ffff", home=office.workspace.home)
    assert done.code == 2
    assert Command("findings --all").line(office.workspace.home) in done.err


def test_a_replay_says_what_changed_and_what_to_do(office: Office, here: Here) -> None:
    home = office.workspace.home
    office.crawl(NIGHT, [listing([post(3, 14), post(1, 2)])], since=SINCE, unread=[0])
    done = here("replay", home=home)
    assert done.code == 0
    assert "新读出推文 1 条" in done.out and Command("inspect").line(home) in done.out
    assert "没有变化" in here("replay", home=home).out


def test_a_replay_in_json_is_one_value(office: Office, here: Here) -> None:
    done = here("replay", "--since", "2026-11-17", "--json", home=office.workspace.home)
    assert (done.code, done.json["pages"], done.json["counts"]["pages"]) == (0, [], 0)


def test_a_day_to_come_has_no_archive_yet(office: Office, here: Here) -> None:
    done = here("replay", "--since", "2027-01-01", home=office.workspace.home, now=NIGHT)
    assert (done.code, done.out.strip()) == (0, "2027-01-01 这一天以后没有存档。")


def test_a_replay_names_account_and_day(office: Office, here: Here) -> None:
    office.crawl(NIGHT, [listing([post(3, 14), post(1, 2)])], since=SINCE, unread=[0])
    shown = here("replay", home=office.workspace.home).out
    assert ACCOUNT.name in shown and "2026-11-16" in shown and ACCOUNT.ref not in shown


def test_a_wrong_day_is_told(office: Office, here: Here) -> None:
    done = here("replay", "--since", "昨天", home=office.workspace.home)
    assert done.code == 2
    assert "2026-11-01" in done.err


def test_doctor_shows_what_the_archive_takes_and_whether_it_holds(office: Office, here: Here) -> None:
    home = office.workspace.home
    lines = {line["item"]: line for line in here("doctor", "--json", home=home, now=NIGHT).json}
    assert lines["网页存档"]["ok"] and "还可用" in lines["网页存档"]["words"]
    assert lines["存档清单"]["ok"]
    path = next((home / "evidence").glob("*.warc.gz"))
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    lines = {line["item"]: line for line in here("doctor", "--json", home=home, now=NIGHT).json}
    assert not lines["存档清单"]["ok"]
