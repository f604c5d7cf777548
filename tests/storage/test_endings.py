"""What was said of an account's end stays with its first time until a page shows the account again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from storage.endings import endings_of, forget_endings, save_ending
from storage.schema.watched import EndingRow
from storage.store import Store

NOW = datetime(2026, 11, 15, 17, 30, tzinfo=UTC)
WORDS = "此帐号已自主注销，内容无法查看"


def test_the_first_time_stays_and_the_last_moves_on(store: Store) -> None:
    with store.engine.begin() as connection:
        save_ending(connection, 1, "article", WORDS, NOW)
        save_ending(connection, 1, "article", "此帐号已被屏蔽", NOW + timedelta(days=1))
        row = connection.execute(select(*EndingRow.__table__.columns)).one()
    assert (row.first_seen_at, row.last_seen_at) == (NOW, NOW + timedelta(days=1))
    assert row.words == "此帐号已被屏蔽"


def test_an_older_page_read_again_does_not_turn_the_time_back(store: Store) -> None:
    with store.engine.begin() as connection:
        save_ending(connection, 1, "article", WORDS, NOW)
        save_ending(connection, 1, "article", "x", NOW - timedelta(days=1))
        row = connection.execute(select(*EndingRow.__table__.columns)).one()
    assert (row.first_seen_at, row.last_seen_at, row.words) == (NOW, NOW, WORDS)


def test_kinds_of_page_and_accounts_are_kept_apart(store: Store) -> None:
    with store.engine.begin() as connection:
        save_ending(connection, 1, "timeline", WORDS, NOW + timedelta(hours=1))
        save_ending(connection, 1, "profile", WORDS, NOW)
        save_ending(connection, 2, "article", WORDS, NOW)
        assert endings_of(connection, 1) == [("profile", NOW), ("timeline", NOW + timedelta(hours=1))]


def test_a_page_that_shows_the_account_ends_it_all(store: Store) -> None:
    with store.engine.begin() as connection:
        for account_id in (1, 2):
            save_ending(connection, account_id, "article", WORDS, NOW)
        forget_endings(connection, 1)
        assert (endings_of(connection, 1), endings_of(connection, 2)) == ([], [("article", NOW)])
