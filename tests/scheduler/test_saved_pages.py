"""What a person saved is kept as evidence and remembered; the rest of a batch does not suffer from a bad file."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analysis.names import fold
from analysis.sightings import Seen
from demo.county import load_county
from demo.pages.searches import saved_pages
from records import Candidate
from scheduler.clock import Clock
from scheduler.dismissing import remember
from scheduler.retaining import retain
from scheduler.saved_files import reading_of
from scheduler.saved_pages import import_saved
from scheduler.saved_rows import SavedPage, as_shape
from scheduler.triaging import seen_candidates
from scheduler.workspace import Workspace
from storage.dismissed import Removal, remove_candidates
from storage.pages import save_candidates
from storage.queries.candidates import candidates
from storage.queries.searches import last_searches
from storage.searches import save_sightings
from tests.crawler.saved import containers

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
PAGES = saved_pages(load_county())
WEIBO = PAGES["weibo_用户搜索.html"]
LINKED = '<p><a href="https://weibo.com/u/%s">%s</a></p>'


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    """An empty home folder."""
    return open_at(tmp_path / "home", NOW)


def open_at(home: Path, now: datetime) -> Workspace:
    """The home folder at a moment."""
    home.mkdir(exist_ok=True)
    (home / "xuncha.toml").write_text('[office]\nname = "云岭县人民政府办公室"\n', encoding="utf-8")
    return Workspace.open(home, Clock(now))


def saved(space: Workspace, **files: bytes | str) -> Path:
    """A folder of saved files; ``__`` in a name stands for a dot."""
    folder = space.home / "saved"
    folder.mkdir(exist_ok=True)
    for name, body in files.items():
        (folder / name.replace("__", ".")).write_bytes(body if isinstance(body, bytes) else body.encode())
    return folder


def imported(space: Workspace, *paths: Path) -> list[SavedPage]:
    """The rows of an import, the database closed after it."""
    try:
        return import_saved(space, paths)
    finally:
        space.engine.dispose()


def held(space: Workspace) -> dict[str, tuple[str, bool | None]]:
    """Name and verification of every candidate in the database."""
    with space.engine.connect() as connection:
        found, _ = candidates(connection, frozenset())
    space.engine.dispose()
    return {one.ref: (one.name, one.verified) for one in found}


def mentioned(space: Workspace, name: str, *, is_new: bool = True) -> None:
    """An account that a post crawled just now names, as the night stores it."""
    one = Candidate(platform="weibo", uid="7699000001", name=name, found_at=NOW)
    with space.engine.begin() as connection:
        if is_new:
            save_candidates(connection, [one], None)
        save_sightings(connection, [one], "mention", None)
    space.engine.dispose()


def test_one_bad_file_does_not_hinder_the_others(space: Workspace) -> None:
    folder = saved(space, a__mhtml=containers.mhtml(WEIBO), b__zip=b"PK\x03\x04broken", c__har=b"", d__html=WEIBO)
    pages = imported(space, folder)
    assert [(page.file, page.is_unreadable) for page in pages] == [
        ("a.mhtml", False),
        ("b.zip", True),
        ("c.har", True),
        ("d.html", False),
    ]
    assert len(held(space)) == 4


def test_each_file_is_kept_to_the_byte_and_its_accounts_point_at_it(space: Workspace) -> None:
    body = containers.warc(WEIBO)
    (page,) = imported(space, saved(space, a__warc__gz=body))
    assert page.snapshot is not None and (space.home / page.snapshot.ref).read_bytes() == body
    with space.engine.connect() as connection:
        _, places = candidates(connection, frozenset())
    space.engine.dispose()
    assert {place.sha256 for place in places.values()} == {page.snapshot.sha256}


def test_a_kept_file_reads_the_same_again(space: Workspace) -> None:
    (page,) = imported(space, saved(space, a__mhtml=containers.mhtml(WEIBO)))
    assert page.snapshot is not None
    again = reading_of(space.home / page.snapshot.ref, page.snapshot.fetched_at)
    assert (again.status, again.platform, again.records) == ("ok", "weibo", page.found)


def test_a_search_is_noted_as_made_by_a_person_and_only_where_the_address_tells(space: Workspace) -> None:
    changed = containers.html(LINKED % ("7699000001", "云岺发布"), "https://s.weibo.com/user?q=%E4%BA%91%E5%B2%BA")
    imported(
        space, saved(space, a__mhtml=containers.mhtml(WEIBO), b__html=PAGES["sogou_公众号搜索.html"], c__html=changed)
    )
    (search,) = last_searches(space.engine)
    space.engine.dispose()
    assert (search.platform, search.keyword, search.source) == ("weibo", "云岭发布", "person")
    assert search.last_good_at == datetime(2026, 11, 15, 2, tzinfo=UTC)


def test_a_page_that_does_not_say_whether_it_is_all_is_a_part_and_counts_as_seen(space: Workspace) -> None:
    asked = "https://so.toutiao.com/search?dvpf=pc&pd=user&keyword=%E4%BA%91%E5%B2%AD"
    toutiao = PAGES["toutiao_用户搜索.html"].replace("</body>", "<p>共 300 条</p><a href='#'>下一页</a></body>")
    imported(space, saved(space, a__html=containers.html(WEIBO), b__html=containers.html(toutiao, asked)))
    states = last_searches(space.engine)
    space.engine.dispose()
    assert [(one.platform, one.outcome, one.reason) for one in states] == [
        ("toutiao", "cut_short", "extent_unknown"),
        ("weibo", "cut_short", "extent_unknown"),
    ]
    assert all(one.last_good_at is not None for one in states)


@pytest.mark.parametrize(
    ("page", "address"),
    [
        (WEIBO, containers.WEIBO + "&page=9"),
        (WEIBO, containers.WEIBO + "&page=%D9%A1"),
        (WEIBO, containers.WEIBO + "&page=" + "9" * 30),
        (PAGES["toutiao_用户搜索.html"], "https://so.toutiao.com/search?pd=user&keyword=%E4%BA%91%E5%B2%AD&page_num=9"),
        (
            PAGES["sogou_公众号搜索.html"],
            "https://weixin.sogou.com/weixin?type=1&query=%E4%BA%91%E5%B2%AD&page=2",
        ),
    ],
)
def test_a_later_page_alone_gives_accounts_and_no_search(page: str, address: str, space: Workspace) -> None:
    (found,) = imported(space, saved(space, a__html=containers.html(page, address)))
    assert (found.status, found.searched) == ("ok", False)
    assert "第一页" in (found.search_note or "") and held(space)
    assert last_searches(space.engine) == []
    space.engine.dispose()


@pytest.mark.parametrize(
    ("numbers", "ends"),
    [
        ((1,), [("cut_short", "extent_unknown")]),
        ((1, 2), [("cut_short", "extent_unknown")]),
        ((1, 3), [("cut_short", None)]),
        ((2, 3), []),
    ],
)
def test_the_last_page_speaks_for_a_search_only_if_none_before_it_is_missing(
    numbers: tuple[int, ...], ends: list[tuple[str, str | None]], space: Workspace
) -> None:
    files = {f"p{number}__html": containers.html(WEIBO, f"{containers.WEIBO}&page={number}") for number in numbers}
    imported(space, saved(space, **files))
    assert [(one.outcome, one.reason) for one in last_searches(space.engine)] == ends
    space.engine.dispose()


def test_a_page_that_shows_as_many_as_it_states_is_the_whole(space: Workspace) -> None:
    asked = "https://weixin.sogou.com/weixin?type=1&query=%E4%BA%91%E5%B2%AD%E5%8F%91%E5%B8%83"
    imported(space, saved(space, a__html=containers.html(PAGES["sogou_公众号搜索.html"], asked)))
    assert [(one.outcome, one.reason) for one in last_searches(space.engine)] == [("searched", None)]
    space.engine.dispose()


def test_the_same_folder_read_again_a_month_later_is_no_new_search(space: Workspace) -> None:
    folder = saved(space, a__html=containers.html(WEIBO))
    (first,) = imported(space, folder)
    (again,) = imported(open_at(space.home, NOW + timedelta(days=30)), folder)
    assert again.seen_at == first.seen_at and again.candidates == 4
    assert [one.last_good_at for one in last_searches(space.engine)] == [first.seen_at]
    space.engine.dispose()


def test_a_wall_is_neither_kept_nor_counted_as_a_search(space: Workspace) -> None:
    wall = containers.html(PAGES["sogou_要求验证.html"], "https://weixin.sogou.com/weixin?type=1&query=%E4%BA%91")
    (page,) = imported(space, saved(space, a__html=wall))
    assert (page.status, page.searched, page.snapshot, page.keyword) == ("blocked", False, None, "云")
    assert last_searches(space.engine) == []
    space.engine.dispose()


def test_a_bare_link_does_not_wipe_out_what_a_result_page_said(space: Workspace) -> None:
    later = '<a href="https://weibo.com/u/7699000003">医保</a><a href="https://weibo.com/u/7699000099">云岭卫健</a>'
    imported(space, saved(space, a__html=containers.html(WEIBO)))
    imported(space, saved(space, b__html=later))
    assert held(space)["weibo:7699000003"] == ("云岭医保", True)
    assert held(space)["weibo:7699000099"] == ("云岭卫健", None)


def test_a_bare_link_tells_more_of_an_account_that_posts_only_named(space: Workspace) -> None:
    mentioned(space, "云岺发布官微")
    (page,) = imported(space, saved(space, b__html=LINKED % ("7699000001", "云岺发布")))
    (seen,) = seen_candidates(space)
    assert (seen.candidate.name, seen.candidate.found_at, seen.is_only_named) == ("云岺发布", page.seen_at, False)
    assert seen.name_label == "账号名称" and "版式未识别" in seen.where


@pytest.mark.parametrize("layout", ["known", "unrecognised"])
def test_a_page_saved_before_the_post_was_read_tells_more_than_the_post(space: Workspace, layout: str) -> None:
    mentioned(space, "云岺发布官微")
    linked = containers.html(LINKED % ("7699000001", "云岺发布"))
    body = containers.mhtml(WEIBO) if layout == "known" else linked
    early = open_at(space.home, NOW - timedelta(hours=9))
    (page,) = imported(early, saved(space, a__mhtml=body) if layout == "known" else saved(space, a__html=linked))
    assert page.layout == layout and page.seen_at < NOW
    assert held(space)["weibo:7699000001"][0] == "云岺发布"


def test_a_partner_s_row_is_no_more_than_a_post_s_word(space: Workspace) -> None:
    mentioned(space, "云岺发布官微")
    imported(space, saved(space, a__csv="平台,账号名称,账号ID\n微博,云岺发布,7699000001\n"))
    assert held(space)["weibo:7699000001"][0] == "云岺发布官微"


def test_of_two_bare_links_the_first_that_was_seen_stays(space: Workspace) -> None:
    mentioned(space, "云岺发布官微")
    for name in ("云岺发布", "点这里看云岺"):
        imported(space, saved(space, a__html=LINKED % ("7699000001", name)))
    assert held(space)["weibo:7699000001"][0] == "云岺发布"


def test_what_a_search_showed_is_not_replaced_by_a_bare_link_because_a_post_named_it_too(space: Workspace) -> None:
    imported(space, saved(space, a__html=containers.html(WEIBO)))
    shown = held(space)["weibo:7699000001"]
    mentioned(space, "云岺发布官微", is_new=False)
    imported(space, saved(space, b__html=LINKED % ("7699000001", "云岺官微")))
    assert held(space)["weibo:7699000001"] == shown


def test_a_partner_s_table_gives_accounts_and_no_search(space: Workspace) -> None:
    (page,) = imported(space, saved(space, a__csv="平台,账号名称,账号ID\n微博,云岺发布,7699000001\n"))
    assert (page.status, page.candidates, page.searched, page.platform) == ("ok", 1, False, None)
    assert held(space) == {"weibo:7699000001": ("云岺发布", None)}


def test_the_shape_names_layout_and_counts(space: Workspace) -> None:
    folder = saved(space, a__mhtml=containers.mhtml(WEIBO), b__html=LINKED % ("7699000099", "云岭卫健"))
    shape = as_shape(imported(space, folder))
    assert [(p["file"], p["layout"], p["status"], p["candidates"], p["keyword"]) for p in shape["pages"]] == [
        ("a.mhtml", "known", "ok", 4, "云岭发布"),
        ("b.html", "unrecognised", "unparsed", 1, None),
    ]
    assert [one["layout"] for one in shape["candidates"]] == ["known"] * 4 + ["unrecognised"]


def test_a_saved_page_goes_when_its_time_is_over_although_the_account_was_removed(space: Workspace) -> None:
    imported(space, saved(space, a__html=LINKED % ("7000000009", "爱吃火锅的小王")))
    one = Removal(platform="weibo", uid="7000000009", pseudonym="0" * 64, decided_by="顾南舟", decided_at=NOW)
    remove_candidates(space.engine, [one], fold)
    (file,) = (space.home / "evidence" / "saved").iterdir()
    dropped = retain(replace(space, clock=Clock(NOW + timedelta(days=31))))
    assert [one.name for one in dropped] == [f"evidence/saved/{file.name}"]
    assert not file.exists()
    space.engine.dispose()


def test_an_account_judged_unrelated_is_not_kept_when_its_page_is_imported_again(space: Workspace) -> None:
    (seen,) = [one for one in shown_accounts(space) if one.candidate.uid == "7699000001"]
    remember(space, seen, "顾南舟", skip=True)
    (page,) = imported(space, saved(space, b__mhtml=containers.mhtml(WEIBO)) / "b.mhtml")
    assert "weibo:7699000001" not in held(space) and len(held(space)) == 3
    assert (page.candidates, len(page.found), page.searched) == (4, 3, True)
    assert "7699000001" not in json.dumps(as_shape([page]), ensure_ascii=False)


def test_an_unrelated_account_that_shows_something_new_is_kept_again(space: Workspace) -> None:
    (seen,) = [one for one in shown_accounts(space) if one.candidate.uid == "7699000001"]
    remember(space, replace(seen, candidate=replace(seen.candidate, name="别的名称")), "顾南舟", skip=True)
    (page,) = imported(space, saved(space, b__html=WEIBO) / "b.html")
    assert len(page.found) == 4 and "weibo:7699000001" in held(space)


def shown_accounts(space: Workspace) -> list[Seen]:
    """The accounts of the result page, imported once."""
    imported(space, saved(space, a__html=WEIBO))
    return seen_candidates(space)
