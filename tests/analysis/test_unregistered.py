"""Accounts certified for a unit of ours and not in the register are leads of another kind than impostors."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.checks import impostor, unregistered
from analysis.leads import triages_of
from analysis.registered import Filed, Register
from analysis.sightings import Seen, Sighting
from analysis.triage import triage
from records import Candidate, Clause, Result, Severity
from tests.analysis.test_impostor import ACCOUNT, NOW, UNIT, candidate, evidence
from tests.analysis.test_impostor import CLAUSE as IMPOSTOR

CLAUSE = Clause(id="ZZ-4.1f", number="四（一）", quote="漏报", check="unregistered", severity=Severity.RECTIFY)


def ours(name: str = "云岭政务公开", entity: str = "云岭县人民政府办公室", **fields: object) -> Candidate:
    return candidate(name, verified=True, verified_entity=entity, **fields)  # type: ignore[arg-type]


def results(*candidates: Candidate) -> list[tuple[str, Result]]:
    return [(one.subject, one.result) for one in unregistered.check(evidence(*candidates), CLAUSE)]


def told(one: Candidate, source: str = "person") -> str:
    """What is observed of a candidate seen there, without the basis."""
    register = Register((UNIT,), (Filed(account=ACCOUNT),), {ACCOUNT.ref})
    sorted_ = triage(Seen(candidate=one, sightings=(Sighting(source=source, seen_at=NOW),)), register)
    (judgement,) = unregistered.check(replace(evidence(one), triages=(sorted_,)), CLAUSE)
    return (judgement.summary or "").partition("（依据：")[0]


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


BIO = f"{UNIT.name}官方微博"


@pytest.mark.parametrize(
    ("verified", "mark"),
    [(None, "页面未显示认证情况"), (False, "页面显示未认证"), (True, "页面显示已认证，未显示认证主体")],
)
def test_what_only_the_bio_says_is_told_as_the_bios_with_the_mark_that_was_seen(
    verified: bool | None, mark: str
) -> None:
    words = told(candidate("平安云玲", bio=BIO, verified=verified))
    assert f"不在名录中，简介自称“{UNIT.name}”，{mark}，尚不能确定是不是漏报" in words
    assert "认证主体是" not in words


def test_a_lists_entity_is_told_as_the_lists() -> None:
    words = told(candidate("云岭政务公开", verified_entity=UNIT.name), "partner")
    assert f"名单写的认证主体为“{UNIT.name}”，账号本身没有看过，尚不能确定是不是漏报" in words
    assert "认证主体是" not in words and "页面" not in words.partition("（特征码")[0]


@pytest.mark.parametrize(("verified", "mark"), [(None, "但没有显示认证标志"), (False, "但又显示未认证")])
def test_an_entity_without_a_mark_is_told_with_what_is_wanting(verified: bool | None, mark: str) -> None:
    words = told(candidate("云岭政务公开", verified=verified, verified_entity=UNIT.name))
    assert f"页面显示的认证主体为“{UNIT.name}”，{mark}，尚不能确定" in words and "认证主体是" not in words


def test_what_may_be_another_places_entity_is_told_as_the_page_writes_it() -> None:
    words = told(ours("政务公开", entity="人民政府办公室"))
    assert "页面显示的认证主体为“人民政府办公室”" in words and UNIT.name not in words


@pytest.mark.parametrize("bio", [None, BIO, f"非官方粉丝站，转发{UNIT.name}消息"])
@pytest.mark.parametrize("entity", [None, UNIT.name, "云岭县林业和草原局"])
@pytest.mark.parametrize("verified", [True, False, None])
def test_only_a_certified_account_is_said_to_be_certified(
    verified: bool | None, entity: str | None, bio: str | None
) -> None:
    one = candidate("平安云玲", verified=verified, verified_entity=entity, bio=bio)
    words = "".join(judged.summary or "" for judged in unregistered.check(evidence(one), CLAUSE))
    assert "认证主体是“" not in words or (verified is True and entity is not None)


def test_a_bio_that_denies_it_claims_nothing_whatever_picture_the_account_has() -> None:
    register = Register((UNIT,), (Filed(account=ACCOUNT, avatar="f0" * 8),), {ACCOUNT.ref})
    one = candidate("平安云玲", bio=f"非官方粉丝站，转发{UNIT.name}消息")
    sorted_ = triage(Seen(candidate=one, avatar="f0" * 8), register)
    assert (sorted_.kind, sorted_.account, sorted_.entity_unit) == ("unknown", ACCOUNT.ref, None)
