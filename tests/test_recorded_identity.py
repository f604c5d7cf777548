"""Whose a recorded page is: accounts filed by another key than the platform's own, found out by one night."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crawler.browser import find_chromium
from tests.recorded_mirror import RECORDINGS, RecordedMirror, feed_url
from tests.recorded_office import Office

NIGHT = "2025-11-12T20:00:00+08:00"
SHORT = "https://mp.weixin.qq.com/s/"
BIZ = {"上海发布": "MjM5NTA5NzYyMA==", "印记中文": "MzIzOTkwMjM0OQ==", "轩辕的编程宇宙": "MzIyNjMxOTY0NA=="}
ROWS = [
    {"账号名称": "上海发布", "账号ID": "shanghaifabu", "订阅源": feed_url("上海发布")},
    {
        "账号名称": "印记中文",
        "访问链接": f"{SHORT}SbB40tES2MrfoNaIPima5A",
        "文章链接": f"{SHORT}SbB40tES2MrfoNaIPima5A",
    },
    {"账号名称": "轩辕的编程宇宙", "账号ID": "gh_fe02be2b2ff0", "文章链接": f"{SHORT}E3JvmKP-xo89ayESjH2Uvw"},
]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not RECORDINGS.exists() and "CI" not in os.environ, reason="recorded pages are not on this machine"
    ),
]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """By account name: its key, its coverage and the number of its posts after one night."""
    with (mirror := RecordedMirror()).serving() as server:
        office = Office(tmp_path_factory.mktemp("identity") / "home", mirror, server)
        office.registers(NIGHT, [{"平台": "微信公众号", "主办单位": row["账号名称"], **row} for row in ROWS])
        office.xuncha(NIGHT, "nightly", "--json")
        listed = office.xuncha(NIGHT, "accounts", "list", "--json")
        yield {
            "keys": {account["name"]: account["account"] for account in listed},
            "coverage": office.coverage(NIGHT),
            "posts": [post["account"] for post in office.xuncha(NIGHT, "posts", "--json")],
        }


def test_an_original_id_is_replaced_by_the_stable_key_that_the_article_shows(night: dict[str, Any]) -> None:
    assert night["keys"]["轩辕的编程宇宙"] == f"wechat:{BIZ['轩辕的编程宇宙']}"
    assert night["posts"].count(f"wechat:{BIZ['轩辕的编程宇宙']}") == 1


def test_an_account_filed_by_an_article_address_is_found_by_that_article(night: dict[str, Any]) -> None:
    assert night["keys"]["印记中文"] == f"wechat:{BIZ['印记中文']}"
    assert night["posts"].count(f"wechat:{BIZ['印记中文']}") == 1


def test_a_feed_speaks_for_the_account_that_was_filed_by_another_key(night: dict[str, Any]) -> None:
    assert night["posts"].count(night["keys"]["上海发布"]) == 20
    assert night["coverage"]["上海发布"]["posts_seen"] == 20


def test_the_night_that_learns_a_key_keeps_its_coverage(night: dict[str, Any]) -> None:
    seen = night["coverage"]["轩辕的编程宇宙"]
    assert (seen["reason"], seen["posts_seen"]) == ("no_public_list", 1)


@pytest.mark.browser
@pytest.mark.skipif(find_chromium() is None and "CI" not in os.environ, reason="no Chromium here")
def test_a_reported_toutiao_article_is_answered_as_stored(tmp_path: Path) -> None:
    with (mirror := RecordedMirror()).serving() as server:
        office = Office(tmp_path / "home", mirror, server)
        row = {"平台": "今日头条", "账号名称": "雨打芭蕉", "主办单位": "乙单位", "账号ID": "4468875084170173"}
        office.registers(NIGHT, [row])
        (office.home / "links.txt").write_text("https://www.toutiao.com/article/7404384826024935990/", "utf-8")
        (link,) = office.xuncha(NIGHT, "posts", "import", str(office.home / "links.txt"), "--json")["links"]
    assert (link["state"], link["post_id"]) == ("stored", "7404384826024935990")
