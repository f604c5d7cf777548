"""Dead links: one lead for each address, and only after two dead answers far enough apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.cases import evidence_of
from analysis.checks import dead_link
from crawler.link_signals import signals
from records import SHANGHAI, Case, Clause, Evidence, Judgement, Result, Severity

CLAUSE = Clause(
    id="SD-3.1a", number="三（一）", quote="x", check="dead_link", severity=Severity.RECTIFY, params={"hours_apart": 12}
)
URL = "https://yunling.example.com/a"
NIGHT = datetime(2026, 11, 21, 2, tzinfo=SHANGHAI)
STATES = ["alive", "dead", "failing", "moved", "blocked", "refused", "uncheckable"]


def evidence(**table: Any) -> Evidence:
    return evidence_of(Case(name="made up", given=table, expect=Result.PASS))


def link(url: str, *states: str) -> dict[str, Any]:
    """A link asked every 24 hours."""
    checks = [{"state": state, "at": NIGHT + timedelta(days=n)} for n, state in enumerate(states)]
    return {"url": url, "checks": checks}


def dead(hours: int, run: int, proven: bool = True, **more: Any) -> dict[str, Any]:
    """A dead answer so many hours after the first night."""
    return {"state": "dead", "at": NIGHT + timedelta(hours=hours), "run": run, "proven": proven, **more}


def asked(*checks: dict[str, Any], url: str = URL) -> dict[str, Any]:
    """A link with these answers."""
    return {"url": url, "checks": list(checks)}


def judge(*links: dict[str, Any]) -> list[Judgement]:
    return list(dead_link.check(evidence(links=list(links)), CLAUSE))


def test_each_dead_address_is_a_lead_of_its_own() -> None:
    judgements = judge(link(URL, "dead", "dead"), link(URL + "b", "dead", "dead"), link(URL + "c", "alive"))
    assert [(one.result, one.cause) for one in judgements] == [
        (Result.BREACH, f"dead_link:{URL}"),
        (Result.BREACH, f"dead_link:{URL}b"),
    ]


def test_the_sentence_names_post_address_and_both_answers() -> None:
    (judgement,) = judge(link(URL, "dead", "dead"))
    assert judgement.summary == (
        "微博“云岭发布”（云岭县人民政府办公室）推文“办事指南”中的链接 "
        "https://yunling.example.com/a 已失效（返回404，页面不存在）"
        "（依据：链接检测，2026年11月21日 02:00和2026年11月22日 02:00）。"
    )
    assert [(snapshot.url, snapshot.fetched_at) for snapshot in judgement.evidence][:2] == [
        (URL, NIGHT),
        (URL, NIGHT + timedelta(days=1)),
    ]
    assert [snapshot.url for snapshot in judgement.evidence][2:] == ["4999"]


def test_a_menu_link_is_judged_too() -> None:
    given_all = evidence(links=[link(URL, "dead", "dead")])
    item = given_all.accounts[0]
    menu = replace(item, posts=(), account=replace(item.account, menu_links=(URL,)))
    (judgement,) = dead_link.check(replace(given_all, accounts=(menu,)), CLAUSE)
    assert judgement.result is Result.BREACH
    assert judgement.summary is not None and "登记的菜单中的链接" in judgement.summary


def test_a_link_of_another_week_is_not_judged() -> None:
    given_all = evidence(links=[link(URL, "dead", "dead")])
    item = given_all.accounts[0]
    old = replace(item.posts[0], published_at=datetime(2026, 11, 15, 9, tzinfo=SHANGHAI))
    (judgement,) = dead_link.check(replace(given_all, accounts=(replace(item, posts=(old,)),)), CLAUSE)
    assert (judgement.result, judgement.reason) == (Result.NOT_APPLICABLE, "no_links")


def test_an_unseen_week_is_not_said_to_be_without_links() -> None:
    (judgement,) = dead_link.check(evidence(covered="none", reason="blocked"), CLAUSE)
    assert (judgement.result, judgement.reason) == (Result.UNKNOWN, "blocked")


def test_a_link_not_asked_yet_is_open() -> None:
    (judgement,) = judge(link(URL))
    assert (judgement.result, judgement.reason) == (Result.UNKNOWN, "not_crawled")


def test_a_post_without_title_is_named_by_its_address_on_one_line() -> None:
    given_all = evidence(links=[link(URL, "dead", "dead")])
    item = given_all.accounts[0]
    post = replace(item.posts[0], title="办事\n指南\t" + "长" * 80)
    (judgement,) = dead_link.check(replace(given_all, accounts=(replace(item, posts=(post,)),)), CLAUSE)
    assert judgement.summary is not None and "“办事 指南 " in judgement.summary
    assert "长" * 41 not in judgement.summary


@given(st.lists(st.sampled_from([state for state in STATES if state != "dead"]), max_size=6))
def test_without_a_dead_answer_there_is_no_breach(states: list[str]) -> None:
    assert all(judgement.result is not Result.BREACH for judgement in judge(link(URL, *states)))


@given(st.lists(st.sampled_from(STATES), max_size=8), st.sampled_from([state for state in STATES if state != "dead"]))
def test_the_newest_answer_decides(states: list[str], newest: str) -> None:
    assert all(judgement.result is not Result.BREACH for judgement in judge(link(URL, *states, newest)))


@given(st.lists(st.sampled_from(STATES), max_size=8))
def test_a_sign_of_life_starts_the_wait_anew(states: list[str]) -> None:
    (judgement,) = judge(link(URL, *states, "alive", "dead"))
    assert (judgement.result, judgement.reason) == (Result.UNKNOWN, "unconfirmed")


@given(st.integers(0, 11))
def test_dead_answers_within_twelve_hours_are_one(n_hours: int) -> None:
    (judgement,) = judge(asked(dead(0, run=1), dead(n_hours, run=2)))
    assert (judgement.result, judgement.reason) == (Result.UNKNOWN, "unconfirmed")


def test_two_answers_of_one_run_are_one_however_long_it_took() -> None:
    (judgement,) = judge(asked(dead(0, run=1), dead(30, run=1)))
    assert (judgement.result, judgement.reason) == (Result.UNKNOWN, "unconfirmed")


@given(st.sampled_from([(False, False), (True, False), (False, True)]))
def test_a_breach_rests_on_two_proven_answers(proven: tuple[bool, bool]) -> None:
    (judgement,) = judge(asked(dead(0, run=1, proven=proven[0]), dead(24, run=2, proven=proven[1])))
    assert judgement.result is Result.UNKNOWN
    assert judgement.reason == ("unconfirmed" if proven[1] else "no_control")


def test_what_was_proven_twice_stays_so_after_an_unproven_night() -> None:
    (judgement,) = judge(asked(dead(0, run=1), dead(24, run=2), dead(48, run=3, proven=False)))
    assert judgement.result is Result.BREACH
    assert judgement.summary is not None and "2026年11月22日 02:00）" in judgement.summary
    answers = [snapshot.fetched_at for snapshot in judgement.evidence if snapshot.url == URL]
    assert answers == [NIGHT, NIGHT + timedelta(hours=24)]


@pytest.mark.parametrize(
    ("status", "reason", "said"),
    [
        (404, "http_404", "返回404，页面不存在"),
        (410, "http_410", "返回410，页面已删除"),
        (200, "soft_404", "打开后写明页面不存在"),
        (203, "soft_404", "打开后写明页面不存在"),
        (200, "same_as_missing", "与肯定不存在的地址得到同样的页面"),
        (206, "gone", "平台写明内容不存在"),
    ],
)
def test_the_sentence_says_what_was_seen(status: int, reason: str, said: str) -> None:
    (judgement,) = judge(
        asked(dead(0, run=1, status=status, reason=reason), dead(24, run=2, status=status, reason=reason))
    )
    assert judgement.summary is not None and f" 已失效（{said}）（依据" in judgement.summary


def test_a_missing_name_behind_a_wrapping_address_is_said_to_be_missing() -> None:
    url = "https://weibo.cn/sinaurl?u=https%3A%2F%2Fold.yunling.example.com%2Fa"
    (judgement,) = judge(asked(dead(0, run=1, reason="dns"), dead(24, run=2, reason="dns"), url=url))
    assert judgement.summary is not None and " 已失效（域名已不存在）（依据" in judgement.summary


def test_two_nights_that_saw_different_things_are_both_told() -> None:
    (judgement,) = judge(asked(dead(0, run=1, reason="http_404"), dead(24, run=2, status=200, reason="soft_404")))
    assert judgement.summary is not None
    assert " 已失效（返回404，页面不存在；打开后写明页面不存在）（依据" in judgement.summary


@pytest.mark.parametrize("status", signals()["dead_status"])
def test_every_status_that_makes_a_link_dead_has_words(status: int) -> None:
    reason = f"http_{status}"
    (judgement,) = judge(asked(dead(0, run=1, reason=reason), dead(24, run=2, reason=reason)))
    assert judgement.summary is not None and f"返回{status}" in judgement.summary


def test_an_answer_that_nobody_has_words_for_is_not_put_into_others() -> None:
    with pytest.raises(KeyError):
        judge(asked(dead(0, run=1, reason="http_418"), dead(24, run=2, reason="http_418")))


def test_an_answer_whose_run_nobody_knows_confirms_nothing() -> None:
    given_all = evidence(links=[link(URL, "dead", "dead")])
    item = given_all.accounts[0]
    first, newest = item.link_checks[URL]
    checks = {URL: (replace(first, run_id=None), newest)}
    (judgement,) = dead_link.check(replace(given_all, accounts=(replace(item, link_checks=checks),)), CLAUSE)
    assert judgement.result is Result.UNKNOWN


@pytest.mark.parametrize(("reason", "told"), [("robots", "robots"), ("robots_unread", "robots_unread")])
def test_a_link_that_the_hosts_rules_keep_from_us_is_not_known_to_work(reason: str, told: str) -> None:
    unasked = asked({"state": "uncheckable", "at": NIGHT, "run": 1, "reason": reason})
    (judgement,) = judge(unasked, link(f"{URL}b", "alive"))
    assert (judgement.result, judgement.reason) == (Result.UNKNOWN, told)
