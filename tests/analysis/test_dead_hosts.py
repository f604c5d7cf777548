"""A dead domain, or a host none of whose pages is there any more: one lead of the account that stays the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.answers import host_of
from analysis.checks import dead_link
from analysis.findings import findings_of, key_of
from analysis.periods import parse_period
from records import SHANGHAI, Finding, Judgement, Link, LinkCheck, Post, Profile, Result, Verdict
from tests.analysis.test_dead_link import CLAUSE, NIGHT, STATES, asked, dead, evidence, judge, link

HOST = "old.yunling.example.com"
CAUSE = f"dead_link:host:{HOST}"


def pages(n_pages: int, *states: str) -> list[dict[str, Any]]:
    return [link(f"https://{HOST}/{number}", *states) for number in range(n_pages)]


def without_name(url: str) -> dict[str, Any]:
    return asked(dead(0, run=1, reason="dns"), dead(24, run=2, reason="dns"), url=url)


def causes(judgements: list[Judgement]) -> list[str]:
    return [one.cause for one in judgements if one.result is Result.BREACH]


def test_three_dead_pages_and_no_other_are_a_dead_host() -> None:
    (judgement,) = judge(*pages(3, "dead", "dead"))
    assert judgement.cause == CAUSE
    assert judgement.summary == (
        "微博“云岭发布”（云岭县人民政府办公室）指向 old.yunling.example.com 的链接已全部失效（已检测的页面都不存在）"
        "（依据：链接检测，2026年11月21日 02:00和2026年11月22日 02:00；本期3个地址，见于1篇推文，"
        "例如推文“办事指南”中的 https://old.yunling.example.com/0）。"
    )
    answers = [(snapshot.url, snapshot.fetched_at) for snapshot in judgement.evidence][:-1]
    nights = (NIGHT, NIGHT + timedelta(days=1))
    assert answers == [(f"https://{HOST}/{n}", night) for n in range(3) for night in nights]


def test_two_dead_pages_are_two_leads() -> None:
    assert causes(judge(*pages(2, "dead", "dead"))) == [f"dead_link:https://{HOST}/{n}" for n in range(2)]


@pytest.mark.parametrize("state", ["alive", "moved", "blocked"])
def test_a_host_with_one_page_that_works_is_not_dead(state: str) -> None:
    assert CAUSE not in causes(judge(*pages(3, "dead", "dead"), link(f"https://{HOST}/live", "alive", state)))


def living(*hours: int) -> list[dict[str, Any]]:
    """Twenty pages of the host that worked so many hours after the first night, and were not asked since."""
    checks = [{"state": "alive", "at": NIGHT + timedelta(hours=one), "run": 90 + one} for one in hours]
    return [asked(*checks, url=f"https://{HOST}/ok{n}") for n in range(20)]


@pytest.mark.parametrize("hours", [-48, -1, 0, 1])
def test_a_host_whose_other_pages_worked_when_last_asked_is_not_dead(hours: int) -> None:
    assert causes(judge(*pages(3, "dead", "dead"), *living(hours))) == [
        f"dead_link:https://{HOST}/{n}" for n in range(3)
    ]


@pytest.mark.parametrize(
    "silence",
    [
        [],
        [{"state": "failing", "at": NIGHT - timedelta(hours=24), "run": 90}],
        [{"state": "failing", "at": NIGHT + timedelta(hours=24), "run": 2, "reason": "own_network", "proven": False}],
        [{"state": "failing", "at": NIGHT + timedelta(hours=24), "run": 2, "reason": "http_405"}],
        [dead(24, run=2, proven=False)],
        [{"state": "alive", "at": NIGHT + timedelta(hours=1), "run": 90}, dead(24, run=2)],
        [{"state": "uncheckable", "at": NIGHT + timedelta(hours=24), "run": 2, "reason": "robots"}],
    ],
)
def test_what_was_not_seen_down_since_does_not_make_a_host_dead(silence: list[dict[str, Any]]) -> None:
    other = asked(*silence, url=f"https://{HOST}/other")
    assert causes(judge(*pages(3, "dead", "dead"), other)) == [f"dead_link:https://{HOST}/{n}" for n in range(3)]


@pytest.mark.parametrize("reason", ["refused", "timeout", "http_503"])
def test_a_further_page_that_did_not_answer_since_leaves_the_host_dead(reason: str) -> None:
    down = {"state": "failing", "at": NIGHT + timedelta(hours=24), "run": 2, "reason": reason}
    assert causes(judge(*pages(3, "dead", "dead"), asked(down, url=f"https://{HOST}/other"))) == [CAUSE]


@given(
    st.lists(st.sampled_from(STATES), max_size=5), st.sampled_from(["alive", "moved", "blocked"]), st.integers(0, 20)
)
def test_no_history_makes_a_host_dead_of_which_a_page_worked_last(
    states: list[str], newest: str, days_ago: int
) -> None:
    history = [*states, newest]
    checks = [{"state": state, "at": NIGHT + timedelta(days=n - days_ago)} for n, state in enumerate(history)]
    other = asked(*checks, url=f"https://{HOST}/other")
    assert CAUSE not in causes(judge(*pages(3, "dead", "dead"), other))


@given(st.integers(3, 40))
def test_the_cause_does_not_change_with_the_number_and_the_proofs_are_few(n_pages: int) -> None:
    (judgement,) = judge(*pages(n_pages, "dead", "dead"))
    assert judgement.cause == CAUSE
    assert len(judgement.evidence) <= 11


def test_a_further_link_dead_only_once_leaves_the_host_dead() -> None:
    assert causes(judge(*pages(3, "dead", "dead"), link(f"https://{HOST}/new", "dead"))) == [CAUSE]


def test_a_missing_name_is_one_lead_from_the_first_address_on() -> None:
    (judgement,) = judge(without_name(f"https://{HOST}/a"))
    assert judgement.cause == CAUSE
    assert judgement.summary is not None and "该域名已不存在" in judgement.summary


def test_a_name_that_answered_since_is_not_missing() -> None:
    later = asked({"state": "failing", "at": NIGHT + timedelta(hours=48), "run": 3}, url=f"https://{HOST}/b")
    found = evidence(links=[without_name(f"https://{HOST}/a"), later])
    item = found.accounts[0]
    answers = {**item.link_checks, later["url"]: (replace(item.link_checks[later["url"]][0], status=500),)}
    (judgement,) = dead_link.check(replace(found, accounts=(replace(item, link_checks=answers),)), CLAUSE)
    assert (judgement.result, judgement.reason) == (Result.UNKNOWN, "unconfirmed")


def test_behind_a_redirect_the_missing_name_is_the_last_one() -> None:
    found = evidence(links=[without_name("https://jump.example.com/a")])
    item = found.accounts[0]
    gone = tuple(
        replace(one, status=302, final_url=f"https://{HOST}/a")
        for one in item.link_checks["https://jump.example.com/a"]
    )
    answers = {"https://jump.example.com/a": gone}
    assert causes(list(dead_link.check(replace(found, accounts=(replace(item, link_checks=answers),)), CLAUSE))) == [
        CAUSE
    ]


def test_a_wrapping_address_is_not_taken_for_the_missing_name() -> None:
    url = f"https://weibo.cn/sinaurl?u=https%3A%2F%2F{HOST}%2Fa"
    assert causes(judge(without_name(url))) == [f"dead_link:{url}"]


def older_post(item: Any, urls: list[str]) -> Any:
    """The account with a post of the month before that carries these dead addresses."""
    at = datetime(2026, 10, 20, 9, tzinfo=SHANGHAI)
    post = Post(
        platform="weibo",
        account=item.account.ref,
        post_id="4000",
        url="https://example.com/4000",
        published_at=at,
        links=tuple(Link(url=url) for url in urls),
    )
    checks = {
        url: tuple(
            LinkCheck(
                url=url,
                state="dead",
                status=404,
                reason="http_404",
                checked_at=at + timedelta(days=n),
                proven=True,
                run_id=-n,
            )
            for n in (1, 2)
        )
        for url in urls
    }
    return replace(item, posts=(post, *item.posts), link_checks={**item.link_checks, **checks})


def test_a_host_known_as_dead_stays_so_in_a_week_with_one_link_to_it() -> None:
    found = evidence(links=pages(1, "dead", "dead"))
    item = older_post(found.accounts[0], [f"https://{HOST}/old1", f"https://{HOST}/old2"])
    (judgement,) = dead_link.check(replace(found, accounts=(item,)), CLAUSE)
    assert judgement.cause == CAUSE
    assert judgement.summary is not None and "本期1个地址" in judgement.summary


def test_a_dead_host_without_a_link_to_it_this_week_is_no_lead_of_this_week() -> None:
    found = evidence(links=[link("https://a.example.com/", "alive")])
    item = older_post(found.accounts[0], [f"https://{HOST}/{n}" for n in range(3)])
    (judgement,) = dead_link.check(replace(found, accounts=(item,)), CLAUSE)
    assert judgement.result is Result.PASS


def test_a_mistaken_host_stays_so_as_further_links_of_it_die() -> None:
    looked_at = parse_period("2026-W47").end
    (first,) = findings_of(judge(*pages(3, "dead", "dead")), {CLAUSE.id: CLAUSE}, {}, looked_at, 5)
    known: dict[str, Finding] = {key_of(first): replace(first, verdict=Verdict.MISTAKEN)}
    (again,) = findings_of(judge(*pages(5, "dead", "dead")), {CLAUSE.id: CLAUSE}, known, looked_at, 5)
    assert (again.id, again.verdict) == (first.id, Verdict.MISTAKEN)


@pytest.mark.parametrize("url", ["", "javascript:void(0)", "https://[::1/a", "没有地址"])
def test_a_text_that_is_no_address_has_no_host(url: str) -> None:
    assert host_of(url) == ""


def test_three_posts_that_a_platform_took_away_are_three_leads_and_no_dead_platform() -> None:
    gone = [
        asked(dead(0, run=1, reason="gone"), dead(24, run=2, reason="gone"), url=f"https://{HOST}/{n}")
        for n in range(3)
    ]
    assert causes(judge(*gone)) == [f"dead_link:https://{HOST}/{n}" for n in range(3)]


def test_a_dead_link_of_the_bio_is_told_as_the_bios() -> None:
    url = f"https://{HOST}/home"
    given = evidence(links=[asked(dead(0, run=1), dead(24, run=2), url=url)])
    (account,) = given.accounts
    bio = Profile(
        platform="weibo", account=account.account.ref, uid="1", name="云岭发布", observed_at=NIGHT, bio=f"网站 {url}"
    )
    bare = tuple(replace(post, links=()) for post in account.posts)
    told = dead_link.check(replace(given, accounts=(replace(account, posts=bare, profile=bio),)), CLAUSE)
    (judgement,) = told
    assert judgement.result is Result.BREACH
    assert judgement.summary is not None and f"账号简介中的链接 {url} 已失效" in judgement.summary
