"""One post has many addresses and one mid."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.spiders.weibo import address
from tests.conftest import SHARED

RECORDINGS = SHARED / "recordings" / "weibo"
MID, BID = "4914676545359937", "N69NQmumB"


@pytest.mark.parametrize(
    "url",
    [
        f"https://weibo.com/7618923072/{BID}",
        f"https://weibo.com/7618923072/{BID}?from=page_1005057618923072_profile",
        f"https://weibo.com/detail/{MID}",
        f"https://m.weibo.cn/status/{BID}?mblogid={BID}&luicode=10000011",
        f"https://m.weibo.cn/status/{MID}",
        f"https://m.weibo.cn/detail/{MID}",
        f"https://m.weibo.cn/statuses/extend?id={MID}",
        f"https://m.weibo.cn/7618923072/{MID}",
        f"https://weibo.com/ajax/statuses/show?id={BID}&locale=zh-CN",
        f"https://weibo.cn/comment/{BID}?uid=7618923072&rl=0#cmtfrm",
        f"https://weibo.cn/mblog/picAll/{BID}?rl=1",
    ],
)
def test_every_address_of_a_post_names_the_same_post(url: str) -> None:
    assert address.post_id_of(url) == MID


@pytest.mark.parametrize(
    "url",
    [
        "https://weibo.com/u/7618923072",
        "https://weibo.com/acetaffy",
        f"https://weibo.com.evil.example/7618923072/{BID}",
        f"https://example.org/status/{MID}",
        "https://m.weibo.cn/status/",
        "https://m.weibo.cn/status/%00",
        "http://[::1",
        "",
        "javascript:alert(1)",
    ],
)
def test_other_addresses_name_no_post(url: str) -> None:
    assert address.post_id_of(url) is None


@pytest.mark.parametrize(
    ("url", "uid"),
    [
        ("https://weibo.com/u/5550001234", "5550001234"),
        ("https://weibo.com/5550001234/profile?topnav=1", "5550001234"),
        (f"https://weibo.com/5550001234/{BID}", "5550001234"),
        ("https://m.weibo.cn/u/5550001234?uid=5550001234", "5550001234"),
        ("https://m.weibo.cn/api/container/getIndex?containerid=1076035550001234", "5550001234"),
        ("https://weibo.cn/5550001234/info", "5550001234"),
        ("https://weibo.com/yunlingfabu", None),
        ("https://weibo.com/n/云岭发布", None),
        ("https://example.org/u/5550001234", None),
    ],
)
def test_a_uid_is_read_from_the_address_that_has_one(url: str, uid: str | None) -> None:
    assert address.uid_of(url) == uid


@given(st.integers(10**9, 10**19 - 1))
def test_a_mid_survives_the_way_to_a_bid_and_back(number: int) -> None:
    assert address.mid_of(address.bid_of(str(number))) == str(number)


@given(st.text(max_size=14))
def test_any_text_is_an_id_or_none(text: str) -> None:
    found = address.post_id_in(text)
    assert found is None or found.isdecimal()


def dumped_pairs() -> Iterator[tuple[str, str]]:
    """``(mid, bid)`` of every post and every reposted original in the dumps of 2024."""

    def pairs(post: dict[str, Any]) -> Iterator[tuple[str, str]]:
        if post.get("id") and post.get("bid"):
            yield str(post["id"]), post["bid"]
        if post.get("retweet"):
            yield from pairs(post["retweet"])

    for dump in sorted(RECORDINGS.glob("dump2024_*.json")):
        for post in json.loads(dump.read_text(encoding="utf-8"))["weibo"]:
            yield from pairs(post)


@pytest.mark.skipif(not RECORDINGS.exists(), reason="recorded pages are not on this machine")
def test_every_pair_in_the_dumps_agrees() -> None:
    pairs = list(dumped_pairs())
    assert len(pairs) >= 991
    assert [pair for pair in pairs if address.mid_of(pair[1]) != pair[0] or address.bid_of(pair[0]) != pair[1]] == []
