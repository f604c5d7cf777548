"""A removed account's name goes out of all that was searched, and what is ours or others' evidence stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import select

from analysis.periods import last_week
from crawler.page import Page
from crawler.searched import Searched
from pipelines.archive import WarcArchive
from records import Candidate, Coverage, Finding, Snapshot, Verdict
from scheduler.clock import Clock
from scheduler.judging import decide, inspect
from scheduler.workspace import Workspace
from storage.queries.findings import findings
from storage.queries.mentioned import MENTIONED
from storage.removed_names import GIVEN
from storage.schema import Base, CandidateRow, SearchRow, SnapshotRow
from storage.searches import Searching
from tests.scheduler.archived import ACCOUNT, NIGHT, UNIT

CONFIG = '[office]\nname = "云岭县人民政府办公室"\n[rules]\nregulations = ["shandong-2021"]\n'
LOOKALIKE = Candidate(platform="weibo", uid="7000000002", name="云岺发布", found_at=NIGHT, verified=False)
STRANGER = replace(LOOKALIKE, uid="7000000003", name="爱吃火锅的小王")
ADDRESS = "https://s.weibo.com/user?q="


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    """An office of one account, with a look-alike found on the night."""
    (tmp_path / "xuncha.toml").write_text(CONFIG, encoding="utf-8")
    space = Workspace.open(tmp_path, Clock(NIGHT + timedelta(hours=7)))
    space.store.save_register([UNIT], [ACCOUNT], {}, {})
    space.store.save_candidates([LOOKALIKE], None)
    return space


def suspected(space: Workspace) -> Finding:
    inspect(space, last_week(NIGHT))
    return next(one for one in findings(space.engine) if one.candidate == LOOKALIKE.ref)


def removed(space: Workspace) -> None:
    decide(space, suspected(space).id, Verdict.MISTAKEN, "顾南舟", None, unrelated=True)


def held(space: Workspace) -> str:
    """Everything that the database holds, as text."""
    with space.engine.connect() as connection:
        return "".join(str(connection.execute(select(table)).all()) for table in Base.metadata.sorted_tables)


def spells(space: Workspace, name: str) -> list[str]:
    """The ways in which the database still holds a name: as it is, and encoded once or twice."""
    ways = (name, quote(name), quote(quote(name)))
    return [way for way in ways if way in held(space)]


def kept_page(space: Workspace, url: str) -> Snapshot:
    """A result page in the archive."""
    page = Page(url=url, body=b"{}", fetched_at=space.clock.now(), kind="search_users")
    return WarcArchive(space.home, 1).keep(page, "search")


def searched(space: Workspace, keyword: str, kind: str, *found: Candidate, url: str = ADDRESS) -> Snapshot:
    """A night's search that found these accounts; its page."""
    at = space.clock.now()
    run_id = space.store.begin_run("sweep", at, None)
    assert space.store.ask_search_page(Searching(run_id=run_id, platform="weibo", keyword=keyword, kind=kind), at, ())
    page = kept_page(space, url + quote(keyword))
    coverage = Coverage(account=f"weibo:search:{run_id}", status="none", source="page", checked_at=at)
    shown = [replace(one, keyword=keyword) for one in found]
    ended = Searched(keyword=keyword, outcome="searched", reason=None, n_found=len(found), total=None, pages=1)
    space.store.save_page(run_id, coverage, shown, page, None, kind="search_users", searched=ended)
    return page


@pytest.mark.parametrize("kind", [GIVEN, MENTIONED])
@pytest.mark.parametrize("keyword", ["云岺发布", "云岺 发布", "云岺發布", "云岺发布 假冒"])
def test_what_was_searched_for_does_not_keep_the_name(space: Workspace, keyword: str, kind: str) -> None:
    searched(space, keyword, kind, LOOKALIKE, STRANGER)
    assert spells(space, keyword) != []
    removed(space)
    assert spells(space, keyword) == [] and spells(space, LOOKALIKE.name) == []
    assert STRANGER.name in held(space)


def test_neither_the_file_nor_its_log_holds_the_account(space: Workspace) -> None:
    searched(space, LOOKALIKE.name, GIVEN, LOOKALIKE)
    removed(space)
    files = [path.read_bytes() for path in space.home.glob("xuncha.db*")]
    forms = (LOOKALIKE.uid.encode(), LOOKALIKE.name.encode(), LOOKALIKE.name.encode("unicode_escape"))
    assert [form for form in forms for body in files if form in body] == []


def test_a_name_that_it_had_before_is_gone_too(space: Workspace) -> None:
    inspect(space, last_week(NIGHT - timedelta(days=7)))
    former, renamed = LOOKALIKE.name, replace(LOOKALIKE, name="雲嶺發佈", found_at=NIGHT + timedelta(hours=1))
    searched(space, former, GIVEN, STRANGER)
    space.store.save_candidates([renamed], kept_page(space, ADDRESS))
    removed(space)
    assert spells(space, former) == []


def test_keywords_of_the_register_stay(space: Workspace) -> None:
    page = searched(space, LOOKALIKE.name, "易混名", LOOKALIKE, STRANGER)
    removed(space)
    with space.engine.connect() as connection:
        assert connection.execute(select(SearchRow.keyword)).scalars().all() == [LOOKALIKE.name]
        assert page.url in connection.execute(select(SnapshotRow.url)).scalars().all()
        shown = connection.execute(select(CandidateRow.shown)).scalars().all()
    assert [one["keyword"] for one in shown] == [LOOKALIKE.name]


def test_the_address_that_a_finding_of_another_cites_stays_as_it_is(space: Workspace) -> None:
    other = replace(LOOKALIKE, uid="7000000009", name="雲嶺發佈")
    page = searched(space, LOOKALIKE.name, GIVEN, LOOKALIKE, other)
    removed(space)
    (cited,) = [one for one in findings(space.engine) if one.candidate == other.ref]
    assert [item.url for item in cited.evidence] == [page.url]
    with space.engine.connect() as connection:
        assert connection.execute(select(SnapshotRow.url)).scalars().all() == [page.url]
