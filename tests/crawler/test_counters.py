"""Counts as the platforms show them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.counters import parse_counter
from records import Counter
from tests.conftest import SHARED

RECORDINGS = SHARED / "recordings" / "weibo"


@pytest.mark.parametrize(
    ("text", "at_least"),
    [
        ("145.5万", 1_455_000),
        ("1.36亿", 136_000_000),
        ("100万+", 1_000_000),
        ("1.2万+", 12_000),
        ("10w+", 100_000),
        ("3W", 30_000),
        ("1.5k", 1_500),
        ("1千", 1_000),
        ("1000+", 1_000),
        ("0万", 0),
    ],
)
def test_a_rounded_count_keeps_its_text(text: str, at_least: int) -> None:
    assert parse_counter(text) == Counter(text, at_least)


@pytest.mark.parametrize(("shown", "count"), [(0, 0), (7, 7), ("0", 0), ("1024", 1024), ("1,024", 1024), (" 12 ", 12)])
def test_an_exact_count_is_a_number(shown: str | int, count: int) -> None:
    assert parse_counter(shown) == count


@pytest.mark.parametrize(
    "shown", ["", "万", "转发", "-1", -1, "1.5", "1,02", "１２", "1.2.3万", "1e5", True, "9" * 5000]
)
def test_anything_else_is_refused(shown: str | int) -> None:
    with pytest.raises(ValueError):
        parse_counter(shown)


@given(st.integers(0, 10**12))
def test_a_number_comes_back_as_it_is(number: int) -> None:
    assert parse_counter(number) == parse_counter(str(number)) == parse_counter(f"{number:,}") == number


@given(st.integers(0, 99_999), st.sampled_from([("万", 10_000), ("亿", 100_000_000)]))
def test_tenths_are_exact(tenths: int, unit: tuple[str, int]) -> None:
    counter = parse_counter(f"{tenths // 10}.{tenths % 10}{unit[0]}")
    assert isinstance(counter, Counter) and counter.at_least == tenths * unit[1] // 10


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = parse_counter(text)
    except ValueError:
        return
    assert (found if isinstance(found, int) else found.at_least) >= 0


@pytest.mark.skipif(not RECORDINGS.exists(), reason="recorded pages are not on this machine")
def test_every_counter_of_the_dumps_is_read() -> None:
    for dump in sorted(RECORDINGS.glob("dump2024_*.json")):
        for post in json.loads(dump.read_text(encoding="utf-8"))["weibo"]:
            for field in ("attitudes_count", "comments_count", "reposts_count"):
                assert parse_counter(post[field]) is not None
