"""What an account's evidence is: a table's row and a bare link never take the place of a page that says more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest

from demo.county import load_county
from demo.pages.searches import saved_pages
from scheduler.clock import Clock
from scheduler.replaying import replay
from scheduler.saved_pages import import_saved
from scheduler.workspace import Workspace
from storage.queries.candidates import candidates
from storage.queries.snapshots import shown_candidate
from tests.crawler.saved import containers

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
UID = "7699000003"
WEIBO = saved_pages(load_county())["weibo_用户搜索.html"]
PAGE = ("page.mhtml", containers.mhtml(WEIBO))  # saved on 15 November, as it says
TABLE = ("table.csv", f"平台,账号名称,账号ID\n微博,医保,{UID}\n".encode())
LINK = ("link.html", f'<a href="https://weibo.com/u/{UID}">医保</a>'.encode())
File = tuple[str, bytes]


def imported(home: Path, file: File, *, days_later: int = 0) -> tuple[str, str, datetime, datetime]:
    """``(name, page of evidence, last seen at, as of)`` of the account after an import."""
    (home / "xuncha.toml").touch()
    (home / file[0]).write_bytes(file[1])
    space = Workspace.open(home, Clock(NOW + timedelta(days=days_later)))
    import_saved(space, [home / file[0]])
    return stored(space)


def stored(space: Workspace) -> tuple[str, str, datetime, datetime]:
    with space.engine.connect() as connection:
        row = shown_candidate(connection, "weibo", UID)
        assert row is not None
        _, pages = candidates(connection, frozenset())
    space.engine.dispose()
    return row.name, pages[f"weibo:{UID}"].url, row.last_seen_at, datetime.fromisoformat(row.shown["found_at"])


@pytest.mark.parametrize("weaker", [TABLE, LINK])
@pytest.mark.parametrize("days_later", [-10, 0, 30])
def test_a_table_or_a_bare_link_moves_neither_evidence_nor_time(tmp_path: Path, weaker: File, days_later: int) -> None:
    before = imported(tmp_path, PAGE)
    assert imported(tmp_path, weaker, days_later=days_later) == before
    assert before[:2] == ("云岭医保", "file:page.mhtml")


@pytest.mark.parametrize(("first", "second"), [(TABLE, TABLE), (LINK, TABLE), (TABLE, LINK), (LINK, LINK)])
def test_of_two_that_say_little_the_first_stays(tmp_path: Path, first: File, second: File) -> None:
    before = imported(tmp_path, first)
    more = (f"again-{second[0]}", second[1] + b"\n")
    assert imported(tmp_path, more, days_later=-10) == imported(tmp_path, more, days_later=3) == before


@pytest.mark.parametrize(
    "order", list(permutations([PAGE, TABLE, LINK])), ids=lambda order: " ".join(f[0] for f in order)
)
def test_the_order_in_which_files_are_read_does_not_choose_the_evidence(
    tmp_path: Path, order: tuple[File, ...]
) -> None:
    *_, last = [imported(tmp_path, file) for file in order]
    assert last[:2] == ("云岭医保", "file:page.mhtml")
    space = Workspace.open(tmp_path, Clock(NOW))
    assert replay(space).counts["pages_changed"] == 0 and stored(space) == last


def test_an_older_result_page_does_not_take_the_place_of_a_newer_one(tmp_path: Path) -> None:
    before = imported(tmp_path, ("new.html", WEIBO.encode()))
    assert imported(tmp_path, PAGE) == before
