"""The sentences, windows and evidence of update_frequency and zombie; their results are the regulations' cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from analysis.cases import evidence_of
from analysis.checks import update_frequency, zombie
from analysis.params import ParamError
from analysis.periods import period_id
from analysis.updates import n_updates, newest_update, opened_at
from records import SHANGHAI, Case, Clause, Coverage, Evidence, Judgement, Result, Severity

WEEKLY: dict[str, Any] = {"account_types": ("any",), "count": 3, "per": "week", "unit": "post"}
FORTNIGHT: dict[str, Any] = {"account_types": ("any",), "count": 1, "per": "14 days", "unit": "post"}


def clause(params: Mapping[str, Any], check: str = "update_frequency") -> Clause:
    return Clause(id="ZZ-4.2h", number="四（二）", quote="x", check=check, severity=Severity.RECTIFY, params=params)


def given(**table: Any) -> Evidence:
    return evidence_of(Case(name="made up", given=table, expect=Result.PASS))


def weekly(**table: Any) -> list[Judgement]:
    return list(update_frequency.check(given(**table), clause(WEEKLY)))


def fortnight(**table: Any) -> Judgement:
    (judgement,) = update_frequency.check(given(**table), clause(FORTNIGHT))
    return judgement


def test_a_short_week_is_told_in_one_sentence() -> None:
    (judgement,) = weekly(posts=[date(2026, 11, 16), date(2026, 11, 18)])
    assert judgement.summary == (
        "微博“云岭发布”（云岭县人民政府办公室）在2026年11月16日至11月22日更新2次，少于每周3次，"
        "最近一条发布于2026年11月18日（依据：公开页面，2026年11月23日 09:00查看）。"
    )
    assert judgement.cause == "update_frequency:3/week"


def test_a_persons_look_is_named_with_name_and_time() -> None:
    judgement = fortnight(platform="wechat", covered="none", person={"newest_on": date(2026, 11, 1)})
    assert judgement.summary == (
        "微信公众号“云岭发布”（云岭县人民政府办公室）截至查看时已满14天没有更新，"
        "最近一条发布于2026年11月1日（依据：人工查看，张某，2026年11月23日 09:00）。"
    )
    assert [snapshot.url for snapshot in judgement.evidence] == ["wechat:1001", "picture-0.png"]


def test_an_open_week_says_why_and_what_was_seen() -> None:
    (judgement,) = weekly(posts=[date(2026, 11, 16)], covered="none", reason="login")
    assert judgement.summary is not None
    assert "未能核查：平台要求登录后才能查看；已见到1次更新" in judgement.summary
    assert (judgement.result, judgement.reason, judgement.cause) == (Result.UNKNOWN, "login", "")


def test_a_month_is_judged_week_by_week() -> None:
    judgements = weekly(period="2026-11", posts=[date(2026, 11, day) for day in (2, 3, 4, 16)])
    assert [period_id(judgement.window) for judgement in judgements if judgement.window] == [
        "2026-W45",
        "2026-W46",
        "2026-W47",
        "2026-W48",
    ]
    assert [judgement.result.value for judgement in judgements] == ["pass", "breach", "breach", "breach"]


def test_a_breach_carries_the_list_page_and_the_newest_posts() -> None:
    (judgement,) = weekly(posts=[date(2026, 11, 16), date(2026, 11, 18)])
    assert [snapshot.url for snapshot in judgement.evidence] == ["weibo:1001", "5001", "5000"]


def test_a_push_of_eight_articles_is_one_update_if_the_office_says_so() -> None:
    posts = [{"at": datetime(2026, 11, 17, 9, tzinfo=SHANGHAI), "push": "2650000001"} for _ in range(8)]
    (by_post,) = weekly(platform="wechat", posts=posts)
    (by_push,) = update_frequency.check(given(platform="wechat", posts=posts), clause({**WEEKLY, "unit": "push"}))
    assert (by_post.result, by_push.result) == (Result.PASS, Result.BREACH)


def test_a_crawl_that_ended_before_the_inspection_still_carries_the_veto() -> None:
    evidence = given(looked_at=datetime(2026, 11, 20, 3, tzinfo=SHANGHAI))
    crawled_at = datetime(2026, 11, 20, 1, 40, tzinfo=SHANGHAI)
    row = replace(evidence.accounts[0].coverage[0], checked_at=crawled_at)
    account = replace(evidence.accounts[0], coverage=(row,))
    (judgement,) = update_frequency.check(replace(evidence, accounts=(account,)), clause(FORTNIGHT))
    assert judgement.result is Result.BREACH
    assert judgement.window is not None and judgement.window.end == crawled_at


def test_a_look_before_the_period_does_not_carry_a_veto_of_the_period() -> None:
    judgement = fortnight(covered=[date(2026, 10, 1), date(2026, 11, 15)], reason="blocked")
    assert (judgement.result, judgement.reason) == (Result.UNKNOWN, "blocked")


def test_a_post_after_the_last_look_lifts_the_veto() -> None:
    judgement = fortnight(
        covered=[date(2026, 10, 1), date(2026, 11, 20)], posts=[datetime(2026, 11, 22, 9, tzinfo=SHANGHAI)]
    )
    assert judgement.result is Result.PASS


def test_a_silence_that_ended_long_before_the_look_is_no_veto() -> None:
    seen = [date(2026, 10, 1), date(2026, 11, 10)]
    resumed = datetime(2026, 11, 12, 9, tzinfo=SHANGHAI)
    silent, awake = (fortnight(period="2026-11", covered=seen, posts=posts) for posts in ([], [resumed]))
    assert (silent.result, awake.result) == (Result.BREACH, Result.UNKNOWN)


def test_a_period_that_has_not_begun_is_open() -> None:
    assert fortnight(looked_at=datetime(2026, 11, 10, 9, tzinfo=SHANGHAI)).reason == "not_ended"


def test_the_first_post_seen_stands_in_for_an_unknown_opening() -> None:
    judgement = fortnight(opened_on="unknown", posts=[datetime(2026, 11, 1, 9, tzinfo=SHANGHAI)])
    new_account = weekly(opened_on="unknown", posts=[datetime(2026, 11, 18, 9, tzinfo=SHANGHAI)])
    assert judgement.result is Result.BREACH
    assert [one.reason for one in new_account] == ["opened_mid_period"]


def test_an_account_that_nothing_dates_is_open_since_our_first_look() -> None:
    evidence = given(opened_on="unknown")
    row = evidence.accounts[0].coverage[0]
    first_look = replace(row, checked_at=row.checked_at - timedelta(days=30), covered_to=None)
    known_long = replace(evidence.accounts[0], coverage=(first_look, row))
    (new,) = update_frequency.check(evidence, clause(FORTNIGHT))
    (old,) = update_frequency.check(replace(evidence, accounts=(known_long,)), clause(FORTNIGHT))
    assert (new.reason, old.result) == ("opening_unknown", Result.BREACH)


def test_the_register_dates_an_account_before_its_posts_do() -> None:
    (account,) = given(opened_on=date(2026, 11, 5), posts=[date(2026, 11, 1)]).accounts
    assert opened_at(account) == datetime(2026, 11, 6, tzinfo=SHANGHAI)


def test_the_newest_update_may_be_one_that_only_a_person_saw() -> None:
    (account,) = given(posts=[date(2026, 11, 16)], person={"newest_on": date(2026, 11, 19)}).accounts
    assert newest_update(account, datetime(2026, 11, 23, tzinfo=SHANGHAI)) == date(2026, 11, 19)


def test_a_persons_count_is_not_added_to_the_posts_of_the_same_period() -> None:
    evidence = given(posts=[date(2026, 11, 16), date(2026, 11, 17)], person={"n_updates": 2})
    assert n_updates(evidence.accounts[0], evidence.period) == 2


def test_zombies_of_all_documents_have_one_cause() -> None:
    (judgement,) = zombie.check(given(posts=[date(2026, 4, 2)]), clause({"days": 90}, "zombie"))
    assert (judgement.cause, judgement.check) == ("zombie", "zombie")
    assert judgement.summary is not None and "已满90天没有更新，最近一条发布于2026年4月2日" in judgement.summary


@pytest.mark.parametrize(
    "broken", [{"count": "3"}, {"count": 0}, {"per": "month"}, {"unit": "art"}, {"account_types": ("x",)}]
)
def test_a_param_of_another_form_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(ParamError, match=r"ZZ-4\.2h"):
        list(update_frequency.check(given(), clause({**WEEKLY, **broken})))


def test_a_feed_is_named_as_such() -> None:
    (judgement,) = weekly(platform="wechat", source="feed")
    assert judgement.summary is not None and "（依据：订阅源，" in judgement.summary


def test_a_run_that_failed_is_not_named_as_a_basis() -> None:
    evidence = given(posts=[date(2026, 11, 16)])
    row = evidence.accounts[0].coverage[0]
    wall = Coverage(account=row.account, status="none", source="api", checked_at=row.checked_at, reason="blocked")
    account = replace(evidence.accounts[0], coverage=(row, wall))
    (judgement,) = update_frequency.check(replace(evidence, accounts=(account,)), clause(WEEKLY))
    assert judgement.result is Result.BREACH
    assert judgement.summary is not None and "平台接口" not in judgement.summary
