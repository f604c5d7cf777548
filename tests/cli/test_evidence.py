"""findings verify and replay as a user runs them: exit codes, JSON, and sentences that say what to do next."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from analysis.periods import last_week
from scheduler.judging import inspect
from storage.queries.findings import findings
from tests.cli.conftest import Here
from tests.scheduler.archived import NIGHT, Office, listing, open_office, post

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


def test_verifying_what_is_not_there_names_the_list(office: Office, here: Here) -> None:
    done = here("findings", "verify", "ffff", home=office.workspace.home)
    assert done.code == 2
    assert "xuncha findings --all" in done.err


def test_a_replay_says_what_changed_and_what_to_do(office: Office, here: Here) -> None:
    home = office.workspace.home
    office.crawl(NIGHT, [listing([post(3, 14), post(1, 2)])], since=SINCE, unread=[0])
    done = here("replay", home=home)
    assert done.code == 0
    assert "新读出推文 1 条" in done.out and "xuncha inspect" in done.out
    assert "没有变化" in here("replay", home=home).out


def test_a_replay_in_json_is_one_value(office: Office, here: Here) -> None:
    done = here("replay", "--since", "2026-11-17", "--json", home=office.workspace.home)
    assert (done.code, done.json["pages"], done.json["counts"]["pages"]) == (0, [], 0)


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
