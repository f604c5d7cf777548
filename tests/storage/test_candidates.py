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


def save(store: Store, post: Post, seen_at: datetime) -> None:
    """The post as its account's page showed it then."""
    run = store.begin_run("crawl", seen_at, None)
    store.save_page(run, replace(COVERAGE, checked_at=seen_at), [post], None, None)


def out_by(store: Store) -> set[datetime]:
    """When the stored words were out at the latest."""
    return {moment for _, _, moment in newest_texts(store.engine, NOW - timedelta(days=60))}


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
    assert len(told) == 800 and {row_id for row_id, _, _ in told} == {1}
    assert [words for _, words, _ in told[:2]] == [article(0).title, article(0).text]


def test_what_an_account_reposts_is_none_of_its_own_texts(store: Store) -> None:
    run = store.begin_run("crawl", NOW, None)
    reposted = replace(article(1), is_repost=True, source_name="人民日报")
    store.save_page(run, COVERAGE, [reposted, article(2)], None, None)
    told = list(newest_texts(store.engine, NOW - timedelta(days=60)))
    assert [words for _, words, _ in told] == [article(2).title, article(2).text]
    store.engine.dispose()


@pytest.mark.parametrize(
    ("told", "late"),
    [
        ({}, timedelta(seconds=1)),
        ({"time_precision": "minute"}, timedelta(minutes=1)),
        ({"time_precision": "day"}, timedelta(days=1)),
        ({"proof": "feed", "time_precision": "day"}, timedelta(hours=36)),
    ],
)
def test_a_post_was_out_no_later_than_its_time_read_as_late_as_it_may_mean(
    store: Store, told: dict[str, str], late: timedelta
) -> None:
    published_at = NOW - timedelta(days=3)
    post = replace(article(1), published_at=published_at, **told)  # type: ignore[arg-type]
    save(store, post, NOW)
    assert out_by(store) == {published_at + late}
    store.engine.dispose()


def test_a_post_was_out_when_it_was_first_seen(store: Store) -> None:
    save(store, replace(article(1), published_at=NOW - timedelta(hours=3), time_precision="day"), NOW)
    assert out_by(store) == {NOW}
    store.engine.dispose()


def test_edited_words_were_out_for_sure_when_they_were_first_seen(store: Store) -> None:
    save(store, article(1), NOW)
    edited, seen_at = replace(article(1), text="更正" * 20), NOW + timedelta(days=2)
    save(store, edited, seen_at)
    save(store, edited, seen_at + timedelta(days=1))
    assert out_by(store) == {seen_at}
    store.engine.dispose()


def test_texts_are_not_all_in_memory_at_once(many: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "BLOCK", 20)
    tracemalloc.start()
    n_signs = sum(len(words) for _, words, _ in newest_texts(many.engine, NOW - timedelta(days=60)))
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert n_signs > 800_000 and peak_bytes < 800_000
