"""Every reason a check may give has Chinese words."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

import analysis
from analysis.sightings import Seen, Sighting
from analysis.words import alike_words, platform_words, reason_words, shown
from records import Account, Candidate

CONTRACT = "blocked login robots gone empty unparsed truncated no_public_list not_crawled error not_due".split()


@pytest.mark.parametrize("code", [*CONTRACT, "not_ended"])
def test_every_reason_of_coverage_has_words(code: str) -> None:
    assert re.search(r"[\u4e00-\u9fff]", reason_words(code))


def test_every_reason_written_in_a_check_has_words() -> None:
    folder = Path(analysis.__path__[0])
    source = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
    codes = set(re.findall(r'reason="([a-z_]+)"', source)) | set(
        re.findall(r'(?:exempt|open)\(\w+, "([a-z_]+)"\)', source)
    )
    assert codes >= {"not_ended", "needs_person", "opening_unknown", "no_whole_week"}
    assert all(reason_words(code) for code in codes)


def test_every_way_to_be_alike_has_words_and_no_other_code_has() -> None:
    codes = "same_sound same_shape extra_word missing_word reordered width_or_script invisible digits contains near"
    assert len(set(alike_words(codes.split()).split("、"))) == len(codes.split()) + 1  # 全角半角、繁简 is one
    with pytest.raises(KeyError):
        alike_words(["because"])
    assert alike_words(()) == ""


MOMENT = datetime(2026, 11, 15, 1, 30, tzinfo=UTC)
POSTER = Account(platform="wechat", uid="gh_1", name="云岭发布", unit="云岭县人民政府办公室")


@pytest.mark.parametrize(("source", "poster", "said"), [
    ("search", None, "微博搜索结果页（2026年11月15日）"),
    ("person", None, "微博人工保存的页面（2026年11月15日）"),
    ("mention", POSTER, "微信公众号“云岭发布”（云岭县人民政府办公室）的推文里的提及（2026年11月15日）"),
    ("repost", POSTER, "微信公众号“云岭发布”（云岭县人民政府办公室）的推文写明的转载来源（2026年11月15日）"),
    ("feed", POSTER, "微信公众号“云岭发布”（云岭县人民政府办公室）的订阅源里的提及（2026年11月15日）"),
    ("mention", None, "已采集的账号的推文里的提及（2026年11月15日）"),
    ("partner", None, "他人提供的名单（2026年11月15日）"),
])  # fmt: skip
def test_a_sighting_says_where_when_and_in_whose_post(source: str, poster: Account | None, said: str) -> None:
    one = Candidate(platform="weibo", uid="1", name="云岺发布", found_at=MOMENT)
    assert Seen(candidate=one, sightings=(Sighting(source=source, seen_at=MOMENT, poster=poster),)).where == said


def test_an_unknown_code_is_an_error() -> None:
    with pytest.raises(KeyError):
        reason_words("because")


def test_a_platform_is_named_in_chinese_and_one_that_no_table_knows_keeps_its_own_name() -> None:
    words = [platform_words(platform) for platform in ("toutiao", "douyin", "某某社区")]
    assert words == ["今日头条", "抖音", "某某社区"]


def test_text_from_outside_cannot_move_the_cursor_or_turn_the_line() -> None:
    assert shown("云岭\n发布\x1b[2J\u202e\u200b") == "云岭 发布[2J"
