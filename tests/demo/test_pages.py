"""Every page of the county is read by the parsers as the platform's own, and gives the county's own posts."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from crawler.page import Call, Page
from crawler.reading import Reading, read
from crawler.spiders.wechat.address import album_url
from demo.county import CountyAccount, load_county
from demo.pages.sites import answer
from demo.pages.wechat import short_url
from records import Counter, Post, Profile

COUNTY = load_county()
LAST = COUNTY.nights[-1]
LISTED = {
    platform: [a for a in COUNTY.accounts if a.platform == platform] for platform in ("weibo", "wechat", "toutiao")
}


def without_wall(platform: str, page: str) -> list[CountyAccount]:
    return [account for account in LISTED[platform] if not COUNTY.trouble(account, page, LAST)]


FEEDS = [account for account in without_wall("wechat", "feed") if "feed" in account.data]


def read_at(url: str, now: datetime = LAST, kind: str | None = None, calls: tuple[Call, ...] = ()) -> Reading:
    given = answer(COUNTY, url, now)
    page = Page(url=url, body=given.body, status=given.status, fetched_at=now, kind=kind, calls=calls)
    platform = {"feed": "wechat", "profile": "toutiao"}.get(kind or "")
    return read(page, platform)


def ids(reading: Reading) -> list[str]:
    assert reading.errors == () and reading.drift == ()
    return [record.post_id for record in reading.records if isinstance(record, Post)]


def timeline(account: CountyAccount, now: datetime = LAST) -> list[Reading]:
    url = f"https://m.weibo.cn/api/container/getIndex?type=uid&value={account.uid}&containerid=107603{account.uid}"
    readings = [read_at(url, now)]
    while more := [fetch.url for fetch in readings[-1].fetches if fetch.paging]:
        readings.append(read_at(more[0], now))
    return readings


def name_of(account: CountyAccount) -> str:
    return f"{account.key}-{account.name}"


@pytest.mark.parametrize("account", without_wall("weibo", "list"), ids=name_of)
def test_weibo_timelines_give_every_listed_post_once(account: CountyAccount) -> None:
    found = [post_id for reading in timeline(account) for post_id in ids(reading)]
    assert sorted(found) == sorted(post.post_id for post in COUNTY.listed_posts(account, LAST))


@pytest.mark.parametrize("account", without_wall("weibo", "profile"), ids=name_of)
def test_weibo_profiles_state_the_total_of_public_posts(account: CountyAccount) -> None:
    (profile,) = read_at(f"https://m.weibo.cn/api/container/getIndex?type=uid&value={account.uid}").records
    assert isinstance(profile, Profile)
    assert (profile.name, profile.posts_total) == (account.name, len(COUNTY.posts_at(account, LAST)))


@pytest.mark.parametrize("account", FEEDS, ids=name_of)
def test_feeds_and_articles_give_every_listed_post(account: CountyAccount) -> None:
    listed = COUNTY.listed_posts(account, LAST)
    feed = read_at(account.data["feed"], kind="feed")
    assert ids(feed) == [f"s/{post.native['short']}" for post in listed]
    articles = [read_at(short_url(post)) for post in listed]
    assert [ids(article) for article in articles] == [[post.post_id] for post in listed]


@pytest.mark.parametrize("account", [a for a in LISTED["wechat"] if "album_id" in a.data], ids=name_of)
def test_albums_give_every_listed_post(account: CountyAccount) -> None:
    readings = [read_at(album_url(account.uid, account.data["album_id"]))]
    while more := [fetch.url for fetch in readings[-1].fetches if fetch.paging]:
        readings.append(read_at(more[0]))
    found = [post_id for reading in readings for post_id in ids(reading)]
    assert found == [post.post_id for post in COUNTY.listed_posts(account, LAST)]


def toutiao_profile(account: CountyAccount) -> Reading:
    base = f"https://www.toutiao.com/api/pc/list/user/feed?category=profile_all&token={account.uid}&max_behot_time="
    calls, cursor = [], 0
    while True:
        given = answer(COUNTY, f"{base}{cursor}", LAST)
        calls.append(Call(f"{base}{cursor}", given.status, given.body))
        listed = json.loads(given.body) if given.body.startswith(b"{") else {}
        if not listed.get("has_more"):
            break
        cursor = listed["next"]["max_behot_time"]
    return read_at(f"https://www.toutiao.com/c/user/token/{account.uid}/", kind="profile", calls=tuple(calls))


@pytest.mark.parametrize("account", without_wall("toutiao", "list"), ids=name_of)
def test_toutiao_profiles_give_every_listed_post_once(account: CountyAccount) -> None:
    found = ids(toutiao_profile(account))
    assert sorted(found) == sorted(post.post_id for post in COUNTY.listed_posts(account, LAST))


@pytest.mark.parametrize("story", ["toutiao_articles_and_videos", "toutiao_micro_posts_only"])
def test_toutiao_posts_have_pages_of_their_own(story: str) -> None:
    (account,) = COUNTY.of_story(story)
    pages = {"micro": "w", "video": "video", "article": "article"}
    for post in account.posts[-7:]:
        reading = read_at(f"https://www.toutiao.com/{pages[post.kind]}/{post.post_id}/")
        assert (reading.status, ids(reading)) == ("ok", [post.post_id])


@pytest.mark.parametrize(
    ("story", "status"),
    [
        ("weibo_always_login_wall", "login"),
        ("weibo_empty_list_but_total_says_more", "empty"),
        ("weibo_new_account_total_zero", "empty"),
        ("weibo_changed_layout", "unparsed"),
    ],
)
def test_weibo_lists_that_are_no_content_say_so(story: str, status: str) -> None:
    (account,) = COUNTY.of_story(story)
    assert timeline(account)[0].status == status


def test_weibo_answers_432_on_its_bad_nights_only() -> None:
    (account,) = COUNTY.of_story("weibo_432_on_some_nights")
    assert [timeline(account, night)[0].status for night in COUNTY.nights[:3]] == ["ok", "blocked", "blocked"]


def test_other_walls_are_told_from_content() -> None:
    (article,) = COUNTY.of_story("wechat_article_wall_one_night")
    (feed,) = COUNTY.of_story("wechat_feed_forbidden")
    (profile,) = COUNTY.of_story("toutiao_challenge_page")
    assert read_at(short_url(article.posts[-9]), COUNTY.nights[1]).status == "blocked"
    assert read_at(feed.data["feed"], kind="feed").status == "blocked"
    assert toutiao_profile(profile).status == "blocked"


def test_a_feed_that_stands_still_keeps_its_old_clock() -> None:
    (account,) = COUNTY.of_story("wechat_feed_clock_stands_still")
    clocks = {read_at(account.data["feed"], night, kind="feed").extent for night in COUNTY.nights}
    assert len(clocks) == 1


def test_a_deleted_article_says_that_it_was_deleted() -> None:
    (account,) = COUNTY.of_story("wechat_deleted_after_seen")
    post = next(post for post in account.posts if post.deleted_at)
    assert [read_at(short_url(post), night).status for night in (COUNTY.nights[2], LAST)] == ["ok", "gone"]


def test_long_texts_are_cut_in_the_list_and_whole_by_themselves() -> None:
    (account,) = COUNTY.of_story("weibo_long_text_and_edit")
    cut = next(post for post in timeline(account)[0].records if isinstance(post, Post) and not post.text_complete)
    whole = read_at(f"https://m.weibo.cn/statuses/extend?id={cut.post_id}").records[0]
    assert isinstance(whole, Post) and len(whole.text or "") > len(cut.text or "")


def test_rounded_counters_stay_rounded() -> None:
    (account,) = COUNTY.of_story("weibo_daily_many_pages")
    post = timeline(account)[0].records[0]
    assert isinstance(post, Post)
    assert (post.counters["likes"], post.counters["reposts"]) == (Counter("1.2万", 12000), Counter("100万+", 1000000))


def test_reposts_are_reposts_and_pinned_posts_are_pinned() -> None:
    (reposts,) = COUNTY.of_story("weibo_reposts_only")
    (pinned,) = COUNTY.of_story("weibo_pinned_old_post_first")
    first = timeline(pinned)[0].records
    assert all(post.is_repost for post in timeline(reposts)[0].records if isinstance(post, Post))
    assert [post.pinned for post in first if isinstance(post, Post)] == [True] * 2 + [False] * 10


def test_links_of_the_stories_are_in_the_posts() -> None:
    for story in ("wechat_dead_link_404", "wechat_links_that_only_look_dead"):
        (account,) = COUNTY.of_story(story)
        for post in (post for post in account.posts if post.links):
            (found, *_) = read_at(short_url(post)).records
            assert isinstance(found, Post)
            assert [link.url for link in found.links] == list(post.links)


def test_every_link_of_the_county_has_a_page_or_is_meant_to_be_dead() -> None:
    links = {link for account in COUNTY.accounts for post in account.posts for link in post.links}
    assert links <= {page["url"] for page in COUNTY.sites["page"]}


def test_a_single_weibo_has_a_page_under_both_its_ids() -> None:
    (account,) = COUNTY.of_story("weibo_long_text_and_edit")
    post = account.posts[-1]
    for key in (post.post_id, post.native["bid"]):
        reading = read_at(f"https://m.weibo.cn/status/{key}")
        assert (reading.status, ids(reading)) == ("ok", [post.post_id])


def test_an_album_of_one_item_gives_an_object_as_the_platform_does() -> None:
    (account,) = COUNTY.of_story("wechat_album_of_one_item")
    given = json.loads(answer(COUNTY, album_url(account.uid, account.data["album_id"]), LAST).body)
    assert isinstance(given["getalbum_resp"]["article_list"], dict)
