"""Full-text search (全文检索) and the reading views, built and kept with sqlite-utils; never on the crawl's write path.

Two-character pairs find exactly what was typed, from one character on, which neither the trigram
index nor cut words can do in Chinese; cut words only rank: a hit on whole words comes first.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from importlib import resources
from pathlib import Path
from typing import Any

import sqlite_utils

from records import TellableError

INDEX = "post_index"
VIEWS = ("账号", "推文", "判定", "问题", "采集情况")
BATCH = 500
_BREAK = re.compile(r"[^\w]|_", re.UNICODE)
Segment = Callable[[str], Iterable[str]]


class SearchError(TellableError):
    """A query or view that cannot be answered; the message is one sentence for the user."""


def folded(text: str) -> str:
    """The form in which texts and queries are compared."""
    return unicodedata.normalize("NFKC", text).casefold()


def pairs(text: str) -> str:
    """Overlapping two-character tokens of each run of letters, each run's last character once more by itself."""
    tokens: list[str] = []
    for run in _BREAK.sub(" ", folded(text)).split():
        tokens.extend(run[at : at + 2] for at in range(len(run) - 1))
        tokens.append(run[-1])
    return " ".join(tokens)


def prepare(path: Path) -> None:
    """Make the index and the views if they are not there or older than this version."""
    with closing(_open(path)) as connection:
        database = sqlite_utils.Database(connection)
        if INDEX not in database.table_names():
            database[INDEX].create({"id": int, "bi": str, "seg": str, "digest": str}, pk="id")  # type: ignore[union-attr]
            database[INDEX].enable_fts(["bi", "seg"], tokenize="unicode61", create_triggers=True)  # type: ignore[union-attr]
        for name in VIEWS:
            sql = (resources.files("storage") / "views" / f"{name}.sql").read_text(encoding="utf-8")
            database.create_view(name, sql, replace=True)
        connection.commit()


def index_posts(path: Path, segment: Segment) -> int:
    """Bring the index up to the stored posts; returns how many were new or edited."""
    prepare(path)
    changed = """
        SELECT p.id, p.title, t.text, p.digest FROM posts p LEFT JOIN texts t ON t.post_id = p.id
        LEFT JOIN post_index i ON i.id = p.id WHERE i.id IS NULL OR i.digest <> p.digest
    """
    n_indexed = 0
    with closing(_open(path)) as connection:
        database = sqlite_utils.Database(connection)
        rows = connection.execute(changed).fetchall()
        for start in range(0, len(rows), BATCH):
            batch = list(_index_rows(rows[start : start + BATCH], segment))
            database[INDEX].upsert_all(batch, pk="id")  # type: ignore[union-attr]
            n_indexed += len(batch)
        connection.commit()
    return n_indexed


def _index_rows(rows: Iterable[tuple[int, str | None, str | None, str]], segment: Segment) -> Iterator[dict[str, Any]]:
    for post_id, title, text, digest in rows:
        words = f"{title or ''}\n{text or ''}"
        yield {"id": post_id, "bi": pairs(words), "seg": " ".join(segment(folded(words))), "digest": digest}


def find_posts(path: Path, words: str, segment: Segment, limit: int | None = None) -> list[int]:
    """Row ids of posts that hold every word, best first.

    Raises:
        SearchError: Nothing but punctuation was asked for.
    """
    asked = [word for word in words.split() if _BREAK.sub("", folded(word))]
    if not asked:
        raise SearchError("请输入要查找的词，至少一个汉字、字母或数字。")
    must = " AND ".join(f"({_pair_query(word)})" for word in asked)
    tokens = [_BREAK.sub(" ", token).strip() for word in asked for token in segment(folded(word))]
    ranked = " OR ".join(f'seg:"{token}"' for token in tokens if token)
    query = f"({must}) AND (({must}) OR {ranked})" if ranked else must
    sql = """
        SELECT i.id, coalesce(p.title, '') || char(10) || coalesce(t.text, '')
        FROM post_index_fts f JOIN post_index i ON i.rowid = f.rowid JOIN posts p ON p.id = i.id
        LEFT JOIN texts t ON t.post_id = p.id WHERE post_index_fts MATCH ? ORDER BY bm25(post_index_fts, 0.2, 1.0)
    """
    found: list[int] = []
    with closing(_open(path)) as connection:
        for post_id, text in connection.execute(sql, (query,)):
            body = folded(text)
            if all(folded(word) in body for word in asked):
                found.append(post_id)
            if len(found) == limit:
                break
    return found


def _pair_query(word: str) -> str:
    parts = []
    for run in _BREAK.sub(" ", folded(word)).split():
        if len(run) == 1:
            parts.append(f'bi:"{run}"*')
        else:
            tokens = " ".join(run[at : at + 2] for at in range(len(run) - 1))
            parts.append(f'bi:"{tokens}"')
    return " AND ".join(parts)


def read_view(path: Path, name: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Heads and rows of a reading view.

    Raises:
        SearchError: There is no such view.
    """
    if name not in VIEWS:
        raise SearchError(f"没有“{name}”这个表；可看的有：{'、'.join(VIEWS)}。")
    prepare(path)
    with closing(_open(path)) as connection:
        cursor = connection.execute(f'SELECT * FROM "{name}"')  # noqa: S608 (one of VIEWS)
        return [column[0] for column in cursor.description], cursor.fetchall()


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=30)
    connection.execute("PRAGMA foreign_keys=ON")
    return connection
