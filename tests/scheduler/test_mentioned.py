"""Who passes for a registered account in crawled posts becomes a candidate; of everybody else nothing is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from analysis.triage import triage
from records import Account, Candidate, Coverage, Link, Post, Profile, Result, Snapshot, Unit
from scheduler import judging, mentioned
from scheduler.clock import Clock
from scheduler.dismissing import remember
from scheduler.mentioned import keywords_to_search, read_mentions
from scheduler.triaging import listed, register_of, seen_candidates, tidy_candidates
from scheduler.workspace import Workspace
from storage.queries.candidates import StoredCandidate, stored_candidates
from storage.queries.mentioned import MENTIONED
from storage.schema import CandidateRow, DismissedRow, SightingRow
from tests.scheduler.archived import NIGHT

CONFIG = '[office]\ndivision = "澜州市云岭县"\n[rules]\nregulations = ["shandong-2021"]\n'
UNIT = Unit(name="云岭县人民政府办公室", division="澜州市云岭县")
WEIBO = Account(platform="weibo", uid="5550001234", name="云岭发布", unit=UNIT.name, aliases={"uid": "5550001234"})
KEYS = {"gh_id": "gh_00000000000a", "biz": "MzA5NTAwMDAwMA=="}
WECHAT = Account(platform="wechat", uid=KEYS["biz"], name="云岭发布", unit=UNIT.name, aliases=KEYS)
IMPOSTOR = Link("https://weibo.com/u/7000000002", text="@云岺发布")
CITIZEN = Link("https://weibo.com/u/7000000003", text="@爱吃火锅的小王")
FOUND = Candidate(platform="weibo", uid="7000000002", name="云岺发布", found_at=NIGHT)
POST = Post(
    platform="weibo", account=WEIBO.ref, post_id="5300000000000001", url="https://m.weibo.cn/1", published_at=NIGHT
)


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    """An office with an account on Weibo and one on WeChat."""
    (tmp_path / "xuncha.toml").write_text(CONFIG, encoding="utf-8")
    space = Workspace.open(tmp_path, Clock(NIGHT))
    space.store.save_register([UNIT], [WEIBO, WECHAT], {}, {})
    return space


def crawled(space: Workspace, *posts: Post | Profile, nights_later: int = 0, is_kept: bool = True) -> None:
    """Posts stored as on one page of a night's crawl."""
    at = NIGHT + timedelta(days=nights_later)
    page = Snapshot(url="https://m.weibo.cn/list", fetched_at=at, sha256="a" * 64, ref=f"evidence/{nights_later}#0")
    run_id = space.store.begin_run("crawl", at, None)
    coverage = Coverage(account=WEIBO.ref, status="partial", source="page", checked_at=at + timedelta(seconds=9))
    space.store.save_page(run_id, coverage, posts, page if is_kept else None, None)


def linking(*links: Link) -> Post:
    return replace(POST, links=links)


def held(space: Workspace) -> list[StoredCandidate]:
    return stored_candidates(space.engine)


def sources(space: Workspace) -> list[str]:
    return [row.source for one in held(space) for row in one.sightings]


def mentioned_keywords(space: Workspace) -> list[str]:
    return [one.text for one in keywords_to_search(space) if one.kind == MENTIONED]


def test_an_impostor_that_a_post_links_to_is_found_with_the_posts_page(space: Workspace) -> None:
    crawled(space, linking(IMPOSTOR))
    assert read_mentions(space) == 1
    (one,) = held(space)
    assert (one.candidate.ref, one.candidate.name, one.candidate.keyword) == ("weibo:7000000002", "云岺发布", None)
    assert one.snapshot is not None and one.snapshot.ref == "evidence/0#0"
    assert [(row.source, row.keyword) for row in one.sightings] == [("mention", None)]


