"""Complete or refused: what cannot be judged by is not stored, and its loss is remembered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.page import Batch
from pipelines.validate import AHEAD, EARLIEST, ValidatePipeline, refusal
from records import Post, Profile
from tests.pipelines.batches import ACCOUNT, NOW, batch, post

PROFILE = Profile(platform="weibo", account=ACCOUNT.ref, uid=ACCOUNT.uid, name=ACCOUNT.name, observed_at=NOW)
INCOMPLETE: dict[str, tuple[str, dict[str, Any]]] = {
    "no id": ("post_id", {"post_id": " "}),
    "no address": ("url", {"url": ""}),
    "an address of an app": ("url", {"url": "sinaweibo://detail?id=1"}),
    "an address that runs a script": ("url", {"url": "javascript:alert(1)"}),
    "an address that is none": ("url", {"url": "https://["}),
    "an address without a host": ("url", {"url": "https:///status/1"}),
    "no time": ("published_at", {"published_at": None}),
    "a time without a zone": ("published_at", {"published_at": datetime(2026, 11, 1)}),  # noqa: DTZ001
    "a time to come": ("published_at", {"published_at": NOW + AHEAD + timedelta(seconds=1)}),
    "a time before there was such a thing": ("published_at", {"published_at": EARLIEST - timedelta(seconds=1)}),
    "no account": ("account", {"account": None}),
    "an account without a key": ("account", {"account": "weibo:"}),
    "an unknown precision": ("kind", {"time_precision": "week"}),
    "an unknown kind": ("kind", {"kind": "poem"}),
}


@pytest.mark.parametrize(("field", "changes"), INCOMPLETE.values(), ids=list(INCOMPLETE))
def test_an_incomplete_post_is_refused_by_its_field(field: str, changes: dict[str, Any]) -> None:
    assert refusal(post(**changes), NOW) == field


@pytest.mark.parametrize(("field", "changes"), INCOMPLETE.values(), ids=list(INCOMPLETE))
def test_a_refused_post_weakens_what_its_page_covered(field: str, changes: dict[str, Any]) -> None:
    good, bad = post(1), post(2, **changes)
    kept = ValidatePipeline().process_item(batch(good, bad, PROFILE))
    assert kept.records == (good, PROFILE)
    assert kept.errors == (f"{bad.post_id}: {field}",)
    assert (kept.coverage.status, kept.coverage.reason) == ("partial", "unparsed")
    assert kept.coverage.covered_from is kept.coverage.covered_to is None


def test_a_complete_batch_passes_unchanged() -> None:
    whole = batch(post(1), post(2), PROFILE)
    assert ValidatePipeline().process_item(whole) is whole


def test_the_whole_text_of_a_known_post_needs_no_account_and_no_time() -> None:
    assert refusal(post(account=None, published_at=None), NOW) is None


def test_a_clock_that_is_a_little_ahead_is_no_misreading() -> None:
    assert refusal(post(published_at=NOW + timedelta(hours=1)), NOW) is None


def test_a_loss_on_one_page_weakens_the_later_pages_of_its_account_too() -> None:
    pipeline = ValidatePipeline()
    pipeline.process_item(batch(post(1, url="")))
    later = pipeline.process_item(batch(post(2)))
    assert (later.coverage.status, later.coverage.covered_from, later.records) == ("partial", None, (post(2),))


def test_a_loss_of_one_account_leaves_the_others_covered() -> None:
    pipeline = ValidatePipeline()
    pipeline.process_item(batch(post(1, url="")))
    other = batch(post(2))
    other = replace(other, coverage=replace(other.coverage, account="weibo:1000000002"))
    assert pipeline.process_item(other) is other


def test_a_page_that_covered_nothing_keeps_its_own_reason() -> None:
    walled = batch(post(1, url=""))
    coverage = replace(walled.coverage, status="none", reason="login", covered_from=None, covered_to=None)
    kept = ValidatePipeline().process_item(replace(walled, coverage=coverage))
    assert (kept.coverage.status, kept.coverage.reason) == ("none", "login")


def test_a_plain_record_of_a_crawl_by_hand_passes() -> None:
    assert ValidatePipeline().process_item({"type": "post"}) == {"type": "post"}


TIMES = st.none() | st.datetimes(timezones=st.none() | st.just(UTC))
POSTS = st.builds(
    post,
    st.integers(1, 9),
    post_id=st.text(max_size=3),
    url=st.text(max_size=12) | st.just("https://m.weibo.cn/status/1"),
    published_at=TIMES | st.just(NOW),
    account=st.none() | st.just(ACCOUNT.ref) | st.text(max_size=4),
)


@given(st.lists(POSTS, max_size=5))
def test_whatever_comes_is_kept_or_named_and_never_both(posts: list[Post]) -> None:
    given_batch: Batch = batch(*posts)
    kept = ValidatePipeline().process_item(given_batch)
    assert len(kept.records) + len(kept.errors) == len(posts)
    assert all(refusal(record, NOW) is None for record in kept.records)
    assert (kept.coverage.status == "complete") == (not kept.errors)
