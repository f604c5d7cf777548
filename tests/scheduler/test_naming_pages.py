"""A name that a Weibo post mentions leads to the account where its page tells the uid, and else to a search."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from analysis.keywords import GIVEN
from analysis.names import fold
from scheduler.dismissing import remember
from scheduler.mentioned import keywords_to_search, read_mentions
from scheduler.triaging import seen_candidates
from storage.dismissed import Removal, remove_candidates
from storage.queries.candidates import stored_candidates
from storage.queries.mentioned import MENTIONED
from storage.schema import CandidateRow, DismissedRow, SearchRow
from storage.searches import PersonsSearch
from tests.scheduler.archived import NIGHT, Office, listing, open_office, post

WARNING = "谢谢<a href='/n/爱吃火锅的小王'>@爱吃火锅的小王</a> 提醒：<a href='/n/云岺发布'>@云岺发布</a> 不是我们的账号"
IMPOSTOR = {"id": 7000000002, "screen_name": "云岺发布"}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return open_office(tmp_path)


def crawled(office: Office, text: str, **more: Any) -> Office:
    """The office after a night whose list has one post of this text."""
    card = post(1, 15, text)
    card["mblog"] |= more
    office.crawl(NIGHT - timedelta(seconds=60), [listing([card])], since=NIGHT - timedelta(days=13))
    return office


def found(office: Office) -> list[tuple[str, str | None]]:
    return [(one.candidate.ref, one.candidate.url) for one in stored_candidates(office.workspace.engine)]


def asked(office: Office) -> list[str]:
    return [one.text for one in keywords_to_search(office.workspace) if one.kind == MENTIONED]


def reposted(office: Office) -> Office:
    return crawled(office, "转发微博", retweeted_status={"text": "好消息", "user": IMPOSTOR})


def test_whom_a_post_reposts_is_found_by_the_uid_on_its_page(office: Office) -> None:
    assert read_mentions(reposted(office).workspace) == 1
    assert found(office) == [("weibo:7000000002", "https://weibo.com/u/7000000002")]
    (one,) = stored_candidates(office.workspace.engine)
    assert one.snapshot is not None and one.snapshot.ref.endswith("-ordinary.warc.gz#0")
    assert [row.source for row in one.sightings] == ["repost"]


def test_a_mention_that_links_to_the_uid_is_found(office: Office) -> None:
    crawled(office, "请留意<a href='/u/7000000002'>@云岺发布</a>")
    assert read_mentions(office.workspace) == 1
    assert found(office) == [("weibo:7000000002", "https://weibo.com/u/7000000002")]


def test_a_mention_by_name_alone_makes_no_account_but_a_search(office: Office) -> None:
    crawled(office, WARNING)
    assert read_mentions(office.workspace) == 0 and found(office) == []
    assert asked(office) == ["云岺发布"]


def test_of_a_citizen_nothing_is_kept_and_nothing_searched(office: Office) -> None:
    crawled(office, WARNING, retweeted_status={"text": "", "user": {"id": 7000000003, "screen_name": "爱吃火锅的小王"}})
    read_mentions(office.workspace)
    with office.workspace.engine.connect() as connection:
        kept = [connection.execute(select(table)).all() for table in (CandidateRow, SearchRow, DismissedRow)]
    assert kept == [[], [], []] and "爱吃火锅的小王" not in asked(office)


def test_the_registered_account_itself_is_not_found_by_its_own_name(office: Office) -> None:
    crawled(office, "转发微博", retweeted_status={"text": "", "user": {"id": 5550001234, "screen_name": "云岭发布"}})
    assert read_mentions(office.workspace) == 0 and asked(office) == []


def test_a_page_that_is_not_as_it_was_proves_nothing_and_the_name_is_searched(office: Office) -> None:
    reposted(office)
    file = next((office.workspace.home / "evidence").glob("*.warc.gz"))
    file.write_bytes(file.read_bytes()[:-40] + b"x" * 40)
    assert read_mentions(office.workspace) == 0 and found(office) == []
    assert asked(office) == ["云岺发布"]


def test_a_name_whose_account_is_known_is_not_searched_again(office: Office) -> None:
    read_mentions(reposted(office).workspace)
    assert asked(office) == []


def test_a_mention_of_long_ago_is_not_searched(office: Office) -> None:
    crawled(office, WARNING)
    with office.workspace.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE posts SET last_seen_at = '2026-10-01 00:00:00.000000'")
    assert asked(office) == []


@pytest.mark.parametrize("kind", [MENTIONED, GIVEN])
def test_a_removed_accounts_name_is_not_kept_as_a_keyword(office: Office, kind: str) -> None:
    read_mentions(crawled(office, WARNING, retweeted_status={"text": "", "user": IMPOSTOR}).workspace)
    (seen,) = seen_candidates(office.workspace)
    made = {"outcome": "empty", "reason": None, "n_found": 0, "searched_at": NIGHT, "searched_by": None}
    search = PersonsSearch(platform="weibo", keyword="云岺发布", kind=kind, **made)  # type: ignore[arg-type]
    office.workspace.store.save_persons_searches([search])
    key = remember(office.workspace, seen, "顾南舟", skip=True)
    uid = seen.candidate.uid
    one = Removal(platform="weibo", uid=uid, pseudonym=key, decided_by="顾南舟", decided_at=NIGHT)
    remove_candidates(office.workspace.engine, [one], fold)
    with office.workspace.engine.connect() as connection:
        assert connection.execute(select(SearchRow.keyword)).all() == []
