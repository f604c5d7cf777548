"""The rows of snapshots: one a place in the archive, and never another page's."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from records import Snapshot
from storage.pages import save_snapshot
from storage.schema import SnapshotRow
from storage.store import Store

PLACE = "evidence/2026-11-16-ordinary.warc.gz#393"


def snapshot(digest: str, url: str = "https://m.weibo.cn/2") -> Snapshot:
    return Snapshot(url=url, fetched_at=datetime(2026, 11, 16, tzinfo=UTC), sha256=digest * 64, ref=PLACE)


def saved(store: Store, *snapshots: Snapshot) -> list[int | None]:
    ids = []
    for one in snapshots:
        with store.engine.begin() as connection:
            ids.append(save_snapshot(connection, one, kind="timeline"))
    return ids


def rows(store: Store) -> list[tuple[int, str, str]]:
    query = select(SnapshotRow.id, SnapshotRow.sha256, SnapshotRow.ref).order_by(SnapshotRow.id)
    with store.engine.connect() as connection:
        return [(row.id, row.sha256[0], row.ref) for row in connection.execute(query)]


def test_the_same_page_is_one_row(store: Store) -> None:
    assert saved(store, snapshot("a"), snapshot("a")) == [1, 1]
    assert rows(store) == [(1, "a", PLACE)]


def test_another_page_at_a_lost_place_gets_a_row_of_its_own(store: Store) -> None:
    first, second, again, third = saved(store, snapshot("a"), snapshot("b"), snapshot("b"), snapshot("c"))
    assert second == again and len({first, second, third}) == 3
    lost = "evidence/lost/{}/2026-11-16-ordinary.warc.gz#393"
    assert rows(store) == [(first, "a", lost.format(first)), (second, "b", lost.format(second)), (third, "c", PLACE)]
