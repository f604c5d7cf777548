"""What registered accounts posted is read in blocks, however much it is."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from records import Coverage, Post
from storage.queries import candidates
from storage.queries.candidates import newest_texts
from storage.store import Store
from tests.storage.conftest import WEIBO

NOW = datetime(2026, 11, 16, 1, 30, tzinfo=UTC)
COVERAGE = Coverage(
    account=WEIBO.ref, status="complete", source="page", checked_at=NOW, covered_to=NOW, covered_from=NOW
)


def article(number: int) -> Post:
    return Post(
        platform="weibo",
        account=WEIBO.ref,
        post_id=str(4900000000000000 + number),
        url=f"https://m.weibo.cn/status/{4900000000000000 + number}",
        published_at=NOW - timedelta(hours=1),
        title=f"标题{number}",
        text=f"第{number}条" * 500,
    )


@pytest.fixture
def many(store: Store) -> Iterator[Store]:
    """Four hundred long articles of two months, and one that is older."""
    run = store.begin_run("crawl", NOW, None)
    old = replace(article(400), published_at=NOW - timedelta(days=90))
    store.save_page(run, COVERAGE, [*map(article, range(400)), old], None, None)
    yield store
    store.engine.dispose()


def test_titles_and_texts_since_a_moment_are_told_with_their_account(many: Store) -> None:
    told = list(newest_texts(many.engine, NOW - timedelta(days=60)))
    assert len(told) == 800 and {row_id for row_id, _ in told} == {1}
    assert [words for _, words in told[:2]] == [article(0).title, article(0).text]


def test_what_an_account_reposts_is_none_of_its_own_texts(store: Store) -> None:
    run = store.begin_run("crawl", NOW, None)
    reposted = replace(article(1), is_repost=True, source_name="人民日报")
    store.save_page(run, COVERAGE, [reposted, article(2)], None, None)
    told = list(newest_texts(store.engine, NOW - timedelta(days=60)))
    assert [words for _, words in told] == [article(2).title, article(2).text]
    store.engine.dispose()


def test_texts_are_not_all_in_memory_at_once(many: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "BLOCK", 20)
    tracemalloc.start()
    n_signs = sum(len(words) for _, words in newest_texts(many.engine, NOW - timedelta(days=60)))
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert n_signs > 800_000 and peak_bytes < 800_000
