"""Opens the database: WAL, one writer at a time by ``BEGIN IMMEDIATE``, schema brought up by Alembic."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError

from records import TellableError
from storage.said import in_words

APPLICATION_ID = 0x78756E63  # "xunc": a SQLite file of ours says so in its header
_MAGIC = b"SQLite format 3\0"
_HEADER_BYTES = 100
# What is deleted is overwritten: a removed account must not be found in the file's free pages.
_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000", "secure_delete=ON")


class StorageError(TellableError):
    """The database cannot be used; the message is one sentence for the user."""


def open_database(url: str, folder: Path | None = None) -> Engine:
    """An engine for ``url`` with the schema of this version; a relative SQLite path is below ``folder``.

    Raises:
        StorageError: It is not a database, or not one of ours, or cannot be written.
    """
    engine = _engine(url, folder)
    if engine.dialect.name == "sqlite":
        _refuse_foreign_file(engine.url.database)
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin_immediate)
    try:
        _upgrade(engine)
    except (DatabaseError, OSError) as error:
        engine.dispose()
        raise StorageError(f"数据库无法打开或写入：{in_words(error)}。") from error
    return engine


def _engine(url: str, folder: Path | None) -> Engine:
    known = "sqlite:///xuncha.db 或 postgresql+psycopg://用户@主机/库名"
    try:
        address = make_url(url)
        if address.get_backend_name() not in ("sqlite", "postgresql"):
            raise ArgumentError(address.get_backend_name())
        if folder is not None and address.get_backend_name() == "sqlite" and address.database:
            address = address.set(database=str(folder / address.database))
        return create_engine(address)
    except ModuleNotFoundError as error:
        raise StorageError(f"没有安装数据库驱动 {error.name}；[database] url 可以写成 {known}。") from error
    except ArgumentError as error:
        raise StorageError(f"[database] url 不对，要写成 {known}。") from error


def _refuse_foreign_file(name: str | None) -> None:
    path = Path(name or ":memory:")
    if name in (None, "", ":memory:") or not path.exists():
        return
    try:
        found, is_empty = _application_id(path)
    except (OSError, sqlite3.DatabaseError) as error:
        raise StorageError(f"{path.name} 打不开：{in_words(error)}；请改用备份，或另选一个文件夹。") from error
    if found != APPLICATION_ID and not is_empty:
        raise StorageError(f"{path.name} 不是巡查的数据库，未作任何改动；请另选一个文件夹，或改名后重试。")


def _application_id(path: Path) -> tuple[int, bool]:
    """``(application id, whether the file holds nothing yet)``; the file and its folder stay as they are."""
    with path.open("rb") as file:
        head = file.read(_HEADER_BYTES)
    if not head:
        return 0, True
    if len(head) < _HEADER_BYTES or not head.startswith(_MAGIC):
        raise sqlite3.DatabaseError("file is not a database")
    found = int.from_bytes(head[68:72])
    if found:
        return found, False
    # What a stopped first start left has no id yet, or has it in the log beside it.
    log = path.with_name(f"{path.name}-wal")
    how = "mode=ro" if log.exists() else "immutable=1"
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?{how}", uri=True)) as connection:
        (found,) = connection.execute("PRAGMA application_id").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return found, not tables


def _set_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Connection) -> None:
    # A deferred BEGIN loses updates or meets "database is locked" when two writers read first.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _configuration(connection: Connection) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    configuration.attributes["connection"] = connection
    return configuration


def _upgrade(engine: Engine) -> None:
    head = ScriptDirectory.from_config(_configuration(None)).get_current_head()  # type: ignore[arg-type]
    with engine.begin() as connection:
        known = inspect(connection).has_table("alembic_version")
        if known and connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == head:
            return
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        command.upgrade(_configuration(connection), "head")


def back_up(engine: Engine, target: Path) -> None:
    """Write a safe copy of a SQLite database while it is in use."""
    # Below SQLAlchemy, which would begin a transaction first: VACUUM takes none.
    with closing(engine.raw_connection()) as connection:
        connection.cursor().execute("VACUUM INTO ?", (str(target),))


def empty_log(engine: Engine) -> bool:
    """Whether the log beside a SQLite file holds no former contents any more; true where there is no such log.

    False while somebody else reads on; the next call, or the last to close the database, empties it.
    """
    if engine.dialect.name != "sqlite":
        return True
    with closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        ((patience_ms,),) = cursor.execute("PRAGMA busy_timeout").fetchall()
        # Who reads on is not waited for: a night would stand still for half a minute.
        cursor.execute("PRAGMA busy_timeout = 0")
        ((is_busy, *_),) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        cursor.execute(f"PRAGMA busy_timeout = {int(patience_ms)}")
    return not is_busy
