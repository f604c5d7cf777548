"""Recorded result pages, as persons once saved them, read through the door of ``sweep import``."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.saved.reading import KNOWN, read_saved
from tests.conftest import SHARED
from tests.crawler.saved.containers import every_form

RECORDINGS = SHARED / "recordings"
NOW = datetime(2026, 11, 20, tzinfo=UTC)
SOGOU = "https://weixin.sogou.com/weixin?type=1&query=%E9%AB%98%E8%80%83"
# File to status and number of accounts.
PAGES = {
    "wechat/sogou_account_search_2017.html": ("ok", 10),
    "wechat/sogou_article_search_2017.html": ("ok", 9),
    "wechat/sogou_antispider_2017.html": ("blocked", 0),
    "weibo/sweibo_user_search_withheld_2017-06-06.html": ("unparsed", 0),
    "wechat/article_2018_weixinpai.html": ("ok", 1),
    "wechat/state_deleted_zh.html": ("gone", 0),
}

pytestmark = pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings are not at hand")


@pytest.mark.parametrize("name", PAGES)
def test_a_recorded_page_is_read_in_its_known_layout(name: str) -> None:
    (found,) = read_saved((RECORDINGS / name).read_bytes(), NOW)
    assert (found.status, len(found.candidates), found.layout) == (*PAGES[name], KNOWN)
    assert not found.searched


def test_a_recorded_page_in_every_form_is_the_search_that_its_address_names() -> None:
    page = (RECORDINGS / "wechat/sogou_account_search_2017.html").read_text(encoding="utf-8")
    for form, body in every_form(page, SOGOU).items():
        (found,) = read_saved(body, NOW)
        assert (form, found.keyword, found.searched, found.total) == (form, "高考", True, 178)
        assert len(found.candidates) == 10
