"""A name on a page has a uid only where the page itself writes it down; a mention alone is a name."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from crawler.page import Page
from crawler.spiders.weibo.named import named_accounts
from records import SHANGHAI
from tests.recorded_mirror import RECORDINGS

AT = datetime(2026, 11, 16, tzinfo=SHANGHAI)


def named(answer: Any, kind: str = "timeline") -> dict[str, str]:
    body = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
    return named_accounts(Page(url="", body=body, fetched_at=AT, kind=kind))


def user(name: object, uid: object) -> dict[str, object]:
    return {"user": {"id": uid, "screen_name": name}}


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ({"mblog": {"text": "转发", "retweeted_status": user("云岺发布", 7000000002)}}, {"云岺发布": "7000000002"}),
        ({"mblog": {"retweeted_status": user("云岺发布", "7000000002")}}, {"云岺发布": "7000000002"}),
        ({"text": "<a href='/u/7000000002'>@云岺发布</a>"}, {"云岺发布": "7000000002"}),
        ({"text": "<a href=//weibo.com/u/7000000002 target=_blank>@云岺发布</a>"}, {"云岺发布": "7000000002"}),
        ({"url_struct": [{"url_title": "云岺发布", "long_url": "https://weibo.com/u/7000000002"}]},
         {"云岺发布": "7000000002"}),
        ({"text": "<a href='/n/云岺发布'>@云岺发布</a>"}, {}),
        ({"text": "<a href='/status/5300000000000202'>全文</a><a href='http://[x'>@云岺发布</a>"}, {}),
        ({"retweeted_status": {"user": None, "text": "抱歉，此微博已被作者删除。"}}, {}),
        (user("云岺发布", True) | {"a": user("云岺发布", 0.5), "b": user(None, 7), "c": user("甲", "x")}, {}),
    ],
)  # fmt: skip
def test_a_uid_is_taken_only_where_the_page_says_it(answer: object, found: dict[str, str]) -> None:
    assert named(answer) == found


def test_a_name_with_two_uids_is_left_out() -> None:
    assert named({"a": user("云岺发布", 7000000002), "b": user("云岺发布", 7000000003)}) == {}


def test_a_page_that_is_none_tells_nothing() -> None:
    assert named("<html>Sina Visitor System</html>") == named("[]") == named("{}", "status_page") == {}


def test_a_posts_own_page_is_read_within_its_script() -> None:
    status = json.dumps([{"status": {"retweeted_status": user("云岺发布", 7000000002)}}])
    assert named(f"<script>var $render_data = {status}[0] || {{}};</script>", "status_page") == {
        "云岺发布": "7000000002"
    }


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="没有真实页面的录制（../shared/recordings）")
@pytest.mark.parametrize(
    ("name", "kind", "found"),
    [
        ("weibocom_mymblog_item_repost_2023-06.json", "ajax_post", ("每日荐游君", "6137455005")),
        (
            "mweibo_getindex_timeline_uid6279793937_2021-06-17_poll1.json",
            "timeline",
            ("明日方舟Arknights", "6279793937"),
        ),
    ],
)
def test_recorded_pages_tell_whom_they_repost(name: str, kind: str, found: tuple[str, str]) -> None:
    body = (RECORDINGS / "weibo" / name).read_bytes()
    told = named_accounts(Page(url="", body=body, fetched_at=datetime(2023, 6, 24, tzinfo=UTC), kind=kind))
    assert told[found[0]] == found[1]
    assert "黄防护服黄" not in told
