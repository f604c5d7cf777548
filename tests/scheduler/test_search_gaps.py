"""A unit's names count as searched only where every one was seen whole, everywhere, within the month."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from records import CRAWLED_PLATFORMS, Account, Unit
from scheduler.search_gaps import search_gaps
from scheduler.search_keywords import register_keywords
from scheduler.workspace import Workspace
from storage.searches import PersonsSearch
from tests.scheduler.test_search_share import NIGHT, Moved, office

UNIT = Unit(name="云岭县公安局", division="云岭县")
ACCOUNT = Account(platform="weibo", uid="1000000002", name="平安云岭", unit=UNIT.name)
OTHER = Unit(name="云岭县消防大队", division="云岭县")


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    """An office of one unit every keyword of which a person searched everywhere."""
    found = office(tmp_path, Moved(NIGHT))
    found.store.save_register([UNIT], [ACCOUNT], {}, {})
    found.store.save_persons_searches(searches(found))
    return found


def searches(space: Workspace) -> list[PersonsSearch]:
    return [search(keyword.text, platform) for keyword in register_keywords(space) for platform in CRAWLED_PLATFORMS]


def search(keyword: str, platform: str) -> PersonsSearch:
    return PersonsSearch(
        platform=platform,
        keyword=keyword,
        kind="账号名",
        outcome="searched",
        reason=None,
        n_found=3,
        searched_at=NIGHT,
        searched_by="张三",
    )


def test_everything_searched_leaves_no_gap(space: Workspace) -> None:
    assert search_gaps(space, NIGHT + timedelta(days=7)) == {}


def test_a_search_of_long_ago_does_not_hold(space: Workspace) -> None:
    assert search_gaps(space, NIGHT + timedelta(days=32)) == {UNIT.name: "not_searched"}


def test_nothing_searched_is_a_gap(tmp_path: Path) -> None:
    empty = office(tmp_path, Moved(NIGHT))
    empty.store.save_register([UNIT], [ACCOUNT], {}, {})
    assert search_gaps(empty, NIGHT) == {UNIT.name: "not_searched"}


@pytest.mark.parametrize(
    ("outcome", "reason", "told"),
    [("blocked", "blocked", "blocked"), ("refused", "robots", "robots"), ("cut_short", "extent_unknown", "truncated")],
)
def test_a_wall_a_rule_or_half_a_list_is_no_search(tmp_path: Path, outcome: str, reason: str, told: str) -> None:
    space = office(tmp_path, Moved(NIGHT))
    space.store.save_register([UNIT], [ACCOUNT], {}, {})
    first, *others = searches(space)
    space.store.save_persons_searches([replace(first, outcome=outcome, reason=reason), *others])
    assert search_gaps(space, NIGHT) == {UNIT.name: told}


def test_a_wall_of_long_ago_is_no_reason_of_this_month(tmp_path: Path) -> None:
    space = office(tmp_path, Moved(NIGHT))
    space.store.save_register([UNIT], [ACCOUNT], {}, {})
    walled = [replace(one, outcome="blocked", reason="blocked") for one in searches(space)]
    space.store.save_persons_searches(walled)
    assert search_gaps(space, NIGHT + timedelta(days=32)) == {UNIT.name: "not_searched"}


def test_a_search_after_the_end_does_not_count_and_hides_none_before_it(space: Workspace) -> None:
    assert search_gaps(space, NIGHT - timedelta(seconds=1)) == {UNIT.name: "not_searched"}
    space.store.save_persons_searches(replace(one, searched_at=NIGHT + timedelta(days=8)) for one in searches(space))
    assert search_gaps(space, NIGHT + timedelta(days=7)) == {}


def test_a_name_that_two_units_share_is_a_gap_of_both_while_it_is_not_searched(tmp_path: Path) -> None:
    space = office(tmp_path, Moved(NIGHT))
    shared = [replace(ACCOUNT, uid="1", name=OTHER.name), replace(ACCOUNT, uid="2", name="云岭119", unit=OTHER.name)]
    space.store.save_register([UNIT, OTHER], shared, {}, {})
    found = searches(space)
    space.store.save_persons_searches(one for one in found if one.keyword != OTHER.name)
    assert search_gaps(space, NIGHT) == {UNIT.name: "not_searched", OTHER.name: "not_searched"}
    space.store.save_persons_searches(one for one in found if one.keyword == OTHER.name)
    assert search_gaps(space, NIGHT) == {}


@pytest.mark.parametrize("name", ["云岭县公安局" + "交通警察" * 7, "局"])
def test_a_unit_with_a_name_that_nobody_can_search_for_does_not_pass(name: str, tmp_path: Path) -> None:
    space = office(tmp_path, Moved(NIGHT))
    space.store.save_register([replace(UNIT, name=name)], [replace(ACCOUNT, unit=name)], {}, {})
    space.store.save_persons_searches(searches(space))
    assert search_gaps(space, NIGHT) == {name: "not_searched"}


def test_a_name_that_nobody_can_search_for_is_told_before_a_wall(tmp_path: Path) -> None:
    space = office(tmp_path, Moved(NIGHT))
    space.store.save_register([replace(UNIT, name="局")], [replace(ACCOUNT, unit="局")], {}, {})
    space.store.save_persons_searches(replace(one, outcome="blocked", reason="blocked") for one in searches(space))
    assert search_gaps(space, NIGHT) == {"局": "not_searched"}


def test_a_unit_without_any_keyword_does_not_pass(tmp_path: Path) -> None:
    space = office(tmp_path, Moved(NIGHT))
    space.store.save_register([replace(UNIT, name="局")], [replace(ACCOUNT, name="云", unit="局")], {}, {})
    space.store.save_persons_searches(searches(space))
    assert search_gaps(space, NIGHT) == {"局": "not_searched"}
