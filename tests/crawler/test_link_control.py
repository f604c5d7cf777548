"""Our own network is proven by a control address that answers well, is asked anew, and is not asked all the time."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence

import pytest
from aiohttp import web

from crawler import link_control
from crawler.links import check_links
from records import LinkCheck
from tests.crawler.link_site import Site, checked, listed, options, serving


@pytest.mark.asyncio
@pytest.mark.parametrize(("status", "proven"), [(200, True), (204, True), (404, False), (403, False), (503, False)])
async def test_only_a_good_answer_of_the_control_address_proves_our_network(status: int, proven: bool) -> None:
    async with serving() as site:
        control = site.page("/control", "ok", status)
        (check,) = await checked([f"{site.base}/nowhere"], control=(control,))
    assert (check.state, check.proven) == (("dead", True) if proven else ("failing", False))


@pytest.mark.asyncio
async def test_a_control_address_is_resolved_anew_so_that_a_lost_resolver_accuses_nobody() -> None:
    asked: list[str] = []

    async def failing_later(host: str) -> Sequence[str]:
        asked.append(host)
        if asked.count("site.test") == 1 and host == "site.test":
            return ["127.0.0.1"]
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    async with serving() as site:
        control = site.page("/control")
        alive, missing = await checked(
            [site.page("/a"), "http://zgone.test/"], control=(control,), resolve=failing_later, concurrency=1
        )
    assert (alive.state, missing.state, missing.reason) == ("alive", "failing", "own_network")


@pytest.mark.asyncio
async def test_a_control_that_is_no_name_does_not_prove_that_names_are_resolved() -> None:
    async with serving() as site:
        site.page("/control")
        (check,) = await checked(["http://gone.invalid/"], control=(f"http://127.0.0.1:{site.port}/control",))
    assert (check.state, check.reason, check.proven) == ("failing", "dns", False)


@pytest.mark.asyncio
async def test_a_control_address_is_not_asked_for_every_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_control, "PAUSE_SECONDS", 0.5)
    async with serving() as site:
        control = site.page("/control")

        async def reset(request: object) -> None:
            transport = request.transport  # type: ignore[attr-defined]
            transport.abort()
            await asyncio.sleep(1)

        site.pages |= {f"/{number}": reset for number in range(40)}  # type: ignore[misc]
        checks = await checked([f"{site.base}/{number}" for number in range(40)], control=(control,))
        assert {(check.reason, check.proven) for check in checks} == {("reset", True)}
        assert site.asked["/control"] <= 3


@pytest.mark.asyncio
async def test_a_circle_of_redirects_is_the_hosts_only_where_our_network_works() -> None:
    async with serving() as site:
        url, control = site.redirect("/a", "/a"), site.page("/control", "no", 503)
        (check,) = await checked([url], control=(control,))
    assert (check.state, check.reason) == ("failing", "own_network")


@pytest.mark.asyncio
async def test_a_name_that_led_nowhere_while_our_resolver_failed_is_not_dated_by_who_asks_for_it_later() -> None:
    asked: list[str] = []

    async def failing_first(host: str) -> Sequence[str]:
        asked.append(host)
        if host == "zgone.test" or asked.count("control.test") == 1:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return ["127.0.0.1"]

    async with serving() as site:
        control = site.page("/control").replace("site.test", "control.test")
        urls = ["http://zgone.test/1", *(f"https://zgone.test/{number}" for number in range(3))]
        checks = await checked(urls, control=(control,), resolve=failing_first, concurrency=1, connections_per_host=1)
    assert {(check.state, check.reason) for check in checks} == {("failing", "own_network")}


@pytest.mark.asyncio
async def test_a_fault_after_the_control_failed_is_not_the_hosts_though_it_answered_before() -> None:
    async with serving() as site:
        control = site.page("/control")
        n_asked = 0

        async def well_once(request: web.Request) -> web.StreamResponse:
            nonlocal n_asked
            n_asked += 1
            return web.Response(status=200 if n_asked == 1 else 503)

        async def reset(request: web.Request) -> web.StreamResponse:
            await asyncio.sleep(0.2)
            assert request.transport is not None
            request.transport.abort()
            raise web.HTTPGone

        site.pages |= {"/control": well_once, "/reset": reset}
        urls = [f"{site.base}/nowhere", f"{site.base}/reset"]
        gone, cut = await checked(urls, control=(control,), concurrency=1, connections_per_host=1)
    assert (gone.state, gone.proven) == ("dead", True)
    assert (cut.reason, cut.proven) == ("own_network", False)


async def told_before_a_stop(site: Site, n_links: int) -> list[LinkCheck]:
    """What was told of so many missing pages when a person stopped a check whose control address hangs."""

    async def hang(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(600)
        raise web.HTTPGone

    site.pages["/control"] = hang
    told: list[LinkCheck] = []
    given = options(control=(f"http://control.test:{site.port}/control",), timeout_seconds=60.0)
    with listed([f"{site.base}/{number}" for number in range(n_links)]) as links:
        check = asyncio.create_task(check_links(links, given, lambda one: told.append(one[0])))
        await asyncio.sleep(3)
        check.cancel()
        await asyncio.gather(check, return_exceptions=True)
    return told


@pytest.mark.asyncio
async def test_what_waits_for_a_control_that_hangs_is_told_unproved_when_a_person_stops_the_check() -> None:
    async with serving() as site:
        told = await told_before_a_stop(site, 20)
    assert len({check.url for check in told}) == len(told) == 20
    assert {(check.state, check.reason, check.proven) for check in told} == {("dead", "http_404", False)}


@pytest.mark.asyncio
async def test_while_a_control_hangs_only_so_many_pages_are_asked_for() -> None:
    async with serving() as site:
        told = await told_before_a_stop(site, 300)
        n_asked = sum(number for path, number in site.asked.items() if path[1:].isdigit())
    assert n_asked == len(told) <= 102
