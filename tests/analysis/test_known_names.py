"""Which registered name each of many is most like, as comparing them one by one would say."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import known_names
from analysis.known_names import Known, KnownNames, Nearest
from analysis.names import ALIKE, similarity
from records import Account

UNIT, LIBRARY = "云岭县人民政府办公室", "云岭县群众艺术馆"


def account(platform: str, name: str, unit: str = UNIT) -> Known:
    return Known(name, "账号名称", unit, Account(platform=platform, uid="1", name=name, unit=unit))


NAMES = (
    account("weibo", "云岭发布"),
    account("wechat", "云岭发布"),
    account("toutiao", "群众艺术馆发布", LIBRARY),
    account("weibo", "云岭县公安局"),
    Known(UNIT, "主办单位名称", UNIT),
    Known("云岭发布", "主办单位简称", UNIT),
)
PLACES = frozenset({"澜州市云岭县"})
KNOWN = KnownNames(NAMES, PLACES)
SHOWN = ["云岺发布", "群众艺发馆发布", "爱吃火锅的小王", "yunlingfabu", "云岭县公安", "✅✅", "上海交警"]
PIECES = st.sampled_from(["云", "岭", "岺", "发", "布", "群众", "艺术", "馆", "县", "公安局", "官方", "火锅", "办公室"])


def best_score(name: str) -> float:
    return max(similarity(known.name, name, PLACES) for known in NAMES)


@pytest.mark.parametrize("name", ["云岺发布", "群众艺发馆发布", "发布云岭", "云岭县公安", "今日云岭发布"])
def test_a_like_name_is_matched_with_its_score(name: str) -> None:
    (found,) = KNOWN.nearest([(name, "weibo")])
    assert found.match is not None and found.match.score == best_score(name) >= ALIKE


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, min_size=3, max_size=7).map("".join))
def test_no_like_name_is_lost_and_none_is_made(name: str) -> None:
    (found,) = KNOWN.nearest([(name, "weibo")])
    assert (found.match.score if found.match is not None else 0.0) == (
        best_score(name) if best_score(name) >= ALIKE else 0.0
    )


@pytest.mark.parametrize(("platform", "whose"), [("weibo", "weibo:1"), ("wechat", "wechat:1"), ("toutiao", "weibo:1")])
def test_of_equals_the_account_of_the_platform_is_told_and_an_account_before_a_unit(platform: str, whose: str) -> None:
    (found,) = KNOWN.nearest([("云岭发布", platform)])
    assert found.match is not None and (found.match.account, found.match.score) == (whose, 1.0)


def test_many_names_are_told_in_order_block_by_block(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = list(KNOWN.nearest((name, "weibo") for name in SHOWN))
    monkeypatch.setattr(known_names, "_BLOCK", 2)
    assert list(KNOWN.nearest((name, "weibo") for name in SHOWN)) == at_once
    assert [found.match is not None for found in at_once] == [True, True, False, True, True, False, False]


def test_nothing_is_like_an_empty_register() -> None:
    assert list(KnownNames((), PLACES).nearest([("云岭发布", "weibo")])) == [Nearest()]
    assert KnownNames((), PLACES).unit_like("云岭发布") is None


def test_the_unit_that_has_to_look_is_found_for_a_name_that_is_hardly_alike() -> None:
    assert KNOWN.unit_like("守护群众") == LIBRARY
    assert KNOWN.unit_like("✅✅") is None
