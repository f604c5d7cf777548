"""One request at a time per host, and none after its second wall."""

from __future__ import annotations

import asyncio
import itertools
import time

import pytest
from scrapy import Request
from scrapy.utils.test import get_crawler

from crawler.host_walls import HostWalls
from crawler.pace import Pace
from crawler.stops import HostStopped, StoppedHosts
from crawler.turns import Turn
from tests.crawler.crawling import LOGIN, last, list_of, observed, weibo
from tests.crawler.mirror import Mirror

A, B, C = "7601000003", "7601000005", "7601000009"
MANY_PAGES = "7601000001"
JSON = {"Content-Type": "application/json"}


def test_a_host_is_left_alone_from_its_second_wall_on() -> None:
    walls = HostWalls()
    walls.add("https://m.weibo.cn/a")
    assert not walls.stopped("https://m.weibo.cn/b")
    walls.add("https://m.weibo.cn/c")
    assert walls.stopped("https://m.weibo.cn/d?e")
    assert walls.stopped_hosts == ["m.weibo.cn"]


def test_walls_of_one_host_do_not_stop_another() -> None:
    walls = HostWalls()
    for url in ("https://m.weibo.cn/a", "https://weibo.com/b", "https://s.weibo.com/c"):
        walls.add(url)
    assert walls.stopped_hosts == []


def test_a_request_to_a_stopped_host_is_turned_away() -> None:
    crawler = get_crawler()
    crawler.spider = crawler._create_spider("weibo")
    crawler.spider.walls = walls = HostWalls()  # type: ignore[attr-defined]
    middleware = StoppedHosts.from_crawler(crawler)
    middleware.process_request(Request("https://m.weibo.cn/a"))
    for _ in range(2):
        walls.add("https://m.weibo.cn/a")
    with pytest.raises(HostStopped):
        middleware.process_request(Request("https://m.weibo.cn/b"))


def test_turns_go_to_the_highest_priority_and_then_to_the_first_come() -> None:
    async def served() -> list[str]:
        turn, order = Turn(), list[str]()

        async def wait(name: str, priority: int) -> None:
            await turn.take(priority)
            order.append(name)
            turn.give()

        await turn.take(0)
        waiting = [asyncio.create_task(wait(*one)) for one in (("first", 0), ("second", 0), ("its next page", 10))]
        await asyncio.sleep(0)
        turn.give()
        await asyncio.gather(*waiting)
        return order

    assert asyncio.run(served()) == ["its next page", "first", "second"]


def test_a_turn_is_not_lost_with_one_that_gave_up_waiting() -> None:
    async def served() -> bool:
        turn = Turn()
        await turn.take(0)
        given_up = asyncio.create_task(turn.take(5))
        patient = asyncio.create_task(turn.take(0))
        await asyncio.sleep(0)
        given_up.cancel()
        await asyncio.sleep(0)
        turn.give()
        await asyncio.wait_for(patient, 5)
        return patient.done()

    assert asyncio.run(served())


def test_one_account_is_finished_before_the_next_is_begun() -> None:
    with Mirror() as mirror:
        observed(mirror, *weibo(MANY_PAGES, A, B, C))
    order = [uid for url in mirror.pages_asked for uid in (MANY_PAGES, A, B, C) if f"value={uid}" in url]
    assert list(dict.fromkeys(order)) == [MANY_PAGES, A, B, C]
    assert order == sorted(order, key=[MANY_PAGES, A, B, C].index)


def test_a_host_is_asked_one_request_at_a_time_also_without_a_delay() -> None:
    with Mirror() as mirror:
        mirror.pause_seconds = 0.02
        observed(mirror, *weibo(A, B, C))
    assert len(mirror.asked) > 6
    assert {one.under_way for one in mirror.asked} == {1}


@pytest.mark.parametrize(
    ("wall", "reason"), [((200, JSON, LOGIN), "login"), ((432, {}, b""), "blocked")], ids=["login", "432"]
)
def test_the_second_wall_stops_the_host_for_the_rest(wall: tuple[int, dict[str, str], bytes], reason: str) -> None:
    uids = [f"76010000{number:02}" for number in range(1, 11)]
    with Mirror({list_of(uid): wall for uid in uids}) as mirror:
        told = observed(mirror, *weibo(*uids))
    assert mirror.pages_asked == [list_of(uid) for uid in uids[:2]]
    assert told["stopped_hosts"] == ["m.weibo.cn"]
    assert list(last(told).values()) == [("none", reason)] * 2 + [("none", "blocked")] * 8


