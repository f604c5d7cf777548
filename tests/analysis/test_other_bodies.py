"""Firms, shops and schools with an office's words: another body only where the office's name is written plainly."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import tables
from analysis.lookalikes import Lookalikes
from analysis.names import ALIKE, likeness, similarity
from analysis.scoring import NEIGHBOUR
from analysis.signs import rows_of
from bench.likeness.labelled import Pair, load_pairs
from bench.likeness.tables import words

# Kinds of disguise that swap or hide signs of the name itself.
IN_SIGNS = frozenset("sound shape invisible width traditional radicals digits pinyin".split())
# A body's long word costs what any long word costs that is added.
BODIES = sorted(word for word in tables.bodies() if "*" not in word and len(word) == 2)


@cache
def disguises() -> list[Pair]:
    """The pairs of the tuning half that are disguised in their signs and nearly the same."""
    return [
        pair
        for pair in load_pairs("tune")
        if pair.kind in IN_SIGNS and similarity(pair.name, pair.candidate) >= ALIKE + 0.1
    ]


@given(st.integers(min_value=0), st.sampled_from(BODIES))
def test_no_word_of_another_body_hides_a_disguise(number: int, body: str) -> None:
    pair = disguises()[number % len(disguises())]
    assert similarity(pair.name, pair.candidate + body) >= ALIKE


@pytest.mark.parametrize("body", ["代办", "备案", "培训", "集团", "酒店"])
def test_every_disguise_of_the_tuning_half_is_seen_before_a_body(body: str) -> None:
    assert [pair for pair in disguises() if similarity(pair.name, pair.candidate + body) < ALIKE] == []


@pytest.mark.parametrize(
    "shown",
    "泽洲公安 泽卅公安 澤州公安 泽州公安✅ 泽\u200b州公安 泽州·公安 zezhou公安 泽州公按 ｚezhou公安".split(" "),
)
def test_a_disguised_office_is_no_other_body(shown: str) -> None:
    assert similarity("泽州公安", f"{shown}酒店") >= ALIKE


def test_an_office_word_inside_a_bodys_is_no_cover_for_a_disguise() -> None:
    assert similarity("泽州税务", "泽州税务师事务所") <= NEIGHBOUR
    assert similarity("泽州税务", "澤州税务师事务所") > similarity("泽州税务", "泽州税务师事务所")


def test_upper_case_is_no_disguise() -> None:
    assert similarity("泽州TV融媒", "泽州tv融媒酒店") == similarity("泽州tv融媒", "泽州tv融媒酒店")


@pytest.mark.parametrize(
    ("name", "shown"), [("泽州传媒集团", "泽州传媒"), ("泽州城投集团", "泽州城投"), ("泽州融媒集团", "泽州融媒")]
)
def test_a_registered_firm_without_its_last_word_is_put_before_a_person(name: str, shown: str) -> None:
    assert similarity(name, shown) == similarity(shown, name) >= ALIKE


def test_another_site_of_a_school_keeps_its_unit_and_is_no_suspect() -> None:
    found = likeness("泽州县第一小学", "泽州县第一小学东校区")
    assert found.score <= NEIGHBOUR
    assert found.keeps_unit
    assert similarity("泽州县第一小学", "泽州县第1小学东校区") >= ALIKE


@given(st.integers(min_value=0), st.sampled_from(BODIES))
def test_likeness_to_a_body_is_symmetric(number: int, body: str) -> None:
    pair = disguises()[number % len(disguises())]
    for shown in (pair.candidate + body, pair.name + body):
        assert similarity(pair.name, shown) == similarity(shown, pair.name)


def test_no_word_that_impostors_add_makes_another_body() -> None:
    added = {word for where in ("after", "contains_after") for word in words("tune", where)}
    sold = set("代办 代缴 代开 代理 备案 年审 中介 培训 考试 业务 咨询 贷款 担保".split())
    assert not set(tables.bodies()) & (added | sold)
    assert [body for body in tables.bodies() if any(body.endswith(word) for word in sold)] == []


DISGUISED = ("泽洲公安酒店", "澤州公安酒店", "泽\u200b州公安酒店", "泽州公安✅酒店", "泽州公安酒店")


def test_the_search_finds_a_disguise_before_a_body() -> None:
    known, _, scores = Lookalikes(["泽州公安"]).match(rows_of(DISGUISED))
    assert len(known) == 4
    assert np.all(scores >= ALIKE)
