"""Four names of one account, and what counts as a verification."""

from __future__ import annotations

import json

import pytest

from crawler.page import ParseError
from crawler.spiders.toutiao.accounts import author_of, parse_verification
from crawler.spiders.toutiao.items import parse_item
from crawler.strict import Fields
from records import Post
from tests.crawler.toutiao.shapes import AUTH, OTHER_TOKEN, TOKEN, USER_ID, article, micro_post


def fields(**data):
    return Fields("item", data)


@pytest.mark.parametrize(
    ("holder", "verified", "entity"),
    [
        ({"user_auth_info": json.dumps(AUTH)}, True, AUTH["auth_info"]),
        ({"user_auth_info": AUTH}, True, AUTH["auth_info"]),
        ({"user_auth_info": {}}, False, None),
        ({"user_auth_info": ""}, False, None),
        ({"user_auth_info": None}, None, None),
        ({"user_auth_info": {"thread": {"auth_type": "4", "auth_info": "微头条首发创作者"}}}, False, None),
        ({"user_verified": 0}, False, None),
        ({"user_verified": 1}, None, None),
        ({"user_auth_info": "", "user_verified": True}, None, None),
        ({}, None, None),
    ],
)
def test_only_a_text_is_a_verification(holder, verified, entity):
    found = parse_verification(fields(**holder))
    assert (found.verified, found.text) == (verified, entity)


@pytest.mark.parametrize("broken", ["not json", 7, ["x"]])
def test_a_verification_of_unknown_form_is_an_error(broken):
    with pytest.raises(ParseError):
        parse_verification(fields(user_auth_info=broken))


def test_token_under_a_key_called_user_id_is_a_token():
    author = author_of(fields(user={"id": TOKEN, "user_id": TOKEN, "schema": f"sslocal://profile?uid={USER_ID}&x=1"}))
    assert (author.token, author.user_id) == (TOKEN, USER_ID)


def test_number_under_a_key_called_user_id_is_a_number():
    author = author_of(fields(user={"info": {"user_id": 69013516054, "media_id": "1578486648286221"}}))
    assert (author.token, author.user_id, author.media_id) == (None, "69013516054", "1578486648286221")


def test_media_id_zero_is_no_id():
    assert author_of(fields(media_info={"media_id": 0, "name": "云岭发布"})).uid is None


def test_ids_beyond_what_browsers_count_come_from_their_texts():
    video = article(1, group_id=None, item_id=None, group_id_str="7548883050000548378", id=7548883050000548000)
    (post,) = [part for part in parse_item(Fields("item", video)) if isinstance(part, Post)]
    assert post.post_id == "7548883050000548378"


def test_a_rounded_id_alone_is_refused():
    with pytest.raises(ParseError):
        list(parse_item(Fields("item", article(1, group_id=None, item_id=None, itemCell={}, id=7548883050000548000))))


def test_two_posts_of_the_same_words_are_two_posts():
    ids = [next(p.post_id for p in parse_item(Fields("item", micro_post(n))) if isinstance(p, Post)) for n in (1, 2)]
    assert len(set(ids)) == 2


@pytest.mark.parametrize("stamp", [0, -1, "soon", None, True, 10**30, 1])
def test_a_time_that_is_none_is_an_error(stamp):
    with pytest.raises(ParseError):
        list(parse_item(Fields("item", article(1, publish_time=stamp))))


def test_milliseconds_and_digits_are_the_same_moment_as_seconds():
    stamps = [1_795_000_000, "1795000000", 1_795_000_000_000]
    times = {next(iter(parse_item(Fields("item", article(1, publish_time=s))))).published_at for s in stamps}
    assert len(times) == 1


def test_off_site_address_is_a_link_and_never_the_address():
    outside = article(1, article_url="https://www.yunling.example/a")
    (post,) = parse_item(Fields("item", outside))
    assert post.url == "https://www.toutiao.com/article/7652913480072167971/"
    assert [link.url for link in post.links] == ["https://www.yunling.example/a"]


def test_group_address_of_the_site_is_no_link():
    (post,) = parse_item(Fields("item", article(1, article_url="http://toutiao.com/group/7652913480072167971/")))
    assert post.links == ()


def test_goods_card_becomes_a_link():
    shop = "https://haohuo.jinritemai.com/views/product/item2?id=1"
    card = {"title": "云岭苹果", "schema": "sslocal://ec", "review_info": {"card_url": shop, "button_url": shop}}
    (post,) = parse_item(Fields("item", micro_post(1, attach_card_info=card)))
    assert [(link.url, link.text) for link in post.links] == [(shop, "云岭苹果")]


def test_source_of_another_name_is_named():
    foreign = article(1, source="澜州日报", user_info={"user_id": OTHER_TOKEN, "name": "云岭发布"})
    (post,) = parse_item(Fields("item", foreign))
    assert post.source_name == "澜州日报"
