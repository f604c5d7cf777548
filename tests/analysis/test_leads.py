"""That nobody imitates a unit is said only where its names were searched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from analysis.checks.impostor import check as impostor
from analysis.checks.unregistered import check as unregistered
from analysis.leads import candidate_words, sentence
from analysis.registered import Filed, Register
from analysis.sightings import Seen, Sighting
from analysis.triage import triage
from records import Account, Candidate, Clause, Evidence, Judgement, Result, Severity, Unit
from records.evidence import Triage
from tests.analysis.test_impostor import CLAUSE, candidate, evidence

UNREGISTERED = Clause(id="ZZ-4.1f", number="四（一）", quote="漏报", check="unregistered", severity=Severity.HINT)
CHECKS = [(impostor, CLAUSE), (unregistered, UNREGISTERED)]
AT = datetime(2026, 11, 15, 2, tzinfo=UTC)
UNIT = Unit(name="云岭县人民政府办公室", division="澜州市云岭县")
OWN = Account(platform="weibo", uid="1", name="云岭发布", unit=UNIT.name, aliases={"uid": "1"})
Check = Callable[[Evidence, Clause], Iterator[Judgement]]


@pytest.mark.parametrize(("check", "clause"), CHECKS)
@pytest.mark.parametrize("gap", ["robots", "blocked", "truncated", "not_searched"])
def test_a_unit_whose_names_were_not_searched_is_not_said_to_be_unharmed(
    check: Check, clause: Clause, gap: str
) -> None:
    given = replace(evidence(candidate("云岭美食")), triages=(), search_gap=gap)
    (judgement,) = check(given, clause)
    assert (judgement.subject, judgement.result, judgement.reason) == ("unit", Result.UNKNOWN, gap)


@pytest.mark.parametrize(("check", "clause"), CHECKS)
def test_a_unit_whose_names_were_searched_passes_although_nobody_was_found(check: Check, clause: Clause) -> None:
    (judgement,) = check(replace(evidence(), triages=()), clause)
    assert (judgement.subject, judgement.result) == ("unit", Result.PASS)


def test_what_was_found_counts_although_not_everything_was_searched() -> None:
    given = replace(evidence(candidate("云岭发布官方", verified=False)), search_gap="robots")
    (judgement,) = impostor(given, CLAUSE)
    assert judgement.result is Result.BREACH


@pytest.mark.parametrize(("check", "clause"), CHECKS)
def test_nobody_is_accused_without_the_page_that_showed_it(check: Check, clause: Clause) -> None:
    entity = "云岭县人民政府办公室" if clause is UNREGISTERED else "云岭文化传媒有限公司"
    given = evidence(candidate("云岭发布官方", verified=True, verified_entity=entity))
    assert [one.result for one in check(given, clause)] == [Result.BREACH]
    (judgement,) = check(replace(given, candidate_snapshots={}), clause)
    assert (judgement.result, judgement.reason, judgement.evidence) == (Result.UNKNOWN, "page_not_kept", ())
    assert "请重新搜索这个名称" in (judgement.summary or "")


def seen_by(source: str, **fields: object) -> Triage:
    """Where an account was sorted of which one page tells."""
    one = Candidate(platform="weibo", **{"uid": "7699000001", "name": "云岺发布", "found_at": AT, **fields})  # type: ignore[arg-type]
    look = Sighting(source=source, seen_at=AT, poster=OWN)
    return triage(Seen(candidate=one, sightings=(look,)), Register((UNIT,), (Filed(account=OWN),), {OWN.ref}))


@pytest.mark.parametrize(
    ("source", "whose"), [("mention", "推文里写作"), ("feed", "订阅源里写作"), ("partner", "名单里写作")]
)
def test_a_name_that_only_others_gave_is_told_as_theirs(source: str, whose: str) -> None:
    assert candidate_words(seen_by(source)) == f"微博{whose}“云岺发布”的账号（7699000001）"


@pytest.mark.parametrize("source", ["search", "person", "repost"])
def test_a_lead_is_told_in_the_words_that_decisions_were_made_on(source: str) -> None:
    found = seen_by(source)
    told = sentence(found, "归类为“名称相似、未见认证”", "请核实。")
    assert told.startswith(
        f"微博“云岺发布”（7699000001）不在名录中，归类为“名称相似、未见认证”（特征码 {found.shown}）"
    )


@pytest.mark.parametrize("entity", [None, "云岭文化传媒有限公司", UNIT.name, "云岭县林业和草原局"])
@pytest.mark.parametrize("verified", [None, False, True])
@pytest.mark.parametrize(("check", "clause"), CHECKS)
def test_a_partners_row_alone_is_no_observation_to_accuse_on(
    check: Check, clause: Clause, entity: str | None, verified: bool | None
) -> None:
    found = seen_by("partner", verified=verified, verified_entity=entity)
    given = replace(evidence(found.candidate), triages=(found,))
    assert found.candidate.ref in given.candidate_snapshots
    assert all(one.result is not Result.BREACH for one in check(given, clause))


def test_a_sign_that_nobody_sees_is_written_out_in_the_lead() -> None:
    told = sentence(seen_by("search", name="云\u200b岺\ufe01发布"), "归类为“名称相似、未见认证”", "请核实。")
    assert told.startswith("微博“云‹U+200B›岺‹U+FE01›发布”（7699000001）")
