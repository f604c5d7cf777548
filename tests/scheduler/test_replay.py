"""Replay: a repaired parser gives what the stored pages held all the while, and nothing that they did not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from scheduler.replaying import Replayed, replay
from tests.scheduler.archived import NIGHT, Office, listing, open_office, post

SINCE = NIGHT - timedelta(days=3)
WEEK = listing([post(number, 15 - number // 2) for number in range(8)])
TABLES = ("posts", "texts", "links", "post_versions", "profiles", "coverage", "post_addresses", "snapshots")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return open_office(tmp_path)


def rows(office: Office) -> dict[str, list[Any]]:
    """Everything stored that a replay could change."""
    with office.workspace.engine.connect() as connection:
        return {name: [tuple(row) for row in connection.execute(text(f"SELECT * FROM {name}"))] for name in TABLES}  # noqa: S608


def contents(office: Office) -> dict[str, set[Any]]:
    """Posts and coverage without the numbers of their rows."""
    queries = {
        "posts": "SELECT posts.post_id, title, published_at, digest, first_seen_at, last_seen_at, text FROM posts"
        " JOIN texts ON texts.post_id = posts.id",
        "coverage": "SELECT run_id, status, reason, covered_from, covered_to, pages, posts_seen FROM coverage",
    }
    with office.workspace.engine.connect() as connection:
        return {name: {tuple(row) for row in connection.execute(text(query))} for name, query in queries.items()}


def again(office: Office) -> Replayed:
    return replay(office.workspace)


def test_pages_that_were_understood_change_nothing(office: Office) -> None:
    office.crawl(NIGHT, [WEEK], since=SINCE)
    before = rows(office)
    assert again(office).counts["pages_changed"] == 0
    assert rows(office) == before


def test_a_page_that_no_parser_understood_gives_its_posts_and_its_coverage(office: Office, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    undisturbed = open_office(tmp_path / "other")
    undisturbed.crawl(NIGHT, [WEEK], since=SINCE)
    office.crawl(NIGHT, [WEEK], since=SINCE, unread=[0])
    found = again(office)
    assert (found.counts["posts_added"], found.counts["coverage_changed"]) == (8, 1)
    assert (found.coverage[0].before.reason, found.coverage[0].after.status) == ("unparsed", "complete")
    assert contents(office) == contents(undisturbed)


def test_a_second_replay_changes_nothing(office: Office) -> None:
    office.crawl(NIGHT, [WEEK], since=SINCE, unread=[0])
    office.crawl(NIGHT + timedelta(days=1), [WEEK], since=SINCE)
    again(office)
    before = rows(office)
    assert again(office).counts == {**again(office).counts, "pages_changed": 0, "coverage_changed": 0}
    assert rows(office) == before


def test_a_page_that_was_never_asked_for_leaves_the_row_incomplete(office: Office) -> None:
    first = listing([post(1, 15), post(2, 15)], since_id="1")
    office.crawl(NIGHT, [first], since=SINCE, unread=[0])
    row = again(office).coverage[0].after
    assert (row.status, row.reason) == ("partial", "truncated")


def test_a_request_that_nobody_answered_leaves_the_row_incomplete(office: Office) -> None:
    office.crawl(NIGHT, [WEEK], since=SINCE, unread=[0])
    with office.workspace.engine.begin() as connection:
        connection.execute(text("UPDATE coverage SET status = 'none', reason = 'error'"))
        connection.execute(text("UPDATE snapshots SET url = url || '&page=2'"))
    assert again(office).coverage == []


def test_what_an_older_page_said_does_not_undo_a_later_edit(office: Office) -> None:
    office.crawl(NIGHT, [listing([post(1, 15, "原来的话"), post(2, 10)])], since=SINCE)
    office.crawl(NIGHT + timedelta(days=1), [listing([post(1, 15, "改过的话"), post(2, 10)])], since=SINCE)
    before = rows(office)
    assert len(before["post_versions"]) == 1
    again(office)
    assert rows(office) == before


def test_a_better_reading_is_not_an_edit(office: Office) -> None:
    office.crawl(NIGHT, [WEEK], since=SINCE)
    with office.workspace.engine.begin() as connection:
        connection.execute(text("UPDATE texts SET text = '误读'"))
        connection.execute(text("UPDATE posts SET digest = 'x'"))
    assert again(office).counts["posts_changed"] == 8
    stored = rows(office)
    assert stored["post_versions"] == []
    assert {row[1] for row in stored["texts"]} == {f"第{number}条" for number in range(8)}


def test_an_earlier_page_may_prove_an_earlier_first_sight(office: Office) -> None:
    office.crawl(NIGHT, [WEEK], since=SINCE, unread=[0])
    office.crawl(NIGHT + timedelta(days=1), [WEEK], since=SINCE)
    again(office)
    with office.workspace.engine.connect() as connection:
        seen = connection.execute(text("SELECT DISTINCT date(first_seen_at), date(last_seen_at) FROM posts")).all()
    assert [tuple(row) for row in seen] == [("2026-11-15", "2026-11-16")]


def test_a_run_that_was_cut_off_and_gone_on_with_is_read_as_its_last_visit(office: Office) -> None:
    run_id = office.crawl(NIGHT, [WEEK], since=SINCE)
    other = office.crawl(NIGHT + timedelta(minutes=10), [WEEK], since=SINCE)
    with office.workspace.engine.begin() as connection:
        connection.execute(text("DELETE FROM coverage WHERE run_id = :run"), {"run": run_id})
        for table in ("coverage", "snapshots"):
            connection.execute(text(f"UPDATE {table} SET run_id = :run"), {"run": run_id})  # noqa: S608
        connection.execute(text("DELETE FROM jobs WHERE run_id = :run"), {"run": other})
    before = rows(office)
    assert again(office).counts["coverage_changed"] == 0
    assert rows(office) == before


def test_only_runs_since_a_day_are_read(office: Office) -> None:
    office.crawl(NIGHT, [WEEK], since=SINCE)
    office.crawl(NIGHT + timedelta(days=1), [WEEK], since=SINCE)
    assert replay(office.workspace, NIGHT + timedelta(hours=1)).pages == 1


def test_a_page_that_is_not_the_one_its_row_names_is_told_and_not_read(office: Office) -> None:
    office.crawl(NIGHT, [WEEK], since=SINCE)
    with office.workspace.engine.begin() as connection:
        connection.execute(text("UPDATE snapshots SET sha256 = :other"), {"other": "0" * 64})
    before = contents(office)
    found = again(office)
    assert [(one.dropped, "sha256" in one.reason) for one in found.missing] == [(False, True)]
    assert (found.pages, contents(office)) == (0, before)


def test_a_lost_file_is_told_and_leaves_the_row_as_it_is(office: Office) -> None:
    office.crawl(NIGHT, [WEEK], since=SINCE)
    before = contents(office)
    next((office.workspace.home / "evidence").glob("*.warc.gz")).unlink()
    found = again(office)
    assert (len(found.missing), found.exit_code) == (1, 3)
    assert contents(office) == before
