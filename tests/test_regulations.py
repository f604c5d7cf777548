"""Every regulation file is true to its text, every check is used, and every worked case runs."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest

import analysis.checks
from analysis.cases import run_case
from records import Case, Clause, Regulation, Result
from registry.clauses import load_regulations
from tests.conftest import SHARED

REGULATIONS = load_regulations()
CHECKS = {entry.name for entry in pkgutil.iter_modules(analysis.checks.__path__)}
TEXTS = SHARED / "regulations"
DOMAIN = SHARED / "domain"


def cases() -> Iterator[Any]:
    for regulation in REGULATIONS.values():
        for clause in regulation.clauses:
            for case in clause.cases:
                yield pytest.param(clause, case, id=f"{regulation.id} {clause.number} {case.name}")


def clauses() -> Iterator[Any]:
    for regulation in REGULATIONS.values():
        for clause in regulation.clauses:
            yield pytest.param(regulation, clause, id=clause.id)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def needs(folder: object) -> None:
    if not os.path.isdir(str(folder)) and "CI" not in os.environ:
        pytest.skip("the texts of the documents are not beside the project")


@pytest.mark.parametrize(("clause", "case"), [*cases()])
def test_case(clause: Clause, case: Case) -> None:
    check = importlib.import_module(f"analysis.checks.{clause.check}").check
    assert run_case(check, clause, case) is case.expect


@pytest.mark.parametrize(("regulation", "clause"), [*clauses()])
def test_quote_is_in_the_text(regulation: Regulation, clause: Clause) -> None:
    if regulation.id == "national":
        needs(DOMAIN)
        items = json.loads((DOMAIN / "national.json").read_text(encoding="utf-8"))["items"]
        assert clause.quote == next(item["text"] for item in items if item["id"] == clause.id)
        return
    needs(TEXTS)
    text = (TEXTS / f"{regulation.id}.txt").read_text(encoding="utf-8")
    assert len(squeezed(clause.quote)) >= 6
    assert squeezed(clause.quote) in squeezed(text)


@pytest.mark.parametrize(("regulation", "clause"), [*clauses()])
def test_clause_is_the_one_of_the_domain(regulation: Regulation, clause: Clause) -> None:
    needs(DOMAIN)
    rows = {row["id"]: row for row in json.loads((DOMAIN / "clauses.json").read_text(encoding="utf-8"))["clauses"]}
    if regulation.id == "national":
        assert clause.second_hand
        return
    row = rows[clause.id]
    assert (clause.number, clause.quote, clause.severity) == (row["clause"], row["quote"], row["severity"])
    assert clause.check in (row["check_kind"], "manual")


@pytest.mark.parametrize(("regulation", "clause"), [*clauses()])
def test_clause_has_a_case_that_fires_and_one_that_does_not(regulation: Regulation, clause: Clause) -> None:
    results = {case.expect for case in clause.cases}
    if clause.check == "manual" or results == {Result.MANUAL}:
        return
    assert Result.BREACH in results
    assert results - {Result.BREACH}


def test_every_check_is_used_and_every_clause_names_one() -> None:
    named = {clause.check for regulation in REGULATIONS.values() for clause in regulation.clauses}
    assert named - {"manual"} == CHECKS


def test_every_machine_clause_of_the_domain_is_there() -> None:
    needs(DOMAIN)
    rows = json.loads((DOMAIN / "clauses.json").read_text(encoding="utf-8"))["clauses"]
    wanted = {row["id"] for row in rows if row["check_kind"] in CHECKS}
    assert wanted <= {clause.id for regulation in REGULATIONS.values() for clause in regulation.clauses}
