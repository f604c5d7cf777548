"""Base rates: counted by page kind, kept once an account and run, the newest runs only."""

from __future__ import annotations

from datetime import UTC, datetime

from analysis.yields import Yielded
from records import Counter, Link, Post, Profile
from storage.queries.yields import yields
from storage.store import Store
from storage.yields import Yield, Yields, add_yields, drop_old_yields, save_yields
from tests.storage.conftest import WECHAT, WEIBO

NOW = datetime(2026, 11, 15, 17, 30, tzinfo=UTC)


def post(**fields: object) -> Post:
    row = {"platform": "weibo", "account": WEIBO.ref, "post_id": "1", "url": "x", "published_at": NOW}
    return Post(**{**row, **fields})  # type: ignore[arg-type]


def test_a_field_is_filled_by_anything_but_nothing() -> None:
    found: Yields = {}
    counters = {"reads": None, "likes": 0, "comments": Counter("1.2万", 12000)}
    add_yields(found, "timeline", [post(title="", text="x", counters=counters), post(links=(Link("y"),))])
    counted = found["timeline.post"]
    assert counted.n_records == 2
    assert counted.filled == {"text": 1, "links": 1, "counters.likes": 1, "counters.comments": 1}


def test_posts_and_profiles_of_one_page_are_counted_apart() -> None:
    found: Yields = {}
    profile = Profile(platform="weibo", account=WEIBO.ref, uid="1", name="云岭发布", observed_at=NOW, verified=False)
    for _ in range(2):
        add_yields(found, "article", [post(), profile])
    assert {kind: one.n_records for kind, one in found.items()} == {"article.post": 2, "article.profile": 2}
    assert found["article.profile"].filled == {"verified": 2}


def test_an_account_begun_anew_is_counted_once(store: Store) -> None:
    run = store.begin_run("crawl", NOW, None)
    with store.engine.begin() as connection:
        for n_records in (9, 3):
            found: Yields = {}
            add_yields(found, "timeline", [post(text="x")] * n_records)
            save_yields(connection, 1, run, found)
        save_yields(connection, 2, run, {})
    assert yields(store.engine) == [(WEIBO.ref, "timeline.post", run, 3, {"text": 3})]


def test_the_newest_runs_of_each_account_are_kept(store: Store) -> None:
    numbers = [store.begin_run("crawl", NOW, None) for _ in range(5)]
    with store.engine.begin() as connection:
        for run in numbers:
            save_yields(connection, 1, run, {"timeline.post": Yield(1)})
        save_yields(connection, 2, numbers[0], {"feed.post": Yield(1)})
        drop_old_yields(connection, kept_runs=2)
    rows = [Yielded(*row) for row in yields(store.engine)]
    assert [(row.account, row.run_id) for row in rows] == [
        (WEIBO.ref, numbers[3]),
        (WEIBO.ref, numbers[4]),
        (WECHAT.ref, numbers[0]),
    ]
