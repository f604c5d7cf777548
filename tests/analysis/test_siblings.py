"""Numbers of offices: the same one in another writing is a disguise, another one is another office."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.lookalikes import Lookalikes
from analysis.names import ALIKE, similarity
from analysis.scoring import NEIGHBOUR
from analysis.signs import rows_of

NUMERALS = "〇一二三四五六七八九"
WRITTEN = [
    *(("泽州三中", shown) for shown in "泽州3中 泽州③中 泽州Ⅲ中 泽州叁中 泽州第三中学 泽州第3中学 泽州第三中".split()),
    *(("泽州十二中", shown) for shown in "泽州12中 泽州一二中 泽州第十二中学 泽州第12中学".split()),
    *(("泽州县第二小学", shown) for shown in "泽州县二小 泽州县第2小学".split()),
    ("泽州第二医院", "泽州二院"),
    ("泽州县第二十一中学", "泽州县第21中学"),
]


def in_words(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 1 else NUMERALS[tens]) * (tens > 0) + "十" * (tens > 0) + NUMERALS[ones] * (ones > 0)


@pytest.mark.parametrize(("name", "shown"), WRITTEN)
def test_the_same_number_in_another_writing_is_a_disguise(name: str, shown: str) -> None:
    assert ALIKE <= similarity(name, shown) < 1
    assert similarity(name, shown) == similarity(shown, name)


@pytest.mark.parametrize("pattern", ["泽州{}中", "泽州县第{}小学", "泽州{}院"])
@given(st.integers(1, 99), st.integers(1, 60))
def test_numbers_tell_offices_apart_however_they_are_written(pattern: str, number: int, other: int) -> None:
    score = similarity(pattern.format(in_words(number)), pattern.format(other))
    assert score >= ALIKE if number == other else score < ALIKE


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("微博泽州1号", "微博泽州2号"),
        ("泽州县第十二中学", "泽州县第二十中学"),
        ("泽州三中", "泽州第三小学"),
        ("泽州县城关小学", "泽州县城关第一小学"),
        ("泽州交警三中队", "泽州第三中学"),
    ],
)
def test_another_number_or_office_is_no_suspect(left: str, right: str) -> None:
    assert similarity(left, right) < ALIKE


def test_two_of_a_number_are_siblings_although_their_signs_are_the_same() -> None:
    assert similarity("泽州县第十二中学", "泽州县第二十中学") <= NEIGHBOUR


@pytest.mark.parametrize("numerals", ["9" * 5000, "一" * 5000, "十" * 5000, "9" * 59, "1234"])
def test_a_long_run_of_numerals_is_no_ordinal(numerals: str) -> None:
    assert 0 <= similarity(f"泽州{numerals}中", "泽州三中") < 1


@given(
    st.text("0123456789十〇零一二三壹贰第中小号Ⅲ③", max_size=12),
    st.text("0123456789十〇零一二三壹贰第中小号Ⅲ③", max_size=12),
)
def test_any_numerals_are_compared_in_both_directions(left: str, right: str) -> None:
    assert similarity(f"泽州{left}", f"泽州{right}") == similarity(f"泽州{right}", f"泽州{left}")


@pytest.mark.parametrize(("name", "shown"), WRITTEN)
def test_the_search_finds_a_number_in_another_writing(name: str, shown: str) -> None:
    known, _, scores = Lookalikes([name]).match(rows_of([shown]))
    assert len(known) == 1
    assert np.all(scores >= ALIKE)
