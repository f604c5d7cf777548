"""Where nobody answers a sweep ends at its first searches; one silent platform is no outage of our own network."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from analysis.keywords import Keyword
from crawler.page import Batch, Target
from crawler.searched import Searched
from records import Coverage
from scheduler.search_outage import AnsweredTargets
from scheduler.search_targets import SearchTargets
from tests.scheduler.test_search_share import NIGHT, Moved, office

WORDS = [Keyword(text, "账号名", None) for text in ("云岭发布", "平安云岭", "云岭公安")]
OTHERS = ("weibo", "toutiao")


def targets(folder: Path, *platforms: str) -> AnsweredTargets:
    """What a sweep has before it on these platforms."""
    space = office(folder, Moved(NIGHT))
    run_id = space.store.begin_run("sweep", NIGHT, None)
    due = {platform: WORDS for platform in platforms}
    return AnsweredTargets(SearchTargets(space, run_id, due, NIGHT + timedelta(hours=1)))


def claimed(found: AnsweredTargets, platform: str) -> Target:
    target = found.claim(platform)
    assert target is not None
    return target


def ended(target: Target, outcome: str = "error") -> Batch:
    """The last batch of a search: unanswered, or answered so."""
    account = target.account
    searched = Searched(keyword=account.name, outcome=outcome, reason=None, n_found=0, total=None, pages=0)
    coverage = Coverage(account=account.ref, status="none", source="page", checked_at=NIGHT)
    closing = "again" if outcome == "error" else "done"
    return Batch(account=account, coverage=coverage, kind="", closing=closing, searched=searched)


def test_two_platforms_that_do_not_answer_end_the_sweep(tmp_path: Path) -> None:
    found = targets(tmp_path, *OTHERS)
    for batch in [ended(claimed(found, platform)) for platform in OTHERS]:
        found.settled(batch)
    assert found.is_offline
    assert [(found.left(platform), found.claim(platform)) for platform in OTHERS] == [(0, None)] * 2


def test_who_got_no_answer_waits_for_what_the_others_get(tmp_path: Path) -> None:
    found = targets(tmp_path, *OTHERS)
    first, second = (claimed(found, platform) for platform in OTHERS)
    found.settled(ended(first))
    assert found.claim("weibo") is None and found.left("weibo") == 2
    found.settled(ended(second, "refused"))
    assert claimed(found, "weibo").account.name == "平安云岭"


def test_a_silent_platform_among_others_that_answer_is_no_outage_of_ours(tmp_path: Path) -> None:
    found = targets(tmp_path, *OTHERS, "wechat")
    found.settled(ended(claimed(found, "toutiao"), "blocked"))
    found.settled(ended(claimed(found, "wechat"), "refused"))
    for _ in range(2):
        found.settled(ended(claimed(found, "weibo")))
    assert not found.is_offline and found.left("weibo") == 1


def test_the_only_platform_is_asked_twice_and_its_silence_is_no_outage_of_ours(tmp_path: Path) -> None:
    found = targets(tmp_path, "wechat")
    found.settled(ended(claimed(found, "wechat")))
    assert not found.is_over
    found.settled(ended(claimed(found, "wechat")))
    assert found.is_over and found.claim("wechat") is None
    assert not found.is_offline


def test_whoever_told_its_rules_has_answered(tmp_path: Path) -> None:
    found = targets(tmp_path, *OTHERS, "wechat")
    found.heard("s.weibo.com")
    for platform in OTHERS:
        found.settled(ended(claimed(found, platform)))
    assert found.is_answered and not found.is_offline
    assert claimed(found, "wechat").account.name == "云岭发布"
