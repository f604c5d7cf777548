"""Candidates like a registered account are leads; nothing seen is nothing said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from analysis.checks.impostor import check
from analysis.words import BASIS
from records import Account, AccountEvidence, Candidate, Clause, Evidence, Period, Result, Severity, Snapshot, Unit

NOW = datetime(2026, 11, 20, 1, tzinfo=UTC)
CLAUSE = Clause(
    id="DX-4.1d",
    number="四（一）",
    quote="假冒政务新媒体",
    check="impostor",
    severity=Severity.VETO,
    params={"likeness": 0.8},
)
PERSONS = replace(CLAUSE, id="LJ-10b", params={"likeness": 0.8, "verified": "person"})
UNIT = Unit(name="云岭县人民政府办公室", short_names=("云岭县政府办",), division="澜州市云岭县")
ACCOUNT = Account(platform="weibo", uid="1000000001", name="云岭发布", unit=UNIT.name, former_names=("云岭微讯",))


def candidate(name: str, uid: str = "9000000001", **fields: object) -> Candidate:
    return Candidate(platform="weibo", uid=uid, name=name, found_at=NOW, **fields)  # type: ignore[arg-type]


PAGE = Snapshot(url="https://s.example/", fetched_at=NOW, sha256="0" * 64, ref="evidence/1.warc.gz#0")


def evidence(*candidates: Candidate) -> Evidence:
    return Evidence(
        unit=UNIT,
        period=Period(datetime(2026, 11, 8, 16, tzinfo=UTC), datetime(2026, 11, 15, 16, tzinfo=UTC)),
        looked_at=NOW,
        accounts=(AccountEvidence(account=ACCOUNT),),
        candidates=candidates,
        candidate_snapshots={one.ref: PAGE for one in candidates},
        registered=frozenset({ACCOUNT.ref}),
    )


def results(*candidates: Candidate, clause: Clause = CLAUSE) -> list[tuple[str, Result]]:
    return [(judgement.subject, judgement.result) for judgement in check(evidence(*candidates), clause)]


def test_a_like_name_is_a_lead_that_a_person_must_decide() -> None:
    (judgement,) = check(evidence(candidate("云领发布", verified=False)), CLAUSE)
    assert (judgement.subject, judgement.result) == ("candidate", Result.BREACH)
    assert (judgement.account, judgement.candidate) == (ACCOUNT.ref, "weibo:9000000001")
    assert judgement.cause == "impostor:weibo:9000000001"
    assert judgement.evidence == (PAGE,)
    assert judgement.summary is not None
    assert judgement.summary.startswith("微博“云领发布”")
    assert "相似度 0.95" in judgement.summary
    assert "页面显示未认证" in judgement.summary
    assert "人工核实" in judgement.summary


@pytest.mark.parametrize("name", ["云岭发布官方", "云岭微讯", "云岭县政府办", "云岭县人民政府办公室"])
def test_former_names_and_the_units_own_names_count(name: str) -> None:
    assert results(candidate(name)) == [("candidate", Result.BREACH)]


def test_another_countys_account_is_no_lead() -> None:
    assert results(candidate("云龙发布"), candidate("云岭美食")) == [("unit", Result.PASS)]


def test_a_registered_account_is_no_impostor() -> None:
    assert results(candidate("云岭发布", uid=ACCOUNT.uid)) == [("unit", Result.PASS)]


def test_an_account_verified_for_the_unit_is_unregistered_not_an_impostor() -> None:
    assert results(candidate("云岭发布", verified=True, verified_entity="云岭县人民政府辦公室")) == [
        ("unit", Result.PASS)
    ]


def test_a_company_with_the_offices_name_is_a_lead() -> None:
    company = candidate("云岭发布", verified=True, verified_entity="澜州某某传媒有限公司")
    (judgement,) = check(evidence(company), CLAUSE)
    assert judgement.result is Result.BREACH
    assert "认证主体为“澜州某某传媒有限公司”" in (judgement.summary or "")


def test_without_a_sweep_nothing_is_said() -> None:
    (judgement,) = check(evidence(), CLAUSE)
    assert (judgement.subject, judgement.result, judgement.reason) == ("unit", Result.UNKNOWN, "not_crawled")


def test_the_clause_on_persons_means_persons_and_unverified_only() -> None:
    company = candidate("云岭发布", verified=True, verified_entity="澜州某某传媒有限公司")
    assert results(candidate("云岭发布", verified=False), clause=PERSONS) == [("candidate", Result.BREACH)]
    assert results(candidate("云岭发布", verified=True, verified_entity="某某"), clause=PERSONS) == [
        ("candidate", Result.BREACH)
    ]
    assert results(company, clause=PERSONS) == [("unit", Result.PASS)]


def test_a_page_that_hides_the_verification_accuses_nobody_of_being_a_person() -> None:
    assert results(candidate("云岭发布", verified=None), clause=PERSONS) == [("candidate", Result.UNKNOWN)]


def test_the_threshold_comes_from_the_clause() -> None:
    assert results(candidate("云岭发布官方"), clause=replace(CLAUSE, params={"likeness": 0.96})) == [
        ("unit", Result.PASS)
    ]
    with pytest.raises(KeyError):
        list(check(evidence(candidate("云岭发布")), replace(CLAUSE, params={})))


def test_a_name_of_signs_only_is_passed_over() -> None:
    assert results(candidate("✅✅")) == [("unit", Result.PASS)]


def test_a_hostile_name_cannot_move_the_readers_cursor() -> None:
    (judgement,) = check(evidence(candidate("云岭\n\x1b[发布\u202e")), CLAUSE)
    assert judgement.summary is not None
    assert judgement.summary.isprintable()


@pytest.mark.parametrize("entity", ["云陵县融媒体中心", "云陵县人民政府新闻办公室官方微博", "澜州市云陵县公安局"])
def test_a_neighbour_verified_for_its_own_place_is_no_lead(entity: str) -> None:
    neighbour = candidate("云陵发布", verified=True, verified_entity=entity)
    assert results(neighbour) == [("unit", Result.PASS)]


@pytest.mark.parametrize(
    ("verified", "entity"),
    [(False, None), (True, "云陵县文化传媒有限公司"), (True, "云岭县云上传媒中心")],
)
def test_a_neighbours_name_without_its_own_government_is_a_lead(verified: bool | None, entity: str | None) -> None:
    assert results(candidate("云陵发布", verified=verified, verified_entity=entity)) == [("candidate", Result.BREACH)]


@pytest.mark.parametrize("verified", [None, False])
def test_an_entity_without_the_mark_is_neither_believed_nor_held_against_the_account(verified: bool | None) -> None:
    doubtful = candidate("云陵发布", verified=verified, verified_entity="云陵县融媒体中心")
    (judgement,) = check(evidence(doubtful), CLAUSE)
    assert (judgement.result, judgement.reason) == (Result.UNKNOWN, "unparsed")


def test_the_observed_part_of_the_summary_changes_only_with_the_account() -> None:
    first, other, seen_again = (
        next(check(evidence(one), CLAUSE)).summary or ""
        for one in (
            candidate("云领发布", verified=False),
            candidate("云领发布"),
            candidate("云领发布", verified=False, followers=5, bio="换了简介"),
        )
    )
    observed = [summary.rpartition(BASIS)[0] for summary in (first, other, seen_again)]
    assert observed[0] == observed[2] != observed[1]


def wechat_results(aliases: dict[str, str]) -> list[tuple[str, Result]]:
    """What comes of a WeChat candidate with a registered account's very name, known by its 微信号."""
    own = replace(ACCOUNT, platform="wechat", uid="MzkwMTAwMDAwMQ==", aliases=aliases)
    found = replace(candidate("云岭发布", uid="ylfabu"), platform="wechat")
    given = replace(evidence(found), accounts=(AccountEvidence(account=own),), registered=frozenset({own.ref}))
    return [(judgement.subject, judgement.result) for judgement in check(given, CLAUSE)]


def test_the_very_name_of_an_account_whose_other_key_is_unknown_is_not_accused() -> None:
    assert wechat_results({}) == [("candidate", Result.UNKNOWN)]


def test_the_very_name_under_another_key_than_the_known_one_is_a_lead() -> None:
    assert wechat_results({"wechat_id": "yunlingfabu"}) == [("candidate", Result.BREACH)]
