"""The official API of a consenting unit: what a day's answer covers, and which days are asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.page import Extent, Fetch, Page, ParseError, Target
from crawler.reading import read
from crawler.spiders.wechat import first_fetches, parse_api_articles
from crawler.spiders.wechat.api import DATA_FROM, KIND, Asked, asked_of, list_fetch, told_key
from records import SHANGHAI, Account, Post

BIZ = "MzkwMDAwMDAwMQ=="
APP = "wx0000000000000001"
DAY = date(2026, 11, 18)
NOON = datetime(2026, 11, 20, 12, tzinfo=SHANGHAI)
DAYS = st.dates(DATA_FROM, date(2030, 1, 1))


def page(body: object, day: date = DAY, now: datetime = NOON) -> Page:
    """The answer to the call for a day."""
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Page(url=list_fetch(Asked(BIZ, APP, day)).url, body=text, fetched_at=now, kind=KIND)


def covers(body: object, day: date = DAY, now: datetime = NOON) -> tuple[datetime, datetime] | None:
    extent = read(page(body, day, now), "wechat").extent
    return extent.covers if extent is not None else None


def listed(day: date, number: int = 1) -> dict[str, object]:
    link = f"https://mp.weixin.qq.com/s?__biz={BIZ}&mid={number}&idx=1&sn=a"
    return {"ref_date": day.isoformat(), "msgid": f"{number}_1", "publish_type": 0, "content_url": link}


def asked_days(since: datetime, now: datetime) -> Iterator[date]:
    """The days asked for in one night, each by the answer of the one before."""
    account = Account(platform="wechat", uid="gh_00000000000a", name="云岭发布", unit="云岭县", aliases={"biz": BIZ})
    fetches = list(first_fetches(Target(account=account, since=since, api_id=APP)))
    while fetches:
        (fetch,) = fetches
        asked = asked_of(fetch.url)
        assert asked is not None and fetch.payload is not None and fetch.credential == APP
        assert json.loads(fetch.payload) == {"begin_date": asked.day.isoformat(), "end_date": asked.day.isoformat()}
        yield asked.day
        answer = Page(url=fetch.url, body=b'{"list": [], "is_delay": false}', fetched_at=now, kind=KIND)
        fetches = [one for one in parse_api_articles(answer) if isinstance(one, Fetch)]


def test_a_day_without_posts_is_covered_from_midnight_to_midnight_in_beijing() -> None:
    found = covers({"list": [], "is_delay": False})
    assert found == (datetime(2026, 11, 17, 16, tzinfo=UTC), datetime(2026, 11, 18, 16, tzinfo=UTC))


@pytest.mark.parametrize(
    "body",
    [
        {"list": [], "is_delay": True},
        {"list": []},
        {"is_delay": False},
        {"list": None, "is_delay": False},
        {"list": [], "is_delay": "false"},
        {"list": ["x"], "is_delay": False},
        {"list": [{}], "is_delay": False},
        {"errcode": 61503, "errmsg": "data not ready"},
        {"errcode": 40001, "errmsg": "invalid credential"},
        {"errcode": 45009, "errmsg": "reach max api daily quota limit", "list": [], "is_delay": False},
        {"list": [], "is_delay": False, "errcode": 48001},
        {},
        b"",
        b"<html>502</html>",
    ],
)
def test_what_is_not_a_whole_answer_covers_nothing(body: object) -> None:
    assert covers(body) is None


@given(DAYS, st.integers(-48, 72))
def test_a_day_is_covered_only_from_eight_of_the_next_morning(day: date, hours: int) -> None:
    now = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + timedelta(hours=hours)
    assert (covers({"list": [], "is_delay": False}, day, now) is not None) == (hours >= 32)


@given(st.integers(0, 31 * 24 * 60), st.integers(0, 24 * 60))
def test_the_days_asked_reach_from_before_since_to_yesterday_and_never_today(back: int, minute: int) -> None:
    now = NOON.replace(hour=0) + timedelta(minutes=minute)
    since = now - timedelta(hours=1, minutes=back)
    found = list(asked_days(since, now))
    today = now.astimezone(SHANGHAI).date()
    assert found[-1] == today - timedelta(days=1)
    assert found[0] <= since.astimezone(SHANGHAI).date()
    assert found == [found[0] + timedelta(days=n) for n in range(len(found))]


def test_the_night_after_a_covered_day_asks_for_that_day_and_the_next_only() -> None:
    covered_until = datetime(2026, 11, 19, tzinfo=SHANGHAI)
    found = list(asked_days(covered_until - timedelta(hours=1), datetime(2026, 11, 20, 1, 30, tzinfo=SHANGHAI)))
    assert found == [date(2026, 11, 18), date(2026, 11, 19)]


def test_days_before_the_platform_kept_data_are_not_asked_for() -> None:
    assert next(asked_days(datetime(2025, 10, 1, tzinfo=UTC), NOON)) == DATA_FROM


def test_a_refusal_ends_the_calls_of_the_night() -> None:
    assert read(page({"errcode": 48001, "errmsg": "api unauthorized"}), "wechat").fetches == ()


def test_a_late_day_does_not_keep_from_asking_for_the_next() -> None:
    (onward,) = read(page({"errcode": 61503, "errmsg": "data not ready"}), "wechat").fetches
    assert asked_of(onward.url) == Asked(BIZ, APP, DAY + timedelta(days=1))


def test_an_account_without_consent_asks_nothing() -> None:
    account = Account(platform="wechat", uid=BIZ, name="云岭发布", unit="云岭县")
    assert list(first_fetches(Target(account=account, since=NOON))) == []


@given(st.lists(st.sampled_from(["ref_date", "msgid", "content_url"]), unique=True, min_size=1), st.text(max_size=12))
def test_a_bad_item_keeps_the_others_and_uncovers_the_day(broken: list[str], rubbish: str) -> None:
    bad = {**listed(DAY, 2), **dict.fromkeys(broken, f"?{rubbish}")}
    parsed = list(parse_api_articles(page({"list": [listed(DAY), bad], "is_delay": False})))
    assert [one.post_id for one in parsed if isinstance(one, Post)] == [f"{BIZ}:1:1"]
    assert [one.covers for one in parsed if isinstance(one, Extent)] == [None]


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), st.lists))
def test_whatever_stands_in_an_item_is_a_parse_error_at_most(value: object) -> None:
    for field in ("ref_date", "msgid", "publish_type", "title", "content_url", "detail_list"):
        parsed = list(parse_api_articles(page({"list": [{**listed(DAY), field: value}], "is_delay": False})))
        assert any(isinstance(one, Post | ParseError) for one in parsed)


def test_an_address_that_cannot_be_written_costs_its_item_and_no_other() -> None:
    broken = {**listed(DAY, 2), "content_url": f"{listed(DAY, 2)['content_url']}\ud800"}
    reading = read(page({"list": [broken, listed(DAY, 1)], "is_delay": False}), "wechat")
    assert [post.post_id for post in reading.records if isinstance(post, Post)] == [f"{BIZ}:1:1"]
    assert [error.field for error in reading.errors] == ["list[0].content_url"]


@pytest.mark.parametrize(
    ("link", "key"),
    [
        (f"https://mp.weixin.qq.com/s?__biz={BIZ}&mid=1&idx=1&sn=a", f"{BIZ}:1:1"),
        ("https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAA01", "s/AAAAAAAAAAAAAAAAAAAA01"),
        (None, None),
    ],
)
def test_only_an_address_that_the_api_gave_tells_whose_it_is(link: str | None, key: str | None) -> None:
    item = {name: value for name, value in listed(DAY).items() if name != "content_url"}
    reading = read(page({"list": [{**item, "content_url": link}], "is_delay": False}), "wechat")
    assert [told_key(post) for post in reading.records if isinstance(post, Post)] == [key]
