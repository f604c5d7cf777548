"""Cases are read strictly, so that an office's own document cannot misfire silently."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from analysis.cases import CaseError, evidence_of, result_of
from records import Case, Judgement, Result


def case(**given: Any) -> Case:
    return Case(name="made up", given=given, expect=Result.PASS)


@pytest.mark.parametrize(
    "given",
    [{"post": []}, {"posts": ["2026-11-16"]}, {"person": {"who": "张某"}}, {"covered": "most"}, {"links": [{}]}],
)
def test_an_unknown_key_or_form_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(CaseError, match="示例“made up”的 given 中"):
        evidence_of(case(**given))


def test_a_date_is_a_post_known_to_the_day() -> None:
    (item,) = evidence_of(case(posts=[date(2026, 11, 16)])).accounts
    assert item.posts[0].time_precision == "day"


def test_candidates_come_with_their_snapshots() -> None:
    evidence = evidence_of(case(registered=["云岭发布", "云岭文旅"], candidates=[{"name": "云岭发布", "uid": "77"}]))
    assert [item.account.name for item in evidence.accounts] == ["云岭发布", "云岭文旅"]
    assert set(evidence.candidate_snapshots) == {"weibo:77"}
    assert evidence.registered == {"weibo:1001", "weibo:1002"}


def test_one_breach_makes_a_case_fire_and_silence_is_not_applicable() -> None:
    judgements = [
        Judgement(subject="account", unit="x", clause="x", check="x", result=result)
        for result in (Result.PASS, Result.BREACH, Result.UNKNOWN)
    ]
    assert result_of(iter(judgements)) is Result.BREACH
    assert result_of(iter(judgements[::2])) is Result.UNKNOWN
    assert result_of(iter([])) is Result.NOT_APPLICABLE
