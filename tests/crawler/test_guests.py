"""Weibo's guest visit: what a real browser may do once a run, and whose cookies go where."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from crawler.browser import NO_BROWSER, find_chromium
from crawler.guests import Cookie, is_visitor_page, own_cookies
from tests.crawler.sites import Given, Sites, crawled

LIST = "https://m.weibo.cn/api/container/getIndex?type=uid&value=7601000003&containerid=1076037601000003"
OTHER = LIST.replace("7601000003", "7601000005")
DESKTOP = "https://weibo.com/ajax/statuses/mymblog?uid=7601000003"
VISITOR = "https://visitor.passport.weibo.cn/visitor/visitor?entry=sinawap"
REGISTER = "https://visitor.passport.weibo.cn/visitor/genvisitor2"
HEAD = "<!DOCTYPE html><html><head><meta charset=utf-8><title>Sina Visitor System</title></head><body>"
REGISTERS = f"""{HEAD}<span id="message"></span><script>
fetch('/visitor/genvisitor2').then(got => got.json()).then(guest => {{
  if (navigator.webdriver !== true) return;
  document.cookie = `SUB=${{guest.sub}}; domain=.weibo.cn; path=/; secure`;
  location.replace('{LIST}');
}});</script></body></html>"""
CAPTCHA = f'{HEAD}<div id="captcha">请拖动滑块完成验证</div></body></html>'
RETURNS = f"{HEAD}<script>location.replace('{LIST}')</script></body></html>"
CONTENT = json.dumps({"ok": 1, "data": {"cards": []}})
FORBIDDING: Given = (200, {}, "User-agent: *\nDisallow: /\n")
LOGIN = (302, {"Location": VISITOR}, "")


def for_guests(request: web.Request) -> Given:
    """Content for who has a guest's cookie, else the way to the visitor system."""
    known = "SUB=guest-1" in request.headers.get("Cookie", "")
    return (200, {"Content-Type": "application/json"}, CONTENT) if known else LOGIN


def pages(visitor: str, **given: Any) -> dict[str, Given | Callable[[web.Request], Given]]:
    """Weibo with this visitor page."""
    register = (200, {"Content-Type": "application/json"}, json.dumps({"sub": "guest-1"}))
    return {LIST: for_guests, OTHER: for_guests, VISITOR: (200, {}, visitor), REGISTER: register, **given}


def visited(sites: Sites, *urls: str, **settings: Any) -> dict[str, Any]:
    """What plain requests gave, with a browser there for the visit."""
    order = {"XUNCHA_GUEST_VISIT": True, **settings}
    return crawled(sites, *((url, "plain") for url in urls), settings=order)


def cookies_to(sites: Sites, host: str) -> Iterator[str]:
    """The cookies of every plain request to the host, in order."""
    for one in sites.asked:
        if one.url.startswith(f"https://{host}/") and "Chrome/" not in one.headers["User-Agent"]:
            yield one.headers.get("Cookie", "")


