"""A real browser and the robots.txt of every host on its way: through a mirror, and by itself."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest

from crawler.browser import NO_BROWSER, find_chromium
from crawler.guard import Guard
from crawler.host_walls import HostWalls
from crawler.stops import HostStopped
from crawler.walls import platform_of_host
from tests.crawler.sites import Sites, crawled
from tests.crawler.toutiao.shapes import NOON, TOKEN, answer, article

pytestmark = [pytest.mark.browser, pytest.mark.skipif(find_chromium() is None, reason=NO_BROWSER)]

PROFILE = f"www.toutiao.com/c/user/token/{TOKEN}/"
LIST = f"www.toutiao.com/api/pc/list/user/feed?category=profile_all&token={TOKEN}&max_behot_time="
FORBIDDING = "User-agent: *\nDisallow: /\n"
CHALLENGE = "<html><script>var rules = {\n allow: true }</script></html>"
JSON = {"Content-Type": "application/json", "Access-Control-Allow-Origin": "*"}
OPEN = {"Access-Control-Allow-Origin": "*"}
# The list is asked for when everything else has been tried, so that an answer of it says that the page is done.
SHELL = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>页面</title></head><body>
<div class="profile-info"><div class="detail"><span class="name">云岭发布</span></div></div>
%s<script>Promise.allSettled([%s].map(address => fetch(address).then(got => got.text())))
.then(() => fetch('/api/pc/list/user/feed?category=profile_all&token=%s&max_behot_time=0')).catch(() => 0);
</script></body></html>"""


Page = tuple[int, dict[str, str], str]


def page(*calls: str, extra: str = "") -> Page:
    """A profile that asks for these addresses and then for its list."""
    return 200, {}, SHELL % (extra, ",".join(f"'{call}'" for call in calls), TOKEN)


def pages(**given: Any) -> dict[str, Any]:
    """The profile's list, and pages by address without their scheme."""
    listed = {f"{LIST}0": (200, JSON, answer([article(1)]))}
    return {f"https://{address}": found for address, found in {**listed, **given}.items()}


def opened(sites: Sites, is_direct: bool = False, **order: Any) -> dict[str, Any]:
    """What the profile gave, through the mirror or by the hosts' own names."""
    host, _, path = PROFILE.partition("/")
    address = f"https://{host}:{sites.tls_port}/{path}" if is_direct else f"https://{PROFILE}"
    found: dict[str, Any] = crawled(sites, (address, "profile"), direct=is_direct, **order)[address]
    return found


def test_a_list_that_robots_forbid_is_not_asked_for_and_said_to_be_so() -> None:
    rules: Page = (200, {}, "User-agent: *\nDisallow: /api/pc/list/user/\n")
    with Sites(pages(**{PROFILE: page(), "www.toutiao.com/robots.txt": rules})) as sites:
        got = opened(sites)
    assert (got["refusal"], got["calls"]) == ("robots", [])
    assert sites.urls == [f"https://{PROFILE}"]


@pytest.mark.parametrize(
    "rules",
    [
        pytest.param((200, {}, FORBIDDING), id="it forbids"),
        pytest.param((200, {}, CHALLENGE), id="a challenge in its place"),
        pytest.param((503, {}, ""), id="an error in its place"),
        pytest.param((502, {"X-Mirror-Error": "timeout"}, ""), id="no answer"),
    ],
)
def test_no_data_call_goes_to_another_host_without_its_robots(rules: Any) -> None:
    shell = page("https://data.example/a", "https://open.example/b")
    robots: dict[str, Any] = {"data.example/robots.txt": rules, "open.example/b": (200, JSON, "{}")}
    with Sites(pages(**{PROFILE: shell, **robots})) as sites:
        got = opened(sites)
    assert sites.urls == [f"https://{PROFILE}", "https://open.example/b", f"https://{LIST}0"]
    assert (got["refusal"], len(got["calls"])) == (None, 1)


def test_every_hop_of_a_redirected_call_is_checked_through_the_mirror() -> None:
    away = (302, {"Location": "https://data.example/taken"}, "")
    robots: dict[str, Page] = {"data.example/robots.txt": (200, {}, FORBIDDING)}
    shell = page("/moved")
    with Sites(pages(**{PROFILE: shell, "www.toutiao.com/moved": away, **robots})) as sites:
        opened(sites)
    assert sites.urls == [f"https://{PROFILE}", "https://www.toutiao.com/moved", f"https://{LIST}0"]


