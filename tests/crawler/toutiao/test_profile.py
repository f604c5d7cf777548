"""A profile's list: what was seen is told exactly, and nothing unread passes for emptiness."""

from __future__ import annotations

import pytest

from crawler.page import ParseError
from crawler.reading import read
from records import Counter, Post, Profile
from tests.crawler.toutiao.shapes import (
    NOON,
    OTHER_TOKEN,
    TOKEN,
    USER_ID,
    answer,
    article,
    call,
    micro_post,
    profile_page,
)


def posts_of(page):
    return [record for record in read(page).records if isinstance(record, Post)]


def test_two_list_pages_give_all_posts_and_say_that_nothing_follows():
    first = call(answer([article(1), micro_post(2)], more=True, cursor=NOON))
    second = call(answer([article(3)]), cursor=NOON)
    reading = read(profile_page(first, second))
    assert reading.status == "ok"
    assert reading.extent.more is False
    assert [post.post_id for post in reading.records if isinstance(post, Post)] == [
        "7652913480072167971",
        "1847651525382152",
        "7652913480072167969",
    ]


def test_profile_has_every_name_of_the_account_and_its_verification():
    (profile,) = [r for r in read(profile_page(call(answer([article(1)])))).records if isinstance(r, Profile)]
    assert (profile.account, profile.uid) == (f"toutiao:{TOKEN}", TOKEN)
    assert profile.aliases == {"token": TOKEN, "user_id": USER_ID, "media_id": USER_ID}
    assert (profile.verified, profile.verified_entity, profile.verified_kind) == (True, "云岭县人民政府官方账号", "5")
    assert profile.followers == Counter("1.2万", 12000)


def test_article_text_is_asked_for_and_a_micro_post_is_whole():
    reading = read(profile_page(call(answer([article(1), micro_post(2)]))))
    assert [(fetch.url, fetch.about, fetch.render) for fetch in reading.fetches] == [
        ("https://www.toutiao.com/article/7652913480072167971/", "text:7652913480072167971", True)
    ]


def test_stuck_post_is_pinned_and_its_time_is_when_it_was_published():
    stuck = article(300, is_stick=True, id="0", label="置顶")
    (post,) = posts_of(profile_page(call(answer([stuck]))))
    assert post.pinned
    assert post.published_at.timestamp() == NOON - 300 * 86_400
    assert post.post_id == "7652913480072167672"


def test_zero_reads_stay_zero():
    (post,) = posts_of(profile_page(call(answer([article(1)]))))
    assert post.counters == {"reads": 0, "likes": 3, "comments": 1, "reposts": 2}


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        (b"", 200, "blocked"),
        (b"blocked", 200, "blocked"),
        (b"{}", 403, "blocked"),
        (b"{}", 502, "unparsed"),
        (b'{"message":"error","decision":"verify"}', 200, "blocked"),
        (b'{"message":"error"}', 200, "unparsed"),
        (b"<html></html>", 200, "unparsed"),
        (answer(None), 200, "unparsed"),
        (b'{"message":"success","has_more":false}', 200, "unparsed"),
        (answer([], more=True), 200, "unparsed"),
        (answer([article(1)], more=None), 200, "unparsed"),
        (answer([article(1)], more=1), 200, "unparsed"),
        (answer([]), 200, "unparsed"),
    ],
)
def test_an_answer_that_is_no_list_never_reads_as_empty(body, status, expected):
    reading = read(profile_page(call(body, status=status)))
    assert reading.status == expected
    assert not [record for record in reading.records if isinstance(record, Post)]


def test_a_page_without_any_list_is_unparsed():
    assert read(profile_page()).status == "unparsed"


def test_empty_list_is_empty_only_in_the_words_of_the_page():
    reading = read(profile_page(call(answer([])), more="<div><p>暂无内容</p></div>"))
    assert (reading.status, reading.reason) == ("empty", "暂无内容")


def test_words_of_emptiness_beside_a_list_that_goes_on_do_not_count():
    assert read(profile_page(call(answer([], more=True)), more="<p>暂无内容</p>")).status == "unparsed"


def test_words_of_emptiness_in_a_script_do_not_count():
    assert read(profile_page(call(answer([])), more="<script>var t='暂无内容'</script>")).status == "unparsed"


def test_words_of_emptiness_beside_a_refused_list_do_not_count():
    assert read(profile_page(call(b""), more="<p>暂无内容</p>")).status == "blocked"


def test_a_refused_second_page_keeps_the_first_and_says_that_more_follows():
    reading = read(profile_page(call(answer([article(1)], more=True, cursor=NOON)), call(b"blocked", cursor=NOON)))
    assert reading.status == "blocked"
    assert reading.extent.more is True
    assert any(isinstance(record, Post) for record in reading.records)


def test_a_refusal_that_the_page_overcame_itself_is_forgotten():
    reading = read(profile_page(call(b""), call(answer([article(1)]))))
    assert (reading.status, reading.extent.more) == ("ok", False)


