"""The search streams any number of names past the registered ones and says what comparing each pair would say."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import lookalikes, signs
from analysis.forms import EDGE
from analysis.lookalikes import Lookalikes
from analysis.names import ALIKE, fold, likeness, similarity
from analysis.signs import keys_of, rows_of

REGISTERED = ("泽州发布", "云岭县公安局", "路居镇人民政府", "昆明文旅", "东兴12345")
PLACES = frozenset({"澜州市云岭县"})
DISGUISED = (
    "泽洲发布",
    "云岭公an",
    "路居镇入民政府",
    "文旅昆明发布",
    "东兴l2345热线",
    "今日泽州发布",
    "云岭县公按局官方",
    "云岭警方",
)
HONEST = ("济州发布", "云岭县公证处", "路居茶叶", "昆明同城", "东兴12315", "泽州政务", "上海交警", "云龙县公安局")
PIECES = st.sampled_from(
    ["泽", "洲", "州", "发", "布", "云岭", "公安", "县", "局", "官方", "zezhou", "·", "12345", "北京"]
)


def found(names: tuple[str, ...], candidates: list[str]) -> set[tuple[str, str]]:
    index = Lookalikes(names, PLACES)
    known, others, scores = index.match(rows_of(candidates))
    return {(names[a], candidates[b]) for a, b, score in zip(known, others, scores, strict=True) if score >= ALIKE}


def test_every_disguise_is_found_and_no_honest_name() -> None:
    hits = found(REGISTERED, [*DISGUISED, *HONEST])
    assert {candidate for _, candidate in hits} == set(DISGUISED)


@pytest.mark.parametrize("name", REGISTERED)
def test_the_search_gives_the_score_of_each_pair(name: str) -> None:
    candidates = [*DISGUISED, *HONEST]
    scores = {match.candidate: match.likeness.score for match in Lookalikes([name], PLACES).search(candidates)}
    assert scores == {candidate: similarity(name, candidate, PLACES) for candidate in candidates}


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=6).map("".join).filter(fold))
def test_what_the_stream_finds_has_the_score_of_the_pair(candidate: str) -> None:
    known, _, scores = Lookalikes(REGISTERED, PLACES).match(rows_of([candidate]))
    for name, score in zip(known.tolist(), scores.tolist(), strict=True):
        assert score == similarity(REGISTERED[name], candidate, PLACES)


OFFICES = st.sampled_from(["泽州", "泽洲", "云岭", "路居镇", "县", "公安", "公按", "警方", "局", "发布", "l", "2345"])


@settings(max_examples=150, deadline=None)
@given(st.lists(OFFICES, min_size=1, max_size=5).map("".join))
def test_what_is_passed_over_before_it_is_cut_is_not_told_of(candidate: str) -> None:
    index, rows = Lookalikes(REGISTERED, PLACES), rows_of([candidate])
    spelt = np.arange(len(rows.starts))
    for number, name in enumerate(REGISTERED):
        met = index.forms.are_met(np.full(len(spelt), number), keys_of(rows), spelt)
        assert met.any() or similarity(name, candidate, PLACES) < EDGE


def test_a_name_that_shares_its_sounds_with_many_others_is_still_found() -> None:
    names = [
        f"{place}经济开发区{office}"
        for place in ("泽州", "泽舟", "则州")
        for office in ("公安", "税务", "教育", "民政")
    ]
    assert ("泽州经济开发区税务", "泽洲经济开发区税务") in found(tuple(names), ["泽洲经济开发区税务"])


def test_names_folded_some_at_a_time_are_the_same_names(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [*DISGUISED, "zezhou发布", "", *HONEST]
    whole = rows_of(names)
    monkeypatch.setattr(signs, "_AT_ONCE", 3)
    parts = rows_of(names)
    expected = sorted((owner, whole.text(row)) for row, owner in enumerate(whole.owner.tolist()))
    assert sorted((owner, parts.text(row)) for row, owner in enumerate(parts.owner.tolist())) == expected


def test_a_line_of_any_length_is_looked_at_by_its_first_signs() -> None:
    long = "泽州发布" + "很长" * 50_000
    assert found(("泽州发布",), [long, "泽洲发布"]) == {("泽州发布", "泽洲发布")}
    assert similarity("泽州发布", long) < EDGE


def test_candidates_stream_past_and_the_best_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookalikes, "BLOCK", 64)
    monkeypatch.setattr(lookalikes, "_PAIRS_AT_HAND", 10)
    taken = 0

    def stream() -> Iterator[str]:
        nonlocal taken
        for number in range(1000):
            taken += 1
            yield "泽洲发布" if number == 990 else f"泽州发布{number}" if number % 10 == 0 else f"无关的名字{number}"

    matches = Lookalikes(["泽州发布"]).search(stream(), top=3)
    assert taken == 1000
    assert [match.candidate for match in matches][:1] == ["泽州发布0"]
    assert len(matches) == 3
    assert [match.likeness.score for match in matches] == sorted((m.likeness.score for m in matches), reverse=True)


def test_few_names_are_ranked_whole() -> None:
    matches = Lookalikes(["泽州发布"]).search(["上海交警", "泽洲发布", "济州发布"])
    assert [match.candidate for match in matches] == ["泽洲发布", "济州发布", "上海交警"]


def test_names_of_nothing_but_signs_are_passed_over() -> None:
    assert Lookalikes(["泽州发布"]).search(["", " ·\u200b✅"]) == []
    with pytest.raises(ValueError, match="no registered name"):
        Lookalikes([])


def test_digits_of_every_script_are_matched_without_an_error() -> None:
    odd = [sign for sign in map(chr, range(0x110000)) if sign.isdigit() != sign.isdecimal()]
    names = [f"泽州{sign * 3}发布" for sign in odd]
    assert len(odd) > 100 and {"፩", "²", "①"} <= set(odd)
    known, others, scores = Lookalikes([*REGISTERED, "泽州፩፪፫"], PLACES).match(rows_of([*names, "泽州፩፪፫"]))
    assert scores.max() == 1.0 and len(known) == len(others)
    assert all(0.0 <= similarity("泽州²²²发布", name) <= 1.0 for name in names)


@pytest.mark.parametrize(
    ("name", "shown", "why", "place", "unit"),
    [
        ("泽州发布", "泽洲发布", ("same_sound",), True, None),
        ("泽州发布", "泽卅发布", ("same_shape",), True, None),
        ("泽州发布", "泽州发布官方", ("extra_word", "contains"), True, None),
        ("泽州发布", "澤州發佈", ("width_or_script",), True, None),
        ("泽州发布", "泽\u200b州发布", ("invisible",), True, None),
        ("泽州发布", "济州发布", ("near",), False, None),
        ("泽州发布", "zezhou发布", ("same_sound",), True, None),
        ("昆明文旅", "文旅昆明", ("reordered",), True, True),
        ("泽州公安110", "泽州公安ll0", ("digits",), True, True),
        ("泽州县公安局", "泽州公安", ("missing_word",), True, True),
        ("泽州公安", "泽州公交", ("same_shape",), True, False),
    ],
)
def test_a_score_is_explained(
    name: str, shown: str, why: tuple[str, ...], place: bool | None, unit: bool | None
) -> None:
    told = likeness(name, shown)
    assert (told.why, told.keeps_place, told.keeps_unit) == (why, place, unit)
