"""Accounts certified for a unit of ours and not in the register are leads of another kind than impostors."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.checks import impostor, unregistered
from analysis.leads import triages_of
from records import Candidate, Clause, Result, Severity
from tests.analysis.test_impostor import CLAUSE as IMPOSTOR
from tests.analysis.test_impostor import UNIT, candidate, evidence

CLAUSE = Clause(id="ZZ-4.1f", number="四（一）", quote="漏报", check="unregistered", severity=Severity.RECTIFY)


def ours(name: str = "云岭政务公开", entity: str = "云岭县人民政府办公室", **fields: object) -> Candidate:
    return candidate(name, verified=True, verified_entity=entity, **fields)  # type: ignore[arg-type]


def results(*candidates: Candidate) -> list[tuple[str, Result]]:
    return [(one.subject, one.result) for one in unregistered.check(evidence(*candidates), CLAUSE)]


def test_an_account_certified_for_the_unit_is_a_lead_that_tells_what_to_do() -> None:
    (judgement,) = unregistered.check(evidence(ours()), CLAUSE)
    assert (judgement.result, judgement.candidate) == (Result.BREACH, "weibo:9000000001")
    assert judgement.cause == "unregistered:weibo:9000000001"
    summary = judgement.summary or ""
    assert summary.startswith("微博“云岭政务公开”（9000000001）不在名录中")
    assert "疑似漏报" in summary and "补报备案" in summary and summary.endswith("。")


def test_the_very_name_and_entity_may_be_the_registered_account_itself() -> None:
    (judgement,) = unregistered.check(evidence(ours("云岭发布")), CLAUSE)
    assert (judgement.result, judgement.reason) == (Result.UNKNOWN, "same_name")


@pytest.mark.parametrize("entity", ["云陵县人民政府办公室", "云岭文化传媒有限公司", "云岭县融媒体中心", "张三"])
def test_others_accounts_are_not_ours_to_register(entity: str) -> None:
    assert results(ours(entity=entity)) == [("unit", Result.PASS)]


def test_without_a_sweep_nothing_is_said() -> None:
    assert results() == [("unit", Result.UNKNOWN)]


@pytest.mark.parametrize("entity", [None, "云岭县人民政府办公室", "云岭文化传媒有限公司", "云陵县融媒体中心", "张三"])
@pytest.mark.parametrize("verified", [True, False, None])
def test_no_candidate_is_both_an_impostor_and_unregistered(verified: bool | None, entity: str | None) -> None:
    given = evidence(candidate("云岭发布官方", verified=verified, verified_entity=entity))
    told = [*impostor.check(given, IMPOSTOR), *unregistered.check(given, CLAUSE)]
    assert sum(one.result is Result.BREACH for one in told) <= 1


def test_a_unit_is_told_only_of_the_candidates_sorted_to_it() -> None:
    given = evidence(ours())
    sorted_here = tuple(triages_of(given))
    assert results(ours()) == [("candidate", Result.BREACH)]
    elsewhere = replace(given, triages=())
    told = list(unregistered.check(elsewhere, CLAUSE))
    assert [(one.subject, one.result) for one in told] == [("unit", Result.PASS)]
    assert {found.unit for found in sorted_here} == {UNIT.name}