def test_a_page_never_asked_for_leaves_more_to_follow():
    reading = read(profile_page(call(answer([article(1)], more=True, cursor=NOON))))
    assert (reading.status, reading.extent.more) == ("ok", True)


def test_a_gap_in_the_chain_of_pages_ends_the_reading_before_it():
    first, beyond = call(answer([article(1)], more=True, cursor=NOON)), call(answer([article(9)]), cursor=NOON - 5)
    reading = read(profile_page(first, beyond))
    assert reading.extent.more is True
    assert len([record for record in reading.records if isinstance(record, Post)]) == 1


@pytest.mark.parametrize(
    ("number", "following", "words"),
    [(2, NOON, str(NOON)), (1, NOON - 9, "已经读过")],
    ids=["same cursor", "known posts"],
)
def test_a_list_that_turns_in_a_circle_is_an_error_and_not_complete(number, following, words):
    first = call(answer([article(1)], more=True, cursor=NOON))
    again = call(answer([article(number)], more=True, cursor=following), cursor=NOON)
    reading = read(profile_page(first, again))
    assert words in str(reading.errors[0])
    assert reading.extent.more is True


def test_list_of_another_account_is_not_this_account():
    assert read(profile_page(call(answer([article(1)]), token=OTHER_TOKEN))).status == "unparsed"


def test_home_feed_on_the_same_page_is_not_the_list():
    feed = call(answer([article(1)]))
    other = type(feed)(feed.url.replace("profile_all", "pc_profile_article"), 200, feed.body)
    assert read(profile_page(other)).status == "unparsed"


def test_a_post_of_somebody_else_keeps_its_own_author():
    foreign = article(2, user_info={"user_id": OTHER_TOKEN, "name": "别人"})
    accounts = [post.account for post in posts_of(profile_page(call(answer([article(1), foreign]))))]
    assert accounts == [f"toutiao:{TOKEN}", f"toutiao:{OTHER_TOKEN}"]


def test_item_without_author_belongs_to_the_list_only_under_its_name():
    nameless = article(2, user_info=None, itemCell={}, source="另一个名字")
    named = article(3, user_info=None, itemCell={})
    reading = read(profile_page(call(answer([article(1), nameless, named]))))
    assert len([record for record in reading.records if isinstance(record, Post)]) == 2
    assert [type(error) for error in reading.errors] == [ParseError]


def test_one_bad_item_loses_no_other():
    reading = read(profile_page(call(answer([article(1), article(2, publish_time=None), article(3)]))))
    assert len([record for record in reading.records if isinstance(record, Post)]) == 2
    assert "publish_time" in str(reading.errors[0])


def test_an_element_that_is_no_item_loses_no_other():
    reading = read(profile_page(call(answer([article(1), "advert", article(3)]))))
    assert len([record for record in reading.records if isinstance(record, Post)]) == 2
    assert "data[1]" in str(reading.errors[0])


def test_a_list_of_nothing_readable_is_not_empty():
    reading = read(profile_page(call(answer(["x"])), more="<p>暂无内容</p>"))
    assert reading.status != "empty"
    assert reading.errors


def test_a_verification_that_one_item_leaves_out_is_still_shown():
    bare = article(1, user_info={"user_id": TOKEN, "name": "云岭发布", "user_auth_info": ""})
    (profile,) = [r for r in read(profile_page(call(answer([bare, article(2)])))).records if isinstance(r, Profile)]
    assert profile.verified_entity == "云岭县人民政府官方账号"


def test_an_item_under_the_owner_number_is_the_owner_token():
    film = article(
        2, cell_type=49, user_info=None, itemCell={}, user={"info": {"user_id": int(USER_ID), "name": "旧名"}}
    )
    accounts = {post.account for post in posts_of(profile_page(call(answer([article(1), film]))))}
    assert accounts == {f"toutiao:{TOKEN}"}


def test_numeric_address_takes_the_token_from_what_the_page_asked():
    page = profile_page(call(answer([article(1)])), url=f"https://www.toutiao.com/c/user/{USER_ID}/")
    (post,) = posts_of(page)
    assert post.account == f"toutiao:{TOKEN}"


def test_two_accounts_on_one_numeric_page_are_not_guessed_between():
    calls = call(answer([article(1)])), call(answer([article(2)]), token=OTHER_TOKEN)
    assert read(profile_page(*calls, url=f"https://www.toutiao.com/c/user/{USER_ID}/")).status == "unparsed"


def test_a_saved_list_answer_is_read_by_itself():
    saved = call(answer([article(1), micro_post(2)], more=True, cursor=NOON))
    page = profile_page().__class__(url="", body=saved.body, fetched_at=profile_page().fetched_at)
    reading = read(page)
    assert (reading.kind, reading.status, reading.extent.more) == ("feed_json", "ok", True)
    assert len(reading.records) == 2
