"""After a removal the papers are told that still name the account, whatever their form; others are not."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from analysis.periods import last_week
from records import Candidate
from scheduler.clock import Clock
from scheduler.judging import inspect
from scheduler.left_papers import left_papers, words_of
from scheduler.reporting import draft
from scheduler.workspace import Workspace
from tests.scheduler.archived import ACCOUNT, NIGHT, UNIT

CONFIG = '[office]\nname = "云岭县人民政府办公室"\n[rules]\nregulations = ["shandong-2021"]\n'
LOOKALIKE = Candidate(platform="weibo", uid="7000000002", name="云岺发布", found_at=NIGHT, verified=False)
WORDS = frozenset({"云岺发布", "7000000002"})


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    """An office of one account with a look-alike, judged."""
    (tmp_path / "xuncha.toml").write_text(CONFIG, encoding="utf-8")
    space = Workspace.open(tmp_path, Clock(NIGHT + timedelta(hours=7)))
    space.store.save_register([UNIT], [ACCOUNT], {}, {})
    space.store.save_candidates([LOOKALIKE], None)
    inspect(space, last_week(NIGHT))
    (tmp_path / "reports").mkdir()
    return space


def zipped(path: Path, text: str) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", f"<w:t>{text}</w:t>")


def plain(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def packed(path: Path, text: str) -> None:
    path.write_bytes(gzip.compress(text.encode()))


def test_the_draft_ledger_names_the_account_and_its_period_is_told(space: Workspace) -> None:
    written = draft(space, "weekly", last_week(NIGHT))
    found = left_papers(space, words_of(space, LOOKALIKE.ref))
    assert found.naming == (written.files["xlsx"],) and found.unread == ()
    assert found.periods == ["2026-W46"]


@pytest.mark.parametrize(
    "text", ["云岺发布", "云岺</w:t><w:t>发布", "编号7000000002", "q=%E4%BA%91%E5%B2%BA%E5%8F%91%E5%B8%83"]
)
@pytest.mark.parametrize(("name", "write"), [("a.docx", zipped), ("a.html", plain), ("a.warc.gz", packed)])
def test_a_paper_that_names_the_account_is_found(
    name: str, write: Callable[[Path, str], None], text: str, space: Workspace
) -> None:
    path = space.home / "reports" / "2026" / name
    path.parent.mkdir()
    write(path, text)
    plain(space.home / "reports" / "b.html", "云岭发布")
    assert left_papers(space, WORDS).naming == (path,)


def test_of_an_exported_case_the_whole_folder_is_told(space: Workspace) -> None:
    case = space.home / "reports" / "案卷"
    (case / "证据").mkdir(parents=True)
    plain(case / "sha256sums", "")
    plain(case / "证据" / "1.json", "云岺发布")
    (case / "证据" / "2.warc.gz").write_bytes(b"no gzip")
    found = left_papers(space, WORDS)
    assert (found.naming, found.unread, found.periods) == ((case,), (), [])


def test_what_cannot_be_read_is_told_apart(space: Workspace) -> None:
    path = space.home / "reports" / "a.warc.gz"
    path.write_bytes(gzip.compress(b"x" * 1000)[:-9])
    assert left_papers(space, WORDS).unread == (path,)


def test_a_name_that_a_registered_account_has_too_tells_nothing(space: Workspace) -> None:
    same = replace(LOOKALIKE, uid="7000000004", name=ACCOUNT.name)
    space.store.save_candidates([same], None)
    assert ACCOUNT.name not in words_of(space, same.ref) and same.uid in words_of(space, same.ref)


def test_of_an_account_that_is_not_stored_nothing_is_sought(space: Workspace) -> None:
    assert words_of(space, "weibo:1") == frozenset()
    assert left_papers(space, ()).naming == ()
