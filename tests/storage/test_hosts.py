"""Hosts as all processes on one database treat them: one asks at a time, walls count together."""

from __future__ import annotations

from sqlalchemy import update

from storage.hosts import HostLedger
from storage.schema import HostRow
from storage.store import Store
from storage.workers import this_worker

HOST = "m.weibo.cn"
ELSEWHERE = "another-machine:77:1"


def two(store: Store) -> tuple[HostLedger, HostLedger]:
    return HostLedger(store.engine, 1, this_worker()), HostLedger(store.engine, 1, ELSEWHERE)


def test_a_host_is_leased_to_one_process_at_a_time(store: Store) -> None:
    mine, other = two(store)
    assert mine.lease(HOST) == float("inf")
    assert other.lease(HOST) is None
    mine.release(HOST)
    assert other.lease(HOST) is not None


def test_the_next_process_knows_when_the_host_was_asked_last(store: Store) -> None:
    mine, other = two(store)
    mine.lease(HOST)
    mine.asked(HOST)
    mine.release(HOST)
    ago = other.lease(HOST)
    assert ago is not None and 0 <= ago < 60


def test_a_clock_set_back_makes_the_host_just_asked(store: Store) -> None:
    mine, _ = two(store)
    mine.lease(HOST)
    mine.asked(HOST)
    with store.engine.begin() as connection:
        connection.execute(update(HostRow).values(asked_at=HostRow.asked_at + 3600))
    assert mine.lease(HOST) == 0.0


def test_what_nobody_leased_is_not_let_go_by_another(store: Store) -> None:
    mine, other = two(store)
    mine.lease(HOST)
    other.release(HOST)
    assert other.lease(HOST) is None


def test_walls_of_all_processes_count_together_and_for_one_night(store: Store) -> None:
    mine, other = two(store)
    mine.add_wall(HOST)
    other.add_wall(HOST)
    assert mine.walls() == {HOST: 2}
    next_night = HostLedger(store.engine, 2, this_worker())
    assert next_night.walls() == {}
    next_night.add_wall(HOST)
    assert next_night.walls() == {HOST: 1}
