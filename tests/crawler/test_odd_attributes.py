"""An attribute whose name no XML may hold, as a slip of the pen or on purpose, does not hide what the page shows."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

import pytest

from crawler.page import Page
from crawler.reading import read
from records import SHANGHAI
from tests.conftest import SHARED
from tests.test_pages import PAGES, page_of, shape_of

NOW = datetime(2026, 11, 20, 1, 30, tzinfo=SHANGHAI)
OLD_LIST = SHARED / "recordings" / "weibo" / "weibocn_profile_page1_uid1669879400_2020-06-19.html"
_TAG = re.compile(rb"<(a|li|img|div|p|span) ")
CASES = (
    "toutiao/search_users/mobile",
    "toutiao/micro_post/goods_card",
    "wechat/album/html_list",
    "wechat/sogou_accounts/uncertified",
    "wechat/sogou_articles/layout_2026",
)


def disturbed(page: Page) -> Page:
    """The page with an odd attribute in every element of the common kinds."""
    body, n_put = _TAG.subn(b'<\\1 odd\x0b="1" {{x}}="2" ', page.body)
    assert n_put
    return replace(page, body=body)


@pytest.mark.parametrize("case", CASES)
def test_an_odd_attribute_changes_nothing_of_a_page(case: str) -> None:
    page = page_of(PAGES / case)
    assert shape_of(read(disturbed(page))) == shape_of(read(page))


@pytest.mark.skipif(not OLD_LIST.exists(), reason="recorded pages are not on this machine")
def test_an_odd_attribute_changes_nothing_of_an_old_list() -> None:
    page = Page(url="https://weibo.cn/1669879400/profile?page=1", body=OLD_LIST.read_bytes(), fetched_at=NOW)
    found = read(page)
    assert found.records
    assert shape_of(read(disturbed(page))) == shape_of(found)
