"""Walls, states and content of this platform are told apart, whatever happens to the bytes."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.page import Page
from crawler.reading import read
from crawler.spiders.wechat import recognise
from tests.conftest import SHARED
from tests.test_pages import PAGES, page_of

RECORDINGS = SHARED / "recordings" / "wechat"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
POST = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAA01"
recorded = pytest.mark.skipif(not RECORDINGS.exists(), reason="recorded pages are not on this machine")
SMALL = (
    "article_2018_weixinpai.html",
    "picture_share_2018.html",
    "video_page_2019_banyuetan.html",
    "state_violation.html",
    "state_deleted_zh.html",
    "profile_history_2018_obsolete.html",
    "sogou_account_search_2017.html",
    "sogou_article_search_2017.html",
    "feed_佛子山镇发布.xml",
)


def saved(name: str, url: str = "") -> Page:
    return Page(url=url, body=(RECORDINGS / name).read_bytes(), fetched_at=NOW)


@recorded
@pytest.mark.parametrize(
    ("name", "kind", "status"),
    [
        ("article_2025_repost.html", "article", "ok"),
        ("article_2025_picture_share.html", "article", "ok"),
        ("gov_shanghaifabu_20220315_service.html", "article", "ok"),
        ("video_page_2019_banyuetan.html", "article", "ok"),
        ("profile_history_2018_obsolete.html", "history", "ok"),
        ("sogou_account_search_2017.html", "sogou_accounts", "ok"),
        ("sogou_article_search_2017.html", "sogou_articles", "ok"),
        ("feed_上海发布.xml", "feed", "ok"),
        ("state_deleted_zh.html", None, "gone"),
        ("state_deleted_en.html", None, "gone"),
        ("state_violation.html", None, "gone"),
        ("state_temporarily_unavailable.html", None, "unparsed"),
        ("state_link_expired_2018.html", None, "unparsed"),
        ("sogou_antispider_2017.html", None, "blocked"),
    ],
)
def test_a_saved_page_without_address_tells_what_it_is(name: str, kind: str | None, status: str) -> None:
    reading = read(saved(name))
    assert (reading.kind, reading.status) == (kind, status)


@recorded
@pytest.mark.parametrize("url", ["", POST])
def test_the_rate_limit_page_is_a_wall(url: str) -> None:
    text = (RECORDINGS / "state_too_frequent_2018.html.jsonescaped.txt").read_text(encoding="utf-8")
    body = json.loads('"' + text.strip("\n") + '"').encode()
    assert read(Page(url=url, body=body, fetched_at=NOW)).status == "blocked"


@recorded
def test_one_post_fetched_twice_is_one_post() -> None:
    first, second = (read(saved(f"gov_shanghaifabu_20220428_fetch{number}.html")).records[0] for number in (1, 2))
    assert first == second


@pytest.mark.parametrize("path", ["/mp/wappoc_appmsgcaptcha?poc_token=x", "/mp/verify?a=1"])
def test_a_redirect_to_verification_is_a_wall(path: str) -> None:
    page = Page(url=POST, body=b"<html></html>", fetched_at=NOW, final_url=f"https://mp.weixin.qq.com{path}")
    assert read(page).status == "blocked"


@pytest.mark.parametrize("status", [403, 429])
def test_a_refusal_is_a_wall(status: int) -> None:
    assert read(Page(url=POST, body=b"", fetched_at=NOW, status=status)).status == "blocked"


@pytest.mark.parametrize(
    "body", [b"", b"null", b"<html>", b"{}", b'"x"', b"\xff\xfe", b"<html><body>502</body></html>"]
)
def test_an_unknown_page_says_nothing_of_the_post(body: bytes) -> None:
    assert read(Page(url=POST, body=body, fetched_at=NOW)).status == "unparsed"


def test_the_editors_no_session_answer_is_a_wall() -> None:
    body = b'{"ret":-3,"errmsg":"no session","cookie_count":0}'
    url = "https://mp.weixin.qq.com/mp/profile_ext?action=getmsg"
    assert read(Page(url=url, body=body, fetched_at=NOW)).status == "blocked"


@pytest.mark.parametrize("words", ["该内容已被发布者删除", "此帐号已自主注销，内容无法查看", "环境异常", "链接已过期"])
def test_a_post_that_quotes_a_state_is_still_a_post(words: str) -> None:
    page = page_of(PAGES / "wechat/article/service_account_2026")
    body = page.body.replace("县融媒体中心提醒".encode(), f'<b class="weui-msg__title">{words}</b>'.encode())
    assert read(Page(url=page.url, body=body, fetched_at=NOW)).status == "ok"


@pytest.mark.parametrize(
    "url",
    [
        "https://weibo.com/u/1",
        "https://www.toutiao.com/c/user/token/x/",
        "https://www.yunling.example/s/1",
        "http://[",
        "x",
    ],
)
def test_pages_of_others_are_not_claimed(url: str) -> None:
    body = page_of(PAGES / "wechat/article/service_account_2026").body
    assert recognise(Page(url=url, body=body, fetched_at=NOW)) is None


@pytest.mark.parametrize("words", ["环境异常", "验证身份", "操作频繁，请稍候再试", "请在微信客户端打开链接"])
def test_words_of_a_wall_in_the_message_block_are_a_wall(words: str) -> None:
    body = f'<html><body><div class="weui-msg"><h2 class="weui-msg__title">{words}</h2></div></body></html>'
    for url in (POST, ""):
        assert read(Page(url=url, body=body.encode(), fetched_at=NOW)).status == "blocked"


def test_a_new_message_is_told_in_its_own_words() -> None:
    body = '<html><body><div class="weui-msg"><h2 class="weui-msg__title">此帐号正在升级</h2></div></body></html>'
    reading = read(Page(url=POST, body=body.encode(), fetched_at=NOW))
    assert (reading.status, reading.reason) == ("unparsed", "此帐号正在升级")


def test_a_script_within_the_body_names_no_account() -> None:
    page = page_of(PAGES / "wechat/article/service_account_2026")
    body = page.body.replace("县融媒体中心提醒".encode(), b'<script>\nvar biz = "QUFB";\n</script>')
    assert read(Page(url=page.url, body=body, fetched_at=NOW)).records == read(page_like(page, "")).records


def page_like(page: Page, words: str) -> Page:
    body = page.body.replace("县融媒体中心提醒".encode(), words.encode())
    return Page(url=page.url, body=body, fetched_at=NOW)


@pytest.mark.parametrize(("depth", "status"), [(1000, "ok"), (5000, "unparsed")])
def test_a_body_nested_at_will_is_read_or_refused(depth: int, status: str) -> None:
    page = page_of(PAGES / "wechat/article/service_account_2026")
    nested = b"<section>" * depth + "深处的字".encode() + b"</section>" * depth
    body = page.body.replace("县融媒体中心提醒".encode(), nested)
    assert read(Page(url=page.url, body=body, fetched_at=NOW)).status == status


def test_a_page_cut_off_in_its_body_is_not_read() -> None:
    page = page_of(PAGES / "wechat/article/service_account_2026")
    body = page.body[: page.body.index("政务服务网".encode())]
    assert read(Page(url=page.url, body=body, fetched_at=NOW)).status == "unparsed"


@recorded
@settings(max_examples=80, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.data())
def test_damaged_pages_never_raise_nor_pass_for_content(data: st.DataObject) -> None:
    body = bytearray((RECORDINGS / data.draw(st.sampled_from(SMALL))).read_bytes())
    start = data.draw(st.integers(0, len(body) - 1))
    end = data.draw(st.sampled_from([start, start + 1, start + 200, start + 20000, len(body)]))
    body[start:end] = data.draw(st.sampled_from([b"", b"\x00", b'"', b"<", b"</script>", b"\xff\xfe", b"'};", b"]]>"]))
    page = Page(url=data.draw(st.sampled_from(["", POST])), body=bytes(body), fetched_at=NOW)
    reading = read(page)
    assert reading.status != "ok" or reading.records
    assert reading.status not in ("gone", "empty") or b"weui-msg" in body
