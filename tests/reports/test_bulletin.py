"""The bulletin's figures, sums and rules of release."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, cast

import pytest
from hypothesis import given as cases
from hypothesis import settings
from hypothesis import strategies as st

from records import CRAWLED_PLATFORMS, SHANGHAI, Judgement, Period, Result, Verdict
from reports.bulletin import ReportError, check_code, compose
from tests.reports.sample import accounts, decided, draft, finding, given, released


def test_title_says_office_week_and_days() -> None:
    assert draft().title == "云岭县人民政府办公室关于2026年第46周（11月9日至11月15日）政务新媒体运行情况的通报"


@pytest.mark.parametrize(
    ("kind", "start", "end", "words"),
    [
        ("weekly", (2026, 12, 28), (2027, 1, 4), "2026年第53周（2026年12月28日至2027年1月3日）"),
        ("monthly", (2026, 12, 1), (2027, 1, 1), "2026年12月"),
        ("quarterly", (2026, 10, 1), (2027, 1, 1), "2026年第4季度"),
        ("annual", (2026, 1, 1), (2027, 1, 1), "2026年度"),
    ],
)
def test_each_kind_names_its_period(
    kind: str, start: tuple[int, int, int], end: tuple[int, int, int], words: str
) -> None:
    period = Period(_midnight(*start), _midnight(*end))
    assert draft(kind=kind, period=period).period_words == words


def test_a_period_that_is_no_whole_week_is_refused() -> None:
    short = Period(datetime(2026, 11, 9, tzinfo=SHANGHAI), datetime(2026, 11, 15, tzinfo=SHANGHAI))
    with pytest.raises(ReportError, match="不是完整的周"):
        draft(period=short)


def test_the_parts_of_the_register_add_up() -> None:
    counts = draft().counts
    assert (counts.registered, counts.outside, counts.not_applicable) == (39, 3, 2)
    assert (counts.observed, counts.unseen, counts.bad, counts.good) == (28, 6, 7, 21)


def test_one_sentence_tells_what_was_seen_and_why_not() -> None:
    assert draft().sentence.startswith("本周应查 34，已查 28，6 个未能核查：微信没有公开列表 2 个、微信验证页 2 个")


def test_a_single_reason_is_named_without_a_number() -> None:
    rows = [replace(row, reason="blocked") if row.reason else row for row in given()["judgements"]]
    kept = [row for row in rows if row.result is not Result.UNKNOWN or (row.account or "").endswith("0007")]
    assert draft(judgements=kept).sentence.endswith("1 个未能核查：微信验证页")


def test_rate_is_over_observed_accounts_and_names_the_unseen() -> None:
    told = "\n".join(draft().overview)
    assert "合格率 21/28，75.00%；未能核查的 6 个账号不计入合格率" in told


def test_no_rate_over_an_empty_set() -> None:
    unknown = [replace(row, result=Result.UNKNOWN, reason="blocked") for row in given()["judgements"]]
    report = draft(judgements=unknown, findings=[])
    assert report.counts.observed == 0
    assert "不计算合格率" in "\n".join(report.overview) and "%" not in report.overview[-2]


def test_an_unknown_clause_keeps_an_account_from_passing() -> None:
    rows = accounts()
    extra = Judgement(
        subject="account", unit=rows[0].unit, clause="YL-4.2e", check="ads", result=Result.UNKNOWN, account=rows[0].ref
    )
    before, after = draft(), draft(judgements=[*given()["judgements"], extra])
    assert after.counts.good == before.counts.good - 1
    assert next(row for row in after.accounts if row.ref == rows[0].ref).state is Result.UNKNOWN


def test_passing_paper_clauses_alone_is_no_look_at_the_account() -> None:
    paper_only = [row for row in given()["judgements"] if row.check == "filing_deadline"]
    coverage = {ref: replace(row, status="none", reason="blocked") for ref, row in given()["coverage"].items()}
    passed = [replace(row, result=Result.PASS) for row in paper_only]
    report = draft(judgements=passed, findings=[], coverage=coverage)
    assert report.counts.observed == 0


def test_an_advertisement_on_a_partly_seen_account_counts_but_not_in_the_rate() -> None:
    shape, rows = given(), accounts()
    ads = shape["regulations"]["yunling-2022"].clauses[1]
    report = draft(findings=[*shape["findings"], finding(50, rows[1], (ads,), "推文附有商品购买链接")])
    assert (report.counts.bad, report.counts.bad_elsewhere, report.counts.unseen) == (7, 1, 6)
    assert "另有 1 个账号未完整核查或本期不计入，但已见问题" in "\n".join(report.overview)


def test_suspended_and_closed_accounts_are_listed_as_not_applicable() -> None:
    words = {row.name: row.words for row in draft().not_applicable}
    assert "暂停" in words["魅力竹海乡"] and "关停" in words["云岭旅游"] and "新" not in words["云岭旅游"]


def test_a_platform_that_is_not_crawled_never_passes() -> None:
    outside = [row for row in draft().accounts if row.platform not in CRAWLED_PLATFORMS]
    assert len(outside) == 3 and all(row.state is Result.UNKNOWN for row in outside)


def test_a_draft_prints_waiting_and_confirmed_lines_with_their_verdict() -> None:
    verdicts = [line.verdict for line in draft().lines]
    assert (verdicts.count(Verdict.PENDING), verdicts.count(Verdict.CONFIRMED), len(verdicts)) == (4, 3, 7)


def test_a_release_waits_for_every_printed_line() -> None:
    stamp = released().release
    with pytest.raises(ReportError, match="还有 4 条问题待核"):
        draft(release=stamp)


def test_a_release_holds_confirmed_lines_only() -> None:
    assert {line.verdict for line in released().lines} == {Verdict.CONFIRMED}


def test_a_mistaken_finding_leaves_the_account_passing() -> None:
    account = next(row for row in draft().accounts if row.ref == accounts()[2].ref)
    assert account.state is Result.PASS and account.n_lines == 0


def test_candidates_never_hold_back_a_release_and_are_only_a_number() -> None:
    report = released()
    assert report.candidates == 2 and all("cand" not in line.ref for line in report.lines)


@pytest.mark.parametrize("field", ["number", "by", "digest"])
def test_a_release_without_its_number_or_name_is_refused(field: str) -> None:
    stamp = released().release
    assert stamp is not None
    with pytest.raises(ReportError, match="缺少"):
        compose(**{**decided(given()), "release": replace(stamp, **cast(Any, {field: " "}))})


def test_a_breach_without_its_finding_does_not_add_up() -> None:
    fewer = [row for row in given()["findings"] if row.id != "F00001"]
    with pytest.raises(ReportError, match="没有对应的问题线索"):
        draft(findings=fewer)


def test_one_finding_of_a_unit_answers_for_breaches_on_several_of_its_accounts() -> None:
    shape, rows = given(), accounts()
    breaches = [replace(_judged(row, Result.BREACH), subject="unit", unit=rows[0].unit) for row in rows[:2]]
    of_unit = replace(shape["findings"][0], id="F9", subject="unit", account=rows[1].ref, unit=rows[0].unit)
    report = draft(judgements=[*shape["judgements"], *breaches], findings=[*shape["findings"], of_unit])
    assert "F9" in {line.id for line in report.lines}


def test_a_finding_of_an_unregistered_account_does_not_add_up() -> None:
    shape = given()
    strange = replace(shape["findings"][0], id="F9", account="weibo:0")
    with pytest.raises(ReportError, match="不在名录中"):
        draft(findings=[*shape["findings"], strange])


def test_an_account_registered_twice_does_not_add_up() -> None:
    with pytest.raises(ReportError, match="重复"):
        draft(accounts=[*accounts(), accounts()[4]])


def test_a_finding_that_comes_twice_does_not_add_up() -> None:
    shape = given()
    with pytest.raises(ReportError, match="两次"):
        draft(findings=[*shape["findings"], shape["findings"][0]])


def test_an_unknown_clause_is_an_error_and_not_a_blank() -> None:
    shape = given()
    with pytest.raises(ReportError, match="XX-1"):
        draft(findings=[*shape["findings"], replace(shape["findings"][0], id="F9", clauses=("XX-1",))])


def test_each_clause_is_quoted_once_in_its_group() -> None:
    for check in draft().problems:
        for group in check.groups:
            assert len({quote.id for quote in group.quotes}) == len(group.quotes)
    assert draft().problems[0].heading == "长期不更新"


def test_the_check_code_is_the_same_for_draft_and_release_and_changes_with_a_figure() -> None:
    ready, one_more = compose(**decided(given())), replace(accounts()[4], uid="we9999")
    assert check_code(ready) == check_code(released())
    assert check_code(ready) != check_code(compose(**decided(given(accounts=[*accounts(), one_more]))))


def test_an_unlisted_reason_is_shown_and_not_dropped() -> None:
    rows = [replace(row, reason="new_wall") if row.reason == "unparsed" else row for row in given()["judgements"]]
    assert any("new_wall" in row.words for row in draft(judgements=rows).unseen)


def test_personal_numbers_are_masked() -> None:
    shape = given()
    told = replace(shape["findings"][0], summary="推文公布了联系人电话13812345678")
    report = draft(findings=[told, *shape["findings"][1:]])
    assert any("138****5678" in line.summary for line in report.lines)


def _midnight(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=SHANGHAI)


_RESULTS = st.sampled_from([Result.PASS, Result.UNKNOWN, Result.NOT_APPLICABLE, Result.MANUAL])


@settings(max_examples=40, deadline=None)
@cases(st.lists(_RESULTS, min_size=39, max_size=39))
def test_whatever_was_judged_the_parts_add_up_and_unknown_never_passes(results: list[Result]) -> None:
    judgements = [_judged(account, result) for account, result in zip(accounts(), results, strict=True)]
    report = draft(judgements=judgements, findings=[], coverage={})
    unknown = {row.account for row in judgements if row.result is Result.UNKNOWN}
    passing = {row.ref for row in report.accounts if row.state is Result.PASS}
    assert not unknown & passing and report.counts.good == len(passing)
    assert report.counts.registered == sum(part.registered for part in report.platforms) == 39


def _judged(account: Any, result: Result) -> Judgement:
    return Judgement(
        subject="account",
        unit=account.unit,
        clause="YL-4.2a",
        check="update_frequency",
        result=result,
        account=account.ref,
    )
