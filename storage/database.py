"""Opens the database: WAL, one writer at a time by ``BEGIN IMMEDIATE``, schema brought up by Alembic."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import DatabaseError

APPLICATION_ID = 0x78756E63  # "xunc": a SQLite file of ours says so in its header
_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000")


class StorageError(Exception):
    """The database cannot be used; the message is one sentence for the user."""


def open_database(url: str) -> Engine:
    """An engine for ``url`` with the schema of this version.

    Raises:
        StorageError: It is not a database, or not one of ours, or cannot be written.
    """
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        _refuse_foreign_file(make_url(url).database)
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin_immediate)
    try:
        _upgrade(engine)
    except (DatabaseError, OSError) as error:
        engine.dispose()
        raise StorageError(f"数据库无法打开或写入：{_plain(error)}") from error
    return engine


def _refuse_foreign_file(name: str | None) -> None:
    path = Path(name or ":memory:")
    if name in (None, "", ":memory:") or not path.exists() or path.stat().st_size == 0:
        return
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
            (found,) = connection.execute("PRAGMA application_id").fetchone()
        connection.close()
    except sqlite3.DatabaseError as error:
        raise StorageError(f"{path.name} 不是可用的数据库文件（{error}）；请改用备份，或另选一个文件夹。") from error
    if found != APPLICATION_ID:
        raise StorageError(f"{path.name} 不是巡查的数据库，未作任何改动；请另选一个文件夹，或改名后重试。")


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


def _plain(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    words = str(cause)
    if "disk is full" in words or "No space" in words:
        return "磁盘已满，请清理后重试"
    if "readonly" in words or "Permission" in words or "unable to open" in words:
        return "没有写入权限，或所在文件夹不存在"
    return words


def back_up(engine: Engine, target: Path) -> None:
    """A safe copy of a SQLite database while it is in use."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM INTO ?", (str(target),))
