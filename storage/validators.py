"""What addresses gave to ask them by condition next time (条件请求), and the stored answers that it stands for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, delete, select

from records import Snapshot
from storage.posts import insert
from storage.schema import ValidatorRow


@dataclass(frozen=True, slots=True)
class StoredValidator:
    """One address's validators, as its last whole answer gave them."""

    etag: str | None
    last_modified: str | None
    content_type: str


class StoredValidators:
    """The crawler's Validators in the database; ``load_body`` gives a stored body by its ref, ``None`` once gone."""

    def __init__(self, engine: Engine, load_body: Callable[[str], bytes | None]) -> None:
        self._engine, self._load_body = engine, load_body

    def __deepcopy__(self, memo: dict[int, Any]) -> StoredValidators:
        # Scrapy copies its settings for each crawler; the database is shared, not copied.
        return self

    def known(self, url: str) -> StoredValidator | None:
        """What the address gave with its last whole answer; ``None`` where it gave nothing."""
        query = select(ValidatorRow.etag, ValidatorRow.last_modified, ValidatorRow.content_type)
        with self._engine.connect() as connection:
            row = connection.execute(query.where(ValidatorRow.url == url)).first()
        return None if row is None else StoredValidator(row.etag, row.last_modified, row.content_type)

    def load(self, url: str) -> bytes | None:
        """The body of the address's last whole answer; ``None`` where the archive has it no more, or another."""
        with self._engine.connect() as connection:
            query = select(ValidatorRow.ref, ValidatorRow.sha256).where(ValidatorRow.url == url)
            row = connection.execute(query).first()
        body = self._load_body(row.ref) if row is not None else None
        if row is None or body is None or hashlib.sha256(body).hexdigest() != row.sha256:
            return None
        return body

    def keep(
        self, url: str, etag: str | None, last_modified: str | None, snapshot: Snapshot, content_type: str
    ) -> None:
        """Remember what a whole answer gave; with neither, forget the address."""
        given = {"etag": etag, "last_modified": last_modified, "content_type": content_type}
        values = {**given, "ref": snapshot.ref, "sha256": snapshot.sha256}
        with self._engine.begin() as connection:
            if etag is None and last_modified is None:
                connection.execute(delete(ValidatorRow).where(ValidatorRow.url == url))
                return
            statement = insert(connection, ValidatorRow).values(url=url, **values)
            connection.execute(statement.on_conflict_do_update(index_elements=["url"], set_=values))
