"""How the link check behaves towards hosts, its caller and the mirror."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import itertools
import tracemalloc
from collections import Counter

import pytest
from aiohttp import web

from crawler.link_states import BODY_BYTES
from crawler.links import check_links
from tests.crawler.link_site import (
    CHALLENGE,
    NOT_FOUND,
    PAGE,
    breaking,
    checked,
    free_port,
    listed,
    options,
    serving,
    told,
)


@pytest.mark.asyncio
async def test_robots_rules_are_asked_once_and_kept() -> None:
    async with serving() as site:
        site.page("/robots.txt", "User-agent: *\nDisallow: /inner", Content_Type="text/plain")
        urls = [site.page("/a"), site.page("/inner/b"), site.page("/c")]
        checks = await checked(urls)
    assert [(check.state, check.reason) for check in checks] == [
        ("alive", None),
        ("uncheckable", "robots"),
        ("alive", None),
    ]
    assert site.asked == {"/robots.txt": 1, "/a": 1, "/c": 1}


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("status", "body"), [(500, ""), (503, "User-agent: *\nAllow: /"), (200, CHALLENGE), (403, "no")]
)
async def test_robots_rules_that_cannot_be_read_forbid(status: int, body: str) -> None:
    async with serving() as site:
        site.page("/robots.txt", body, status)
        assert await told(site.page("/a")) == ("uncheckable", "robots_unread")
        assert site.asked["/a"] == 0


@pytest.mark.asyncio
async def test_a_permitted_host_is_asked_without_robots_rules() -> None:
    async with serving() as site:
        site.page("/robots.txt", "User-agent: *\nDisallow: /", Content_Type="text/plain")
        assert await told(site.page("/a"), permitted=frozenset({"site.test"})) == ("alive", None)
        assert site.asked["/robots.txt"] == 0


@pytest.mark.asyncio
async def test_a_crawl_delay_without_end_forbids_instead_of_stopping_the_run() -> None:
    async with serving() as site:
        site.page("/robots.txt", "User-agent: *\nCrawl-delay: 100000\nDisallow:", Content_Type="text/plain")
        assert await told(site.page("/a")) == ("uncheckable", "robots")


@pytest.mark.asyncio
async def test_addresses_come_back_in_order_and_each_is_asked_once() -> None:
    async with serving() as site:
        urls = [site.page(f"/{number}") for number in range(12)]
        given = [urls[0] + "#top", *urls, "javascript:;", urls[3]]
        checks = await checked(given)
    assert [check.url for check in checks] == given
    assert set(site.asked.values()) == {1}


@pytest.mark.asyncio
async def test_no_more_than_two_connections_a_host() -> None:
    async with serving() as site:
        open_now, most = 0, 0

        async def slow(request: web.Request) -> web.Response:
            nonlocal open_now, most
            open_now += 1
            most = max(most, open_now)
            await asyncio.sleep(0.02)
            open_now -= 1
            return web.Response(text=PAGE, content_type="text/html")

        site.pages |= {f"/{number}": slow for number in range(8)}
        await checked([f"{site.base}/{number}" for number in range(8)])
    assert most == 2


@pytest.mark.asyncio
@pytest.mark.parametrize("n_others", [0, 4])
async def test_a_slow_host_gets_its_pause_however_long_it_waits_for_a_turn(n_others: int) -> None:
    times: list[float] = []

    async def noted(request: web.Request) -> web.Response:
        times.append(asyncio.get_running_loop().time())
        return web.Response(text=PAGE, content_type="text/html")

    async def slow(request: web.Request) -> web.Response:
        await asyncio.sleep(1.6)
        return web.Response(text=PAGE, content_type="text/html")

    async with serving() as site:
        own, others = ["/a", "/b", "/c"], [f"/{number}" for number in range(n_others)]
        site.pages |= dict.fromkeys(own, noted) | dict.fromkeys(others, slow)
        urls = [f"http://other.test:{site.port}{path}" for path in others] + [f"{site.base}{path}" for path in own]
        await checked(urls, concurrency=2, delays={"site.test": 0.5})
    assert len(times) == 3 and all(later - earlier >= 0.4 for earlier, later in itertools.pairwise(times))


@pytest.mark.asyncio
async def test_a_host_that_refuses_everything_leaves_the_others_their_turns() -> None:
    turns, told_in_turn = 0, Counter[int]()

    async def count_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async with breaking(reset=True) as refusing:
        counting = asyncio.create_task(count_turns())
        with listed([f"{refusing}{number}" for number in range(500)]) as links:
            await check_links(links, options(), lambda _: told_in_turn.update([turns]))
        counting.cancel()
    assert told_in_turn.total() == 500 and max(told_in_turn.values()) <= 10


@pytest.mark.asyncio
async def test_what_another_host_does_to_which_it_led_is_not_told_of_a_host() -> None:
    async with serving() as site, breaking(reset=False) as hanging:
        hanging = hanging.replace("site.test", "other.test")
        led = [site.redirect(f"/{number}", f"{hanging}{number}") for number in range(25)]
        own = [site.page(f"/page/{number}") for number in range(3)]
        found = await checked([*led, *own], timeout_seconds=0.3)
    assert [check.state for check in found[-3:]] == ["alive"] * 3


@pytest.mark.asyncio
async def test_an_address_is_asked_once_however_many_redirects_lead_there() -> None:
    async with serving() as site:
        home = site.page("/home")
        led = [site.redirect(f"/{number}", home) for number in range(10)]
        loop = site.redirect("/loop", "/loop")
        found = await checked([*led, home, loop])
    assert [check.state for check in found] == ["alive"] * 11 + ["failing"]
    # The page itself may have been asked before anything had led there.
    assert site.asked["/home"] <= 2 and site.asked["/loop"] == 1


@pytest.mark.asyncio
async def test_no_cookie_is_kept_and_we_say_who_we_are() -> None:
    async with serving() as site:
        site.page("/b")
        url = site.page("/a", "", 302, Location="/b", Set_Cookie="seen=1")
        await checked([url])
    assert all("Cookie" not in headers for headers in site.headers)
    assert {headers["User-Agent"] for headers in site.headers} == {"xuncha-test/1.0 (test@example.invalid)"}


@pytest.mark.asyncio
async def test_a_gzip_bomb_is_not_unpacked() -> None:
    async with serving() as site:
        url = site.page("/a", gzip.compress(b"\0" * 50_000_000), Content_Encoding="gzip")
        tracemalloc.start()
        (check,) = await checked([url])
        _, peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert check.state == "alive"
    assert check.sha256 == hashlib.sha256(b"\0" * BODY_BYTES).hexdigest()
    assert peak_bytes < 10_000_000


@pytest.mark.asyncio
async def test_a_packed_notice_is_read() -> None:
    async with serving() as site:
        url = site.page("/a", gzip.compress(NOT_FOUND.encode()), Content_Encoding="gzip")
        assert await told(url) == ("dead", "soft_404")


@pytest.mark.asyncio
async def test_stopping_early_leaves_nothing_running() -> None:
    async with serving() as site:
        urls = [site.page(f"/{number}") for number in range(20)]
        first = asyncio.Event()
        with listed(urls) as links:
            work = asyncio.create_task(check_links(links, options(), lambda _: first.set()))
            await first.wait()
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
        n_asked = site.asked.total()
        await asyncio.sleep(0.05)
        assert site.asked.total() == n_asked


@pytest.mark.asyncio
async def test_through_a_mirror_the_original_address_is_kept() -> None:
    async with serving() as mirror:
        mirror.page("/https/www.yunling.example/a?x=1")
        mirror.redirect("/http/yunling.example/a?x=1", "https://www.yunling.example/a?x=1", 301)
        url = "http://yunling.example/a?x=1"
        (check,) = await checked([url], mirror=f"http://127.0.0.1:{mirror.port}", allow_private=())
    assert (check.state, check.url, check.final_url) == ("alive", url, "https://www.yunling.example/a?x=1")
    assert mirror.asked["/http/yunling.example/robots.txt"] == 1
    assert mirror.asked["/https/www.yunling.example/robots.txt"] == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("failure", ["dns", "refused", "reset", "timeout", "tls"])
async def test_a_failure_the_mirror_names_is_the_hosts(failure: str) -> None:
    async with serving() as mirror:
        mirror.page("/http/yunling.example/a", "", 502, X_Mirror_Error=failure)
        address = f"http://127.0.0.1:{mirror.port}"
        assert await told("http://yunling.example/a", mirror=address) == ("failing", failure)


@pytest.mark.asyncio
async def test_a_missing_name_behind_a_mirror_is_dead_while_the_control_answers() -> None:
    async with serving() as mirror:
        mirror.page("/http/gone.example/robots.txt", "", 502, X_Mirror_Error="dns")
        mirror.page("/http/control.example/")
        address = f"http://127.0.0.1:{mirror.port}"
        control = ("http://control.example/",)
        assert await told("http://gone.example/a", mirror=address, control=control) == ("dead", "dns")


@pytest.mark.asyncio
async def test_private_addresses_stay_refused_behind_a_mirror() -> None:
    async with serving() as mirror:
        address = f"http://127.0.0.1:{mirror.port}"
        assert await told("http://10.0.0.1/", mirror=address, allow_private=()) == ("refused", "private")
        assert await told("http://127.0.0.1/", mirror=address, allow_private=()) == ("refused", "private")
        assert not mirror.asked


@pytest.mark.asyncio
async def test_a_mirror_that_is_off_is_our_own_fault() -> None:
    assert await told("http://yunling.example/a", mirror=f"http://127.0.0.1:{free_port()}") == (
        "failing",
        "own_network",
    )


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("words", "expected"),
    [("该内容已被发布者删除", ("dead", "gone")), ("当前环境异常，完成验证后即可继续访问", ("blocked", "verification"))],
)
async def test_a_platforms_own_words_are_known(words: str, expected: tuple[str, str]) -> None:
    notice = f'<html><body><div class="weui-msg"><div class="weui-msg__title">{words}</div></div></body></html>'
    async with serving() as mirror:
        mirror.page("/https/mp.weixin.qq.com/s?__biz=MzA&mid=1", notice)
        address = f"http://127.0.0.1:{mirror.port}"
        assert await told("https://mp.weixin.qq.com/s?__biz=MzA&mid=1#rd", mirror=address) == expected
