"""What the parsers promise beyond the pages beside them."""

from __future__ import annotations

import json
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.page import Fetch, Page, ParseError, Target
from crawler.reading import read
from crawler.spiders import weibo
from crawler.spiders.weibo import first_fetches, recognise
from records import SHANGHAI, Account, Post
from tests.conftest import SHARED

ROOT = Path(__file__).parents[2]
RECORDINGS = SHARED / "recordings" / "weibo"
ROWS = tomllib.loads((ROOT / "expected" / "weibo" / "pages.toml").read_text(encoding="utf-8"))["page"]
NOW = datetime(2026, 11, 20, 1, 30, tzinfo=SHANGHAI)
on_this_machine = pytest.mark.skipif(not RECORDINGS.exists(), reason="recorded pages are not on this machine")


def made_up(kind: str, case: str) -> Any:
    """The JSON of a made-up page."""
    return json.loads((ROOT / "pages" / "weibo" / kind / case / "page.json").read_text(encoding="utf-8"))


def timeline(answer: Any, **changes: Any) -> Page:
    """A list page holding an answer."""
    url = "https://m.weibo.cn/api/container/getIndex?type=uid&value=5550001234&containerid=1076035550001234"
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return Page(**{"url": url, "body": body, "fetched_at": NOW, **changes})


def target(**account: Any) -> Target:
    """A target as the register gives it."""
    fields = {"platform": "weibo", "uid": "5550001234", "name": "云岭发布", "unit": "云岭县人民政府办公室", **account}
    return Target(account=Account(**fields), since=NOW)


@on_this_machine
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_a_recorded_page_is_known_by_its_content_alone(row: dict[str, str]) -> None:
    body = (RECORDINGS / row["file"]).read_bytes()
    moment = datetime.fromisoformat(row["fetched_at"])
    alone = read(Page(url="", body=body, fetched_at=moment))
    asked = read(Page(url=row["url"], body=body, fetched_at=moment))
    if row["file"] != "mweibo_getindex_no_such_content_ok0.json":
        assert alone.kind == asked.kind
    assert (alone.status, alone.reason, alone.records) == (asked.status, asked.reason, asked.records)


@on_this_machine
@pytest.mark.parametrize("platform", ["wechat", "toutiao"])
def test_pages_of_other_platforms_are_not_claimed(platform: str) -> None:
    for path in sorted((SHARED / "recordings" / platform).iterdir()):
        assert recognise(Page(url="", body=path.read_bytes(), fetched_at=NOW)) is None


def test_an_account_is_asked_for_once_a_night() -> None:
    (fetch,) = first_fetches(target())
    assert fetch.kind == "timeline" and "containerid=1076035550001234" in fetch.url


def test_an_account_known_by_its_domain_is_asked_for_its_uid() -> None:
    (fetch,) = first_fetches(target(uid="yunlingfabu", aliases={"domain": "yunlingfabu"}))
    assert fetch == Fetch(url="https://weibo.com/ajax/profile/info?custom=yunlingfabu", kind="ajax_profile")


def test_reported_links_are_fetched_as_the_posts_they_name() -> None:
    asked = Target(
        account=target().account, since=NOW, links=("https://weibo.com/5550001234/N69NQmumB", "https://a.example")
    )
    assert [fetch.url for fetch in first_fetches(asked)][1:] == ["https://m.weibo.cn/detail/4914676545359937"]


def test_a_post_of_another_account_is_not_ascribed_to_the_list() -> None:
    answer = made_up("timeline", "page_dialect")
    answer["data"]["cards"][0]["mblog"]["user"] |= {"id": 5550007777, "screen_name": "云岭发布厅"}
    reading = read(timeline(answer))
    assert [post.account for post in reading.records if isinstance(post, Post)] == [
        "weibo:5550007777",
        "weibo:5550001234",
    ]
    assert [fetch.about for fetch in reading.fetches if fetch.kind == "profile"] == ["profile:云岭发布"]


def test_one_bad_post_loses_no_other() -> None:
    answer = made_up("timeline", "page_dialect")
    del answer["data"]["cards"][0]["mblog"]["user"]
    reading = read(timeline(answer))
    assert (reading.status, len(reading.records), len(reading.errors)) == ("ok", 1, 1)


def test_the_words_for_nothing_in_a_post_are_content() -> None:
    answer = made_up("timeline", "page_dialect")
    answer["data"]["cards"][0]["mblog"]["text"] = '这里还没有内容 {"ok":-100} <title>Sina Visitor System</title>'
    assert read(timeline(answer)).status == "ok"


