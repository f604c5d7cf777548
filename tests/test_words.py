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


def test_every_platform_of_the_register_reads_the_same_in_judgements() -> None:
    table = tomllib.loads((resources.files("registry") / "platforms.toml").read_text(encoding="utf-8"))
    labels = {row["slug"]: row["label"] for row in table["platforms"]}
    assert {slug: platform_words(slug) for slug in labels} == labels