def test_what_a_post_mentions_is_sorted_and_told_with_its_source(space: Workspace) -> None:
    crawled(space, linking(IMPOSTOR))
    read_mentions(space)
    (seen,) = seen_candidates(space)
    found = triage(seen, register_of(space))
    assert found.kind == "unknown" and "推文里的提及" in found.reasons[0]


def test_who_is_only_named_is_listed_tidied_and_judged_with_the_poster(space: Workspace) -> None:
    crawled(space, linking(IMPOSTOR))
    read_mentions(space)
    (row,) = listed(space)
    assert (row["kind"], row["facts"]["推文里写作"]) == ("unknown", "云岺发布") and "账号名称" not in row["facts"]
    assert tidy_candidates(space) == 0 and len(listed(space)) == 1
    told = [one for one in judging.inspect(space).judgements if one.candidate == FOUND.ref]
    assert told and all((one.result, one.reason) == (Result.UNKNOWN, "cannot_tell") for one in told)


def test_who_is_only_named_is_searched_for_and_then_sorted_by_its_page(space: Workspace) -> None:
    crawled(space, replace(linking(IMPOSTOR), text="请留意@云岺发布"))
    read_mentions(space)
    assert mentioned_keywords(space) == ["云岺发布"]
    shown = replace(FOUND, found_at=NIGHT + timedelta(hours=1), verified=False)
    space.store.save_candidates([shown], None)
    assert [row["kind"] for row in listed(space)] == ["lookalike_uncertified"] and mentioned_keywords(space) == []


def test_a_post_full_of_names_does_not_crowd_out_those_of_newer_posts(
    space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mentioned, "_MOST_NAMES", 2)
    crawled(space, replace(POST, text=" ".join(f"@云岭发布{word}" for word in ("官微", "速递", "快讯"))))
    crawled(space, replace(POST, post_id="5300000000000002", text="@云岺发布"), nights_later=1)
    assert mentioned_keywords(space) == ["云岺发布", "云岭发布官微"]


def test_of_a_citizen_whom_a_post_links_to_nothing_is_kept(space: Workspace) -> None:
    crawled(space, replace(linking(CITIZEN), text="谢谢@爱吃火锅的小王 的照片", source_name="爱吃火锅的小王"))
    assert read_mentions(space) == 0
    with space.engine.connect() as connection:
        kept = [connection.execute(select(table)).all() for table in (CandidateRow, SightingRow, DismissedRow)]
    assert kept == [[], [], []]


@pytest.mark.parametrize(
    "link",
    [
        Link("https://weibo.com/u/5550001234", text="云岭發布"),
        Link("https://weibo.com/n/云岭发布", text="@云岭发布"),
        Link("https://mp.weixin.qq.com/mp/profile_ext?action=home&username=GH_00000000000A", text="云岭发布"),
    ],
)
def test_a_registered_account_is_no_candidate_by_any_of_its_keys(space: Workspace, link: Link) -> None:
    crawled(space, linking(link))
    assert read_mentions(space) == 0 and held(space) == []


def test_a_key_of_a_kind_that_the_register_lacks_may_be_the_accounts_own(space: Workspace) -> None:
    crawled(space, linking(Link("https://weibo.com/yunlingfabu", text="云岭发布官微")))
    assert read_mentions(space) == 0
    known = replace(WEIBO, aliases={**WEIBO.aliases, "domain": "ylfb"})
    space.store.save_register([UNIT], [known, WECHAT], {}, {})
    assert read_mentions(space) == 1


def test_a_name_as_address_counts_once_the_accounts_page_told_its_name(space: Workspace) -> None:
    crawled(space, linking(Link("https://weibo.com/n/云岺发布", text="@云岺发布")))
    assert read_mentions(space) == 0
    shown = Profile(platform="weibo", account=WEIBO.ref, uid=WEIBO.uid, name="云岭发布", observed_at=NIGHT)
    crawled(space, shown, nights_later=1)
    assert read_mentions(space) == 1


