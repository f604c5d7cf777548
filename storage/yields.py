"""How often the records of each page kind held each field (基准率), counted once an account and run.

A list of fields that were filled before and are empty now tells of a changed layout before anything else does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, delete, func, select

from records import Candidate, Post, Profile
from storage.posts import upsert
from storage.schema.watched import YieldRow

KEPT_RUNS = 10
_FIELDS: dict[type, tuple[str, ...]] = {
    Post: ("title", "text", "links", "media", "source_name", "declared_original"),
    Profile: ("bio", "verified", "verified_kind", "verified_entity", "followers", "posts_total", "avatar_url"),
}
_NAMES: dict[type, str] = {Post: "post", Profile: "profile"}


@dataclass(slots=True)
class Yield:
    """What the records of one kind held: how many there were, and how many of them held each field."""

    n_records: int = 0
    filled: Counter[str] = field(default_factory=Counter)


Yields = dict[str, Yield]


def add_yields(yields: Yields, page_kind: str, records: Sequence[Post | Profile | Candidate]) -> None:
    """Add one page's records to an account's counts, under ``timeline.post`` or ``timeline.profile``.

    A field is filled by anything but ``None``, an empty text and an empty list: 0 readers is an answer.
    """
    for record in records:
        name = _NAMES.get(type(record))
        if name is None:
            continue
        found = yields.setdefault(f"{page_kind}.{name}", Yield())
        found.n_records += 1
        found.filled.update(key for key in _FIELDS[type(record)] if getattr(record, key) not in (None, "", ()))
        if isinstance(record, Post):
            found.filled.update(f"counters.{key}" for key, value in record.counters.items() if value is not None)


def save_yields(connection: Connection, account_id: int, run_id: int, yields: Mapping[str, Yield]) -> None:
    """Keep an account's counts of one run; of an account begun anew the last counts stand."""
    rows = [
        {
            "account_id": account_id,
            "kind": kind,
            "run_id": run_id,
            "n_records": found.n_records,
            "filled": dict(found.filled),
        }
        for kind, found in yields.items()
    ]
    if not rows:
        return
    statement = upsert(connection.dialect.name, YieldRow, ("account_id", "kind", "run_id"), ("n_records", "filled"))
    connection.execute(statement, rows)


def drop_old_yields(connection: Connection, kept_runs: int = KEPT_RUNS) -> None:
    """Keep the counts of each account's newest runs of each kind; once at a run's end."""
    rank = (
        func.row_number()
        .over(partition_by=(YieldRow.account_id, YieldRow.kind), order_by=YieldRow.run_id.desc())
        .label("rank")
    )
    ranked = select(YieldRow.account_id, YieldRow.kind, YieldRow.run_id, rank).subquery()
    old = select(ranked.c.run_id).where(
        ranked.c.account_id == YieldRow.account_id, ranked.c.kind == YieldRow.kind, ranked.c.run_id == YieldRow.run_id
    )
    connection.execute(delete(YieldRow).where(old.where(ranked.c.rank > kept_runs).exists()))
