"""Candidates are held against the register once a night, and by what is known at the moment they are sorted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from crawler.host_walls import HostWalls
from records import Candidate, Coverage, Post, Profile, Unit
from scheduler import avatars
from scheduler.avatars import avatars_wanted, fetch_avatars
from scheduler.clock import Clock
from scheduler.triaging import Sorting, listed, sorted_candidates
from scheduler.workspace import Workspace
from storage.avatars import NOTHING, avatar_key, save_avatar
from storage.avatars import avatars as stored_avatars
from tests.crawler.link_site import options
from tests.scheduler.archived import ACCOUNT, NIGHT

CONFIG = '[office]\nname = "云岭县人民政府办公室"\n[rules]\nregulations = ["shandong-2021"]\n'
UNIT = Unit(name="云岭县人民政府办公室", division="澜州市云岭县")
TEXT = "云岭县2026年秋季学期义务教育阶段入学报名时间为八月十五日至二十日"
LIKE = Candidate(
    platform="weibo",
    uid="7000000002",
    name="云岭微发布",
    found_at=NIGHT,
    verified=False,
    avatar_url="http://like.invalid/a.png",
    texts=(TEXT,),
)
HALF_LIKE = replace(LIKE, uid="7000000003", name="云岺发布", avatar_url="http://half.invalid/a.png", texts=())
STRANGER = replace(LIKE, uid="7000000004", name="爱吃火锅的小王", avatar_url="http://stranger.invalid/a.png", texts=())
OWN_PICTURE = "http://own.invalid/a.png"
PICTURE = "ffff0000ffff0000"
SEEN = Coverage(account=ACCOUNT.ref, status="complete", source="page", checked_at=NIGHT)
PROFILE = Profile(
    platform="weibo",
    account=ACCOUNT.ref,
    uid=ACCOUNT.uid,
    name=ACCOUNT.name,
    observed_at=NIGHT,
    avatar_url=OWN_PICTURE,
)
POST = Post(
    platform="weibo",
    account=ACCOUNT.ref,
    post_id="1",
    url="https://m.weibo.cn/1",
    published_at=NIGHT - timedelta(hours=2),
    text=TEXT,
)


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    """An office of one account with a picture and a post, a look-alike that carries the post, and a stranger."""
    (tmp_path / "xuncha.toml").write_text(CONFIG, encoding="utf-8")
    space = Workspace.open(tmp_path, Clock(NIGHT + timedelta(hours=7)))
    space.store.save_register([UNIT], [ACCOUNT], {}, {})
    run = space.store.begin_run("crawl", NIGHT, None)
    space.store.save_page(run, SEEN, [POST, PROFILE], None, None)
    space.store.save_candidates((STRANGER, HALF_LIKE, LIKE), None)
    return space


def reasons(sorting: Sorting) -> str:
    """What is told of the look-alike."""
    (found,) = (found for seen, found in sorting.candidates() if seen.candidate.uid == LIKE.uid)
    return "".join(found.reasons)


def test_posts_are_read_once_however_often_candidates_are_sorted(space: Workspace) -> None:
    asked = list[str]()
    event.listen(space.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    sorting = Sorting(space)
    assert "推文几乎相同" in reasons(sorting) and "推文几乎相同" in reasons(sorting)
    assert sum("FROM posts" in statement for statement in asked) == 1


def test_a_text_that_an_office_published_after_it_was_shown_is_no_copy_of_its_own(space: Workspace) -> None:
    early = replace(LIKE, uid="7000000006", found_at=NIGHT - timedelta(hours=3))
    space.store.save_candidates((early,), None)
    told = {seen.candidate.uid: "".join(found.reasons) for seen, found in sorted_candidates(space)}
    assert "推文几乎相同" in told[LIKE.uid] and "推文几乎相同" not in told[early.uid]


def test_a_text_seen_before_the_office_published_it_stays_no_copy_when_seen_again(space: Workspace) -> None:
    early = replace(LIKE, uid="7000000006", found_at=NIGHT - timedelta(hours=3))
    for shown in (early, replace(early, found_at=LIKE.found_at), replace(LIKE, uid=early.uid, texts=())):
        space.store.save_candidates((shown,), None)
    told = {seen.candidate.uid: "".join(found.reasons) for seen, found in sorted_candidates(space)}
    assert "推文几乎相同" not in told[early.uid] and "推文几乎相同" in told[LIKE.uid]


def test_pictures_that_came_since_count_without_comparing_again(space: Workspace) -> None:
    sorting = Sorting(space)
    assert "头像" not in reasons(sorting)
    save_avatar(space.engine, LIKE.avatar_url or "", PICTURE, NIGHT, LIKE.ref)
    assert "头像" not in reasons(sorting)
    save_avatar(space.engine, OWN_PICTURE, PICTURE, NIGHT, ACCOUNT.ref)
    assert "头像与名录里" in reasons(sorting)


def test_an_account_that_came_since_is_sorted_too(space: Workspace) -> None:
    sorting = Sorting(space)
    before = len(sorting.candidates())
    space.store.save_candidates((replace(LIKE, uid="7000000009"),), None)
    assert len(sorting.candidates()) == before + 1


def test_one_account_that_is_asked_about_is_sorted_as_among_all(space: Workspace) -> None:
    (alone,) = sorted_candidates(space, only=LIKE.ref)
    assert alone in sorted_candidates(space)
    assert [row["uid"] for row in listed(space, only=LIKE.ref)] == [LIKE.uid]


def test_the_most_alike_come_first_with_the_picture_of_the_account_they_are_taken_for(space: Workspace) -> None:
    wanted = avatars_wanted(space, sorted_candidates(space))
    assert list(wanted) == [OWN_PICTURE, LIKE.avatar_url, HALF_LIKE.avatar_url]


def test_what_was_asked_for_in_vain_comes_last(space: Workspace) -> None:
    save_avatar(space.engine, LIKE.avatar_url or "", NOTHING, NIGHT - timedelta(days=3), LIKE.ref)
    assert list(avatars_wanted(space, sorted_candidates(space)))[-1] == LIKE.avatar_url


@pytest.mark.parametrize(
    "address",
    ["http://[::1/a.png", "http://\ud800.com/a.png", "http://℀.com/a", "//a.cn/b", "javascript:1", "x", "http://"],
)
def test_what_is_no_address_is_neither_wanted_nor_in_the_way(space: Workspace, address: str) -> None:
    space.store.save_candidates((replace(LIKE, avatar_url=address),), None)
    assert list(avatars_wanted(space, sorted_candidates(space))) == [OWN_PICTURE, HALF_LIKE.avatar_url]
    assert fetch_avatars(space, options(), sorted_candidates(space)) == 0


def test_a_night_asks_for_so_many_pictures_and_says_what_is_left(
    space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(avatars, "MOST_PICTURES", 1)
    said = list[str]()
    fetch_avatars(space, options(), sorted_candidates(space), said.append)
    assert len(said) == 1 and "还有 2 个没有取" in said[0]
    assert len(avatars_wanted(space, sorted_candidates(space))) == 2


def test_pictures_of_a_host_that_is_left_alone_are_not_asked_for_and_not_noted(space: Workspace) -> None:
    walls = HostWalls()
    for address in 2 * (OWN_PICTURE, LIKE.avatar_url or ""):
        walls.add(address)
    said = list[str]()
    fetch_avatars(space, options(walls=walls), sorted_candidates(space), said.append)
    assert set(stored_avatars(space.engine)) == {avatar_key(HALF_LIKE.avatar_url or "")}
    assert len(said) == 1 and "还有 2 个没有取" in said[0]


def test_pictures_of_a_silent_host_that_were_not_asked_for_stay_wanted_and_are_counted_as_left(
    space: Workspace,
) -> None:
    beside = [replace(LIKE, uid=f"700000001{n}", avatar_url=f"http://like.invalid/{n}.png") for n in range(3)]
    space.store.save_candidates(beside, None)
    said = list[str]()
    fetch_avatars(space, options(), sorted_candidates(space), said.append)
    assert len(said) == 1 and "还有 3 个没有取" in said[0]
    assert len(stored_avatars(space.engine)) == 3 and len(avatars_wanted(space, sorted_candidates(space))) == 3


def test_an_impostor_by_its_picture_is_no_stranger_after_a_night_without_pictures(space: Workspace) -> None:
    thief = replace(STRANGER, uid="7000000005", name="今日爆料", avatar_url="http://thief.invalid/a.png")
    space.store.save_candidates((thief,), None)
    for url, owner in ((OWN_PICTURE, ACCOUNT.ref), (thief.avatar_url or "", thief.ref)):
        save_avatar(space.engine, url, PICTURE, NIGHT - timedelta(days=40), owner)
    fetch_avatars(space, options(), sorted_candidates(space))
    assert [found.kind for _, found in sorted_candidates(space, only=thief.ref)] == ["unknown"]


def test_a_night_that_asks_for_all_says_nothing(space: Workspace) -> None:
    said = list[str]()
    fetch_avatars(space, options(), sorted_candidates(space), said.append)
    assert said == []