@pytest.mark.parametrize("is_direct", [False, True], ids=["through the mirror", "directly"])
def test_a_page_sent_to_where_robots_forbid_is_refused_by_robots(is_direct: bool) -> None:
    with Sites({}) as sites:
        host = f"data.example:{sites.tls_port}" if is_direct else "data.example"
        moved = (302, {"Location": f"https://{host}/p"}, "")
        sites.pages = pages(**{PROFILE: moved, "data.example/robots.txt": (200, {}, FORBIDDING)})
        got = opened(sites, is_direct=is_direct)
    assert got == {"failure": "RobotsForbidden"}
    assert sites.urls == [f"https://{PROFILE}"]


def test_without_a_mirror_calls_redirects_frames_and_workers_stop_before_a_forbidden_host() -> None:
    with Sites({}) as sites:
        taken = f"https://data.example:{sites.tls_port}/taken"
        away = (302, {"Location": taken, **OPEN}, "")
        worker = (200, {"Content-Type": "text/javascript"}, "fetch('/moved').catch(() => 0)")
        frame: Page = (200, {}, f"<script>fetch('/away').catch(() => 0); fetch('{taken}').catch(() => 0)</script>")
        frames = f'<iframe src="https://frame.example:{sites.tls_port}/f"></iframe><iframe src="{taken}"></iframe>'
        given = {
            PROFILE: page("/moved", taken, extra=f"{frames}<script>new Worker('/worker.js')</script>"),
            "www.toutiao.com/moved": away,
            "www.toutiao.com/worker.js": worker,
            "frame.example/f": frame,
            "frame.example/away": away,
            "data.example/robots.txt": (200, {}, FORBIDDING),
        }
        sites.pages = pages(**given)
        got = opened(sites, is_direct=True)
    assert len(got["calls"]) == 1
    asked = ("https://www.toutiao.com/moved", "https://www.toutiao.com/worker.js", "https://frame.example/away")
    assert [url for url in sites.urls if "data.example" in url] == []
    assert {*asked} <= {*sites.urls}


def test_no_web_socket_and_no_beacon_leaves_the_browser() -> None:
    extra = (
        "<script>new WebSocket(location.origin.replace('http', 'ws') + '/socket');"
        "navigator.sendBeacon('/beacon', 'x')</script><img src='/picture.png'>"
    )
    with Sites(pages(**{PROFILE: page(extra=extra)})) as sites:
        got = opened(sites, is_direct=True)
    assert len(got["calls"]) == 1
    assert sites.urls == [f"https://{PROFILE}", f"https://{LIST}0"]


def test_a_host_that_the_office_may_ask_is_asked_in_the_browser_too() -> None:
    robots = {"data.example/robots.txt": (200, {}, FORBIDDING), "data.example/a": (200, JSON, "{}")}
    with Sites(pages(**{PROFILE: page("https://data.example/a"), **robots})) as sites:
        opened(sites, settings={"XUNCHA_ROBOTS_PERMITTED": ["data.example"]})
    assert "https://data.example/a" in sites.urls


@pytest.mark.parametrize("is_direct", [False, True], ids=["through the mirror", "directly"])
def test_requests_of_a_page_keep_the_pace_of_their_platform(is_direct: bool) -> None:
    delay, moved = 0.7, (302, {"Location": "/four"}, "")
    with Sites(pages(**{PROFILE: page("/one", "/two", "/three"), "www.toutiao.com/two": moved})) as sites:
        sites.pause_seconds = 0.2
        got = opened(sites, is_direct=is_direct, settings={"DOWNLOAD_DELAY": delay})
    times = [one for one in sites.asked if "www.toutiao.com" in one.url and not one.url.endswith("robots.txt")]
    assert (len(times), len(got["calls"])) == (6, 1)
    assert min(late.came - early.answered for early, late in pairwise(times)) >= delay


SCRIPT: Page = (200, {"Content-Type": "text/javascript"}, "window.loaded = (window.loaded || 0) + 1")
STYLE: Page = (200, {"Content-Type": "text/css"}, "body {color: black}")


def loading(*scripts: str) -> str:
    """The elements that load these scripts before the page goes on."""
    return "".join(f'<script src="{script}"></script>' for script in scripts)


