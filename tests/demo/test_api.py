"""The county's server plays the official API and answers feeds by condition, as their documentation says."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from crawler.owners import Owners
from crawler.page import Page, Target
from crawler.progress import Progress
from crawler.reading import Reading, read
from crawler.settling import settle
from crawler.spiders.wechat import first_fetches
from crawler.spiders.wechat.api import KIND, LIST_URL, Asked, asked_of, list_fetch, token_payload
from demo.county import CountyAccount, load_county
from demo.pages.api import appid_of, secret_of
from demo.pages.sites import answer
from demo.server import CountyServer
from records import SHANGHAI, Account, Coverage, Post

COUNTY = load_county()
DAILY = COUNTY.of_story("wechat_daily")[0]
SILENT = COUNTY.of_story("wechat_zombie")[0]
LAST = COUNTY.nights[-1]
TODAY = LAST.astimezone(SHANGHAI).date()


@pytest.fixture
def server() -> Iterator[CountyServer]:
    with CountyServer(COUNTY, now=LAST) as running:
        yield running


def ask(server: CountyServer, url: str, body: bytes = b"", etag: str = "") -> tuple[int, dict[str, str], bytes]:
    """The server's answer; a POST if there is a body."""
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"))
    try:
        path = "/" + url.replace("://", "/").partition("#")[0]
        headers = {"If-None-Match": etag} if etag else {}
        connection.request("POST" if body else "GET", path, body or None, headers)
        given = connection.getresponse()
        return given.status, dict(given.getheaders()), given.read()
    finally:
        connection.close()


def token(server: CountyServer, account: CountyAccount, secret: str | None = None) -> dict[str, Any]:
    payload = token_payload(appid_of(account), secret or secret_of(account))
    found: dict[str, Any] = json.loads(ask(server, "https://api.weixin.qq.com/cgi-bin/stable_token", payload)[2])
    return found


def listed(server: CountyServer, account: CountyAccount, day: date) -> Reading:
    """One day's answer, as the parser reads it."""
    fetch = list_fetch(Asked(account.uid, appid_of(account), day))
    signed = f"{LIST_URL}?access_token={token(server, account)['access_token']}"
    body = ask(server, signed, fetch.payload or b"")[2]
    return read(Page(url=fetch.url, body=body, fetched_at=server.now, kind=KIND), "wechat")


def posts_of(account: CountyAccount, day: date) -> list[str]:
    return [post.post_id for post in account.posts if post.at.astimezone(SHANGHAI).date() == day]


def test_the_api_lists_every_post_of_a_day(server: CountyServer) -> None:
    day = TODAY - timedelta(days=3)
    reading = listed(server, DAILY, day)
    assert [one.post_id for one in reading.records if isinstance(one, Post)] == posts_of(DAILY, day) != []
    assert (reading.status, reading.errors, reading.drift) == ("ok", (), ())


def test_the_api_shows_a_silent_account_silent(server: CountyServer) -> None:
    reading = listed(server, SILENT, TODAY - timedelta(days=3))
    assert (reading.status, reading.extent is not None and reading.extent.covers is not None) == ("empty", True)


@pytest.mark.parametrize(("hour", "whole"), [(1, False), (9, True)])
def test_yesterdays_data_are_late_before_eight(hour: int, whole: bool, server: CountyServer) -> None:
    server.now = datetime(TODAY.year, TODAY.month, TODAY.day, hour, tzinfo=SHANGHAI)
    extent = listed(server, DAILY, TODAY - timedelta(days=1)).extent
    assert extent is not None and (extent.covers is not None) is whole


def test_the_api_refuses_today_wrong_secrets_and_wrong_tokens(server: CountyServer) -> None:
    assert listed(server, DAILY, TODAY).reason == "公众平台不接受所问的日期"
    assert token(server, DAILY, "falsch")["errcode"] == 40125
    body = ask(server, f"{LIST_URL}?access_token=falsch", b'{"begin_date": "2026-11-01"}')[2]
    assert json.loads(body)["errcode"] == 40001


def test_a_feed_known_by_its_etag_is_answered_304_until_it_changes(server: CountyServer) -> None:
    url = DAILY.data["feed"]
    status, headers, body = ask(server, url)
    assert (status, body) == (200, answer(COUNTY, url, LAST).body)
    again = ask(server, url, etag=headers["ETag"])
    assert (again[0], again[2], again[1]["ETag"]) == (304, b"", headers["ETag"])
    server.now = LAST + timedelta(hours=1)
    assert ask(server, url, etag=headers["ETag"])[0] == 200


def night_of(server: CountyServer, account: CountyAccount, since: datetime) -> tuple[int, Coverage]:
    """How many days were asked for, and the account's coverage after them."""
    filed = Account(platform="wechat", uid=account.uid, name=account.name, unit=account.unit.name)
    target = Target(account=filed, since=since, api_id=appid_of(account), api_proved=True)
    progress, owners = Progress(target, server.now), Owners({account.uid.casefold(): filed.ref})
    fetches, n_days = list(first_fetches(target)), 0
    while fetches:
        asked = asked_of(fetches.pop(0).url)
        if asked is not None:
            reading = listed(server, account, asked.day)
            fetches += settle(target, progress, owners, reading, server.now, KIND).fetches
            n_days += 1
    return n_days, progress.coverage()


@pytest.mark.parametrize("account", [DAILY, SILENT], ids=["daily", "silent"])
def test_a_consenting_account_is_complete_to_its_last_whole_day(account: CountyAccount, server: CountyServer) -> None:
    since = LAST - timedelta(days=15)
    _, coverage = night_of(server, account, since)
    assert (coverage.status, coverage.reason, coverage.source) == ("complete", None, "api")
    assert coverage.covered_from is not None and coverage.covered_from <= since
    assert coverage.covered_to == datetime.combine(TODAY - timedelta(days=1), time(), SHANGHAI)


def test_the_next_night_asks_for_what_is_new_and_leaves_no_gap(server: CountyServer) -> None:
    _, first = night_of(server, SILENT, LAST - timedelta(days=15))
    assert first.covered_to is not None
    server.now = LAST + timedelta(days=1)
    n_days, second = night_of(server, SILENT, first.covered_to - timedelta(hours=1))
    assert (n_days, second.status) == (3, "complete")
    assert second.covered_from is not None and second.covered_from <= first.covered_to
