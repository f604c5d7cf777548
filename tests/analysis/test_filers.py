"""One website, several units that file it: who answers for it, and who is kept apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from analysis.filers import Filers, FirstRuns, answered_by, filers_of
from records import Account, Clause, Regulation, Severity

SITE = "https://www.yunling.example.cn"
PAGE = f"{SITE}/"
LAW = ("luju-2023",)
OFFICE, SCHOOLS, HEALTH = "云岭县人民政府办公室", "云岭县教育局", "云岭县卫生健康局"


def regulation(name: str, *clauses: str, check: str = "website_downtime") -> Regulation:
    demands = (Clause(id=one, number="x", quote="x", check=check, severity=Severity.HINT) for one in clauses)
    return Regulation(id=name, title="x", issued="x", clauses=tuple(demands))


REGULATIONS = {
    one.id: one
    for one in (
        regulation("luju-2023", "LJ-7a"),
        regulation("zezhou-2022", "ZZ-1"),
        regulation("shandong-2021", "SD-1", check="dead_link"),
    )
}


def filed(unit: str, address: str = SITE, status: str = "正常") -> Account:
    return Account(platform="weibo", uid=unit, name=unit, unit=unit, status=status, fields={"网站地址": address})


def portal(unit: str) -> Account:
    return replace(filed(unit, ""), platform="website", url=PAGE)


def filers(
    *accounts: Account, clause: str = "LJ-7a", law: Sequence[str] = LAW, first: FirstRuns | None = None
) -> dict[str, dict[str, tuple[str, ...]]]:
    """Of each unit the shared websites of one clause."""
    found = filers_of(accounts, law, REGULATIONS, first or {})
    return {unit: dict(clauses[clause]) for unit, clauses in found.items() if clause in clauses}


def test_the_unit_that_stands_first_in_the_register_answers() -> None:
    found = filers(filed(SCHOOLS), filed(OFFICE), filed(HEALTH))
    assert found == {unit: {PAGE: (SCHOOLS, OFFICE, HEALTH)} for unit in (SCHOOLS, OFFICE, HEALTH)}


def test_a_unit_that_was_probed_for_it_by_an_earlier_run_answers_before_a_new_row() -> None:
    found = filers(filed(SCHOOLS), filed(OFFICE), first={(SCHOOLS, SITE): 40, (OFFICE, PAGE): 1, (OFFICE, SITE): 41})
    assert found[SCHOOLS] == {PAGE: (OFFICE, SCHOOLS)}
    assert filers(filed(HEALTH), filed(OFFICE), first={(OFFICE, SITE): 1})[HEALTH] == {PAGE: (OFFICE, HEALTH)}


def test_the_unit_with_the_websites_own_row_answers_before_those_that_name_it() -> None:
    found = filers(filed(SCHOOLS), portal(OFFICE), first={(SCHOOLS, SITE): 1, (OFFICE, PAGE): 2})
    assert found == {unit: {PAGE: (OFFICE, SCHOOLS)} for unit in (SCHOOLS, OFFICE)}


def test_a_website_of_one_unit_is_shared_with_nobody() -> None:
    assert filers(filed(OFFICE), filed(OFFICE), filed(SCHOOLS, "https://jyj.yunling.example.cn")) == {}


@pytest.mark.parametrize("other", [f"{SITE}/jyj/", f"{SITE}:8443", f"{SITE}/?id=1", SITE.replace("www.", "")])
def test_what_may_answer_otherwise_is_another_website(other: str) -> None:
    assert filers(filed(OFFICE), filed(SCHOOLS, other)) == {}


@pytest.mark.parametrize(
    "same", [PAGE, SITE.upper(), f"{SITE}/#top", f"{SITE}:443", "https://www.yunling.example.cn./"]
)
def test_what_gives_the_same_request_is_the_same_website(same: str) -> None:
    assert filers(filed(OFFICE), filed(SCHOOLS, same))[SCHOOLS] == {PAGE: (OFFICE, SCHOOLS)}


def test_a_path_escaped_and_not_is_the_same_website() -> None:
    found = filers(filed(OFFICE, f"{SITE}/首页"), filed(SCHOOLS, f"{SITE}/%E9%A6%96%E9%A1%B5"))
    assert found[SCHOOLS] == {f"{SITE}/%E9%A6%96%E9%A1%B5": (OFFICE, SCHOOLS)}


def test_http_and_https_stand_side_by_side_the_one_that_answers_first_before() -> None:
    typed = PAGE.replace("https", "http")
    found = filers(filed(SCHOOLS, typed), portal(OFFICE))
    assert list(found[SCHOOLS].items()) == [(PAGE, (OFFICE,)), (typed, (SCHOOLS,))]
    assert found[OFFICE] == found[SCHOOLS]


def test_an_address_that_nobody_can_read_is_one_website_all_the_same() -> None:
    assert filers(filed(OFFICE, "http://["), filed(SCHOOLS, "http://["))[OFFICE] == {"http://[": (OFFICE, SCHOOLS)}


def test_a_unit_with_one_regulation_more_shares_the_clauses_of_both() -> None:
    both = replace(filed(OFFICE), regulations=("luju-2023", "shandong-2021"))
    assert filers(both, filed(SCHOOLS)) == {unit: {PAGE: (OFFICE, SCHOOLS)} for unit in (OFFICE, SCHOOLS)}


def test_a_clause_is_shared_by_those_whom_it_binds() -> None:
    bound, other = replace(filed(OFFICE), regulations=("zezhou-2022",)), replace(filed(SCHOOLS), regulations=LAW)
    assert filers(other, bound, clause="ZZ-1", law=()) == {OFFICE: {PAGE: (OFFICE,)}}
    assert filers(other, bound, clause="LJ-7a", law=()) == {SCHOOLS: {PAGE: (SCHOOLS,)}}


def test_the_offices_own_regulations_bind_every_unit() -> None:
    found = filers(replace(filed(OFFICE), regulations=("zezhou-2022",)), filed(SCHOOLS))
    assert found[SCHOOLS] == {PAGE: (OFFICE, SCHOOLS)}


def test_a_regulation_that_does_not_exist_binds_nobody_here() -> None:
    assert filers(replace(filed(OFFICE), regulations=("nowhere-1999",)), filed(SCHOOLS), law=()) == {}


def test_a_closed_account_files_nothing() -> None:
    assert filers(filed(OFFICE, status="关停"), filed(SCHOOLS)) == {}


def test_a_unit_that_answers_under_one_clause_is_judged_by_all_probes() -> None:
    known: Filers = {"LJ-7a": {PAGE: (OFFICE, SCHOOLS)}, "ZZ-1": {PAGE: (SCHOOLS,)}}
    assert answered_by(known, SCHOOLS, [PAGE]) == {PAGE}
    assert answered_by({"LJ-7a": known["LJ-7a"]}, SCHOOLS, [PAGE]) == frozenset()


def test_https_of_another_unit_is_read_beside_ones_own_http() -> None:
    typed = PAGE.replace("https", "http")
    assert answered_by({"LJ-7a": {PAGE: (OFFICE,), typed: (SCHOOLS,)}}, SCHOOLS, [typed]) == {PAGE, typed}
