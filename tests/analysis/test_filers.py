"""One website, several units that file it: who answers for it, and who is kept apart."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.filers import filers_of
from records import Account

SITE = "https://www.yunling.example.cn"
LAW = ("luju-2023",)
OFFICE, SCHOOLS, HEALTH = "云岭县人民政府办公室", "云岭县教育局", "云岭县卫生健康局"


def filed(unit: str, address: str = SITE, status: str = "正常") -> Account:
    return Account(platform="weibo", uid=unit, name=unit, unit=unit, status=status, fields={"网站地址": address})


def test_the_unit_that_stands_first_in_the_register_answers() -> None:
    found = filers_of([filed(SCHOOLS), filed(OFFICE), filed(HEALTH)], LAW)
    assert {unit: dict(sites) for unit, sites in found.items()} == {
        unit: {SITE: (SCHOOLS, OFFICE, HEALTH)} for unit in (SCHOOLS, OFFICE, HEALTH)
    }


def test_the_unit_with_the_websites_own_row_answers_before_those_that_name_it() -> None:
    portal = replace(filed(OFFICE, ""), platform="website", url=f"{SITE}/")
    found = filers_of([filed(SCHOOLS), portal], LAW)
    assert found[SCHOOLS] == {SITE: (OFFICE, SCHOOLS)}
    assert found[OFFICE] == {f"{SITE}/": (OFFICE, SCHOOLS)}


def test_a_website_of_one_unit_is_shared_with_nobody() -> None:
    assert filers_of([filed(OFFICE), filed(OFFICE), filed(SCHOOLS, "https://jyj.yunling.example.cn")], LAW) == {}


@pytest.mark.parametrize("other", [SITE.replace("https", "http"), f"{SITE}/jyj/", f"{SITE}:8443", f"{SITE}/?id=1"])
def test_what_may_answer_otherwise_is_another_website(other: str) -> None:
    assert filers_of([filed(OFFICE), filed(SCHOOLS, other)], LAW) == {}


@pytest.mark.parametrize("same", [f"{SITE}/", SITE.upper().replace("HTTPS", "https"), f"{SITE}/#top"])
def test_what_gives_the_same_request_is_the_same_website(same: str) -> None:
    found = filers_of([filed(OFFICE), filed(SCHOOLS, same)], LAW)
    assert found[SCHOOLS] == {same: (OFFICE, SCHOOLS)}


def test_a_unit_that_another_regulation_binds_keeps_its_own_judgement() -> None:
    assert filers_of([replace(filed(OFFICE), regulations=("zezhou-2022",)), filed(SCHOOLS)], LAW) == {}


def test_a_closed_account_files_nothing() -> None:
    assert filers_of([filed(OFFICE, status="关停"), filed(SCHOOLS)], LAW) == {}


@given(st.lists(st.tuples(st.sampled_from([OFFICE, SCHOOLS, HEALTH]), st.sampled_from([SITE, f"{SITE}/", "http://["]))))
def test_every_website_is_answered_for_by_exactly_one_unit_that_files_it(rows: list[tuple[str, str]]) -> None:
    found = filers_of([filed(unit, address) for unit, address in rows], LAW)
    for website in ({SITE, f"{SITE}/"}, {"http://["}):
        mine = {(unit, address) for unit, address in rows if address in website}
        answering = {next(iter(found.get(unit, {}).get(address, (unit,)))) for unit, address in mine}
        assert len(answering) == min(1, len(mine))
        assert answering <= {unit for unit, _ in mine}
