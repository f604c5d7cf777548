"""What is held of an account: addresses that pages proved, and an application that an earlier run tied to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from records import Coverage, Post, Snapshot
from storage.queries.held import api_proved, proved_addresses
from storage.store import Store
from tests.storage.conftest import WECHAT

NIGHT = datetime(2026, 11, 15, 17, 30, tzinfo=UTC)
WECHAT_ROW = 2  # the second account of the register
CALL = "https://api.weixin.qq.com/datacube/getarticletotaldetail#account=x&appid=wx01&day=2026-11-14"


def visited(store: Store, *posts: Post, status: str = "complete", source: str = "api", url: str = CALL) -> None:
    """A finished run that asked for one page and came to this coverage."""
    run_id = store.begin_run("crawl", NIGHT, None)
    start = NIGHT - timedelta(days=3) if status != "none" else None
    seen = Coverage(
        account=WECHAT.ref, status=status, source=source, covered_from=start, covered_to=start, checked_at=NIGHT
    )
    page = Snapshot(url=url, fetched_at=NIGHT, sha256="0" * 64, ref=f"evidence/a.warc#{run_id}")
    store.save_page(run_id, seen, posts, page, None, kind="api_articles")
    store.finish_run(run_id, NIGHT, 0, {})


def proved(store: Store, run_id: int = 9) -> bool:
    with store.engine.connect() as connection:
        return api_proved(connection, WECHAT_ROW, "wx01", run_id)


def test_an_application_by_which_time_was_covered_is_the_accounts(store: Store) -> None:
    assert not proved(store)
    visited(store)
    assert proved(store)


@pytest.mark.parametrize("visit", [{"status": "none"}, {"source": "feed"}, {"url": CALL.replace("wx01", "wx012")}])
def test_a_run_that_covered_nothing_by_it_ties_no_application(store: Store, visit: dict[str, str]) -> None:
    visited(store, **visit)
    assert not proved(store)


def test_only_earlier_runs_count(store: Store) -> None:
    visited(store)
    assert not proved(store, run_id=1)


def test_only_posts_whose_own_page_was_read_prove_an_address(store: Store) -> None:
    told = [
        Post(
            platform="wechat",
            account=WECHAT.ref,
            post_id=f"{WECHAT.uid}:{number}:1",
            url="https://mp.weixin.qq.com/s/x",
            published_at=NIGHT,
            addresses=(f"s/{number}",),
            proof=proof,
        )
        for number, proof in enumerate(("page", "feed", "api"), start=1)
    ]
    visited(store, *told)
    with store.engine.connect() as connection:
        assert proved_addresses(connection, WECHAT_ROW) == {"s/1", f"{WECHAT.uid}:1:1"}
