"""Every reason a check may give has Chinese words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import analysis
from analysis.words import platform_words, reason_words, shown

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


def test_an_unknown_code_is_an_error() -> None:
    with pytest.raises(KeyError):
        reason_words("because")


def test_a_platform_that_is_not_crawled_keeps_its_own_name() -> None:
    assert (platform_words("toutiao"), platform_words("抖音")) == ("今日头条", "抖音")


def test_text_from_outside_cannot_move_the_cursor_or_turn_the_line() -> None:
    assert shown("云岭\n发布\x1b[2J\u202e\u200b") == "云岭 发布[2J"