@pytest.mark.browser
@pytest.mark.skipif(find_chromium() is None, reason=NO_BROWSER)
class TestInTheBrowser:
    def test_one_visit_lets_every_later_request_of_the_run_in(self) -> None:
        with Sites(pages(REGISTERS)) as sites:
            found = visited(sites, LIST, OTHER)
        assert [found[url] for url in (LIST, OTHER)] == [{"status": 200, "body": CONTENT}] * 2
        assert sum(url == VISITOR for url in sites.urls) == 1
        assert list(cookies_to(sites, "m.weibo.cn")) == ["", "", "SUB=guest-1", "SUB=guest-1"]

    def test_the_browser_names_itself_and_us(self) -> None:
        with Sites(pages(REGISTERS)) as sites:
            visited(sites, LIST)
        agents = {one.headers["User-Agent"] for one in sites.asked if one.url in (VISITOR, REGISTER)}
        assert len(agents) == 1
        assert "HeadlessChrome/" in (agent := agents.pop())
        assert agent.endswith("xuncha/0.1 (+https://yunling.example/contact)")

    def test_a_guest_of_one_domain_is_none_of_another(self) -> None:
        with Sites(pages(REGISTERS, **{DESKTOP: (200, {}, "desktop")})) as sites:
            visited(sites, LIST, DESKTOP)
        assert set(cookies_to(sites, "weibo.com")) == {""}
        assert "SUB=guest-1" in set(cookies_to(sites, "m.weibo.cn"))

    def test_a_captcha_in_the_way_is_a_wall_and_not_tried_again(self) -> None:
        with Sites(pages(CAPTCHA)) as sites:
            found = visited(sites, LIST, OTHER, XUNCHA_RENDER_SECONDS=8)
        assert [found[url]["status"] for url in (LIST, OTHER)] == [302, 302]
        assert sum(url == VISITOR for url in sites.urls) == 1

    def test_a_visitor_page_that_comes_again_is_a_wall(self) -> None:
        with Sites(pages(RETURNS)) as sites:
            found = visited(sites, LIST, OTHER)
        assert [found[url]["status"] for url in (LIST, OTHER)] == [302, 302]
        assert sum(url == VISITOR for url in sites.urls) == 2

    def test_a_guest_who_is_sent_away_all_the_same_meets_a_wall(self) -> None:
        with Sites(pages(REGISTERS.replace("guest.sub", "'guest-2'"))) as sites:
            sites.pages[LIST] = lambda request: (
                (200, {}, CONTENT) if "Chrome/" in request.headers["User-Agent"] and "SUB" in str(request.headers)
                else LOGIN
            )  # fmt: skip
            found = visited(sites, LIST)
        assert found[LIST]["status"] == 302
        assert list(cookies_to(sites, "m.weibo.cn")) == ["", "", "SUB=guest-2"]

    def test_no_visit_goes_to_a_host_whose_robots_forbid_it(self) -> None:
        robots = {"https://visitor.passport.weibo.cn/robots.txt": FORBIDDING}
        with Sites(pages(REGISTERS, **robots)) as sites:
            found = visited(sites, LIST)
        assert found[LIST]["status"] == 302
        assert {VISITOR, REGISTER} & {*sites.urls} == set()

    @pytest.mark.parametrize(
        "order", [{"XUNCHA_GUEST_VISIT": False}, {"XUNCHA_CHROMIUM": ""}], ids=["off", "no browser"]
    )
    def test_without_leave_or_without_a_browser_there_is_no_visit(self, order: dict[str, Any]) -> None:
        with Sites(pages(REGISTERS)) as sites:
            found = visited(sites, LIST, **order)
        assert (found[LIST]["status"], sites.urls) == (302, [LIST])


HOSTS = st.sampled_from(["m.weibo.cn", "weibo.cn", "weibo.com", "s.weibo.com", "evilweibo.cn", "weibo.cn.example"])


@given(st.sampled_from([".weibo.cn", ".weibo.com", "m.weibo.cn", "weibo.com", "s.weibo.com"]), HOSTS)
def test_a_cookie_goes_to_no_other_domain(domain: str, host: str) -> None:
    goes = Cookie("SUB", "x", domain, "/").goes_to(f"https://{host}/a")
    inside = host == domain if domain[0] != "." else f".{host}".endswith(domain)
    assert goes is inside


@pytest.mark.parametrize(
    ("url", "goes"),
    [
        ("https://m.weibo.cn/api/a", True),
        ("https://m.weibo.cn/api", True),
        ("https://m.weibo.cn/apis", False),
        ("https://m.weibo.cn/", False),
        ("http://m.weibo.cn/api/a", False),
    ],
)
def test_a_cookie_goes_below_its_path_and_never_in_the_clear(url: str, goes: bool) -> None:
    assert Cookie("SUB", "x", ".weibo.cn", "/api").goes_to(url) is goes


def test_a_browsers_other_cookies_are_not_kept() -> None:
    held = [
        {"name": str(number), "value": "x", "domain": domain, "path": "/"}
        for number, domain in enumerate(
            [".weibo.cn", "m.weibo.cn", ".weibo.com", "passport.weibo.com", ".evilweibo.cn"]
        )
    ]
    assert [cookie.domain for cookie in own_cookies(held, "weibo.cn")] == [".weibo.cn", "m.weibo.cn"]


def test_a_cookies_value_is_not_shown() -> None:
    assert "secret" not in repr(Cookie("SUB", "secret", ".weibo.cn", "/"))


@pytest.mark.parametrize(
    ("url", "status", "location", "body", "is_one"),
    [
        pytest.param(LIST, 302, VISITOR, b"", True, id="the way there"),
        pytest.param(LIST, 302, "https://passport.weibo.com/visitor/visitor?a=1", b"", True, id="the desktop's"),
        pytest.param(LIST, 200, "", HEAD.encode(), True, id="at the address itself"),
        pytest.param(LIST, 302, "https://passport.weibo.cn/signin/login", b"", False, id="a login"),
        pytest.param(LIST, 200, "", CONTENT.encode(), False, id="content"),
        pytest.param(LIST, 200, VISITOR, b"", False, id="no redirect"),
        pytest.param(LIST, 302, f"https://m.weibo.cn/?to={VISITOR}", b"", False, id="elsewhere"),
    ],
)
def test_the_visitor_system_is_told_from_everything_else(
    url: str, status: int, location: str, body: bytes, is_one: bool
) -> None:
    assert is_visitor_page(url, status, location, body) is is_one
