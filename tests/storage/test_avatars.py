"""The hash of a picture stays known when it cannot be had once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from storage.avatars import NOTHING, avatar_key, avatars, save_avatar
from storage.store import Store

URL, NOW, HASH = "https://tvax1.sinaimg.cn/a.jpg", datetime(2026, 11, 15, 2, tzinfo=UTC), "ffff0000ffff0000"
LATER = NOW + timedelta(days=31)


def test_a_picture_that_cannot_be_had_again_keeps_its_hash_and_tells_when_it_was_asked_for(store: Store) -> None:
    save_avatar(store.engine, URL, HASH, NOW, "weibo:1")
    save_avatar(store.engine, URL, NOTHING, LATER, "weibo:1")
    assert avatars(store.engine) == {avatar_key(URL): (HASH, LATER)}


def test_a_picture_asked_for_in_vain_is_known_once_it_is_had(store: Store) -> None:
    save_avatar(store.engine, URL, NOTHING, NOW, "weibo:1")
    assert avatars(store.engine) == {avatar_key(URL): (NOTHING, NOW)}
    save_avatar(store.engine, URL, HASH, LATER, "weibo:1")
    assert avatars(store.engine) == {avatar_key(URL): (HASH, LATER)}