@pytest.mark.parametrize("status", [403, 414, 418, 432])
def test_a_refusal_is_blocked_whatever_its_body_says(status: int) -> None:
    body = '{"ok":0,"msg":"这里还没有内容","data":{"cards":[]}}'.encode()
    assert read(timeline(body, status=status)).status == "blocked"


def test_an_original_without_its_author_leaves_the_repost_standing() -> None:
    answer = made_up("timeline", "reposts")
    del answer["data"]["cards"][1]["mblog"]["retweeted_status"]["user"]
    post = read(timeline(answer)).records[1]
    assert isinstance(post, Post) and (post.is_repost, post.source_name) == (True, None)


@pytest.mark.parametrize("field", ["id", "created_at", "user", "text"])
def test_a_post_without_a_needed_field_is_an_error(field: str) -> None:
    answer = made_up("timeline", "page_dialect")
    cards = answer["data"]["cards"][:1]
    cards[0]["mblog"].pop("mid")
    cards[0]["mblog"].pop(field)
    reading = read(timeline(answer | {"data": answer["data"] | {"cards": cards}}))
    assert (reading.records, len(reading.errors)) == ((), 1) and reading.status == "unparsed"


def values(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of every value in a JSON tree."""
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path] * bool(path) + [found for key, value in inner for found in values(value, (*path, key))]


JUNK = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8), st.just([]), st.just({}), st.just(["x"]))
CASES = [
    ("timeline", "reposts"),
    ("timeline", "groups_and_pictures"),
    ("profile", "government"),
    ("ajax_timeline", "next_cursor"),
    ("mobile_search", "results"),
    ("long_text", "plain"),
]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(CASES), st.data())
def test_a_field_turned_into_junk_is_never_ok_without_records(case: tuple[str, str], data: st.DataObject) -> None:
    answer = made_up(*case)
    meta = json.loads((ROOT / "pages" / "weibo" / Path(*case) / "meta.json").read_text(encoding="utf-8"))
    path = data.draw(st.sampled_from(values(answer)))
    holder = answer
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = data.draw(JUNK)
    for url in (meta["url"], ""):
        reading = read(Page(url=url, body=json.dumps(answer).encode(), fetched_at=NOW))
        assert reading.status != "gone"
        assert reading.records or reading.status != "ok"


@on_this_machine
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(ROWS), st.data())
def test_a_damaged_recording_is_never_ok_without_records(row: dict[str, str], data: st.DataObject) -> None:
    body = (RECORDINGS / row["file"]).read_bytes()
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, min(len(body), start + 4000)))
    damaged = body[:start] + data.draw(st.binary(max_size=6)) + body[end:]
    for url in {row["url"], ""}:
        reading = read(Page(url=url, body=damaged, fetched_at=datetime.fromisoformat(row["fetched_at"])))
        assert reading.status not in ("gone", "blocked", "login")
        assert reading.records or reading.status != "ok"


@on_this_machine
@settings(max_examples=40, deadline=None)
@given(st.sampled_from(ROWS), st.floats(0, 1))
def test_a_truncated_answer_is_never_called_empty(row: dict[str, str], share: float) -> None:
    body = (RECORDINGS / row["file"]).read_bytes().rstrip()
    cut = body[: int((len(body) - 2) * share)]
    reading = read(Page(url=row["url"], body=cut, fetched_at=datetime.fromisoformat(row["fetched_at"])))
    assert reading.status in ("unparsed", "ok")
    if row["file"].endswith(".json") and "text_only" not in row["file"]:
        assert reading.status == "unparsed"


def test_a_whole_text_saved_without_its_address_is_placed_by_its_lottery_link() -> None:
    answer = made_up("long_text", "no_address")
    link = "https://lottery.media.weibo.com/lottery/h5/history/list?mid=5300000000000202"
    answer["data"]["longTextContent"] += f'<a href="{link}">抽奖详情</a>'
    (post,) = read(timeline(answer, url="")).records
    assert isinstance(post, Post) and post.post_id == "5300000000000202"


@pytest.mark.parametrize("kind", ["long_text", "status_page", "search_users"])
def test_json_nested_without_end_is_unparsed(kind: str) -> None:
    deep = '{"a":' * 100_000
    body = {"status_page": f"$render_data = [{deep}", "search_users": f"STK.pageletM.view({deep}"}.get(kind, deep)
    with pytest.raises(ParseError):
        list(getattr(weibo, f"parse_{kind}")(timeline(body.encode())))


def test_half_an_emoji_in_a_search_page_is_read_as_a_sign() -> None:
    view = json.dumps({"pid": "pl_user_feedList", "html": '<p class="noresult_tit">未找到\ud83d</p>'})
    (notice,) = weibo.parse_search_users(timeline(f"STK.pageletM.view({view})".encode()))
    assert "未找到\ufffd" in str(notice)
