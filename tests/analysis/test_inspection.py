"""Which clause is put to whom, and that judging is streamed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from analysis.cases import evidence_of
from analysis.inspection import InspectionError, failing_cases, find_check, inspect, regulations_of, seen_since
from records import Case, Clause, Evidence, Regulation, Result, Severity
from registry.clauses import load_regulations

REGULATIONS = load_regulations()


def given(**table: Any) -> Evidence:
    return evidence_of(Case(name="made up", given=table, expect=Result.PASS))


def under(evidence: Evidence, *regulations: tuple[str, ...]) -> Evidence:
    """The evidence with each account's own 适用规则."""
    pairs = zip(evidence.accounts, regulations, strict=True)
    bound = tuple(replace(item, account=replace(item.account, regulations=names)) for item, names in pairs)
    return replace(evidence, accounts=bound)


def test_an_account_answers_to_its_own_regulations_and_always_to_the_nation() -> None:
    (item,) = given().accounts
    own = replace(item.account, regulations=("luju-2023",))
    assert regulations_of(item.account, ["zezhou-2022"]) == ("zezhou-2022", "national")
    assert regulations_of(own, ["zezhou-2022"]) == ("luju-2023", "national")
    assert regulations_of(item.account, ["national"]) == ("national",)


def test_only_the_regulation_that_binds_an_account_judges_it() -> None:
    evidence = under(given(registered=["云岭发布", "云岭文旅"]), ("zezhou-2022",), ("zhejiang-2020",))
    judged = {(one.account, one.clause) for one in inspect([evidence], REGULATIONS, []) if one.subject == "account"}
    assert ("weibo:1001", "ZZ-4.2h") in judged and ("weibo:1002", "ZZ-4.2h") not in judged
    assert ("weibo:1002", "ZJ-14a") in judged and ("weibo:1001", "ZJ-14a") not in judged
    assert {account for account, clause in judged if clause == "N19-5"} == {"weibo:1001", "weibo:1002"}


def test_one_regulation_alone_can_be_asked() -> None:
    judgements = list(inspect([given()], REGULATIONS, ["zezhou-2022", "shandong-2021"], only=["national"]))
    assert {judgement.clause for judgement in judgements} == {"N19-5"}


def test_a_regulation_without_a_file_is_named() -> None:
    with pytest.raises(InspectionError, match="适用规则“yunling-2026”没有对应的文件"):
        list(inspect([given()], REGULATIONS, ["yunling-2026"]))


def test_a_check_without_a_file_is_named() -> None:
    with pytest.raises(InspectionError, match="没有名为 guessing 的检查项"):
        find_check("guessing")


def test_a_clause_for_a_person_is_one_manual_line_for_the_unit() -> None:
    clause = Clause(id="N-1", number="一", quote="先审后发", check="manual", severity=Severity.HINT)
    national = Regulation(id="national", title="x", issued="x", clauses=(clause,))
    (judgement,) = inspect([given()], {"national": national}, [])
    assert (judgement.subject, judgement.result, judgement.unit) == ("unit", Result.MANUAL, "云岭县人民政府办公室")


def test_units_are_judged_one_by_one() -> None:
    def units() -> Iterator[Evidence]:
        yield given()
        raise AssertionError("the second unit was asked for before the first was judged")

    assert next(inspect(units(), REGULATIONS, ["zezhou-2022"])).unit == given().unit.name


def test_evidence_reaches_back_as_far_as_the_longest_clause() -> None:
    period = given().period
    assert seen_since(REGULATIONS.values(), period) == period.start - timedelta(days=90)
    assert seen_since([REGULATIONS["national"]], period) == period.start - timedelta(days=14)
    assert seen_since([], period) == period.start


def test_a_silent_account_breaks_the_local_and_the_national_clause() -> None:
    judgements = list(inspect([given(posts=[date(2026, 4, 2)])], REGULATIONS, ["zezhou-2022", "shandong-2021"]))
    breaches = {judgement.clause for judgement in judgements if judgement.result is Result.BREACH}
    assert breaches == {"ZZ-4.2h", "SD-1.4c", "N19-5"}


def test_a_case_that_comes_out_otherwise_is_named_with_its_result() -> None:
    (clause,) = REGULATIONS["national"].clauses
    wrong = Case(name="two weeks of silence pass", given={"posts": []}, expect=Result.PASS)
    national = replace(REGULATIONS["national"], clauses=(replace(clause, cases=(*clause.cases, wrong)),))
    assert [(case.name, result) for _, case, result in failing_cases(national)] == [(wrong.name, Result.BREACH)]


def test_a_unit_without_accounts_is_judged_without_a_fault() -> None:
    assert all(one.subject == "unit" for one in inspect([replace(given(), accounts=())], REGULATIONS, ["luju-2023"]))
