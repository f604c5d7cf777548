"""Why an imported page counts as no search, or as a part of one, and who searched."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.saved.reading import BEHIND_WALL, NO_ADDRESS, NOT_A_SEARCH, UNKNOWN_LAYOUT
from demo.county import load_county
from demo.pages.searches import saved_pages
from scheduler.saved_pages import import_saved
from scheduler.saved_searches import FIRST_IS_MISSING, KNOWN_ALREADY
from scheduler.search_results import states_of
from tests.crawler.saved import containers
from tests.scheduler.test_saved_pages import NOW, open_at

PAGES = saved_pages(load_county())
WEIBO = PAGES["weibo_用户搜索.html"]
SOGOU = "https://weixin.sogou.com/weixin?type=1&query=%E4%BA%91%E5%B2%AD%E5%8F%91%E5%B8%83"
LINKED = '<p><a href="https://weibo.com/u/7699000001">云岺发布</a></p>'


def notes(home: Path, by: str | None = None, **files: bytes) -> list[str | None]:
    """What is said of the search of each page."""
    space = open_at(home, NOW)
    folder = home / "saved"
    folder.mkdir(exist_ok=True)
    for name, body in files.items():
        (folder / name.replace("__", ".")).write_bytes(body)
    pages = import_saved(space, [folder], by)
    space.engine.dispose()
    return [page.search_note for page in pages]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (WEIBO.encode(), NO_ADDRESS),
        (containers.html(WEIBO, "https://s.weibo.com/weibo?q=%E4%BA%91%E5%B2%AD"), NOT_A_SEARCH),
        (PAGES["sogou_要求验证.html"].encode(), BEHIND_WALL),
        (containers.html(LINKED, containers.WEIBO), UNKNOWN_LAYOUT),
        (containers.html(WEIBO, f"{containers.WEIBO}&page=2"), FIRST_IS_MISSING),
    ],
)
def test_a_page_that_counts_as_no_search_says_why(body: bytes, why: str, tmp_path: Path) -> None:
    assert notes(tmp_path / "home", a__html=body) == [why]


def test_a_search_of_which_a_part_was_saved_says_so(tmp_path: Path) -> None:
    (said,) = notes(tmp_path / "home", a__html=containers.html(WEIBO))
    assert said is not None and "没看到的账号不等于没有" in said


def test_a_search_that_was_saved_whole_needs_no_word(tmp_path: Path) -> None:
    page = containers.html(PAGES["sogou_公众号搜索.html"], SOGOU)
    assert notes(tmp_path / "home", a__html=page) == [None]
    assert notes(tmp_path / "home", a__html=page) == [KNOWN_ALREADY]


def test_who_searched_is_kept_with_the_search(tmp_path: Path) -> None:
    notes(tmp_path / "home", "张三", a__html=containers.html(WEIBO))
    space = open_at(tmp_path / "home", NOW)
    state = states_of(space)["weibo", "云岭发布"]
    space.engine.dispose()
    assert (state.searched_by, state.last_good_source, state.last_good_by) == ("张三", "person", "张三")
