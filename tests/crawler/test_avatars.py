"""Pictures are asked for within the rules of their host, once, and no larger than a picture is."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from crawler.avatars import fetch_pictures
from crawler.host_walls import HostWalls
from tests.crawler.link_site import options, serving

PICTURE = b"\x89PNG" + bytes(500)


async def had(urls: Sequence[str], most_bytes: int = 1000, **changed: object) -> list[bytes | None]:
    return [body async for _, body in fetch_pictures(urls, options(**changed), most_bytes, 60.0)]


@pytest.mark.asyncio
async def test_a_picture_is_had_once_whatever_its_signature() -> None:
    async with serving() as site:
        url = site.page("/a.png?Expires=1794800000&ssig=x", PICTURE)
        assert await had([url, url]) == [PICTURE]
    assert sorted(site.asked.values()) == [1, 1]


@pytest.mark.asyncio
@pytest.mark.parametrize(("rules", "status"), [("User-agent: *\nDisallow: /", 200), ("", 503), ("<html>", 200)])
async def test_robots_rules_keep_us_from_pictures(rules: str, status: int) -> None:
    async with serving() as site:
        site.page("/robots.txt", rules, status, Content_Type="text/plain")
        assert await had([site.page("/a.png", PICTURE)]) == [None]
        assert site.asked["/a.png"] == 0


@pytest.mark.asyncio
async def test_what_is_too_large_moved_or_missing_is_not_had() -> None:
    async with serving() as site:
        urls = [site.page("/big.png", bytes(5000)), site.redirect("/moved.png", "/a.png"), site.page("/no", "", 404)]
        assert await had(urls) == [None, None, None]


@pytest.mark.asyncio
async def test_a_host_that_refuses_twice_is_left_alone() -> None:
    async with serving() as site:
        urls = [site.page(f"/{number}.png", "", 403) for number in range(4)]
        assert await had(urls) == [None] * 4
        assert sum(site.asked.values()) - site.asked["/robots.txt"] == 2


@pytest.mark.asyncio
async def test_private_addresses_and_missing_hosts_are_not_called() -> None:
    assert await had(["http://10.0.0.1/a.png", "http://nobody.invalid/a.png", "file:///etc/passwd"]) == [None] * 3


@pytest.mark.asyncio
async def test_a_refused_picture_is_a_wall_that_others_know_of() -> None:
    walls = HostWalls()
    async with serving() as site:
        urls = [site.page(f"/{number}.png", "", 403) for number in range(2)]
        await had(urls, walls=walls)
        assert walls.stopped_hosts == ["site.test"]
        assert await had([site.page("/later.png", PICTURE)], walls=walls) == [None]
        assert site.asked["/later.png"] == 0


@pytest.mark.asyncio
async def test_when_the_time_is_over_nothing_more_is_asked_or_told() -> None:
    async with serving() as site:
        url = site.page("/a.png", PICTURE)
        assert [told async for told in fetch_pictures([url], options(), 1000, 0.0)] == []
        assert site.asked["/a.png"] == 0
