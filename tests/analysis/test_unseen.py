"""What nobody sees of a name is written out, and nothing else is."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.unseen import written_out


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("泽\u200b州发布", "泽‹U+200B›州发布"),
        ("\u202e泽州发布", "‹U+202E›泽州发布"),
        ("泽\ufe00州发布", "泽‹U+FE00›州发布"),
        ("泽\u200b\ufe0f州", "泽‹U+200B›‹U+FE0F›州"),
        ("泽\U000e0100州", "泽‹U+E0100›州"),
        ("泽\u3164州", "泽‹U+3164›州"),
        ("❤\ufe0f泽州发布", "❤\ufe0f泽州发布"),
        ("1\ufe0f\u20e3号", "1\ufe0f\u20e3号"),
        (" 泽州\u3000发布\n", "泽州 发布"),
        ("", ""),
    ],
)
def test_what_nobody_sees_is_written_out(name: str, expected: str) -> None:
    assert written_out(name) == expected


@given(st.text())
def test_nothing_written_out_steers_a_line(name: str) -> None:
    assert all(unicodedata.category(sign)[0] != "C" for sign in written_out(name))
    assert written_out(written_out(name)) == written_out(name)


@given(
    st.text(
        st.characters(categories=("Lo", "Ll", "Nd", "Po", "So"), exclude_characters="\u115f\u1160\u2800\u3164\uffa0")
    )
)
def test_what_everybody_sees_stays_as_it_is(name: str) -> None:
    assert written_out(name) == name
