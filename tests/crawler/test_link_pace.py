"""The link check's pace: platforms' hosts one request at a time, hosts that hang last, nobody asked twice."""

from __future__ import annotations

import asyncio
import itertools
import time

import pytest
from aiohttp import web

from crawler.host_walls import HostWalls
from crawler.links import check_links
from crawler.pace import Pace
from crawler.walls import platform_of_host
from tests.crawler.link_site import CHALLENGE, PAGE, Site, checked, listed, options, serving


def slow_pages(site: Site, paths: list[str]) -> list[tuple[float, float]]:
    """Pages that take a moment; fills with when each was asked and answered."""
    times: list[tuple[float, float]] = []

    async def slow(request: web.Request) -> web.Response:
        begun = time.monotonic()
        await asyncio.sleep(0.02)
        times.append((begun, time.monotonic()))
        return web.Response(text=PAGE, content_type="text/html")

    site.pages |= dict.fromkeys(paths, slow)
    return times


@pytest.mark.asyncio
async def test_a_platform_host_is_asked_one_at_a_time_and_no_faster_than_the_crawl() -> None:
    async with serving() as site:
        times = slow_pages(site, [f"/{number}" for number in range(3)])
        await checked([f"{site.base}/{number}" for number in range(3)], pace=Pace({"site.test": 0.1}, 0.0))
    assert len(times) == 3
    assert all(later[0] - earlier[1] >= 0.1 for earlier, later in itertools.pairwise(times))


@pytest.mark.asyncio
async def test_a_platform_host_is_left_alone_after_its_second_wall() -> None:
    async with serving() as site:
        urls = [site.page(f"/{number}", CHALLENGE) for number in range(5)]
        checks = await checked(urls, pace=Pace({"site.test": 0.0}, 0.0), walls=HostWalls())
    assert {(check.state, check.reason) for check in checks} == {("blocked", "verification")}
    assert sum(site.asked[f"/{number}"] for number in range(5)) == 2


@pytest.mark.asyncio
async def test_a_platforms_host_without_a_delay_of_its_own_keeps_the_platforms_pace() -> None:
    async with serving() as mirror:
        times = slow_pages(mirror, [f"/https/www.weibo.com/{number}" for number in range(3)])
        pace = Pace({"m.weibo.cn": 0.05, "weibo.com": 0.1, "www.toutiao.com": 9.0}, 0.0)
        urls = [f"https://www.weibo.com/{number}" for number in range(3)]
        await checked(urls, pace=pace, mirror=f"http://127.0.0.1:{mirror.port}")
    assert len(times) == 3
    assert all(later[0] - earlier[1] >= 0.1 for earlier, later in itertools.pairwise(times))


@pytest.mark.asyncio
@pytest.mark.parametrize("host", ["www.weibo.com", "weibo.cn", "m.toutiao.com"])
async def test_walls_count_at_every_host_of_a_platform(host: str) -> None:
    async with serving() as mirror:
        for number in range(5):
            mirror.page(f"/https/{host}/{number}", CHALLENGE)
        pace, address = Pace({}, 0.0), f"http://127.0.0.1:{mirror.port}"
        urls = [f"https://{host}/{number}" for number in range(5)]
        checks = await checked(urls, pace=pace, walls=HostWalls(), mirror=address)
    assert {(check.state, check.reason) for check in checks} == {("blocked", "verification")}
    assert sum(mirror.asked[f"/https/{host}/{number}"] for number in range(5)) == 2


@pytest.mark.parametrize(
    ("host", "platform"),
    [
        ("www.weibo.com", "weibo"),
        ("weibo.cn", "weibo"),
        ("m.toutiao.com", "toutiao"),
        ("mp.weixin.qq.com.", "wechat"),
        ("myweibo.com", None),
        ("weibo.com.evil.example", None),
        ("qq.com", None),
        ("", None),
    ],
)
def test_a_host_belongs_to_a_platform_by_its_name(host: str, platform: str | None) -> None:
    assert platform_of_host(host) == platform


@pytest.mark.asyncio
async def test_a_host_that_hangs_is_asked_on_after_all_others() -> None:
    async with serving() as site:

        async def hang(request: web.Request) -> web.Response:
            await asyncio.sleep(60)
            raise AssertionError

        site.pages |= {f"/hang/{number}": hang for number in range(4)}
        urls = [f"{site.base}/hang/{number}" for number in range(4)]
        urls += [site.page(f"/{number}").replace("site.test", "other.test") for number in range(2)]
        told_of: list[str] = []
        given = options(concurrency=1, connections_per_host=1, timeout_seconds=1.0)
        with listed(urls) as links:
            await check_links(links, given, lambda told: told_of.append(told[0].state))
    assert told_of == ["failing", "failing", "alive", "alive", "failing", "failing"]


@pytest.mark.asyncio
async def test_a_host_that_does_not_answer_for_its_rules_is_not_asked_again() -> None:
    n_connections = 0

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal n_connections
        n_connections += 1
        writer.transport.abort()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        checks = await checked([f"http://site.test:{port}/{number}" for number in range(5)])
    assert {(check.state, check.reason) for check in checks} == {("failing", "reset")}
    assert n_connections == 1


@pytest.mark.asyncio
async def test_only_addresses_of_our_own_networks_go_without_the_pause() -> None:
    async with serving() as site:
        paths = [f"/{number}" for number in range(3)]
        times = slow_pages(site, paths)
        own = [f"http://127.0.0.1:{site.port}{path}" for path in paths]
        await checked(own, delay_seconds=0.2, private_delay_seconds=0.0, connections_per_host=1)
        named = [f"{site.base}{path}" for path in paths]
        await checked(named, delay_seconds=0.2, private_delay_seconds=0.0, connections_per_host=1)
    gaps = [later[0] - earlier[0] for earlier, later in itertools.pairwise(times)]
    assert min(gaps[:2]) < 0.2 <= min(gaps[3:])


@pytest.mark.asyncio
async def test_the_first_page_keeps_the_pause_that_the_rules_ask_for() -> None:
    async with serving() as site:
        site.page("/robots.txt", "User-agent: *\nCrawl-delay: 0.5\nDisallow:", Content_Type="text/plain")
        begun = time.monotonic()
        times = slow_pages(site, ["/a"])
        await checked([f"{site.base}/a"])
    assert times[0][0] - begun >= 0.5


@pytest.mark.asyncio
async def test_a_host_under_two_spellings_has_one_turn() -> None:
    async with serving() as site:
        times = slow_pages(site, [f"/{number}" for number in range(4)])
        hosts = ["127.0.0.1", "127.1", "2130706433", "0x7f000001"]
        await checked([f"http://{host}:{site.port}/{number}" for number, host in enumerate(hosts)], delay_seconds=0.4)
    assert site.asked["/robots.txt"] == 1
    starts = sorted(start for start, _ in times)
    assert all(later - earlier >= 0.2 for earlier, later in itertools.pairwise(starts))
