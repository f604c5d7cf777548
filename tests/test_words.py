"""One word for one thing: the rooms that may not import each other print the same reasons and platforms."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from analysis.words import platform_words, reason_words
from records import CRAWLED_PLATFORMS
from registry.platforms import platform_label
from reports.wording import platform_name, reason_of

REASONS = tomllib.loads((resources.files("analysis") / "words.toml").read_text(encoding="utf-8"))["reasons"]
OTHER_PLATFORMS = ("douyin", "kuaishou", "wechat_channels", "miniprogram", "app", "website")


@pytest.mark.parametrize("code", sorted(REASONS))
def test_a_reason_reads_the_same_in_judgements_and_reports(code: str) -> None:
    assert reason_of(code).words == reason_words(code)


@pytest.mark.parametrize("platform", [*CRAWLED_PLATFORMS, *OTHER_PLATFORMS])
def test_a_platform_reads_the_same_in_register_and_reports(platform: str) -> None:
    assert platform_name(platform) == platform_label(platform)


@pytest.mark.parametrize("platform", CRAWLED_PLATFORMS)
def test_a_platform_reads_the_same_in_judgements(platform: str) -> None:
    assert platform_words(platform) == platform_label(platform)
