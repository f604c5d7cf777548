"""The table of a case file holds what is stored: the features of both pictures, and the registered account's page."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from records import Snapshot
from reports.case_file import Row, compared
from scheduler.case_files import case_of
from scheduler.triaging import sorted_candidates
from scheduler.workspace import Workspace
from storage.avatars import save_avatar
from tests.reports.test_case_file import FINDING
from tests.scheduler.archived import ACCOUNT, NIGHT
from tests.scheduler.test_triaging import LIKE, OWN_PICTURE, PICTURE, PROFILE, SEEN, space

__all__ = ["space"]
LATER = NIGHT + timedelta(hours=1)
PAGE = Snapshot(url="https://weibo.com/u/1", fetched_at=LATER, sha256="cd" * 32, ref="evidence/9.warc.gz#0")


def row(space: Workspace, label: str) -> Row:
    """A line of the look-alike's table."""
    ((_, triage),) = sorted_candidates(space, only=LIKE.ref)
    case = case_of(space, replace(FINDING, candidate=LIKE.ref, account=ACCOUNT.ref, clauses=()), (), triage)
    assert case is not None
    return next(one for one in compared(case) if one.label == label)


@pytest.mark.parametrize(
    ("theirs", "said"), [(PICTURE, "相同"), ("ffff0000ffff0007", "几乎相同"), ("00ff00ff00ff00ff", "不同")]
)
def test_pictures_at_two_addresses_are_compared_as_the_triage_does(space: Workspace, theirs: str, said: str) -> None:
    save_avatar(space.engine, LIKE.avatar_url or "", theirs, NIGHT, LIKE.ref)
    save_avatar(space.engine, OWN_PICTURE, PICTURE, NIGHT, ACCOUNT.ref)
    found = row(space, "头像（按特征比较）")
    assert found.registered == f"{OWN_PICTURE}，头像特征 {PICTURE}"
    assert found.suspected == f"{LIKE.avatar_url}，头像特征 {theirs}"
    ((_, triage),) = sorted_candidates(space, only=LIKE.ref)
    assert found.agrees == said and ("头像几乎相同" in "".join(triage.reasons)) is (said != "不同")


def test_a_picture_that_was_not_fetched_is_told_so(space: Workspace) -> None:
    save_avatar(space.engine, LIKE.avatar_url or "", PICTURE, NIGHT, LIKE.ref)
    found = row(space, "头像（按特征比较）")
    assert (found.registered, found.agrees) == (f"{OWN_PICTURE}，没有取得头像特征", "没有取得")


def test_the_registered_account_s_page_stands_beside_the_time_when_it_was_seen(space: Workspace) -> None:
    run = space.store.begin_run("crawl", LATER, None)
    space.store.save_page(run, SEEN, [replace(PROFILE, observed_at=LATER)], PAGE, None, kind="profile")
    space.store.finish_run(run, LATER, 0, {})
    when = row(space, "资料来源").registered.partition("账号页面，")[2].removesuffix(" 所见")
    assert when and row(space, "所见页面").registered == f"{PAGE.url}（{when} 取得）"


def test_without_a_kept_page_no_address_is_made_up(space: Workspace) -> None:
    assert row(space, "所见页面").registered == "（没有留存的账号页面）"
