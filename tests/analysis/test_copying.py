"""Texts that are carried over nearly whole are told; common phrases and short ones are not."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable, Iterator

from analysis.copying import Copies

TEXT = "云岭县2026年秋季学期义务教育阶段入学报名时间为八月十五日至二十日，请家长相互转告"
POSTS = (("weibo:1", TEXT), ("weibo:1", "放假通知"), ("weibo:2", "云岭县气象台发布暴雨黄色预警信号，请注意防范"))


def source(text: str, posts: Iterable[tuple[str, str]] = POSTS) -> str | None:
    """Whose text it is, after these posts streamed past."""
    copies = Copies([text])
    for owner, post in posts:
        copies.compare(owner, post)
    return copies.source_of(text)


def test_a_text_with_a_word_changed_is_the_same_text() -> None:
    assert source(TEXT.replace("相互转告", "互相转告") + "！") == "weibo:1"
    assert source("【扩散】" + TEXT) == "weibo:1"


def test_of_several_sources_the_one_with_most_in_common_is_told() -> None:
    assert source(TEXT, [("weibo:3", TEXT[:-3]), *POSTS]) == "weibo:1"


def test_a_text_of_its_own_is_nobodys() -> None:
    assert source("云岭县周末去哪里玩：这五个地方值得带孩子去一次") is None


def test_a_text_too_short_to_tell_is_nobodys() -> None:
    assert source("放假通知") is None and not Copies(["放假通知"])


def streamed(n_posts: int) -> Iterator[tuple[str, str]]:
    for number in range(n_posts):
        yield "weibo:2", "".join(chr(0x4E00 + (number * 7919 + place * 104729) % 300) for place in range(100))


def test_what_streams_past_is_not_kept() -> None:
    source(TEXT, streamed(100))
    tracemalloc.start()
    copies = Copies([TEXT])
    for owner, post in streamed(1000):
        copies.compare(owner, post)
    kept_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept_bytes < 40_000 and copies.source_of(TEXT) is None
