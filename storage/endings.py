"""What pages said of an account's end (账号终止): kept by the kind of page until a page shows the account again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from storage.posts import insert
from storage.schema.watched import EndingRow

# Built once, as every account and most pages ask them.
_FORGET = delete(EndingRow).where(EndingRow.account_id == bindparam("account"))
_SAID = (
    select(EndingRow.page_kind, EndingRow.first_seen_at)
    .where(EndingRow.account_id == bindparam("account"))
    .order_by(EndingRow.first_seen_at)
)


def save_ending(connection: Connection, account_id: int, page_kind: str, words: str, seen_at: datetime) -> None:
    """Note that a kind of page said that the account is at its end; when it first said so stays."""
    statement = insert(connection, EndingRow).values(
        account_id=account_id, page_kind=page_kind, words=words, first_seen_at=seen_at, last_seen_at=seen_at
    )
    later = {"words": statement.excluded.words, "last_seen_at": statement.excluded.last_seen_at}
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["account_id", "page_kind"], set_=later, where=EndingRow.last_seen_at < seen_at
        )
    )


def forget_endings(connection: Connection, account_id: int) -> None:
    """Drop what was said of an account's end: a page of the platform shows it."""
    connection.execute(_FORGET, {"account": account_id})


def endings_of(connection: Connection, account_id: int) -> list[tuple[str, datetime]]:
    """``(page kind, first seen at)`` of what was said of the account's end, the oldest first."""
    return [(row.page_kind, row.first_seen_at) for row in connection.execute(_SAID, {"account": account_id})]
