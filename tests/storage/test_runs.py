"""Nights that were cut off: which finished crawl the next start goes on with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from storage.queries.runs import crawl_of_cut_off_night
from storage.store import Store

NIGHT = datetime(2026, 11, 15, 17, 30, tzinfo=UTC)
SINCE = NIGHT - timedelta(hours=12)


def begun(store: Store, kind: str, minutes: int, code: int | None) -> int:
    at = NIGHT + timedelta(minutes=minutes)
    run_id = store.begin_run(kind, at, None)
    if code is not None:
        store.finish_run(run_id, at + timedelta(minutes=1), code, {})
    return run_id


def found(store: Store) -> int | None:
    row = crawl_of_cut_off_night(store.engine, SINCE)
    return None if row is None else row.id


def test_a_night_killed_after_its_crawl_goes_on_with_it(store: Store) -> None:
    begun(store, "nightly", 0, None)
    assert found(store) is None
    crawl = begun(store, "crawl", 1, 3)
    assert found(store) == crawl


def test_one_stopped_twice_still_goes_on_with_the_same_crawl(store: Store) -> None:
    begun(store, "nightly", 0, 130)
    crawl = begun(store, "crawl", 1, 0)
    begun(store, "nightly", 5, 130)
    assert found(store) == crawl


def test_a_whole_night_leaves_nothing_to_go_on_with(store: Store) -> None:
    night = store.begin_run("nightly", NIGHT, None)
    begun(store, "crawl", 1, 3)
    store.finish_run(night, NIGHT + timedelta(minutes=9), 3, {})
    assert found(store) is None


def test_a_crawl_by_hand_is_no_night_and_an_old_night_is_over(store: Store) -> None:
    begun(store, "crawl", 1, 0)
    assert found(store) is None
    begun(store, "nightly", -24 * 60, 130)
    begun(store, "crawl", -24 * 60 + 1, 0)
    assert found(store) is None
