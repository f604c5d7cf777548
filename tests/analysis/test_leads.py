"""That nobody imitates a unit is said only where its names were searched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from analysis.checks.impostor import check as impostor
from analysis.checks.unregistered import check as unregistered
from records import Clause, Evidence, Judgement, Result, Severity
from tests.analysis.test_impostor import CLAUSE, candidate, evidence

UNREGISTERED = Clause(id="ZZ-4.1f", number="四（一）", quote="漏报", check="unregistered", severity=Severity.HINT)
CHECKS = [(impostor, CLAUSE), (unregistered, UNREGISTERED)]
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
