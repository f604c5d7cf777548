"""Each state of a link, told apart on a loopback server; no wall, rule or fault of ours reads as a dead link."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.link_addresses import is_same_page
from tests.crawler.link_site import (
    ARTICLE,
    CHALLENGE,
    NOT_FOUND,
    NOW,
    PAGE,
    breaking,
    checked,
    free_port,
    self_signed,
    serving,
    told,
)


@pytest.mark.asyncio
async def test_a_page_that_answers_is_alive_and_its_body_is_sealed() -> None:
    async with serving() as site:
        (check,) = await checked([site.page("/a")])
    assert (check.state, check.status, check.reason, check.checked_at) == ("alive", 200, None, NOW)
    assert check.final_url == check.url
    assert check.sha256 is not None
    assert check.seconds is not None


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (404, "<h1>404</h1>", ("dead", "http_404")),
        (410, "gone", ("dead", "http_410")),
        (200, NOT_FOUND, ("dead", "soft_404")),
        (200, "<title>404 Not Found - 云岭县</title><body>" + "导航 " * 400, ("dead", "soft_404")),
        (200, "<title>Page Not Found</title><body>Sorry, page not found.", ("dead", "soft_404")),
        (200, ARTICLE, ("alive", None)),
        (200, "<title>关于页面不存在问题的通报</title><body>" + "正文说明。" * 100 + "页面不存在", ("alive", None)),
        (500, "error", ("failing", "http_500")),
        (502, "error", ("failing", "http_502")),
        (400, "error", ("failing", "http_400")),
        (401, "", ("blocked", "http_401")),
        (403, "no", ("blocked", "http_403")),
        (412, "", ("blocked", "http_412")),
        (429, "slow down", ("blocked", "http_429")),
        (200, CHALLENGE, ("blocked", "verification")),
        (404, CHALLENGE, ("blocked", "verification")),
        (503, "<title>Just a moment...</title>", ("blocked", "verification")),
        (521, "<script>document.cookie='__jsl_clearance=1';location.href='/'</script>", ("blocked", "verification")),
    ],
)
async def test_an_answer_has_one_state(status: int, body: str, expected: tuple[str, str | None]) -> None:
    async with serving() as site:
        assert await told(site.page("/a", body, status)) == expected


@pytest.mark.asyncio
async def test_a_notice_in_gb2312_is_read() -> None:
    async with serving() as site:
        url = site.page("/a", NOT_FOUND.encode("gb2312"), Content_Type="text/html; charset=gb2312")
        assert await told(url) == ("dead", "soft_404")


@pytest.mark.asyncio
@pytest.mark.parametrize("charset", ["punycode", "idna", "rot13", "unicode_escape", "nonsense", ""])
async def test_a_charset_that_is_none_does_not_stop_the_run(charset: str) -> None:
    async with serving() as site:
        assert await told(site.page("/a", NOT_FOUND, Content_Type=f"text/html; charset={charset}")) == (
            "dead",
            "soft_404",
        )


@pytest.mark.asyncio
async def test_a_permanent_redirect_to_another_page_is_moved() -> None:
    async with serving() as site:
        site.page("/new")
        (check,) = await checked([site.redirect("/old", "/new", 301)])
    assert (check.state, check.final_url, check.status) == ("moved", f"{site.base}/new", 200)


@pytest.mark.asyncio
async def test_one_temporary_hop_is_not_moved() -> None:
    async with serving() as site:
        site.page("/new")
        site.redirect("/mid", "/new", 302)
        assert await told(site.redirect("/old", "/mid", 301)) == ("alive", None)


@pytest.mark.asyncio
async def test_a_trailing_slash_is_not_moved() -> None:
    async with serving() as site:
        site.page("/a/")
        assert await told(site.redirect("/a", "/a/", 301)) == ("alive", None)


def test_http_www_and_a_slash_are_the_same_page() -> None:
    assert is_same_page("http://yunling.example/a", "https://www.yunling.example/a/")
    assert not is_same_page("http://yunling.example/a", "http://yunling.example/b")
    assert not is_same_page("http://yunling.example/a?x=1", "http://yunling.example/a")


@pytest.mark.asyncio
async def test_a_redirect_to_a_dead_page_is_dead() -> None:
    async with serving() as site:
        assert await told(site.redirect("/old", "/nowhere", 301)) == ("dead", "http_404")


@pytest.mark.asyncio
async def test_a_circle_of_redirects_ends() -> None:
    async with serving() as site:
        assert await told(site.redirect("/a", "/a")) == ("failing", "redirects")
        assert site.asked["/a"] < 20


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "target", ["http://10.0.0.1/", "http://169.254.169.254/latest", "http://intranet.inside/", "file:///etc/passwd"]
)
async def test_a_redirect_into_a_private_network_is_refused(target: str) -> None:
    async with serving() as site:
        state, _ = await told(site.redirect("/a", target))
    assert state == "refused"


@pytest.mark.asyncio
async def test_a_name_that_leads_to_this_machine_is_refused_without_permission() -> None:
    async with serving() as site:
        assert await told(site.page("/a"), allow_private=()) == ("refused", "private")
        assert not site.asked


@pytest.mark.asyncio
async def test_a_refused_connection_is_failing() -> None:
    assert await told(f"http://site.test:{free_port()}/") == ("failing", "refused")


@pytest.mark.asyncio
@pytest.mark.parametrize(("reset", "reason"), [(True, "reset"), (False, "timeout")])
async def test_a_host_that_does_not_answer_is_failing(reset: bool, reason: str) -> None:
    async with breaking(reset) as url:
        assert await told(url, timeout_seconds=0.3) == ("failing", reason)


@pytest.mark.asyncio
async def test_a_certificate_that_nobody_signed_is_failing(tmp_path: Path) -> None:
    async with serving(self_signed(tmp_path)) as site:
        assert await told(site.page("/a")) == ("failing", "tls")


@pytest.mark.asyncio
async def test_a_missing_name_is_dead_only_while_a_control_address_answers() -> None:
    async with serving() as site:
        control = site.page("/control")
        assert await told("http://gone.invalid/", control=(control,)) == ("dead", "dns")
    assert await told("http://gone.invalid/") == ("failing", "dns")
    assert await told("http://gone.invalid/", control=(control,)) == ("failing", "own_network")


@pytest.mark.asyncio
async def test_a_login_portal_in_the_place_of_the_control_address_is_no_answer() -> None:
    async with serving() as site:
        control = site.redirect("/control", "http://portal.test/login")
        assert await told("http://gone.invalid/", control=(control,)) == ("failing", "own_network")
        assert await told(f"{site.base}/nowhere", control=(control,)) == ("failing", "own_network")


FRAME = "<html><head><title>云岭县人民政府</title></head><body>" + "<p>政务公开 办事服务 通知公告</p>" * 40


@pytest.mark.asyncio
async def test_a_notice_inside_the_usual_frame_is_dead_where_the_host_says_so_of_what_cannot_exist() -> None:
    notice = FRAME + "<div>您访问的页面不存在</div></body></html>"
    async with serving() as site:
        url = site.page("/zwgk/202611/t20261101_1.html", notice)
        site.otherwise(notice)
        assert await told(url) == ("dead", "soft_404")


@pytest.mark.asyncio
async def test_the_same_words_are_alive_where_the_host_knows_what_cannot_exist() -> None:
    async with serving() as site:
        url = site.page("/zwgk/202611/t20261101_1.html", FRAME + "<div>您访问的页面不存在</div></body></html>")
        assert await told(url) == ("alive", None)


@pytest.mark.asyncio
async def test_a_deep_address_led_home_as_what_cannot_exist_is_is_dead_where_another_page_opens() -> None:
    async with serving() as site:
        site.page("/art/1.html")
        site.page("/", f"<a href='/art/1.html'>公告</a>{PAGE}")
        site.otherwise("", 302, Location="/")
        assert await told(f"{site.base}/zwgk/202611/t20261101_1.html") == ("dead", "same_as_missing")


@pytest.mark.asyncio
async def test_a_home_page_that_asks_for_a_cookie_first_makes_no_page_dead() -> None:
    async with serving() as site:
        site.page("/")
        site.otherwise("", 302, Location="/", Set_Cookie="seen=1")
        assert await told(f"{site.base}/zwgk/202611/t20261101_1.html") == ("alive", None)


@pytest.mark.asyncio
async def test_an_old_address_led_home_is_alive_where_what_cannot_exist_is_not_led_there() -> None:
    async with serving() as site:
        site.page("/")
        assert await told(site.redirect("/zwgk/index_old.html", "/")) == ("alive", None)


@pytest.mark.asyncio
async def test_a_shell_that_answers_everything_alike_is_alive_and_asked_for_nothing_more() -> None:
    async with serving() as site:
        site.otherwise("<html><title>云岭</title><body><div id=app></div><script src=/a.js></script></body></html>")
        assert await told(f"{site.base}/zwgk/202611/t20261101_1.html") == ("alive", None)
        assert site.asked.total() == 2


@pytest.mark.asyncio
async def test_a_host_is_asked_once_for_what_cannot_exist() -> None:
    notice = FRAME + "<div>您访问的页面不存在</div></body></html>"
    async with serving() as site:
        site.otherwise(notice)
        checks = await checked([f"{site.base}/zwgk/{number}/a.html" for number in range(5)])
        assert {check.reason for check in checks} == {"soft_404"}
        assert len(site.asked) == 5 + 1 + 1
