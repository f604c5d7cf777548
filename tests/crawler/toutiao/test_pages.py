"""Walls, ends and shells are told apart; pages tell by themselves what they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crawler.page import Page, Target
from crawler.reading import read
from crawler.spiders.toutiao import first_fetches, recognise
from crawler.spiders.toutiao.address import account_key, list_call, post_url, unwrapped
from records import Account
from tests.conftest import SHARED
from tests.crawler.toutiao.shapes import FETCHED_AT, TOKEN, USER_ID, reading_of

RECORDINGS = SHARED / "recordings" / "toutiao"
ARTICLE = "https://www.toutiao.com/article/7652913480072167972/"
MISSING = "<html><head><title>404错误页</title></head><body></body></html>"
recorded = pytest.mark.skipif(not RECORDINGS.exists(), reason="recorded pages are not on this machine")


@recorded
@pytest.mark.parametrize(
    ("file", "kind", "status"),
    [
        ("m_article_info_v2_7652913480072167972_daxiang.json", "info", "ok"),
        ("pc_article_7404384826024935990_render_data.html", "article", "ok"),
        ("pc_home_rendered_2025-11-02.html", "home", "ok"),
        ("pc_article_2019_base_data_nfdsb.html", "legacy", "ok"),
        ("pc_article_2020_base_data_7.html", "legacy", "ok"),
        ("pc_gallery_2019_base_data.html", "legacy", "ok"),
        ("pc_acrawler_challenge_2026-01-20.html", None, "blocked"),
        ("m_spa_shell_head_2000.txt", None, "unparsed"),
        ("pc_api_404_page.txt", None, "unparsed"),
    ],
)
def test_a_saved_page_without_address_tells_what_it_is(file, kind, status):
    reading = reading_of("", (RECORDINGS / file).read_bytes())
    assert (reading.kind, reading.status) == (kind, status)


@recorded
def test_a_challenge_is_blocked_at_every_address():
    body = (RECORDINGS / "pc_acrawler_challenge_2026-01-20.html").read_bytes()
    addresses = [ARTICLE, "https://www.toutiao.com/", f"https://www.toutiao.com/c/user/token/{TOKEN}/"]
    assert {reading_of(url, body).status for url in addresses} == {"blocked"}


@pytest.mark.parametrize(
    ("url", "status"),
    [
        (ARTICLE, "gone"),
        ("https://www.toutiao.com/w/1847651525382154/", "gone"),
        ("https://www.toutiao.com/video/7548883050000548378/", "gone"),
        (f"https://www.toutiao.com/c/user/token/{TOKEN}/", "unparsed"),
        ("https://www.toutiao.com/api/pc/article/v1/pcArticleDetail?article_id=1", "unparsed"),
        ("", "unparsed"),
    ],
)
def test_the_404_page_says_gone_only_of_a_post(url, status):
    assert reading_of(url, MISSING).status == status


def test_a_good_page_that_loads_the_same_scripts_is_content():
    address = f"/c/user/token/{TOKEN}/"
    scripts = "<script>window.byted_acrawler.init({});var __ac_nonce, __ac_signature;</script>"
    shown = f'<div class="article-meta"><span>2026-11-18 09:30</span><a href="{address}">云岭发布</a></div>'
    body = f"<h1>供暖</h1>{shown}<article><p>通知</p></article>{scripts}"
    assert reading_of(ARTICLE, f"<html><head><title>供暖</title></head><body>{body}</body></html>").status == "ok"


@pytest.mark.parametrize("status", [401, 403, 429])
def test_a_refusal_by_status_is_blocked(status):
    assert reading_of(ARTICLE, "<html><head><title>x</title></head></html>", status).status == "blocked"


@pytest.mark.parametrize("body", ["", "  ", "blocked"])
def test_an_empty_answer_is_blocked(body):
    assert reading_of(ARTICLE, body).status == "blocked"


def test_a_slider_is_blocked():
    page = '<html><head><title>今日头条</title></head><body><iframe src="https://verify.snssdk.com/x"></iframe></body>'
    assert reading_of(ARTICLE, page).status == "blocked"


def test_login_is_login():
    page = Page(url=ARTICLE, final_url="https://sso.toutiao.com/login/?x=1", body=b"<p>x</p>", fetched_at=FETCHED_AT)
    assert read(page, "toutiao").status == "login"


def test_a_server_error_page_is_neither_gone_nor_empty():
    assert reading_of(ARTICLE, "<html><body><h1>502 Bad Gateway</h1></body></html>", 502).status == "unparsed"


@pytest.mark.parametrize(
    "body",
    [
        '{"ok":1,"data":{"cards":[]}}',
        '{"data":[],"has_more":false}',
        '{"data":{"list":[]}}',
        "{",
        "[]",
        "<html><head><title>微博搜索</title></head></html>",
        "var BASE_DATA = {};",
        "",
    ],
)
def test_pages_of_others_are_not_claimed(body):
    assert recognise(Page(url="", body=body.encode(), fetched_at=FETCHED_AT)) is None


def test_pages_of_other_hosts_are_not_claimed_whatever_they_hold():
    body = b'{"data":[{"cell_type":60}],"has_more":false}'
    assert recognise(Page(url="https://m.weibo.cn/api", body=body, fetched_at=FETCHED_AT)) is None


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://www.toutiao.com/group/7652913480072167972/", ARTICLE),
        ("http://toutiao.com/item/7652913480072167972/?app=news_article", ARTICLE),
        ("https://m.toutiao.com/i7652913480072167972/", ARTICLE),
        ("https://www.toutiao.com/a7652913480072167972", ARTICLE),
        ("https://m.toutiao.com/w/1847651525382154/", "https://www.toutiao.com/w/1847651525382154/"),
        ("https://m.toutiao.com/is/iAbC-12/", "https://m.toutiao.com/is/iAbC-12/"),
    ],
)
def test_a_post_is_asked_for_at_its_one_permitted_address(url, kept):
    assert post_url(url)[1] == kept


@pytest.mark.parametrize(
    "url",
    ["https://toutiao.com.evil.example/article/7652913480072167972/", "javascript:alert(1)", "https://[", "", "x" * 9],
)
def test_a_foreign_address_is_no_post_and_no_account(url):
    assert (post_url(url), account_key(url), list_call(url)) == (None, None, None)


def test_jump_pages_are_unwrapped_to_http_only():
    assert unwrapped("https://so.toutiao.com/search/jump?url=https%3A%2F%2Fa.example%2F") == "https://a.example/"
    assert unwrapped("https://so.toutiao.com/search/jump?url=javascript%3Aalert(1)") is None
    assert unwrapped("https://a.example/?url=https%3A%2F%2Fb.example%2F") is None


def target(**changes):
    account = Account(platform="toutiao", name="云岭发布", unit="云岭县人民政府", **{"uid": USER_ID, **changes})
    since = datetime(2026, 11, 1, tzinfo=UTC)
    return Target(account=account, since=since, links=("https://www.toutiao.com/group/7652913480072167972/",))


def test_one_list_request_a_night_by_token_where_it_is_known():
    profile, link = first_fetches(target(aliases={"token": TOKEN}))
    assert (profile.url, profile.kind, profile.render) == (
        f"https://www.toutiao.com/c/user/token/{TOKEN}/",
        "profile",
        True,
    )
    assert profile.until == datetime(2026, 11, 1, tzinfo=UTC)
    assert (link.url, link.about) == (ARTICLE, "7652913480072167972")


def test_an_account_filed_by_number_is_asked_for_by_number():
    assert next(first_fetches(target())).url == f"https://www.toutiao.com/c/user/{USER_ID}/"


def test_a_filed_address_gives_the_token():
    filed = target(uid="云岭发布", url=f"https://www.toutiao.com/c/user/token/{TOKEN}/?source=feed")
    assert next(first_fetches(filed)).url == f"https://www.toutiao.com/c/user/token/{TOKEN}/"


def test_an_account_without_key_is_not_guessed():
    assert [fetch.kind for fetch in first_fetches(target(uid="云岭发布"))] == ["article"]


def test_a_known_post_looked_at_again_is_never_taken_for_a_list():
    account = target().account
    again = Target(account=account, since=FETCHED_AT - timedelta(days=9), recheck=(ARTICLE,))
    assert list(first_fetches(again))[1].about == "recheck:7652913480072167972"
