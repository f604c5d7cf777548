"""A file that a person saved is read again in the form in which it was saved, by verification and by replay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from demo.county import load_county
from demo.pages.searches import saved_pages
from records import Account, Candidate, Finding, Period, Severity, Snapshot, Unit, Verdict
from scheduler.clock import Clock
from scheduler.replaying import Replayed, replay
from scheduler.saved_pages import import_saved
from scheduler.verifying import PARSER, SAME, TAMPERED, Detail, verify
from scheduler.workspace import Workspace
from storage.queries.candidates import candidates
from tests.crawler.saved import containers

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
WEIBO = saved_pages(load_county())["weibo_用户搜索.html"]
UNIT = Unit(name="云岭县人民政府办公室")
ACCOUNT = Account(platform="weibo", uid="1000000001", name="云岭发布", unit=UNIT.name, aliases={"uid": "1000000001"})
LINKED = '<a href="https://weibo.com/u/7699000003">%s</a>'
FORMS = {"a.html": containers.html(WEIBO), "a.mhtml": containers.mhtml(WEIBO), "a.warc.gz": containers.warc(WEIBO)}


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    """A home folder with one registered account."""
    (tmp_path / "xuncha.toml").write_text('[rules]\nregulations = ["shandong-2021"]\n', encoding="utf-8")
    found = Workspace.open(tmp_path, Clock(NOW))
    found.store.save_register([UNIT], [ACCOUNT], {}, {})
    return found


def brought(space: Workspace, name: str, body: bytes | str, *, days_later: int = 0) -> Snapshot:
    """A file as kept when a person brought it."""
    file = space.home / name
    file.write_bytes(body if isinstance(body, bytes) else body.encode())
    opened = Workspace.open(space.home, Clock(NOW + timedelta(days=days_later)))
    (page, *_) = import_saved(opened, [file])
    assert page.snapshot is not None
    return page.snapshot


def piece(space: Workspace, item: Snapshot) -> Detail:
    """What verification says of a finding's one piece of evidence."""
    found = Finding(
        id="f1",
        check="impostor",
        cause="impostor:weibo:7699000001",
        clauses=("SD-4.2",),
        severity=Severity.VETO,
        subject="candidate",
        account=None,
        candidate="weibo:7699000001",
        unit=UNIT.name,
        period=Period(NOW - timedelta(days=7), NOW),
        summary="待核",
        evidence=(item,),
        verdict=Verdict.PENDING,
        repeats=0,
        first_seen_at=NOW,
        last_seen_at=NOW,
        due_on=None,
    )
    return verify(space, found).details[0]


def shown(space: Workspace) -> dict[str, Candidate]:
    """The stored candidates."""
    with space.engine.connect() as connection:
        return {one.ref: one for one in candidates(connection, frozenset())[0]}


def again(space: Workspace) -> Replayed:
    return replay(space)


@pytest.mark.parametrize("name", FORMS)
def test_a_saved_file_verifies_as_the_same_in_every_form(space: Workspace, name: str) -> None:
    detail = piece(space, brought(space, name, FORMS[name]))
    assert (detail.outcome, detail.reason) == (SAME, None)


@pytest.mark.parametrize("name", FORMS)
def test_a_replay_of_a_saved_file_changes_nothing(space: Workspace, name: str) -> None:
    brought(space, name, FORMS[name])
    before = shown(space)
    done = again(space)
    assert (done.counts["pages"], done.counts["pages_changed"], done.exit_code) == (1, 0, 0)
    assert shown(space) == before and before


def test_a_replay_gives_back_what_a_saved_archive_held(space: Workspace) -> None:
    brought(space, "a.warc.gz", FORMS["a.warc.gz"])
    before = shown(space)
    with space.engine.begin() as connection:
        connection.execute(text("DELETE FROM sightings"))
        connection.execute(text("DELETE FROM candidates"))
    again(space)
    assert shown(space) == before


def test_a_changed_byte_of_a_saved_file_is_told(space: Workspace) -> None:
    item = brought(space, "a.mhtml", FORMS["a.mhtml"])
    path = space.home / item.ref
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert piece(space, item).outcome == TAMPERED
    assert again(space).exit_code == 3


def test_a_saved_file_that_no_reader_understands_any_more_is_told_as_such(space: Workspace) -> None:
    item = brought(space, "a.html", FORMS["a.html"])
    unread = Snapshot(
        url=item.url, fetched_at=item.fetched_at, sha256=item.sha256, ref=item.ref.replace(".html", ".csv")
    )
    (space.home / item.ref).rename(space.home / unread.ref)
    with space.engine.begin() as connection:
        connection.execute(text("UPDATE snapshots SET ref = :ref"), {"ref": unread.ref})
    detail = piece(space, unread)
    assert detail.outcome == PARSER and "读不出来" in (detail.reason or "")
    (page,) = again(space).changed
    assert (page.status, page.before) == ("unparsed", "ok")


def test_a_bare_link_read_again_does_not_wipe_out_another_page_s_words(space: Workspace) -> None:
    brought(space, "a.html", FORMS["a.html"])
    brought(space, "b.html", LINKED % "医保", days_later=1)
    before = shown(space)
    again(space)
    assert shown(space) == before
    assert before["weibo:7699000003"].verified is True


def test_a_partner_s_row_read_again_does_not_wipe_out_another_page_s_words(space: Workspace) -> None:
    brought(space, "a.html", FORMS["a.html"])
    brought(space, "b.csv", "平台,账号名称,账号ID\n微博,医保,7699000003\n", days_later=1)
    again(space)
    assert shown(space)["weibo:7699000003"].name == "云岭医保"


def test_a_page_beside_a_bare_link_in_one_file_keeps_its_words(space: Workspace) -> None:
    item = brought(space, "a.zip", containers.packed(a__html=FORMS["a.html"], b__html=(LINKED % "医保").encode()))
    assert piece(space, item).outcome == SAME
    assert again(space).counts["pages_changed"] == 0
    assert shown(space)["weibo:7699000003"].name == "云岭医保"
