"""A result page that is gone accuses nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from analysis.periods import last_week
from crawler.page import Page
from pipelines.archive import WarcArchive
from records import Candidate, Evidence
from scheduler.clock import Clock
from scheduler.held_pages import with_held_pages
from scheduler.judging import inspect
from scheduler.workspace import Workspace
from storage.queries.evidence import evidence
from tests.scheduler.archived import NIGHT, Office, open_office

CONFIG = '[office]\nname = "云岭县人民政府办公室"\n[rules]\nregulations = ["shandong-2021"]\n'
SUSPECT = Candidate(platform="weibo", uid="7", name="云岭发布官方", found_at=NIGHT, verified=False)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office whose search found one account."""
    open_office(tmp_path)
    (tmp_path / "xuncha.toml").write_text(CONFIG, encoding="utf-8")
    office = Office(Workspace.open(tmp_path, Clock(NIGHT)))
    page = Page(url="https://m.weibo.cn/search", body=b"{}", fetched_at=NIGHT, kind="mobile_search")
    kept = WarcArchive(office.workspace.home, 1).keep(page, "search")
    office.workspace.store.save_candidates([SUSPECT], kept)
    return office


def held(office: Office) -> Iterator[Evidence]:
    given = evidence(office.workspace.engine, last_week(NIGHT), NIGHT + timedelta(days=2), 14)
    return with_held_pages(office.workspace, given)


def test_a_page_that_is_there_is_held_for_every_unit(office: Office) -> None:
    assert [set(one.candidate_snapshots) for one in held(office)] == [{SUSPECT.ref}]


def test_a_page_whose_file_is_gone_is_held_for_none_though_the_account_is_still_known(office: Office) -> None:
    for file in (office.workspace.home / "evidence").glob("*-search.warc.gz"):
        file.unlink()
    told = list(held(office))
    assert [dict(one.candidate_snapshots) for one in told] == [{}] and told[0].candidates == (SUSPECT,)


@pytest.mark.parametrize(("is_kept", "candidates"), [(True, [SUSPECT.ref]), (False, [])])
def test_an_inspection_accuses_nobody_whose_page_is_gone(office: Office, is_kept: bool, candidates: list[str]) -> None:
    for file in (office.workspace.home / "evidence").glob("*-search.warc.gz"):
        if not is_kept:
            file.unlink()
    found = inspect(office.workspace, last_week(NIGHT)).findings
    assert [one.candidate for one in found if one.candidate] == candidates
