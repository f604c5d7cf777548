"""Keyword searches: when each was last made, by whom and how it ended, and what may still be asked."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

import storage
from records import Candidate, Coverage
from storage.database import open_database
from storage.queries.posts import posts
from storage.queries.searches import candidates_of_run, last_searches, n_blocked, page_times, pages_taken
from storage.searches import Allowance, PersonsSearch, Searching, is_lost_page
from storage.store import Store
from tests.storage.test_store import NOW, post, seen

HOUR = timedelta(hours=1)
WORD = Searching(run_id=1, platform="wechat", keyword="云岭发布", kind="账号名")
BY_HAND = PersonsSearch(
    platform="weibo",
    keyword="云岭发布",
    kind="账号名",
    outcome="searched",
    reason=None,
    n_found=3,
    searched_at=NOW,
    searched_by="王五",
)
COVERED = Coverage(account="wechat:search:x", status="none", source="page", checked_at=NOW)
FOUND = Candidate(platform="wechat", uid="ylfb", name="云岺发布", found_at=NOW, keyword="云岭发布")


@dataclass(frozen=True)
class Ended:
    """How a search stands, as the crawler says it."""

    outcome: str
    reason: str | None = None
    keyword: str = WORD.keyword
    n_found: int = 0
    total: int | None = None


def search(store: Store, ended: Ended, days: float = 0, *found: Candidate) -> None:
    """A search by this program that came to an end."""
    run_id = store.begin_run("sweep", NOW, None)
    asked = replace(WORD, run_id=run_id, keyword=ended.keyword)
    assert store.ask_search_page(asked, NOW + timedelta(days=days), ())
    store.save_page(run_id, COVERED, found, None, None, searched=ended)


def test_a_blocked_search_keeps_the_date_of_the_last_good_one(store: Store) -> None:
    search(store, Ended("searched", n_found=2))
    search(store, Ended("blocked", "验证页"), 1)
    (state,) = last_searches(store.engine)
    assert (state.outcome, state.reason, state.searched_at) == ("blocked", "验证页", NOW + timedelta(days=1))
    assert (state.last_good_at, state.tried_at) == (NOW, NOW + timedelta(days=1))


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        ("searched", None),
        ("empty", "没有找到"),
        ("cut_short", None),
        ("cut_short", "extent_unknown"),
        ("cut_short", "robots"),
    ],
)
def test_what_was_answered_counts_as_searched(outcome: str, reason: str | None, store: Store) -> None:
    search(store, Ended(outcome, reason))
    assert not is_lost_page(outcome, reason)
    assert last_searches(store.engine)[0].last_good_at == NOW


@pytest.mark.parametrize("outcome", ["blocked", "unparsed", "error", "refused"])
def test_what_was_not_answered_counts_as_no_search(outcome: str, store: Store) -> None:
    search(store, Ended(outcome))
    assert last_searches(store.engine)[0].last_good_at is None


@pytest.mark.parametrize("reason", ["blocked", "unparsed", "error", "storage"])
def test_a_search_whose_later_page_was_lost_stays_due(reason: str, store: Store) -> None:
    search(store, Ended("cut_short", reason, n_found=3))
    assert last_searches(store.engine)[0].last_good_at is None
    assert is_lost_page("cut_short", reason)


def test_a_wall_counts_on_whatever_page_it_stood(store: Store) -> None:
    search(store, Ended("blocked", "验证码"))
    search(store, Ended("cut_short", "blocked", keyword="平安云岭", n_found=3))
    search(store, Ended("cut_short", "error", keyword="云岭公安", n_found=3))
    assert n_blocked(store.engine, "wechat", NOW - HOUR) == 2


def test_a_persons_search_counts_and_says_whose_it_is(store: Store) -> None:
    refused = replace(WORD, run_id=store.begin_run("sweep", NOW, None), platform="weibo")
    store.save_persons_searches([BY_HAND])
    store.save_refusals([refused], NOW + HOUR)
    (state,) = last_searches(store.engine)
    assert (state.outcome, state.last_good_at) == ("refused", NOW)
    assert page_times(store.engine, "weibo", NOW - HOUR) == [], "a person's pages are not the program's"


def test_the_state_of_a_moment_knows_nothing_of_later(store: Store) -> None:
    search(store, Ended("searched", n_found=2))
    search(store, Ended("blocked", "验证页"), 1)
    search(store, Ended("searched", n_found=5), 2)
    (state,) = last_searches(store.engine, NOW + timedelta(days=1))
    assert (state.outcome, state.searched_at, state.last_whole_at) == ("blocked", NOW + timedelta(days=1), NOW)
    assert last_searches(store.engine, NOW - HOUR) == []


def test_of_each_answered_keyword_the_pages_of_its_last_search_are_told(store: Store) -> None:
    search(store, Ended("searched", n_found=2))
    search(store, Ended("blocked", "验证页", keyword="平安云岭"))
    run_id = store.begin_run("sweep", NOW, None)
    for _ in range(3):
        assert store.ask_search_page(replace(WORD, run_id=run_id), NOW + HOUR, ())
    store.save_page(run_id, COVERED, (), None, None, searched=Ended("cut_short", n_found=30))
    store.save_persons_searches([replace(BY_HAND, platform="wechat", searched_at=NOW + 2 * HOUR), BY_HAND])
    assert pages_taken(store.engine, NOW - HOUR) == {"wechat": [3]}
    assert pages_taken(store.engine, NOW + HOUR) == {}


def test_refusals_do_not_pile_up(store: Store) -> None:
    for night in range(3):
        run_id = store.begin_run("sweep", NOW, None)
        words = [replace(WORD, run_id=run_id, keyword=f"词{number}") for number in range(500)]
        store.save_refusals(words, NOW + timedelta(days=night))
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM searches").scalar() == 500


@pytest.mark.parametrize("days", [7, 15])
def test_a_refusal_of_the_next_week_or_month_takes_nothing_from_the_one_before(store: Store, days: int) -> None:
    for night in range(days + 1):  # from Monday 2026-11-16 on, half past one at night
        word = replace(WORD, run_id=store.begin_run("sweep", NOW, None))
        store.save_refusals([word], NOW + timedelta(days=night))
    (state,) = last_searches(store.engine, NOW + timedelta(days=days) - HOUR)
    assert (state.outcome, state.reason) == ("refused", "robots")
    assert state.searched_at == NOW + timedelta(days=days - 1)


def test_refusals_of_more_than_a_year_ago_go(store: Store) -> None:
    for day in (0, 200, 401):
        store.save_refusals([replace(WORD, run_id=store.begin_run("sweep", NOW, None))], NOW + timedelta(days=day))
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM searches").scalar() == 2


def test_a_keyword_that_was_not_let_out_counts_as_not_asked(store: Store) -> None:
    run_id = store.begin_run("sweep", NOW, None)
    assert store.ask_search_page(replace(WORD, run_id=run_id), NOW, ())
    store.count_unasked(run_id)
    (state,) = last_searches(store.engine)
    assert (state.outcome, state.last_good_at, state.tried_at) == ("error", None, None)
    assert page_times(store.engine, "wechat", NOW - HOUR) == []


def test_no_more_pages_are_asked_than_allowed_answered_or_not(store: Store) -> None:
    run_id = store.begin_run("sweep", NOW, None)
    words = [replace(WORD, run_id=run_id, keyword=f"词{number}") for number in (0, 0, 1, 2)]
    allowed = [Allowance(NOW - HOUR, 3)]
    assert [store.ask_search_page(word, NOW, allowed) for word in words] == [True, True, True, False]
    assert [(one.outcome, one.reason) for one in last_searches(store.engine)] == [("error", "interrupted")] * 2
    assert store.ask_search_page(words[3], NOW + HOUR, [Allowance(NOW, 3)])


def test_what_robots_refused_was_not_asked(store: Store) -> None:
    search(store, Ended("refused", "robots"))
    assert page_times(store.engine, "wechat", NOW - HOUR) == []


def test_what_is_found_is_stored_with_the_word_that_found_it(store: Store) -> None:
    search(store, Ended("searched"), 0, FOUND, replace(FOUND, uid="other", name="云陵发布"))
    with store.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT source, keyword, layout_known FROM sightings").all()
    assert [tuple(row) for row in rows] == [("search", "云岭发布", 1)] * 2
    assert candidates_of_run(store.engine, 99, frozenset()) == []


def test_a_filled_database_of_the_version_before_is_taken_over(tmp_path: Path) -> None:
    store = Store(open_database(f"sqlite:///{tmp_path / 'xuncha.db'}"))
    store.save_candidates([FOUND], None)
    _migrate(store, "0002")
    with closing(sqlite3.connect(tmp_path / "xuncha.db")) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert "candidates" in tables and not {"searches", "sightings", "dismissed", "avatars"} & tables
    taken = Store(open_database(f"sqlite:///{tmp_path / 'xuncha.db'}"))
    search(taken, Ended("searched", n_found=1), 0, FOUND)
    with taken.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM candidates").scalar() == 1
    assert last_searches(taken.engine)[0].n_found == 1


def test_posts_outlive_the_migration(store: Store, tmp_path: Path) -> None:
    store.save_page(store.begin_run("crawl", NOW, None), seen(), [post(1)], None, None)
    _migrate(store, "0002")
    taken = open_database(f"sqlite:///{tmp_path / 'xuncha.db'}")
    assert [one["post_id"] for one in posts(taken)] == [post(1).post_id]


def _migrate(store: Store, version: str) -> None:
    """Bring a database down to an earlier version and let it go."""
    with store.engine.begin() as connection:
        configuration = Config()
        configuration.set_main_option("script_location", str(Path(storage.__file__).parent / "migrations"))
        configuration.attributes["connection"] = connection
        command.downgrade(configuration, version)
    store.engine.dispose()
