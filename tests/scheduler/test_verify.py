"""A finding is derived again from its stored pages: the same, read otherwise today, dropped, or tampered with."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from analysis.periods import last_week
from pipelines.archive import drop, files
from records import Finding
from scheduler.judging import inspect
from scheduler.verifying import (
    DROPPED,
    LOST,
    NOT_JUDGED,
    NOT_WHOLE,
    PARSER,
    SAME,
    TAMPERED,
    Verification,
    verify,
)
from storage.queries.findings import findings
from tests.scheduler.archived import NIGHT, Office, listing, open_office, post

OLD = listing([post(1, 2), post(2, 1)])


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office whose account was silent in the week before the night, by a list that was wholly seen."""
    office = open_office(tmp_path)
    office.crawl(NIGHT - timedelta(seconds=60), [OLD], since=NIGHT - timedelta(days=13))
    inspect(office.workspace, last_week(NIGHT))
    return office


def finding(office: Office) -> Finding:
    (found, *_) = findings(office.workspace.engine)
    assert found.evidence
    return found


def outcome(office: Office) -> tuple[str, int]:
    result: Verification = verify(office.workspace, finding(office))
    return result.outcome, result.exit_code


def change(office: Office, statement: str) -> None:
    with office.workspace.engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount


def test_what_nobody_touched_is_the_same(office: Office) -> None:
    assert outcome(office) == (SAME, 0)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.99])
def test_a_changed_byte_of_the_archive_is_told(office: Office, share: float) -> None:
    path = office.workspace.home / finding(office).evidence[0].ref.partition("#")[0]
    data = bytearray(path.read_bytes())
    data[int(share * len(data))] ^= 1
    path.write_bytes(data)
    assert outcome(office) == (TAMPERED, 3)


def test_a_changed_manifest_is_told_and_where_while_the_material_itself_agrees(office: Office) -> None:
    office.crawl(NIGHT, [OLD], since=NIGHT - timedelta(days=13))  # the last line of a chain has no witness
    path = next((office.workspace.home / "evidence").glob("*.manifest.jsonl"))
    path.write_bytes(path.read_bytes().replace(b'"length":', b'"length": ', 1))
    result = verify(office.workspace, finding(office))
    assert (result.outcome, result.exit_code, result.only_manifests_differ) == (TAMPERED, 3, True)
    assert {one.outcome for one in result.details if one.url is not None} == {SAME}
    (told,) = [one for one in result.details if one.ref == f"evidence/{path.name}"]
    assert told.outcome == TAMPERED and "第 2 行" in (told.reason or "")


def test_a_missing_file_is_missing_and_nothing_is_judged_again(office: Office) -> None:
    (office.workspace.home / finding(office).evidence[0].ref.partition("#")[0]).unlink()
    result = verify(office.workspace, finding(office))
    assert (result.outcome, result.exit_code) == (NOT_WHOLE, 3)
    assert result.details[0].outcome == LOST
    assert (result.details[-1].outcome, result.details[-1].reason) == (NOT_JUDGED, "材料不全，没有重新判定")


def test_a_file_that_lost_its_end_is_missing_not_changed(office: Office) -> None:
    path = office.workspace.home / finding(office).evidence[0].ref.partition("#")[0]
    path.write_bytes(path.read_bytes()[:-5])
    assert outcome(office) == (NOT_WHOLE, 3)


def test_deleted_manifests_leave_the_material_unlisted_not_changed(office: Office) -> None:
    for path in (office.workspace.home / "evidence").glob("*.manifest.jsonl"):
        path.unlink()
    result = verify(office.workspace, finding(office))
    assert (result.outcome, result.exit_code) == (NOT_WHOLE, 3)
    assert "sha256 相符" in (result.details[0].reason or "")
    assert result.details[-1].outcome == SAME


def test_a_page_row_with_another_digest_is_told(office: Office) -> None:
    change(office, "UPDATE snapshots SET sha256 = 'x'")
    assert outcome(office) == (TAMPERED, 3)


def test_a_digest_changed_in_the_database_is_told(office: Office) -> None:
    change(office, "UPDATE findings SET body = json_set(body, '$.evidence[0].sha256', 'x')")
    assert outcome(office) == (TAMPERED, 3)


def test_dropped_evidence_says_when_and_why(office: Office) -> None:
    for file in files(office.workspace.home):
        drop(office.workspace.home, file.name, NIGHT, "超过留存期 180 天")
    result = verify(office.workspace, finding(office))
    assert (result.outcome, result.exit_code) == (DROPPED, 3)
    said = result.details[0].reason or ""
    assert "2026-11-15" in said and "超过留存期 180 天" in said


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE posts SET digest = 'x'",
        "UPDATE posts SET published_at = '2026-11-03 00:00:00.000000'",
        "UPDATE posts SET post_id = '9' || post_id",
        "DELETE FROM coverage",
    ],
)
def test_a_database_that_says_otherwise_than_the_page_is_told(office: Office, statement: str) -> None:
    change(office, statement)
    assert outcome(office) == (PARSER, 0)


def test_a_post_that_came_to_light_later_does_not_undo_what_was_seen(office: Office) -> None:
    later = NIGHT + timedelta(days=1)
    known = finding(office)
    office.crawl(
        later, [listing([*(post(number, 12) for number in range(3, 9)), post(1, 2)])], since=NIGHT - timedelta(days=13)
    )
    assert verify(office.workspace, known).details[-1].outcome == SAME
