"""A host that overloads, keeps to itself or sends only us away: none of its links is dead."""

from __future__ import annotations

import pytest

from tests.crawler.link_answers import framed, page
from tests.crawler.link_site import PAGE, checked, serving, told

MAINTENANCE, UNTOLD = ("failing", "maintenance"), ("uncheckable", "unparsed")


@pytest.mark.parametrize("name", ["m.site.test", "wap.site.test"])
@pytest.mark.asyncio
async def test_a_host_for_telephones_that_sends_us_to_the_home_page_of_another_accuses_nothing(name: str) -> None:
    async with serving() as site:
        site.otherwise("", 302, Location=f"http://www.site.test:{site.port}/")
        site.page("/", PAGE)
        assert await told(f"http://{name}:{site.port}/art/1.html") == UNTOLD


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("您访问的页面不存在或服务器繁忙", MAINTENANCE),
        ("您访问的页面不存在或网络繁忙，请刷新", MAINTENANCE),
        ("您访问的页面不存在或无权查看", UNTOLD),
        ("您访问的页面不存在", ("dead", "soft_404")),
    ],
)
@pytest.mark.asyncio
async def test_a_host_that_answers_everything_with_one_notice_is_told_by_its_words(
    words: str, expected: tuple[str, str]
) -> None:
    for body in (page("提示", words), framed("云岭县人民政府", words)):
        async with serving() as site:
            site.otherwise(body)
            assert await told(f"{site.base}/art/1.html") == expected
            site.otherwise("", 302, Location="/error.html")
            site.page("/error.html", body)
            assert await told(f"{site.base}/art/2.html") == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("网站正在升级维护，请稍后访问", MAINTENANCE),
        ("<meta http-equiv=refresh content='0;url=/new.html'>", UNTOLD),
        ("<meta http-equiv=refresh content='5;url=/'>您访问的页面不存在", ("dead", "http_404")),
    ],
)
@pytest.mark.asyncio
async def test_a_404_is_told_by_its_words_too(words: str, expected: tuple[str, str]) -> None:
    async with serving() as site:
        assert await told(site.page("/art/1.html", page("404", words), 404)) == expected


@pytest.mark.parametrize("home", [PAGE, f"<a href='/art/2.html'>公告</a><a href='/col/3/'>公告</a>{PAGE}"])
@pytest.mark.asyncio
async def test_a_host_that_sends_all_our_requests_home_accuses_nothing(home: str) -> None:
    async with serving() as site:
        site.page("/", home)
        site.otherwise("", 302, Location="/")
        assert await told(f"{site.base}/art/1.html") == UNTOLD


@pytest.mark.asyncio
async def test_whether_a_host_opens_other_pages_is_asked_once_for_all_its_links() -> None:
    async with serving() as site:
        site.page("/art/9.html")
        site.page("/", f"<a href='/art/9.html'>公告</a>{PAGE}")
        site.otherwise("", 302, Location="/")
        checks = await checked([f"{site.base}/art/{number}.html" for number in range(5)])
        assert {(check.state, check.reason) for check in checks} == {("dead", "same_as_missing")}
        assert site.asked["/art/9.html"] == 1


@pytest.mark.parametrize(("cookie", "expected"), [({}, ("dead", "http_404")), ({"Set_Cookie": "a=1"}, UNTOLD)])
@pytest.mark.asyncio
async def test_a_page_missing_after_a_cookie_that_we_do_not_send_is_not_dead(
    cookie: dict[str, str], expected: tuple[str, str]
) -> None:
    async with serving() as site:
        site.page("/art/1.html", "", 302, Location="/art/2.html", **cookie)
        site.page("/art/2.html", "no", 404)
        assert await told(f"{site.base}/art/1.html") == expected
