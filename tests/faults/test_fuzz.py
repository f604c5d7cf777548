"""Damaged pages: however a page comes, it is read without a fault, and never for more than it says."""

from __future__ import annotations

import json
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.reading import read
from tests.faults.fuzz import cut_trial, fault_of, trial
from tests.faults.mutations import MUTATIONS, OTHERS
from tests.faults.specimens import Specimen, kinds_of_pages, smallest_of_each_kind, specimens

SEEDS = st.integers(0, 2**32 - 1)
LONGEST_BYTES = 30_000
KINDS = smallest_of_each_kind()


def test_every_kind_of_page_has_a_specimen_that_reads_well() -> None:
    assert {one.kind for one in KINDS} == kinds_of_pages()


@settings(max_examples=30)
@given(seed=SEEDS)
def test_a_damaged_page_is_never_a_fault_and_never_ok_without_records(seed: int) -> None:
    assert trial(seed) is None


@settings(max_examples=30)
@given(seed=SEEDS)
def test_a_page_that_was_only_cut_says_neither_empty_nor_gone_and_covers_nothing(seed: int) -> None:
    assert cut_trial(seed) is None


@pytest.mark.parametrize(
    "specimen", [one for one in specimens() if one.status in ("empty", "gone")], ids=lambda one: one.name
)
@settings(max_examples=5)
@given(share=st.floats(0, 1, exclude_max=True))
def test_an_end_is_not_believed_of_a_page_without_its_own_end(specimen: Specimen, share: float) -> None:
    body = specimen.page.body[: int(len(specimen.page.body) * share)]
    assert fault_of(specimen, body, only_cut=True) is None


@pytest.mark.parametrize("specimen", KINDS, ids=lambda one: one.kind)
@settings(max_examples=4)
@given(random=st.randoms(use_true_random=False), name=st.sampled_from(sorted(MUTATIONS)))
def test_every_parser_bears_every_kind_of_damage(specimen: Specimen, random: Random, name: str) -> None:
    body = MUTATIONS[name](specimen.page.body, random)
    assert fault_of(specimen, body, only_cut=name == "cut") is None


@pytest.mark.parametrize("specimen", KINDS, ids=lambda one: one.kind)
def test_every_parser_bears_the_pages_of_all_others(specimen: Specimen) -> None:
    for other in (one for one in KINDS if len(one.page.body) < LONGEST_BYTES):
        assert fault_of(specimen, other.page.body) is None, other.kind


@pytest.mark.parametrize("value", OTHERS, ids=lambda value: json.dumps(value)[:20])
def test_an_answer_that_is_one_odd_value_is_no_content(value: object) -> None:
    body = json.dumps(value).encode("utf-8", "surrogatepass")
    for one in KINDS:
        assert read(replace(one.page, body=body, calls=()), one.platform).status in ("unparsed", "blocked")
