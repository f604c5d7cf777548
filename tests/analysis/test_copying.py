"""Texts that are carried over nearly whole are told; common phrases and short ones are not."""

from __future__ import annotations

from analysis.copying import Texts

TEXT = "云岭县2026年秋季学期义务教育阶段入学报名时间为八月十五日至二十日，请家长相互转告"
TEXTS = Texts({"weibo:1": [TEXT, "放假通知"], "weibo:2": ["云岭县气象台发布暴雨黄色预警信号，请注意防范"]})


def test_a_text_with_a_word_changed_is_the_same_text() -> None:
    assert TEXTS.source_of(TEXT.replace("相互转告", "互相转告") + "！") == "weibo:1"
    assert TEXTS.source_of("【扩散】" + TEXT) == "weibo:1"


def test_a_text_of_its_own_is_nobodys() -> None:
    assert TEXTS.source_of("云岭县周末去哪里玩：这五个地方值得带孩子去一次") is None


def test_a_text_too_short_to_tell_is_nobodys() -> None:
    assert TEXTS.source_of("放假通知") is None
