"""Keywords derived from the register: every unit and account, nothing twice, and no more than can be searched."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.keywords import KINDS, LONGEST, Keyword, is_like, keywords, partly_searchable
from analysis.names import fold
from records import Account, Unit

OFFICE = Unit(name="云岭县人民政府办公室", short_names=("县政府办",))
SCHOOLS = Unit(name="云岭县教育局", short_names=("云岭教育局",))
TOWN = Unit(name="云岭县石桥镇人民政府")
PAPER = Account(platform="wechat", uid="a", name="云岭发布", unit=OFFICE.name, former_names=("微云岭",))
NAMES = st.text(alphabet="云岭县局镇发布教育石桥Aａ ·", min_size=1, max_size=14)


def one_sign_off(name: str) -> list[str]:
    return [name.replace("岭", sign) for sign in "领岺嶺"]


def derived(*units: Unit, accounts: tuple[Account, ...] = (), division: str = "云岭县") -> tuple[Keyword, ...]:
    return keywords(units, accounts, [division], variants=one_sign_off, fold=fold)


def texts(found: tuple[Keyword, ...], kind: str) -> list[str]:
    return [one.text for one in found if one.kind == kind]


def test_every_kind_is_derived_from_the_register() -> None:
    found = derived(OFFICE, SCHOOLS, TOWN, accounts=(PAPER,))
    assert texts(found, "账号名") == ["云岭发布"]
    assert texts(found, "全称") == [OFFICE.name, SCHOOLS.name, TOWN.name]
    assert texts(found, "简称") == ["云岭县政府办", "云岭教育局"]
    assert texts(found, "曾用名") == ["微云岭"]
    assert texts(found, "易混名") == ["云领发布", "云岺发布"]
    assert {"云岭政务", "石桥镇", "石桥镇发布"} <= set(texts(found, "地名加平台词"))


def test_a_keyword_says_which_unit_it_is_for() -> None:
    found = {one.text: one.unit for one in derived(SCHOOLS, accounts=(PAPER,))}
    assert (found["云岭教育局"], found["云领发布"], found["云岭政务"]) == (SCHOOLS.name, OFFICE.name, None)


def test_a_keyword_that_units_share_is_for_each_of_them() -> None:
    taken = Account(platform="weibo", uid="b", name="雲嶺縣教育局", unit=OFFICE.name)
    found = {one.text: one.units for one in derived(OFFICE, SCHOOLS, accounts=(taken,))}
    assert found["雲嶺縣教育局"] == (OFFICE.name, SCHOOLS.name)


def test_a_places_word_that_is_also_like_a_units_name_is_for_the_unit() -> None:
    told = keywords([OFFICE], [PAPER], ["云岭县"], variants=lambda _: ["云岭在线"], fold=fold)
    found = {one.text: one.units for one in told}
    assert (found["云岭在线"], found["云岭新闻"]) == ((OFFICE.name,), ())


@pytest.mark.parametrize(
    ("unit", "former"),
    [
        (Unit(name="云岭县" + "农" * (LONGEST - 2)), ()),
        (Unit(name="云"), ()),
        (replace(SCHOOLS, short_names=("教育", "教", "教体局")), ()),
        (replace(SCHOOLS, short_names=("教育", "教体", "教科")), ()),
        (SCHOOLS, ("一中", "二中", "三中", "四中")),
    ],
)
def test_a_unit_with_a_name_that_no_keyword_carries_is_named(unit: Unit, former: tuple[str, ...]) -> None:
    account = replace(PAPER, unit=unit.name, former_names=former)
    assert partly_searchable([OFFICE, unit], [account], ["云岭县"], fold=fold) == {unit.name}


def test_a_levels_short_name_is_searchable_only_with_a_place() -> None:
    office = replace(OFFICE, name="办公室")
    assert partly_searchable([office], [], ["云岭县"], fold=fold) == frozenset()
    assert partly_searchable([office], [], [], fold=fold) == {office.name}


def test_the_last_part_of_a_division_is_the_offices_own_place() -> None:
    assert "云岭发布" in texts(derived(SCHOOLS, division="澜州市云岭县"), "地名加平台词")
    assert "澜州发布" not in {one.text for one in derived(SCHOOLS, division="澜州市云岭县")}


def test_without_a_division_the_units_names_tell_the_place() -> None:
    assert "云岭政务" in {one.text for one in derived(OFFICE, SCHOOLS, division="")}


def test_a_disguise_that_folds_away_is_not_searched_twice() -> None:
    found = derived(accounts=(PAPER, Account(platform="weibo", uid="b", name="雲嶺 发布", unit=OFFICE.name)))
    assert texts(found, "账号名") == ["云岭发布"]
    assert "云嶺发布" not in {one.text for one in found}


@given(st.lists(NAMES, max_size=20), st.lists(NAMES, max_size=20))
def test_nothing_is_searched_twice_and_every_unit_is_searched(units: list[str], names: list[str]) -> None:
    filed = [Account(platform="weibo", uid=str(number), name=name, unit="") for number, name in enumerate(names)]
    found = keywords([Unit(name=name) for name in units], filed, ["云岭县"], variants=one_sign_off, fold=fold)
    folded = [fold(one.text) for one in found]
    assert len(set(folded)) == len(folded)
    assert {fold(name) for name in units if len(fold(name)) > 1} <= set(folded)
    assert {one.kind for one in found} <= set(KINDS)
    assert {name for name in units if len(fold(name)) > 1} <= {unit for one in found for unit in one.units}
    assert len(found) <= 5 * len(units) + 6 * len(names) + 30


def test_a_county_of_sixty_units_gives_some_hundreds() -> None:
    units = [Unit(name=f"云岭县第{number}局", short_names=(f"县{number}局",)) for number in range(60)]
    filed = [Account(platform="weibo", uid=str(n), name=f"云岭之声{n}号", unit="") for n in range(100)]
    assert 300 <= len(keywords(units, filed, ["云岭县"], variants=one_sign_off, fold=fold)) <= 500


def test_a_found_name_is_like_the_keyword_while_it_has_most_of_it() -> None:
    assert is_like("云岭发布", "云岺发布", fold)
    assert is_like("云岭发布", "发布云岭", fold)
    assert not is_like("云岭发布", "济州发布", fold)
