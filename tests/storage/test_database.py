"""The database: ours and no other's, many writers without loss, the schema that the tables say."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, delete, event, inspect, select, update

from records import Candidate
from storage import database
from storage.database import APPLICATION_ID, StorageError, open_database
from storage.queries import accounts, posts, runs
from storage.schema import Base, CandidateRow, RunRow
from storage.store import Store
from tests.storage.conftest import WECHAT, WEIBO
from tests.storage.test_store import NOW, post, seen


def address(folder: Path) -> str:
    return f"sqlite:///{folder / 'xuncha.db'}"


def test_the_file_says_that_it_is_ours(store: Store, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "xuncha.db")) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_every_connection_keeps_references_and_waits(store: Store) -> None:
    with store.engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("foreign_keys", "busy_timeout")
        }
    assert found == {"foreign_keys": 1, "busy_timeout": 30_000}


@pytest.fixture
def careless() -> Iterator[None]:
    """SQLite as it is built without overwriting what is deleted; many systems build it with that."""

    def leave(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA secure_delete=OFF")

    event.listen(Engine, "connect", leave)
    yield
    event.remove(Engine, "connect", leave)


@pytest.mark.usefixtures("careless")
def test_what_is_deleted_lies_neither_in_the_file_nor_in_its_log(tmp_path: Path) -> None:
    store = Store(open_database(address(tmp_path)))
    store.save_candidates([Candidate(platform="weibo", uid="7000000002", name="x" * 900, found_at=NOW)], None)
    database.empty_log(store.engine)
    assert b"7000000002" in (tmp_path / "xuncha.db").read_bytes()
    with store.engine.begin() as connection:
        connection.execute(delete(CandidateRow))
    assert database.empty_log(store.engine)
    held = b"".join(path.read_bytes() for path in tmp_path.glob("xuncha.db*"))
    assert b"7000000002" not in held and b"xxxx" not in held


def test_four_writers_lose_nothing(store: Store) -> None:
    run = store.begin_run("counter", NOW, None)
    with store.engine.begin() as connection:
        connection.execute(update(RunRow).where(RunRow.id == run).values(exit_code=0))

    def add_one() -> None:
        for _ in range(50):
            with store.engine.begin() as connection:
                number = connection.execute(select(RunRow.exit_code).where(RunRow.id == run)).scalar_one()
                connection.execute(update(RunRow).where(RunRow.id == run).values(exit_code=number + 1))

    writers = [threading.Thread(target=add_one) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with store.engine.connect() as connection:
        assert connection.execute(select(RunRow.exit_code).where(RunRow.id == run)).scalar_one() == 200


def test_the_migrations_make_what_the_tables_say(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"render_as_batch": True, "compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        assert set(inspect(connection).get_table_names()) == {*Base.metadata.tables, "alembic_version"}


def test_a_copy_of_a_filled_database_keeps_everything(store: Store, tmp_path: Path) -> None:
    run = store.begin_run("crawl", NOW, None)
    store.save_page(run, seen(), [post(1), post(2)], None, None)
    (tmp_path / "copy").mkdir()
    database.back_up(store.engine, tmp_path / "copy" / "xuncha.db")
    copy = open_database(address(tmp_path / "copy"))
    assert [one["post_id"] for one in posts.posts(copy)] == [post(1).post_id, post(2).post_id]
    assert [one.id for one in runs.runs(copy)] == [run]
    assert [account.ref for account in accounts.accounts(copy)] == [WEIBO.ref, WECHAT.ref]


def test_opening_again_changes_nothing(store: Store, tmp_path: Path) -> None:
    store.engine.dispose()
    before = (tmp_path / "xuncha.db").read_bytes()
    open_database(address(tmp_path)).dispose()
    assert (tmp_path / "xuncha.db").read_bytes() == before


@pytest.mark.parametrize("left", [b"", None], ids=["nothing", "an empty database"])
def test_what_a_stopped_first_start_left_is_taken_up(left: bytes | None, tmp_path: Path) -> None:
    if left is None:
        with closing(sqlite3.connect(tmp_path / "xuncha.db")) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
    else:
        (tmp_path / "xuncha.db").write_bytes(left)
    engine = open_database(address(tmp_path))
    assert inspect(engine).has_table("posts")


def test_a_foreign_database_is_left_as_it_is(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "xuncha.db")) as connection:
        connection.execute("CREATE TABLE posts (id)")
        connection.commit()
    before = (tmp_path / "xuncha.db").read_bytes()
    with pytest.raises(StorageError, match="不是巡查的数据库"):
        open_database(address(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["xuncha.db"]
    assert (tmp_path / "xuncha.db").read_bytes() == before


def test_another_programs_id_is_refused_even_when_empty(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "xuncha.db")) as connection:
        connection.execute("PRAGMA application_id = 1234")
        connection.commit()
    with pytest.raises(StorageError, match="不是巡查的数据库"):
        open_database(address(tmp_path))


def test_a_database_of_ours_in_use_is_known_by_its_log(store: Store, tmp_path: Path) -> None:
    # As after a power cut: everything is still in the log, the file itself may be older.
    (tmp_path / "copy").mkdir()
    with store.engine.connect():
        for file in tmp_path.glob("xuncha.db*"):
            shutil.copy2(file, tmp_path / "copy" / file.name)
    found = open_database(address(tmp_path / "copy"))
    assert len(accounts.accounts(found)) == 2


@pytest.mark.parametrize("url", ["mysql://a/b", "nonsense", "sqlite+unknown:///x.db"])
def test_an_address_of_no_database_is_a_sentence(url: str, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"\[database\] url"):
        open_database(url, tmp_path)


def test_a_relative_file_lies_in_the_folder(tmp_path: Path) -> None:
    open_database("sqlite:///xuncha.db", tmp_path).dispose()
    assert (tmp_path / "xuncha.db").is_file()
