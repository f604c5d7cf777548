"""Pictures are asked for within the rules of their host, once, and no larger than a picture is."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from crawler.avatars import fetch_pictures
from crawler.host_walls import HostWalls
from tests.crawler.link_site import options, serving

PICTURE = b"\x89PNG" + bytes(500)


async def had(urls: Sequence[str], most_pictures: int = 9, **changed: object) -> list[bytes | None]:
    """What was told of each address whose turn came."""
    return [body async for _, body in fetch_pictures(urls, options(**changed), 1000, most_pictures, 60.0)]


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
async def test_a_host_that_refuses_twice_is_left_alone_and_nothing_is_told_of_what_was_not_asked_for() -> None:
    async with serving() as site:
        urls = [site.page(f"/{number}.png", "", 403) for number in range(4)]
        assert await had(urls) == [None] * 2
        assert [site.asked[f"/{number}.png"] for number in range(4)] == [1, 1, 0, 0]


@pytest.mark.asyncio
async def test_of_a_silent_host_only_what_was_asked_for_is_told_and_others_have_their_turn() -> None:
    async with serving() as site:
        silent = ["http://nobody.invalid/a.png", "http://nobody.invalid/b.png"]
        urls = [*silent, site.page("/a.png", PICTURE)]
        told = [told async for told in fetch_pictures(urls, options(), 1000, 9, 60.0)]
    assert told == [(silent[0], None), (urls[-1], PICTURE)]


@pytest.mark.asyncio
async def test_what_is_passed_over_takes_no_turn_from_another() -> None:
    async with serving() as site:
        silent = [f"http://nobody.invalid/{number}.png" for number in range(5)]
        urls = [*silent, *(site.page(f"/{number}.png", PICTURE) for number in range(2))]
        assert await had(urls, most_pictures=2) == [None, PICTURE]
        assert site.asked["/1.png"] == 0


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
        assert await had([site.page("/later.png", PICTURE)], walls=walls) == []
        assert site.asked["/later.png"] == 0


@pytest.mark.asyncio
async def test_when_the_time_is_over_nothing_more_is_asked_or_told() -> None:
    async with serving() as site:
        url = site.page("/a.png", PICTURE)
        assert [told async for told in fetch_pictures([url], options(), 1000, 9, 0.0)] == []
        assert site.asked["/a.png"] == 0
