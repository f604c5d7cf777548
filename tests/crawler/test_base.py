"""The driver of the spiders: real crawls of a made-up county over a mirror."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

from crawler.base import MAX_REDIRECTS
from tests.crawler.crawling import ROBOTS, last, list_of, observed, profile_of, records, weibo
from tests.crawler.mirror import Mirror

A, B, C = "7601000003", "7601000005", "7601000009"
MANY_PAGES = "7601000001"
TOTAL_ZERO = "7601000014"
FORBIDDING = (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /\n")
JSON = {"Content-Type": "application/json"}


def moved(location: str) -> tuple[int, dict[str, str], bytes]:
    return 302, {"Location": location}, b""


# --- what ends a visit, and what it leaves ---------------------------------------------------------


def test_every_account_ends_with_its_coverage_and_pages_are_kept() -> None:
    with Mirror() as mirror:
        told = observed(mirror, *weibo(A, B, C))
    assert last(told) == {uid: ("complete", None) for uid in (A, B, C)}
    pages = [batch for batch in told["batches"] if batch["page_url"]]
    assert all(batch["kept"] for batch in pages)
    assert told["kept"] == [ROBOTS, *(batch["page_url"] for batch in pages)]
    assert [batch["page_url"] for batch in pages] == mirror.pages_asked


def test_pages_are_followed_no_further_than_the_limit() -> None:
    with Mirror() as mirror:
        told = observed(mirror, *weibo(MANY_PAGES), page_limit=2)
    assert sum("107603" in url for url in mirror.pages_asked) == 2
    assert last(told) == {MANY_PAGES: ("partial", "truncated")}


def test_an_account_known_by_its_name_alone_is_not_crawled_and_says_so() -> None:
    with Mirror() as mirror:
        told = observed(mirror, {"account": {"uid": "云岭发布", "name": "云岭发布"}})
    assert last(told) == {"云岭发布": ("none", "not_crawled")}
    assert (len(told["batches"]), mirror.asked) == (1, [])


def test_what_is_held_is_not_asked_again_and_the_account_still_gets_its_coverage() -> None:
    article = "https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv"
    account = {"uid": "gh_00000000000a", "article_links": [article]}
    with Mirror() as mirror:
        told = observed(mirror, {"account": account, "held": ["s/abcdefghijklmnopqrstuv"]}, platform="wechat")
    assert last(told) == {"gh_00000000000a": ("none", "no_public_list")}
    assert (len(told["batches"]), mirror.asked) == (1, [])


def test_a_wechat_post_looked_at_again_is_no_list() -> None:
    article = "https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv"
    target = {"account": {"uid": "gh_00000000000a"}, "recheck": [article]}
    with Mirror() as mirror:
        told = observed(mirror, target, platform="wechat")
    assert mirror.pages_asked == [article]
    assert last(told) == {"gh_00000000000a": ("none", "no_public_list")}


def test_an_empty_list_is_proved_by_a_second_kind_of_page() -> None:
    with Mirror() as mirror:
        told = observed(mirror, *weibo(TOTAL_ZERO))
    assert mirror.pages_asked == [list_of(TOTAL_ZERO), profile_of(TOTAL_ZERO)]
    assert [batch["status"] for batch in told["batches"]] == ["none", "complete"]


def test_a_toutiao_account_needs_a_browser_and_is_not_asked_without_one() -> None:
    with Mirror() as mirror:
        told = observed(mirror, {"account": {"uid": "1669879400123"}}, platform="toutiao")
    assert (last(told), mirror.asked) == ({"1669879400123": ("none", "not_crawled")}, [])


# --- whose posts -----------------------------------------------------------------------------------


def other_list(mirror: Mirror, shown: str) -> bytes:
    """The bytes of the list of another account."""
    return mirror._answer("/" + list_of(shown).replace("://", "/"), {}).body


def test_posts_of_accounts_that_nobody_registered_are_dropped_and_cover_nothing() -> None:
    with Mirror() as mirror:
        mirror.pages[list_of(A)] = (200, JSON, other_list(mirror, B))
        told = observed(mirror, *weibo(A))
    assert [record for record in records(told) if record["type"] == "post"] == []
    assert last(told) == {A: ("none", "truncated")}


def test_posts_of_another_registered_account_are_its_own_and_cover_nothing_here() -> None:
    with Mirror() as mirror:
        mirror.pages[list_of(A)] = (200, JSON, other_list(mirror, B))
        told = observed(mirror, *weibo(A), owners={B: f"weibo:{B}"})
    assert {record["account"] for record in records(told) if record["type"] == "post"} == {f"weibo:{B}"}
    assert last(told) == {A: ("none", "truncated")}


# --- robots, walls, redirects, outages -------------------------------------------------------------


def test_a_redirect_to_the_passport_is_a_login_and_not_followed() -> None:
    with Mirror({list_of(A): moved("https://passport.weibo.com/sso/signin?url=x")}) as mirror:
        told = observed(mirror, *weibo(A))
    assert mirror.pages_asked == [list_of(A)]
    assert last(told) == {A: ("none", "login")}


def test_a_redirect_within_the_host_is_followed_under_the_address_asked() -> None:
    with Mirror() as mirror:
        body = other_list(mirror, A)
        elsewhere = "https://m.weibo.cn/api/elsewhere"
        mirror.pages |= {list_of(A): moved("/api/elsewhere"), elsewhere: (200, JSON, body)}
        mirror.asked.clear()
        told = observed(mirror, *weibo(A))
    assert mirror.pages_asked[:2] == [list_of(A), elsewhere]
    assert (told["batches"][0]["page_url"], last(told)) == (list_of(A), {A: ("complete", None)})


def test_redirects_within_the_host_are_followed_three_times_at_most() -> None:
    steps = [list_of(A), *(f"https://m.weibo.cn/step/{number}" for number in range(9))]
    with Mirror({one: moved(following) for one, following in pairwise(steps)}) as mirror:
        told = observed(mirror, *weibo(A))
    assert mirror.pages_asked == steps[: MAX_REDIRECTS + 1]
    assert last(told) == {A: ("none", "unparsed")}


def test_a_redirect_out_of_the_host_or_to_nowhere_is_not_followed_and_no_fault() -> None:
    places = ("https://weibo.com/u/1", "https://[", "https://m.weibo.cn:x/", "javascript:1", "")
    uids = [f"76010000{number:02}" for number in range(1, 6)]
    with Mirror({list_of(uid): moved(place) for uid, place in zip(uids, places, strict=True)}) as mirror:
        told = observed(mirror, *weibo(*uids))
    assert (mirror.pages_asked, told["faults"]) == ([list_of(uid) for uid in uids], 0)
    assert last(told) == {uid: ("none", "unparsed") for uid in uids}


def test_a_failure_on_the_way_to_an_accounts_list_is_its_reason() -> None:
    by_domain = {"account": {"uid": "yunlingfabu", "aliases": {"domain": "yunlingfabu"}}}
    robots = "https://weibo.com/robots.txt"
    with Mirror({robots: FORBIDDING}) as mirror:
        told = observed(mirror, by_domain)
    assert last(told) == {"yunlingfabu": ("none", "robots")}


def test_a_host_that_does_not_even_answer_for_its_rules_is_an_outage_and_no_rule() -> None:
    silent = (502, {"X-Mirror-Error": "dns"}, b"")
    with Mirror({"https://m.weibo.cn/robots.txt": silent}) as mirror:
        told = observed(mirror, *weibo(A))
    assert mirror.pages_asked == []
    assert last(told) == {A: ("none", "error")}


# --- faults of our own -----------------------------------------------------------------------------


def test_a_parser_that_breaks_costs_one_account_its_coverage_and_is_counted() -> None:
    with Mirror() as mirror:
        told = observed(mirror, *weibo(A, B, C), broken={"parse_timeline": f"value={B}"})
    assert last(told) == {A: ("complete", None), B: ("none", "error"), C: ("complete", None)}
    assert (told["faults"], told["finish_reason"]) == (1, "finished")
    assert list_of(B) in told["kept"]


def test_a_parser_that_breaks_on_a_later_page_takes_back_what_the_list_had_shown() -> None:
    with Mirror() as mirror:
        told = observed(mirror, *weibo(A, B), broken={"parse_profile": f"value={A}"})
    assert last(told) == {A: ("partial", "error"), B: ("complete", None)}
    assert told["faults"] == 1


def test_an_account_that_cannot_even_be_begun_does_not_end_the_night() -> None:
    with Mirror() as mirror:
        told = observed(mirror, *weibo(A, B, C), broken={"first_fetches": B})
    assert last(told) == {A: ("complete", None), B: ("none", "error"), C: ("complete", None)}
    assert (told["faults"], told["finish_reason"]) == (1, "finished")


def test_a_page_that_was_not_stored_is_not_covered_by_the_next() -> None:
    with Mirror() as mirror:
        told = observed(mirror, *weibo(MANY_PAGES, A), lost=list_of(MANY_PAGES))
    assert last(told) == {MANY_PAGES: ("partial", "error"), A: ("complete", None)}
    assert told["faults"] >= 1
    assert not any(batch["covered_from"] for batch in told["batches"] if MANY_PAGES in batch["account"])


def test_a_broken_page_says_what_it_is_and_the_others_go_on() -> None:
    hostile: dict[str, Any] = {"ok": 1, "data": {"cards": "<script>", "cardlistInfo": []}}
    with Mirror({list_of(A): (200, JSON, json.dumps(hostile).encode())}) as mirror:
        told = observed(mirror, *weibo(A, B))
    assert last(told) == {A: ("none", "unparsed"), B: ("complete", None)}


def test_a_visit_is_closed_once_and_with_its_last_page() -> None:
    with Mirror() as mirror:
        told = observed(mirror, *weibo(MANY_PAGES, A, B, C))
    for uid in (MANY_PAGES, A, B, C):
        closings = [batch["closing"] for batch in told["batches"] if batch["account"] == f"weibo:{uid}"]
        assert closings == [""] * (len(closings) - 1) + ["done"], uid
