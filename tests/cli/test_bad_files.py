"""A foreign or broken database, a full disk, a folder that cannot be written: one sentence, nothing half-written."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import HEADS, ROWS, Done, Here, child, table
from tests.cli.test_setup import is_one_sentence

NOW = "2026-11-20T08:00:00+08:00"


def refused(done: Done) -> bool:
    """One sentence and exit code 2."""
    return done.code == 2 and is_one_sentence(done.err) and done.out == ""


@pytest.mark.parametrize("journal", ["DELETE", "WAL"])
def test_a_foreign_database_is_refused_untouched(journal: str, home: Path, here: Here) -> None:
    for file in home.glob("xuncha.db*"):
        file.unlink()
    with closing(sqlite3.connect(home / "xuncha.db")) as connection:
        connection.execute(f"PRAGMA journal_mode={journal}")
        connection.execute("CREATE TABLE phones (number TEXT)")
        connection.commit()
    before = {path.name: path.read_bytes() for path in home.glob("xuncha.db*")}
    done = here("status", home=home)
    assert refused(done) and "不是巡查的数据库" in done.err
    assert {path.name: path.read_bytes() for path in home.glob("xuncha.db*")} == before


STRANGE = {"a text": b"not a database at all", "a long text": b"x" * 8192, "a head": b"SQLite format 3\0 cut off"}


@pytest.mark.parametrize("body", STRANGE.values(), ids=STRANGE)
def test_a_text_file_as_database_is_refused_untouched(body: bytes, home: Path, here: Here) -> None:
    for file in home.glob("xuncha.db*"):
        file.unlink()
    (home / "xuncha.db").write_bytes(body)
    assert refused(here("nightly", home=home))
    assert (home / "xuncha.db").read_bytes() == body


def test_a_database_cut_off_in_the_middle_is_one_sentence(home: Path, here: Here) -> None:
    body = (home / "xuncha.db").read_bytes()
    (home / "xuncha.db").write_bytes(body[: len(body) // 3])
    done = here("accounts", "list", home=home)
    assert refused(done) and "损坏" in done.err


def test_a_folder_in_place_of_the_database_is_refused(home: Path, here: Here) -> None:
    for file in home.glob("xuncha.db*"):
        file.unlink()
    (home / "xuncha.db").mkdir()
    assert refused(here("status", home=home))


@pytest.mark.parametrize(
    "url",
    ["sqlite:///xuncha.toml/x.db", "sqlite:///nowhere/x.db", "mysql://a:geheim@b/c", "nonsense", "postgresql+x://a"],
)
def test_a_database_that_cannot_be_reached_is_one_sentence(url: str, home: Path) -> None:
    done = child("status", home=home, environment={"XUNCHA_DATABASE_URL": url})
    assert refused(done), done.err
    assert "geheim" not in done.err


def test_a_home_below_a_file_is_one_sentence(home: Path, here: Here) -> None:
    assert refused(here("status", home=home / "xuncha.toml"))
    assert refused(here("init", home / "xuncha.toml" / "below"))


def test_a_first_start_stopped_by_a_full_disk_can_be_made_again(tmp_path: Path, here: Here) -> None:
    stopped = child("init", tmp_path / "home", limit_bytes=20_000)
    assert stopped.code == 2 and is_one_sentence(stopped.err), stopped.err
    assert not (tmp_path / "home" / "xuncha.toml").exists()
    assert here("init", tmp_path / "home").code == 0


def test_a_full_disk_during_an_import_changes_nothing(home: Path, tmp_path: Path, here: Here) -> None:
    rows = [["微博", f"云岭{n}", "云岭县人民政府办公室", str(2000000000 + n), "2019-07-01"] for n in range(2000)]
    assert here("accounts", "import", table(tmp_path / "a.csv", [HEADS, *ROWS]), home=home).code == 0
    size = (home / "xuncha.db").stat().st_size
    done = child("accounts", "import", table(tmp_path / "b.csv", [HEADS, *rows]), home=home, limit_bytes=size + 1000)
    assert done.code == 2 and is_one_sentence(done.err), done.err
    assert len(here("accounts", "list", "--json", home=home).json) == 2


def test_a_paper_that_cannot_be_written_leaves_all_three_as_they_were(home: Path, here: Here) -> None:
    assert here("report", "weekly", home=home, now=NOW).code == 0
    papers = home / "reports"
    (papers / "2026-W46-网页-草稿.html").unlink()
    (papers / "2026-W46-网页-草稿.html").mkdir()
    before = {path.name: path.read_bytes() for path in papers.iterdir() if path.is_file()}
    done = here("report", "weekly", home=home, now="2026-11-21T08:00:00+08:00")
    assert done.code == 2 and is_one_sentence(done.err)
    assert {path.name: path.read_bytes() for path in papers.iterdir() if path.is_file()} == before
