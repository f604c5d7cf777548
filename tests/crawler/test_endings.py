"""An account is at its end only in the platform's own words, said twice and hours apart; till then it was not seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.endings import APART
from crawler.page import Ending, Target
from crawler.progress import Progress
from crawler.reading import Reading
from records import Account
from tests.crawler.sightings import BARE_WECHAT, NOW, SINCE, WECHAT, WEIBO, feed, listed, post, profile, verdict

WORDS = "此帐号已自主注销，内容无法查看"


def end(kind: str = "article", subject: str = "account") -> Reading:
    """A page that says that its account, or only its post, is gone."""
    return Reading(platform="wechat", kind=kind, status="gone", reason=WORDS, subject=subject)


def earlier(hours: float, kind: str = "article") -> Ending:
    """The same words, said so many hours before."""
    return Ending(kind, NOW - timedelta(hours=hours))


def progress_of(account: Account, *endings: Ending) -> Progress:
    """An account of which earlier nights said this."""
    return Progress(Target(account=account, since=SINCE, endings=endings), NOW)


def test_the_first_night_of_an_end_is_no_end() -> None:
    progress = progress_of(WECHAT)
    progress.take(end(), NOW, is_list=False)
    assert verdict(progress.coverage()) == ("none", "unparsed")
    assert progress.ending == ("article", WORDS)


@pytest.mark.parametrize(("hours", "reason"), [(5.9, "unparsed"), (6, "gone"), (24, "gone")])
def test_an_end_is_confirmed_by_words_six_hours_older(hours: float, reason: str) -> None:
    progress = progress_of(WECHAT, earlier(hours))
    progress.take(end(), NOW, is_list=False)
    assert verdict(progress.coverage()) == ("none", reason)


def test_where_a_platform_offers_two_kinds_of_page_both_must_say_so() -> None:
    progress = progress_of(WEIBO, earlier(24, "profile"))
    progress.take(end("profile"), NOW, is_list=False)
    assert verdict(progress.coverage()) == ("none", "unparsed")
    progress.take(end("timeline"), NOW, is_list=True)
    assert verdict(progress.coverage()) == ("none", "gone")


def test_the_other_kind_of_page_may_have_said_so_on_another_night() -> None:
    progress = progress_of(WEIBO, earlier(24, "profile"))
    progress.take(end("timeline"), NOW, is_list=True)
    assert verdict(progress.coverage()) == ("none", "gone")


def test_two_kinds_of_page_in_one_night_are_one_look() -> None:
    progress = progress_of(WEIBO)
    progress.take(end("profile"), NOW, is_list=False)
    progress.take(end("timeline"), NOW, is_list=True)
    assert verdict(progress.coverage()) == ("none", "unparsed")


def test_earlier_words_count_for_nothing_on_a_night_that_does_not_repeat_them() -> None:
    progress = progress_of(WECHAT, earlier(24), earlier(48))
    progress.take(Reading(platform="wechat", kind="article", status="blocked"), NOW, is_list=False)
    assert verdict(progress.coverage()) == ("none", "blocked")
    assert progress.ending is None


def test_a_post_that_is_gone_says_nothing_of_its_account() -> None:
    progress = progress_of(BARE_WECHAT, earlier(24))
    progress.take(end(subject="page"), NOW, is_list=False)
    assert (verdict(progress.coverage()), progress.ending) == (("none", "no_public_list"), None)


def test_an_account_without_a_list_is_gone_before_it_is_without_a_list() -> None:
    for endings, reason in (((), "no_public_list"), ((earlier(24),), "gone")):
        progress = progress_of(BARE_WECHAT, *endings)
        progress.take(end(), NOW, is_list=False)
        assert verdict(progress.coverage()) == ("none", reason)


@pytest.mark.parametrize("content_first", [True, False])
def test_a_page_that_shows_the_account_outweighs_one_that_says_it_is_gone(content_first: bool) -> None:
    shown = Reading(platform="wechat", kind="article", status="ok", records=(profile(3),))
    progress = progress_of(BARE_WECHAT, earlier(24))
    for page in (shown, end()) if content_first else (end(), shown):
        progress.take(page, NOW, is_list=False)
    assert progress.endings.is_refuted
    assert (verdict(progress.coverage()), progress.ending) == (("none", "no_public_list"), None)


def test_where_no_end_is_known_to_be_stored_only_the_first_page_that_shows_the_account_refutes_one() -> None:
    progress = progress_of(BARE_WECHAT)
    refuted = []
    for records in ((), (profile(3),), (profile(3),)):
        progress.take(Reading(platform="wechat", kind="article", status="ok", records=records), NOW, is_list=False)
        refuted.append(progress.endings.is_refuted)
    assert refuted == [False, True, False]


def test_an_end_said_after_the_account_was_shown_is_refuted_again() -> None:
    progress = progress_of(BARE_WECHAT)
    shown = Reading(platform="wechat", kind="article", status="ok", records=(profile(3),))
    for page in (shown, end(), shown):
        progress.take(page, NOW, is_list=False)
    assert progress.endings.is_refuted and progress.ending is None


def test_a_feed_that_goes_on_proves_no_silence_of_an_account_that_may_have_ended() -> None:
    old = replace(post(24 * 16), proof="feed")
    for endings, reason in (((), "unparsed"), ((earlier(24),), "gone")):
        progress = progress_of(WECHAT, *endings)
        progress.take(feed(old, clock=NOW - timedelta(hours=1)), NOW, is_list=True)
        assert verdict(progress.coverage()) == ("complete", None)
        progress.take(end(), NOW, is_list=False)
        assert (verdict(progress.coverage()), progress.coverage().covered_from) == (("none", reason), None)


PAGES = st.sampled_from(
    [
        (end("profile"), False),
        (end("timeline"), True),
        (end("timeline", "page"), True),
        (end("status_page", "page"), False),
        (listed(post(1), post(24 * 20)), True),
        (listed(status="blocked"), True),
    ]
)


@given(st.lists(PAGES, max_size=4), st.lists(st.builds(earlier, st.integers(0, 30), st.just("profile")), max_size=1))
def test_gone_needs_two_kinds_of_page_and_two_looks(pages: list[tuple[Reading, bool]], endings: list[Ending]) -> None:
    progress = progress_of(WEIBO, *endings)
    for page, is_list in pages:
        progress.take(page, NOW, is_list=is_list)
    if progress.coverage().reason == "gone":
        assert any(one.first_seen_at <= NOW - APART for one in endings)
        said = {page.kind for page, _ in pages if page.status == "gone" and page.subject == "account"}
        assert said | {one.page_kind for one in endings} == {"profile", "timeline"}
        assert all(page.status != "ok" for page, _ in pages)
