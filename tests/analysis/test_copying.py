"""Texts that are carried over nearly whole are told; common phrases and short ones are not."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from analysis.copying import Copies

SHOWN = datetime(2026, 11, 15, 2, tzinfo=UTC)
TEXT = "云岭县2026年秋季学期义务教育阶段入学报名时间为八月十五日至二十日，请家长相互转告"
POSTS = (("weibo:1", TEXT), ("weibo:1", "放假通知"), ("weibo:2", "云岭县气象台发布暴雨黄色预警信号，请注意防范"))


def source(text: str, posts: Iterable[tuple[str, str]] = POSTS) -> str | None:
    """Whose text it is, after these posts of the day before streamed past."""
    copies = Copies([(text, SHOWN)])
    for owner, post in posts:
        copies.compare(owner, post, SHOWN - timedelta(days=1))
    return copies.source_of(text, SHOWN)


def test_a_text_with_a_word_changed_is_the_same_text() -> None:
    assert source(TEXT.replace("相互转告", "互相转告") + "！") == "weibo:1"
    assert source("【扩散】" + TEXT) == "weibo:1"


def test_of_several_sources_the_one_with_most_in_common_is_told() -> None:
    assert source(TEXT, [("weibo:3", TEXT[:-3]), *POSTS]) == "weibo:1"


def test_a_text_of_its_own_is_nobodys() -> None:
    assert source("云岭县周末去哪里玩：这五个地方值得带孩子去一次") is None


def test_a_text_too_short_to_tell_is_nobodys() -> None:
    assert source("放假通知") is None and not Copies([("放假通知", SHOWN)])


def test_what_an_office_published_after_the_text_was_shown_is_not_where_it_came_from() -> None:
    copies = Copies([(TEXT, SHOWN)])
    for late in (timedelta(0), timedelta(hours=1)):
        copies.compare("weibo:1", TEXT, SHOWN + late)
    assert copies.source_of(TEXT, SHOWN) is None


def test_the_likest_text_counts_only_if_it_was_out_before() -> None:
    copies = Copies([(TEXT, SHOWN)])
    copies.compare("weibo:3", TEXT[:-3], SHOWN - timedelta(hours=1))
    copies.compare("weibo:1", TEXT, SHOWN + timedelta(hours=1))
    assert copies.source_of(TEXT, SHOWN) == "weibo:3"


hours = st.integers(min_value=-3, max_value=3)


@given(shown=st.lists(hours, min_size=1), published=st.lists(hours))
def test_a_text_that_several_showed_is_copied_by_those_who_showed_it_later(
    shown: list[int], published: list[int]
) -> None:
    copies = Copies((TEXT, SHOWN + timedelta(hours=hour)) for hour in shown)
    for hour in published:
        copies.compare("weibo:1", TEXT, SHOWN + timedelta(hours=hour))
    for hour in shown:
        is_copy = copies.source_of(TEXT, SHOWN + timedelta(hours=hour)) is not None
        assert is_copy == any(out < hour for out in published)


def streamed(n_posts: int) -> Iterator[tuple[str, str]]:
    for number in range(n_posts):
        yield "weibo:2", "".join(chr(0x4E00 + (number * 7919 + place * 104729) % 300) for place in range(100))


def test_what_streams_past_is_not_kept() -> None:
    source(TEXT, streamed(100))
    tracemalloc.start()
    copies = Copies([(TEXT, SHOWN)])
    for owner, post in streamed(1000):
        copies.compare(owner, post, SHOWN - timedelta(days=1))
    kept_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept_bytes < 40_000 and copies.source_of(TEXT, SHOWN) is None
