"""What a link's state rests on: the answer as it came, of all that are not alive."""

from __future__ import annotations

import gzip
import random

import pytest
from aiohttp import web

from crawler.link_states import BODY_BYTES, Received
from tests.crawler.link_site import CHALLENGE, NOT_FOUND, PAGE, free_port, received, serving


async def one(url: str, **changed: object) -> Received:
    (answer,) = await received([url], **changed)
    assert answer is not None
    return answer


@pytest.mark.asyncio
async def test_a_dead_link_rests_on_the_answer_as_it_came() -> None:
    packed = gzip.compress(NOT_FOUND.encode(), mtime=0)
    async with serving() as site:
        url = site.page("/a", packed, 404, Content_Encoding="gzip", X_From="\u4e91".encode().decode("latin-1"))
        answer = await one(url)
    kept = answer.exchange
    assert (answer.url, kept.method, kept.status, kept.body, answer.truncated) == (url, "GET", 404, packed, False)
    assert ("Content-Encoding", "gzip") in kept.headers
    asked = dict(kept.request_headers)
    assert (asked["Host"], asked["User-Agent"][:11]) == (f"site.test:{site.port}", "xuncha-test")


@pytest.mark.asyncio
@pytest.mark.parametrize(("status", "body"), [(500, "error"), (429, "slow down"), (200, CHALLENGE), (200, NOT_FOUND)])
async def test_failing_and_blocked_links_keep_their_answer_too(status: int, body: str) -> None:
    async with serving() as site:
        answer = await one(site.page("/a", body, status))
    assert (answer.exchange.status, answer.exchange.body) == (status, body.encode())


@pytest.mark.asyncio
async def test_of_redirects_the_last_answer_is_kept_with_its_own_address() -> None:
    async with serving() as site:
        site.page("/robots.txt", "User-agent: *\nDisallow: /inner", Content_Type="text/plain")
        moved = await one(site.redirect("/old", site.page("/new"), 301))
        forbidden = await one(site.redirect("/way", "/inner/a"))
    assert (moved.url, moved.exchange.status) == (f"{site.base}/new", 200)
    assert (forbidden.url, forbidden.exchange.status) == (f"{site.base}/way", 302)


@pytest.mark.asyncio
async def test_an_alive_link_and_a_host_without_answer_keep_nothing() -> None:
    async with serving() as site:
        assert await received([site.page("/a"), f"http://site.test:{free_port()}/"]) == [None, None]


@pytest.mark.asyncio
@pytest.mark.parametrize("encoding", ["identity", "gzip", "br"])
async def test_a_body_that_was_not_read_to_its_end_is_marked(encoding: str) -> None:
    body = gzip.compress(random.Random(7).randbytes(200_000)) if encoding == "gzip" else PAGE.encode() * 200
    async with serving() as site:
        answer = await one(site.page("/a", body, 404, Content_Encoding=encoding))
    assert answer.truncated
    assert body.startswith(answer.exchange.body) and len(answer.exchange.body) <= BODY_BYTES


@pytest.mark.asyncio
async def test_each_of_two_addresses_that_differ_in_their_fragment_has_the_answer() -> None:
    async with serving() as site:
        url = site.page("/a", "no", 404)
        answers = await received([f"{url}#1", url, f"{url}#2"])
    assert len({id(answer) for answer in answers}) == 1 and answers[0] is not None
    assert site.asked["/a"] == 1


@pytest.mark.asyncio
async def test_through_a_mirror_the_kept_request_names_the_original_host() -> None:
    async with serving() as mirror:

        async def gone(request: web.Request) -> web.Response:
            return web.Response(status=404, text="no")

        mirror.pages["/https/www.yunling.example/a"] = gone
        answer = await one("https://www.yunling.example/a", mirror=f"http://127.0.0.1:{mirror.port}", allow_private=())
    assert answer.url == "https://www.yunling.example/a"
    assert dict(answer.exchange.request_headers)["Host"] == "www.yunling.example"
