"""A bridge that goes dumb costs no office a breach: one finding asks a person to look at it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from analysis.periods import midnight, parse_period
from records import Account, Coverage, Finding, Post, Result, Snapshot, Unit, Verdict
from scheduler.clock import Clock
from scheduler.judging import decide, inspect
from scheduler.sources import parser_alarms
from scheduler.workspace import Workspace
from storage.queries import sources
from storage.queries.findings import findings
from storage.store import Store
from storage.yields import Yields, add_yields, save_yields

WEEK = parse_period("2026-W47")
NIGHT = WEEK.end + timedelta(hours=2)
UNIT = Unit(name="云岭县民政局")
CONFIG = '[office]\nname = "云岭县人民政府办公室"\n[rules]\nregulations = ["zezhou-2022"]\n'
RHYTHM = [WEEK.start - timedelta(days=days) + timedelta(hours=10) for days in range(56, 0, -1) if days % 7 in (1, 3, 6)]


def account(number: int) -> Account:
    return Account(
        platform="wechat",
        uid=f"gh_00000000000{number}",
        name=f"云岭{number}",
        unit=UNIT.name,
        aliases={"gh_id": f"gh_00000000000{number}"},
        feed_url=f"https://feed.yunling.example/{number}.xml",
        feed_complete=True,
        dates={"opened_on": date(2020, 1, 1)},
    )


def post(owner: Account, number: int, at: datetime) -> Post:
    key = f"MzkwMTAwMDAwM{owner.uid[-1]}==:{number}:1"
    return Post(
        platform="wechat", account=owner.ref, post_id=key, url=f"https://mp.weixin.qq.com/s/{number}", published_at=at
    )


def seen(owner: Account, until: datetime = NIGHT) -> Coverage:
    return Coverage(
        account=owner.ref, status="complete", source="feed", checked_at=until, covered_from=RHYTHM[0], covered_to=until
    )


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Four accounts whose feeds were read on Monday morning: three posts a week for eight weeks, then none."""
    (tmp_path / "xuncha.toml").write_text(CONFIG, encoding="utf-8")
    space = Workspace.open(tmp_path, Clock(NIGHT + timedelta(hours=5)))
    owners = [account(number) for number in range(4)]
    space.store.save_register([UNIT], owners, {}, {})
    run = space.store.begin_run("crawl", NIGHT, None)
    for owner in owners:
        page = Snapshot(url=owner.feed_url or "", fetched_at=NIGHT, sha256="0" * 64, ref=f"evidence/x#{owner.uid[-1]}")
        posts = [post(owner, number, at) for number, at in enumerate(RHYTHM)]
        space.store.save_page(run, seen(owner), posts, page, None)
    return space


def about_source(workspace: Workspace) -> Finding:
    (finding,) = [one for one in findings(workspace.engine) if one.subject == "source"]
    return finding


def test_a_silent_bridge_is_one_finding_and_no_breach(workspace: Workspace) -> None:
    found = inspect(workspace, WEEK)
    assert found.counts["breach"] == 0
    finding = about_source(workspace)
    assert (finding.check, finding.unit, finding.clauses) == ("source_silent", "云岭县人民政府办公室", ())
    assert len(finding.evidence) == 3
    reasons = {one.reason for one in found.judgements if one.result is Result.UNKNOWN and one.clause == "ZZ-4.2h"}
    assert reasons == {"source_silent"}


def test_a_person_who_looked_and_found_the_source_sound_lets_the_week_be_judged(workspace: Workspace) -> None:
    inspect(workspace, WEEK)
    decide(workspace, about_source(workspace).id, Verdict.MISTAKEN, "王芳", "四个账号确实都没有更新")
    found = inspect(workspace, WEEK)
    assert {one.account for one in found.findings if one.check == "update_frequency"} == {
        account(number).ref for number in range(4)
    }
    assert about_source(workspace).verdict is Verdict.MISTAKEN


def test_one_account_that_goes_on_leaves_the_others_judged(workspace: Workspace) -> None:
    days = [WEEK.start + timedelta(days=days) for days in (1, 3, 5)]
    run = workspace.store.begin_run("crawl", NIGHT, None)
    owner = account(0)
    workspace.store.save_page(run, seen(owner), [post(owner, 900 + n, at) for n, at in enumerate(days)], None, None)
    found = inspect(workspace, WEEK)
    assert {one.account for one in found.findings} == {account(number).ref for number in range(1, 4)}


def test_an_inspection_of_one_account_names_only_its_own_source(workspace: Workspace) -> None:
    assert [one.subject for one in inspect(workspace, WEEK, (), account(1).ref).findings] == ["source"]
    assert [one.subject for one in inspect(workspace, WEEK, (), "wechat:gh_none").findings] == []


def test_what_units_reported_is_not_what_the_feed_delivered(workspace: Workspace) -> None:
    owner = account(0)
    key = "s/abcdefghijklmnopqrstuv"
    late = replace(post(owner, 900, WEEK.start + timedelta(days=2)), addresses=(key,))
    run = workspace.store.begin_run("posts", NIGHT, None)
    workspace.store.save_reported([(key, late.url, UNIT.name)], NIGHT)
    workspace.store.save_page(run, seen(owner), [late], None, None)
    times = sources.posting_times(workspace.engine, WEEK.start - timedelta(days=3), NIGHT)
    assert all(moment < WEEK.start for moments in times.values() for moment in moments)
    assert inspect(workspace, WEEK).counts["breach"] == 0


def test_an_alarm_comes_from_what_the_runs_kept(workspace: Workspace) -> None:
    store: Store = workspace.store
    owner = account(0)
    full = post(owner, 1, midnight(date(2026, 11, 1)).astimezone(UTC))
    for title in ("a", "b", "c", "d", None):
        found: Yields = {}
        add_yields(found, "feed", [replace(full, title=title)] * 5)
        run = store.begin_run("crawl", NIGHT, None)
        with store.engine.begin() as connection:
            save_yields(connection, 1, run, found)
    (alarm,) = parser_alarms(workspace)
    assert (alarm.kind, alarm.field, alarm.accounts) == ("feed.post", "title", (owner.ref,))
