"""Why an imported page counts as no search, or as a part of one, and who searched."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from crawler.saved.reading import BEHIND_WALL, NO_ADDRESS, NOT_A_SEARCH, UNKNOWN_LAYOUT
from demo.county import load_county
from demo.pages.searches import saved_pages, sogou_page
from scheduler.saved_pages import import_saved
from scheduler.saved_rows import SavedPage
from scheduler.saved_searches import FIRST_IS_MISSING, KNOWN_ALREADY, OTHERS_ARE_OLDER
from scheduler.search_results import states_of
from storage.queries.searches import SearchState
from tests.crawler.saved import containers
from tests.scheduler.test_saved_pages import NOW, open_at

PAGES = saved_pages(load_county())
WEIBO = PAGES["weibo_用户搜索.html"]
SOGOU = "https://weixin.sogou.com/weixin?type=1&query=%E4%BA%91%E5%B2%AD%E5%8F%91%E5%B8%83"
MONTH = timedelta(days=30)
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


def result_page(*names: str, total: int, place: int = 1) -> str:
    """A result page of Sogou that states how many there are."""
    rows = [{"name": name, "uid": f"uid{name}", "bio": "本地资讯"} for name in names]
    page = sogou_page("云岭发布", rows)
    assert f"找到约{len(names)}条结果" in page
    return page.replace(f"找到约{len(names)}条结果", f"找到约{total}条结果")


def look(home: Path, now: datetime, **files: bytes) -> tuple[list[SavedPage], SearchState]:
    """The whole folder read at a moment, with files that came since: its rows, and how the keyword then stands."""
    space = open_at(home, now)
    folder = home / "saved"
    folder.mkdir(exist_ok=True)
    for name, body in files.items():
        (folder / f"{name}.html").write_bytes(body)
    try:
        return import_saved(space, [folder], "张三"), states_of(space)["wechat", "云岭发布"]
    finally:
        space.engine.dispose()


def test_of_two_months_the_newer_page_speaks_whatever_its_file_is_called(tmp_path: Path) -> None:
    old, new = result_page("云岺发布", "云陵发布", total=178), result_page("云岭之声", total=1)
    _, before = look(tmp_path, NOW, z=containers.html(old, SOGOU))
    _, after = look(tmp_path, NOW + MONTH, a=containers.html(new, SOGOU))
    assert (before.outcome, before.n_found, before.total) == ("cut_short", 2, 178)
    assert (after.outcome, after.n_found, after.total) == ("searched", 1, 1)
    assert after.last_whole_at is not None and after.last_whole_at >= NOW + MONTH


def test_a_search_is_as_old_as_the_oldest_page_that_it_rests_on(tmp_path: Path) -> None:
    first, second = result_page("云岺发布", total=2), result_page("云陵发布", total=2)
    look(tmp_path, NOW, p1=containers.html(first, SOGOU), p2=containers.html(second, f"{SOGOU}&page=2"))
    pages, state = look(tmp_path, NOW + MONTH, q1=containers.html(f"{first}<!-- -->", SOGOU))
    assert state.last_good_at is not None and state.last_good_at < NOW + MONTH
    notes = {page.file: page.search_note for page in pages}
    assert notes == {"p1.html": KNOWN_ALREADY, "p2.html": KNOWN_ALREADY, "q1.html": OTHERS_ARE_OLDER}


def test_pages_of_different_days_are_no_whole_list(tmp_path: Path) -> None:
    first, second = result_page("云岺发布", total=2), result_page("云陵发布", total=2)
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "p1.mhtml").write_bytes(containers.mhtml(first, SOGOU))
    _, state = look(tmp_path, NOW, p2=containers.html(second, f"{SOGOU}&page=2"))
    assert (state.outcome, state.last_whole_at) == ("cut_short", None)


def test_a_page_of_an_unknown_place_makes_no_whole_list(tmp_path: Path) -> None:
    first, other = result_page("云岺发布", total=1), result_page("云陵发布", total=1)
    _, state = look(tmp_path, NOW, p1=containers.html(first, SOGOU), p2=containers.html(other, f"{SOGOU}&page=x"))
    assert (state.outcome, state.n_found, state.last_whole_at) == ("cut_short", 1, None)
