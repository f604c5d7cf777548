"""A keyword search by the pages it got: searched, empty, cut short, refused, blocked or not understood."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.page import Extent, ParseError, Target
from crawler.reading import Reading, platform_modules
from crawler.searched import Search, Searched
from crawler.searching import beginning, progress_of, retention_of
from records import CRAWLED_PLATFORMS, Account, Candidate

NOW = datetime(2026, 11, 15, 17, 30, tzinfo=UTC)


def target(platform: str = "wechat", more: bool = True) -> Target:
    """A search for 云岭发布 that may ask three pages."""
    search = Search(keyword="云岭发布", like=lambda name: "云" in name, more=lambda: more, page_limit=3)
    return Target(
        account=Account(platform=platform, uid="search:云岭发布", name="云岭发布", unit=""), since=NOW, search=search
    )


def page(*names: str, total: int | None = None, more: bool | None = None, **changes: object) -> Reading:
    """A result page that shows accounts of these names."""
    found = tuple(Candidate(platform="wechat", uid=name, name=name, found_at=NOW) for name in names)
    known = {"status": "ok", "records": found, "extent": Extent(total=total, more=more)} | changes
    return Reading(platform="wechat", kind="sogou_accounts", **known)  # type: ignore[arg-type]


def after(*pages: Reading, failed: str | None = None) -> Searched:
    """How the search stands after these pages."""
    progress = progress_of(target(), NOW)
    for one in pages:
        progress.take(one, NOW, is_list=False)
    if failed is not None:
        progress.fail(failed, is_list=False)
    assert progress.searched is not None
    return progress.searched


WALL = page(status="blocked", reason="验证码", extent=None)


@pytest.mark.parametrize(
    ("pages", "outcome", "reason"),
    [
        ([page("云岭发布", "云陵发布", total=2)], "searched", None),
        ([page("云岭发布", more=False)], "searched", None),
        ([page("云岭发布")], "cut_short", "extent_unknown"),
        ([page("云岭发布", extent=None)], "cut_short", "extent_unknown"),
        ([page("云岭发布", more=True), page("云陵发布")], "cut_short", "extent_unknown"),
        ([page("云岭发布", total=178, more=True)], "cut_short", None),
        ([page("云岭发布", more=True)], "cut_short", None),
        ([page("云岭发布", total=2, more=True), page("云陵发布", total=2)], "searched", None),
        ([page("云岭发布", total=2, more=True), WALL], "cut_short", "blocked"),
        ([page(status="empty", reason="没有找到", extent=None)], "empty", "没有找到"),
        ([WALL], "blocked", "验证码"),
        ([page(status="login", reason="请登录", extent=None)], "blocked", "请登录"),
        ([page(status="gone", reason="已删除", extent=None)], "unparsed", "已删除"),
        ([page(status="unparsed", reason="版式", extent=None)], "unparsed", "版式"),
    ],
)
def test_the_outcome_says_what_the_pages_said(pages: list[Reading], outcome: str, reason: str | None) -> None:
    found = after(*pages)
    assert (found.outcome, found.reason, found.pages) == (outcome, reason, len(pages))


@pytest.mark.parametrize(
    ("failed", "outcome"), [("robots", "refused"), ("blocked", "blocked"), ("error", "error"), ("storage", "error")]
)
def test_without_a_page_the_reason_tells(failed: str, outcome: str) -> None:
    assert after(failed=failed).outcome == outcome


def test_a_second_page_that_did_not_come_cuts_the_search_short() -> None:
    found = after(page("云岭发布", total=2, more=True), failed="error")
    assert (found.outcome, found.reason) == ("cut_short", "error")


def test_an_account_that_cannot_be_read_is_not_passed_over() -> None:
    found = after(page("云岭发布", errors=(ParseError("sogou_accounts", "p.tit a"),)))
    assert (found.outcome, found.n_found) == ("unparsed", 1)


def test_an_account_shown_twice_is_one() -> None:
    assert after(page("云岭发布", total=1, more=True), page("云岭发布", total=1)).n_found == 1


@pytest.mark.parametrize(
    ("names", "more", "n_pages", "wants"),
    [
        (["云岭发布"], True, 1, True),
        (["别处"], True, 1, False),
        (["云岭发布"], False, 1, False),
        (["云岭发布"], True, 3, False),
    ],
)
def test_more_is_asked_while_names_are_like_and_the_share_allows(
    names: list[str], more: bool, n_pages: int, wants: bool
) -> None:
    progress = progress_of(target(more=more), NOW)
    for _ in range(n_pages):
        progress.take(page(*names, more=True), NOW, is_list=False)
    assert progress.wants_more(10) is wants


def test_a_page_is_taken_from_the_share_only_when_it_is_wanted() -> None:
    share = iter([True])
    search = Search(keyword="云岭", like=lambda _: False, more=lambda: next(share), page_limit=3)
    progress = progress_of(Target(account=target().account, since=NOW, search=search), NOW)
    progress.take(page("别处", more=True), NOW, is_list=False)
    assert not progress.wants_more(10)
    assert list(share) == [True]


@pytest.mark.parametrize("platform", CRAWLED_PLATFORMS)
def test_every_platform_has_one_page_to_begin_with(platform: str) -> None:
    (fetch,) = beginning(target(platform))
    assert "%E4%BA%91%E5%B2%AD%E5%8F%91%E5%B8%83" in fetch.url
    assert hasattr(platform_modules()[platform], f"parse_{fetch.kind}") and not fetch.render


def test_result_pages_are_kept_for_a_short_time() -> None:
    assert retention_of(target()) == "search"
    assert retention_of(Target(account=target().account, since=NOW)) == "ordinary"