def test_a_dismissed_account_is_not_asked_about_again_whatever_a_link_calls_it(space: Workspace) -> None:
    space.store.save_candidates([FOUND], None)
    remember(space, seen_candidates(space)[0], "顾南舟", skip=True)
    tidy_candidates(space)
    crawled(space, linking(replace(IMPOSTOR, text="@云岺發布")))
    assert read_mentions(space) == 0 and held(space) == []


def test_a_post_read_twice_or_shown_again_tells_once(space: Workspace) -> None:
    for night in (0, 0, 1, 2):
        crawled(space, linking(IMPOSTOR), nights_later=night)
        read_mentions(space)
    assert sources(space) == ["mention"]


def test_another_post_of_a_later_night_tells_again(space: Workspace) -> None:
    crawled(space, linking(IMPOSTOR))
    read_mentions(space)
    crawled(space, replace(linking(IMPOSTOR), post_id="5300000000000002"), nights_later=1)
    assert read_mentions(space) == 0 and sources(space) == ["mention", "mention"]


def test_what_a_result_page_showed_is_not_overwritten_by_a_links_words(space: Workspace) -> None:
    space.store.save_candidates([replace(FOUND, bio="官方微博")], None)
    crawled(space, linking(replace(IMPOSTOR, text="云岺发布官微")))
    assert read_mentions(space) == 0
    assert [(one.candidate.name, one.candidate.bio) for one in held(space)] == [("云岺发布", "官方微博")]
    assert sources(space) == ["mention"]


def test_a_name_without_a_key_tells_only_of_the_one_known_candidate(space: Workspace) -> None:
    crawled(space, replace(POST, text="谢谢@云岺发布 转告", is_repost=True, source_name="云岺发布"))
    assert read_mentions(space) == 0 and held(space) == []
    space.store.save_candidates([FOUND], None)
    assert read_mentions(space) == 0 and sources(space) == ["repost", "mention"]


def test_of_two_candidates_of_one_name_a_name_tells_nothing(space: Workspace) -> None:
    space.store.save_candidates([FOUND, replace(FOUND, uid="7000000009")], None)
    crawled(space, replace(POST, is_repost=True, source_name="云岺发布"))
    read_mentions(space)
    assert sources(space) == []


def test_a_reposted_registered_name_is_not_put_on_its_namesake(space: Workspace) -> None:
    space.store.save_candidates([replace(FOUND, name="云岭发布")], None)
    crawled(space, replace(POST, is_repost=True, source_name="云岭发布"))
    read_mentions(space)
    assert sources(space) == []


def test_an_item_of_a_feed_is_told_as_the_feeds(space: Workspace) -> None:
    crawled(space, replace(linking(IMPOSTOR), proof="feed"))
    read_mentions(space)
    assert sources(space) == ["feed"]


def test_without_a_kept_page_there_is_no_evidence_and_no_candidate(space: Workspace) -> None:
    crawled(space, linking(IMPOSTOR), is_kept=False)
    assert read_mentions(space) == 0 and held(space) == []


def test_posts_seen_before_the_last_whole_night_are_not_read_again(space: Workspace) -> None:
    crawled(space, linking(IMPOSTOR))
    run_id = space.store.begin_run("nightly", NIGHT + timedelta(days=1), None)
    space.store.finish_run(run_id, NIGHT + timedelta(days=1, hours=1), 0, {})
    assert read_mentions(space) == 0
    crawled(space, linking(IMPOSTOR), nights_later=2)
    assert read_mentions(space) == 1


def test_words_of_a_link_to_a_post_are_no_name_but_those_of_a_link_to_an_account(space: Workspace) -> None:
    biz = "__biz=MzA5NTAwMDAwMg=="
    crawled(space, linking(Link(f"https://mp.weixin.qq.com/s?{biz}&mid=1&idx=1", text="云岺发布")))
    assert read_mentions(space) == 0
    crawled(space, linking(Link(f"https://mp.weixin.qq.com/mp/profile_ext?action=home&{biz}", text="云岺发布")))
    assert read_mentions(space) == 1