class Ledger:
    """Hosts that another process has until it is told to let go."""

    def __init__(self, *, taken: bool = False, ago: float = float("inf")) -> None:
        self.taken, self.ago = taken, ago
        self.told: list[str] = []

    def lease(self, host: str) -> float | None:
        self.told.append("lease")
        return None if self.taken else self.ago

    def asked(self, host: str) -> None:
        self.told.append("asked")

    def release(self, host: str) -> None:
        self.told.append("release")

    def beat(self) -> set[str]:
        self.told.append("beat")
        return set()

    def add_wall(self, host: str) -> None:
        self.told.append("wall")

    def walls(self) -> dict[str, int]:
        return {"m.weibo.cn": 1}


async def asked_at(pace: Pace, n: int, *, answer_seconds: float = 0.0) -> list[tuple[float, float]]:
    """When each of ``n`` requests to one host went out and was answered."""
    times = []
    for _ in range(n):
        await pace.take("m.weibo.cn")
        sent = time.monotonic()
        await asyncio.sleep(answer_seconds)
        pace.answered("m.weibo.cn")
        times.append((sent, time.monotonic()))
        pace.give("m.weibo.cn")
    return times


def test_the_delay_runs_from_the_answer_before() -> None:
    times = asyncio.run(asked_at(Pace({"m.weibo.cn": 0.2}, 0.0), 3, answer_seconds=0.05))
    assert all(later[0] - earlier[1] >= 0.2 for earlier, later in itertools.pairwise(times))


def test_a_host_that_another_process_asked_a_moment_ago_is_left_in_peace() -> None:
    started = time.monotonic()
    times = asyncio.run(asked_at(Pace({"m.weibo.cn": 0.3}, 0.0, Ledger(ago=0.1)), 1))
    assert times[0][0] - started >= 0.2


def test_while_another_process_has_the_host_nothing_is_asked() -> None:
    async def tried() -> bool:
        ledger = Ledger(taken=True)
        asking = asyncio.create_task(asked_at(Pace({}, 0.0, ledger), 1))
        await asyncio.sleep(0.3)
        waited = not asking.done()
        ledger.taken = False
        await asking
        return waited

    assert asyncio.run(tried())


def test_a_host_is_let_go_when_it_is_no_longer_asked() -> None:
    async def told() -> list[str]:
        ledger = Ledger()
        pace = Pace({}, 0.0, ledger)
        await asked_at(pace, 2)
        pace.close()
        return ledger.told

    assert asyncio.run(told()) == ["lease", "release"]


def test_with_a_delay_every_request_is_told_to_the_others_when_it_goes_out_and_when_it_is_answered() -> None:
    ledger = Ledger()
    asyncio.run(asked_at(Pace({"m.weibo.cn": 0.01}, 0.0, ledger), 2))
    assert ledger.told == ["lease"] + ["asked"] * 4


def test_steps_inside_a_page_keep_the_delay_and_do_not_wait_for_the_page_itself() -> None:
    async def stepped() -> list[float]:
        pace, times = Pace({"www.toutiao.com": 0.1}, 0.0), []
        await pace.take("www.toutiao.com")
        for _ in range(3):
            async with pace.step("www.toutiao.com"):
                times.append(time.monotonic())
        pace.give("www.toutiao.com")
        return times

    times = asyncio.run(asyncio.wait_for(stepped(), 10))
    assert all(later - earlier >= 0.1 for earlier, later in itertools.pairwise(times))


def test_a_slower_pace_holds_and_a_faster_one_does_not() -> None:
    pace = Pace({"m.weibo.cn": 10.0}, 2.0)
    pace.slow("m.weibo.cn", 5.0)
    pace.slow("weibo.com", 7.5)
    assert (pace.delay("m.weibo.cn"), pace.delay("weibo.com"), pace.delay("s.weibo.com")) == (10.0, 7.5, 2.0)


def test_walls_that_other_processes_met_count() -> None:
    walls = HostWalls(Ledger())
    walls.add("https://m.weibo.cn/a")
    assert walls.stopped("https://m.weibo.cn/b")


def test_a_host_that_was_taken_from_a_process_is_leased_anew() -> None:
    async def told() -> list[str]:
        ledger = Ledger()
        pace = Pace({}, 0.0, ledger)
        await asked_at(pace, 1)
        pace.beat()
        await asked_at(pace, 1)
        return ledger.told

    assert asyncio.run(told()) == ["lease", "beat", "lease"]