@pytest.mark.parametrize("is_direct", [False, True], ids=["through the mirror", "directly"])
def test_scripts_and_styles_keep_the_pace_of_their_platform_too(is_direct: bool) -> None:
    delay, host = 0.7, "www.toutiao.com"
    extra = '<link rel="stylesheet" href="/one.css"><link rel="stylesheet" href="/two.css">' + loading("/1.js", "/2.js")
    scripts = {f"{host}/{name}.js": SCRIPT for name in (1, 2)} | {
        f"{host}/{name}.css": STYLE for name in ("one", "two")
    }
    with Sites(pages(**{PROFILE: page(extra=extra), **scripts})) as sites:
        sites.pause_seconds = 0.2
        got = opened(sites, is_direct=is_direct, settings={"DOWNLOAD_DELAY": delay})
    times = [one for one in sites.asked if host in one.url and not one.url.endswith("robots.txt")]
    assert (len(times), len(got["calls"])) == (6, 1)
    assert min(late.came - early.answered for early, late in pairwise(times)) >= delay


def test_scripts_of_a_platform_are_not_refused_by_robots() -> None:
    rules: Page = (200, {}, "User-agent: *\nDisallow: /js/\n")
    given = {"www.toutiao.com/js/1.js": SCRIPT, "www.toutiao.com/robots.txt": rules}
    with Sites(pages(**{PROFILE: page(extra=loading("/js/1.js")), **given})) as sites:
        opened(sites)
    assert sites.urls == [f"https://{PROFILE}", "https://www.toutiao.com/js/1.js", f"https://{LIST}0"]


@pytest.mark.parametrize("kind", ["document", "fetch", "script", "stylesheet"])
def test_a_host_that_is_left_alone_gets_no_request_of_any_kind(kind: str) -> None:
    walls, url = HostWalls(), "https://www.toutiao.com/one"
    walls.add(url)
    walls.add(url)
    guard = Guard(SimpleNamespace(spider=SimpleNamespace(walls=walls)))  # type: ignore[arg-type]
    with pytest.raises(HostStopped):
        asyncio.run(guard.admit(url, kind))


def test_waiting_for_the_pace_is_no_hang() -> None:
    names = [f"/{number}.js" for number in range(9)]
    scripts = {f"www.toutiao.com{name}": SCRIPT for name in names}
    times = {"DOWNLOAD_DELAY": 1.6, "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": 10_000}
    with Sites(pages(**{PROFILE: page(extra=loading(*names)), **scripts})) as sites:
        got = opened(sites, is_direct=True, seconds=10, settings=times)
    assert "failure" not in got
    assert len(got["calls"]) == 1


def test_a_page_that_always_has_a_request_waiting_comes_to_an_end() -> None:
    rules = SimpleNamespace(check=lambda url: asyncio.sleep(600))
    parts = SimpleNamespace(spider=None, get_downloader_middleware=lambda kind: rules)
    guard = Guard(parts)  # type: ignore[arg-type]

    async def opened() -> None:
        waiting = asyncio.create_task(guard.admit("https://www.toutiao.com/one", "fetch"))
        try:
            async with guard.patience(0.5):
                await asyncio.wait({waiting}, timeout=30)
            pytest.fail("it was waited for without an end")
        finally:
            waiting.cancel()

    with pytest.raises(TimeoutError):
        asyncio.run(opened())


def test_a_crawl_delay_is_kept_between_the_pages_of_a_list() -> None:
    script = "<script>addEventListener('scroll', () => fetch('/api/pc/list/user/feed?category=profile_all&token=%s"
    extra = '<div style="height:3000px"></div>' + script % TOKEN + f"&max_behot_time={NOON}'), {{once: true}})</script>"
    first, second = answer([article(1)], more=True, cursor=NOON), answer([article(2)])
    lists = {f"{LIST}0": (200, JSON, first), f"{LIST}{NOON}": (200, JSON, second)}
    rules: dict[str, Page] = {
        "www.toutiao.com/robots.txt": (200, {}, "User-agent: *\nCrawl-delay: 1.5\nDisallow: /never\n")
    }
    with Sites(pages(**{PROFILE: page(extra=extra), **lists, **rules})) as sites:
        got = opened(sites, is_direct=True)
    assert len(got["calls"]) == 2
    times = [one.came for one in sites.asked]
    assert min(late - early for early, late in pairwise(times)) >= 1.5


@pytest.mark.parametrize(
    ("host", "is_one"),
    [
        ("www.toutiao.com", True),
        ("weibo.cn", True),
        ("visitor.passport.weibo.cn", True),
        ("nottoutiao.com", False),
        ("weibo.cn.example", False),
        ("", False),
    ],
)
def test_a_platforms_own_hosts_are_told_from_others(host: str, is_one: bool) -> None:
    assert (platform_of_host(host) is not None) is is_one
