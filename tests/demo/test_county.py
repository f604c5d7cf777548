"""云岭县 itself: its numbers, its stories, and that its truth speaks of accounts that exist."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from demo.county import County, CountyAccount, load_county
from demo.posts import bid_of
from records import SHANGHAI

WECHAT_SHARE = (0.5, 0.65)
N_ALL_POSTS = 792


@pytest.fixture(scope="module")
def county() -> County:
    return load_county()


def one(county: County, story: str) -> CountyAccount:
    (account,) = county.of_story(story)
    return account


def in_week(county: County, account: CountyAccount) -> int:
    end = county.nights[-1].replace(hour=0, minute=0)
    return sum(end - timedelta(days=7) <= post.at < end for post in account.posts)


def test_the_county_has_its_size(county: County) -> None:
    platforms = Counter(account.platform for account in county.accounts)
    assert (len(county.units), len(county.accounts)) == (42, 60)
    assert WECHAT_SHARE[0] <= platforms["wechat"] / 60 <= WECHAT_SHARE[1]
    assert sum(len(account.posts) for account in county.accounts) == N_ALL_POSTS


def test_seven_nights_end_after_the_inspected_week(county: County) -> None:
    nights = county.nights
    assert [night.isoformat() for night in (nights[0], nights[-1])] == [
        "2026-11-10T01:30:00+08:00",
        "2026-11-16T01:30:00+08:00",
    ]
    assert (nights[-1].weekday(), len(nights)) == (0, 7)
    assert nights[-2].isocalendar()[:2] == (2026, 46)


def test_every_account_names_a_unit_and_no_key_is_given_twice(county: County) -> None:
    keys = [f"{account.platform}:{account.uid}" for account in county.accounts]
    assert len(set(keys)) == len(keys)
    assert {account.unit.name for account in county.accounts} <= {unit.name for unit in county.units}


def test_one_unit_has_one_account_a_platform(county: County) -> None:
    pairs = Counter((account.unit.name, account.platform) for account in county.accounts)
    assert [pair for pair, n in pairs.items() if n > 1] == []


def test_every_story_is_lived_by_somebody(county: County) -> None:
    assert [story for story in county.stories if not county.of_story(story)] == []


def test_posts_are_the_same_every_time() -> None:
    first = load_county()
    load_county.cache_clear()
    assert [account.posts for account in load_county().accounts] == [account.posts for account in first.accounts]


def test_no_post_id_occurs_twice(county: County) -> None:
    ids = Counter((post.account.split(":")[0], post.post_id) for account in county.accounts for post in account.posts)
    assert [key for key, n in ids.items() if n > 1] == []


def test_weibo_short_ids_follow_the_platforms_own_sum() -> None:
    assert bid_of("4645748019299849") == "Kjc77D1jz"


@pytest.mark.parametrize("kind", ["breach", "unknown"])
def test_every_truth_row_names_an_account_of_its_story(county: County, kind: str) -> None:
    for row in county.truth[kind]:
        if "candidate" in row:
            named = {
                f"{_platform(c['page'])}:{c['uid']}" for c in county.candidates["candidate"] if c["is"] == row["story"]
            }
            assert row["candidate"] in named
        else:
            assert county.account(row["account"]).key == row["story"]


def _platform(page: str) -> str:
    site = page.removesuffix("_more")
    return "wechat" if site == "sogou" else site


def test_every_account_is_accused_unknown_honest_or_not_crawled(county: County) -> None:
    told = {row.get("account") for kind in ("breach", "unknown") for row in county.truth[kind]}
    honest = {account.ref for account in county.honest_accounts()}
    silent = {account.ref for account in county.accounts if not account.crawled}
    assert told | honest | silent >= {account.ref for account in county.accounts}
    accused = {row.get("account") for row in county.truth["breach"]}
    assert not accused & (honest | silent)


def test_only_a_link_leaves_an_honest_account_unknown(county: County) -> None:
    honest = {account.ref for account in county.honest_accounts()}
    rows = [row for row in county.truth["unknown"] if row["account"] in honest]
    assert [(row["story"], row["clauses"]) for row in rows] == [("wechat_links_that_only_look_dead", ["SD-3.1a"])]


def test_honest_candidates_are_those_that_no_breach_names(county: County) -> None:
    candidates = (
        *county.candidates["candidate"],
        *({**row, "page": "sogou"} for row in county.candidates["search_only"]),
    )
    fair_kinds = ("registered", "elsewhere", "unclear")
    fair = {f"{_platform(row['page'])}:{row['uid']}" for row in candidates if row["is"] in fair_kinds}
    assert set(county.truth["honest"]["candidates"]) == fair


def test_without_a_browser_all_of_toutiao_is_unknown(county: County) -> None:
    named = set(county.truth["without_browser"]["accounts"])
    assert named == {account.ref for account in county.accounts if account.platform == "toutiao"}


@pytest.mark.parametrize(
    ("story", "n"),
    [
        ("wechat_two_posts_a_week", 2),
        ("weibo_two_posts_a_week", 2),
        ("wechat_service_account_none_in_week", 0),
        ("wechat_service_account_one_post", 1),
        ("weibo_three_posts_at_the_edges_of_the_week", 3),
        ("weibo_deleted_after_seen", 3),
        ("wechat_deleted_after_seen", 3),
        ("wechat_links_reported_by_unit", 3),
        ("toutiao_one_post_a_week_zhejiang", 1),
    ],
)
def test_the_week_holds_what_the_story_says(county: County, story: str, n: int) -> None:
    assert in_week(county, one(county, story)) == n


@pytest.mark.parametrize(
    ("story", "days"),
    [("weibo_silent_20_days", 20), ("toutiao_video_silent_16_days", 16), ("weibo_zombie", 117), ("wechat_zombie", 122)],
)
def test_silent_accounts_are_silent_so_many_days(county: County, story: str, days: int) -> None:
    assert (county.nights[-1] - one(county, story).posts[-1].at).days == days


def test_every_honest_crawled_account_in_full_service_meets_three_a_week(county: County) -> None:
    exempt = {"one_post", "zhejiang", "one_item", "suspended", "closing", "total_zero", "opened", "menu_link"}
    for account in county.honest_accounts():
        if account.platform != "toutiao" and not any(word in account.key for word in exempt):
            assert in_week(county, account) >= 3, account.key


def test_a_post_deleted_after_it_was_seen_counts_as_visible(county: County) -> None:
    account = one(county, "weibo_deleted_after_seen")
    deleted = next(post for post in account.posts if post.deleted_at)
    assert deleted.post_id in county.visible_posts(account)
    assert deleted.post_id not in county.visible_posts(account, county.nights[-1:])


def test_walls_and_lists_that_are_not_there_show_nothing(county: County) -> None:
    for story in (
        "weibo_always_login_wall",
        "weibo_changed_layout",
        "wechat_feed_forbidden",
        "wechat_no_list",
        "toutiao_challenge_page",
        "not_crawled_platform",
    ):
        assert all(not county.visible_posts(account) for account in county.of_story(story)), story


def test_nights_with_walls_are_made_good_by_later_ones(county: County) -> None:
    account = one(county, "weibo_432_on_some_nights")
    assert county.visible_posts(account, county.nights[1:4]) == frozenset()
    assert len(county.visible_posts(account)) == len(account.posts)


def test_visible_posts_can_be_asked_from_a_day_on(county: County) -> None:
    account = one(county, "weibo_pinned_old_post_first")
    since = county.nights[0] - timedelta(days=15)
    assert len(county.visible_posts(account)) - len(county.visible_posts(account, since=since)) == 6


def test_a_renamed_account_shows_its_former_name_before(county: County) -> None:
    account = one(county, "weibo_renamed")
    names = [account.name_at(night) for night in county.nights]
    assert names == ["云岭火警"] * 2 + ["云岭消防"] * 5


def test_all_moments_are_aware_beijing_times(county: County) -> None:
    posts = [post for account in county.accounts for post in account.posts]
    assert {post.at.tzinfo for post in posts} == {SHANGHAI}
