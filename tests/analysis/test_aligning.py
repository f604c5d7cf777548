"""Costs of putting one sign for another: many at a time as one by one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analysis.aligning import UNLIKE, Swaps, swap_cost
from analysis.shapes import lookalikes_of
from analysis.signs import alphabet
from analysis.sounds import syllables

SPELT = chr(0xE000 + syllables().index("zhou"))
NEAR = "".join(other for sign in "州济泽长" for other, _ in lookalikes_of(sign))
SIGNS = st.sampled_from(sorted({*"州洲周粥济泽浑择长常发布公安0o1lav重", *NEAR, SPELT}))


@given(st.lists(SIGNS, min_size=1, max_size=6), st.lists(SIGNS, min_size=1, max_size=6))
def test_a_table_of_costs_says_what_is_said_of_two_signs(known: list[str], shown: list[str]) -> None:
    left, right = ([alphabet().code(sign) for sign in side] for side in (known, shown))
    table = Swaps(left).between(np.array(left, dtype=np.int32)[:, None], np.array(right, dtype=np.int32)[:, None])
    assert table[:, :, 0].tolist() == [[swap_cost(one, other) for other in shown] for one in known]


def test_the_end_of_a_name_is_like_no_sign() -> None:
    codes = np.array([0, alphabet().code("州")], dtype=np.int32)
    assert Swaps([int(codes[1])]).each(codes, np.zeros(2, dtype=np.int32)).tolist() == [UNLIKE, UNLIKE]
