"""Handing over to storage: one transaction a page, and a tally that says what a crawl did."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from crawler.page import Batch, Drift, Notice
from pipelines.store import UNATTRIBUTED, StorePipeline, Tally
from records import Account, Snapshot, Unit
from storage.database import open_database
from storage.queries import posts, runs
from storage.store import Store
from tests.pipelines.batches import ACCOUNT, NOW, batch, post

SNAPSHOT = Snapshot(url="https://m.weibo.cn/api/list", fetched_at=NOW, sha256="0" * 64, ref="evidence/a.warc.gz#0")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with the register imported and nothing crawled."""
    store = Store(open_database(f"sqlite:///{tmp_path / 'xuncha.db'}"))
    store.save_register([Unit(name=ACCOUNT.unit)], [ACCOUNT], {}, {})
    return store


def stored(store: Store, *batches: Batch) -> Tally:
    """The tally after these batches."""
    tally = Tally(store.begin_run("crawl", NOW, None))
    pipeline = StorePipeline(store, tally, None)
    for one in batches:
        assert pipeline.process_item(one) is one
    return tally


def test_a_page_and_its_accounts_coverage_are_stored(store: Store) -> None:
    tally = stored(store, batch(post(1), post(2), snapshot=SNAPSHOT))
    (row,) = runs.coverage_of_run(store.engine, tally.run_id)
    assert (row.account, row.status, row.posts_new) == (ACCOUNT.ref, "complete", 2)
    assert len(posts.posts(store.engine)) == 2


def test_a_post_seen_twice_is_new_once(store: Store) -> None:
    tally = stored(store, batch(post(1)), batch(post(1), post(2)))
    assert tally.posts_new == {ACCOUNT.ref: 2}


def test_the_last_coverage_of_an_account_stands(store: Store) -> None:
    first, second = batch(), batch()
    second = replace(second, coverage=replace(second.coverage, status="partial", reason="login"))
    tally = stored(store, first, second)
    assert tally.coverage == {ACCOUNT.ref: second.coverage}
    assert [row.reason for row in runs.coverage_of_run(store.engine, tally.run_id)] == ["login"]


def test_pages_walls_drift_and_errors_are_counted(store: Store) -> None:
    walled = batch(notice=Notice("login", "接口要求登录"), drift=(Drift("timeline", "new_field"),), errors=("x: url",))
    tally = stored(store, batch(post(1)), walled)
    assert tally.pages == {"weibo.timeline": 2}
    assert (tally.notices, tally.drift) == ({"login": 1}, {"timeline.new_field": 1})
    assert tally.errors == [f"{walled.page_url} x: url"]


def test_a_batch_without_a_page_is_coverage_alone(store: Store) -> None:
    tally = stored(store, batch(page_url="", kind=""))
    assert (tally.pages, tally.answered, list(tally.coverage)) == ({}, {}, [ACCOUNT.ref])


def test_each_address_is_answered_with_the_words_of_its_page(store: Store) -> None:
    gone = batch(page_url="https://t.cn/b", notice=Notice("gone", "该内容已被发布者删除"))
    tally = stored(store, batch(page_url="https://t.cn/a"), gone)
    assert tally.answered == {
        "https://t.cn/a": "",
        "https://t.cn/b": "该内容已被发布者删除",
    }


def test_links_that_no_account_claims_have_no_coverage(store: Store) -> None:
    nobody = Account(platform="weibo", uid=UNATTRIBUTED, name="单位报送", unit="")
    loose = replace(batch(post(1)), account=nobody)
    tally = stored(store, replace(loose, coverage=replace(loose.coverage, account=nobody.ref)))
    assert tally.coverage == {}
    assert runs.coverage_of_run(store.engine, tally.run_id) == []
    assert len(posts.posts(store.engine)) == 1


def test_every_stored_batch_is_told_to_whoever_watches(store: Store) -> None:
    told: list[tuple[Batch, int]] = []
    tally = Tally(store.begin_run("crawl", NOW, None))
    pipeline = StorePipeline(store, tally, lambda one, so_far: told.append((one, so_far.posts_new.total())))
    pipeline.process_item(batch(post(1)))
    assert [number for _, number in told] == [1]
