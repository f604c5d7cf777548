"""One request at a time per host, and none after its second wall."""

from __future__ import annotations

import asyncio

import pytest
from scrapy import Request
from scrapy.utils.test import get_crawler

from crawler.pace import HostStopped, HostWalls, StoppedHosts, Turn
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
