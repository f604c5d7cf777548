"""What robots.txt allows, failing closed: in rules alone, and in real crawls."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request
from scrapy.utils.test import get_crawler

from crawler import settings
from crawler.pace import Pace
from crawler.robots import LONGEST_DELAY_SECONDS, RobotsMiddleware
from crawler.robots_rules import Rules
from tests.crawler.crawling import ROBOTS, last, observed, weibo
from tests.crawler.mirror import Mirror

A, B = "7601000003", "7601000005"
# More than wait for one set of rules at the same time.
MANY = tuple(f"76010000{number:02}" for number in range(1, 13))
AGENT = "xuncha/0.1 (+https://yunling.example/contact)"
PAGE = "https://m.weibo.cn/api/container/getIndex?type=uid&value=1"
FORBIDDING = b"User-agent: *\nDisallow: /\n"
CHALLENGE = b"<!DOCTYPE html><script>\nvar rules = {\n  allow: true,\n};</script>"


@pytest.mark.parametrize("status", [404, 410])
def test_a_host_without_a_robots_file_allows(status: int) -> None:
    assert Rules(status, b"<html>404</html>").allowed(PAGE, AGENT)


@pytest.mark.parametrize(("status", "body"), [(500, b""), (403, b""), (200, CHALLENGE), (200, b"")])
def test_what_is_no_set_of_rules_is_unread(status: int, body: bytes) -> None:
    assert Rules(status, body).is_unread


@pytest.mark.parametrize(("status", "body"), [(200, FORBIDDING), (404, b""), (410, CHALLENGE)])
def test_rules_that_were_told_are_not_unread(status: int, body: bytes) -> None:
    assert not Rules(status, body).is_unread


@given(st.integers(100, 599).filter(lambda status: status not in (200, 404, 410)), st.binary(max_size=60))
def test_every_other_status_forbids_whatever_it_says(status: int, body: bytes) -> None:
    assert not Rules(status, b"User-agent: *\nAllow: /\n" + body).allowed(PAGE, AGENT)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"blocked", id="a word"),
        pytest.param(CHALLENGE, id="a challenge whose script looks like a rule"),
        pytest.param(b"\xef\xbb\xbf\n " + CHALLENGE, id="the same behind a byte order mark"),
        pytest.param(b'{"ok": -100}', id="a refusal as data"),
    ],
)
def test_a_body_that_is_no_set_of_rules_forbids(body: bytes) -> None:
    assert not Rules(200, body).allowed(PAGE, AGENT)


@given(st.binary(max_size=300))
def test_no_body_breaks_the_reading_of_rules(body: bytes) -> None:
    rules = Rules(200, b"User-agent: *\nDisallow: /api\n" + body)
    assert isinstance(rules.allowed(PAGE, AGENT), bool)
    assert isinstance(rules.crawl_delay(AGENT), float | None)


def test_rules_are_followed_for_our_own_name_before_those_for_all() -> None:
    body = b"User-agent: xuncha\nDisallow: /api\n\nUser-agent: *\nDisallow:\n"
    assert not Rules(200, body).allowed(PAGE, AGENT)
    assert Rules(200, body).allowed("https://m.weibo.cn/status/1", AGENT)


def test_rules_with_a_byte_order_mark_are_read() -> None:
    assert not Rules(200, b"\xef\xbb\xbf" + FORBIDDING).allowed(PAGE, AGENT)


def pace_after(delay: str, *, own_delay: float = 2.0, mirror: str = "") -> tuple[float, bool]:
    """Seconds between two requests to the host, and whether such a pace can be kept."""
    crawler = get_crawler(settings_dict={"ROBOTSTXT_OBEY": True, "USER_AGENT": AGENT, "XUNCHA_MIRROR": mirror})
    pace = Pace({}, own_delay)
    crawler.engine = SimpleNamespace(downloader=SimpleNamespace(pace=pace))  # type: ignore[assignment]
    rules = Rules(200, f"User-agent: *\nCrawl-delay: {delay}\n".encode())
    kept = RobotsMiddleware(crawler)._delay(Request(PAGE), rules)
    return pace.delay("m.weibo.cn"), kept


def test_the_pace_a_host_asks_for_is_kept_to_the_second() -> None:
    assert pace_after("7.5") == (7.5, True)


def test_our_own_longer_delay_holds() -> None:
    assert pace_after("1", own_delay=10.0) == (10.0, True)


def test_with_a_mirror_no_pace_is_asked_for() -> None:
    assert pace_after("7.5", own_delay=0.0, mirror="http://127.0.0.1:9") == (0.0, True)


@pytest.mark.parametrize("delay", ["1e9", str(LONGEST_DELAY_SECONDS + 1)])
def test_a_pace_that_no_night_can_keep_forbids(delay: str) -> None:
    assert pace_after(delay) == (2.0, False)


def test_robots_are_obeyed_by_default() -> None:
    assert settings.ROBOTSTXT_OBEY is True
    assert settings.DOWNLOADER_MIDDLEWARES["crawler.robots.RobotsMiddleware"] == 100


@pytest.mark.parametrize(
    "robots",
    [
        pytest.param((200, {}, FORBIDDING), id="it forbids everything"),
        pytest.param((200, {}, CHALLENGE), id="a challenge page in its place"),
    ],
)
def test_where_robots_do_not_allow_no_page_is_asked(robots: tuple[int, dict[str, str], bytes]) -> None:
    with Mirror({ROBOTS: robots}) as mirror:
        told = observed(mirror, *weibo(*MANY))
    assert (mirror.pages_asked, sum(one.url == ROBOTS for one in mirror.asked)) == ([], 1)
    assert last(told) == {uid: ("none", "robots") for uid in MANY}


def test_a_host_that_does_not_answer_is_out_and_no_page_of_it_is_asked() -> None:
    with Mirror({ROBOTS: (502, {"X-Mirror-Error": "timeout"}, b"")}) as mirror:
        told = observed(mirror, *weibo(A, B))
    assert mirror.pages_asked == []
    assert last(told) == {A: ("none", "error"), B: ("none", "error")}


def test_a_missing_robots_file_allows_and_a_permission_goes_before_a_ban() -> None:
    with Mirror({ROBOTS: (404, {}, b"")}) as mirror:
        assert last(observed(mirror, *weibo(A))) == {A: ("complete", None)}
    with Mirror({ROBOTS: (200, {}, FORBIDDING)}) as mirror:
        assert last(observed(mirror, *weibo(A), permitted=["m.weibo.cn"])) == {A: ("complete", None)}
