"""What all accounts of one source suffer together is said of the source, once, and of no account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.checks import update_frequency, zombie
from analysis.findings import findings_of, key_of
from analysis.periods import midnight, parse_period
from analysis.sources import (
    BLOCKED,
    MIN_SILENCE,
    SILENT,
    Activity,
    Doubt,
    doubted,
    doubts,
    history_since,
    judgements_of,
    standing,
)
from records import (
    Account,
    AccountEvidence,
    Clause,
    Coverage,
    Evidence,
    Judgement,
    Observation,
    Period,
    Post,
    Result,
    Severity,
    Snapshot,
    Unit,
    Verdict,
)
from tests.analysis.test_never_accuse import CLAUSES, MOMENTS, POSTS, QUESTIONS, ROWS

WEEK = parse_period("2026-W47")
END = WEEK.end + timedelta(hours=2)
DAY = timedelta(days=1)
OFFICE = "云岭县人民政府办公室"
UNIT = Unit(name="云岭县民政局")
HOST = "feed.yunling.example"
# Three posts a week, on the same weekdays, for ten weeks before the week that is judged.
RHYTHM = tuple(
    WEEK.start - timedelta(days=days) + timedelta(hours=10) for days in range(70, 0, -1) if days % 7 in (1, 3, 6)
)


def account(number: int, platform: str = "wechat") -> Account:
    feed = f"https://{HOST}/{number}.xml" if platform == "wechat" else None
    dates = {"opened_on": date(2020, 1, 1)}
    return Account(platform=platform, uid=str(number), name="云岭", unit=UNIT.name, feed_url=feed, dates=dates)


def look(source: str = "feed", until: datetime = END, **fields: object) -> Coverage:
    row = Coverage(account="wechat:1", status="complete", source=source, checked_at=until)
    return replace(row, **{"covered_from": WEEK.start - 60 * DAY, "covered_to": until, **fields})  # type: ignore[arg-type]


def walled(reason: str, checked_at: datetime = END, source: str = "feed") -> Coverage:
    return Coverage(account="wechat:1", status="none", source=source, checked_at=checked_at, reason=reason)


def active(number: int, *posted_at: datetime, platform: str = "wechat", looks: Sequence[Coverage] = ()) -> Activity:
    rows = tuple(looks) or (look("feed" if platform == "wechat" else "page"),)
    last = max(posted_at, default=None)
    return Activity(account=account(number, platform), looks=rows, posted_at=posted_at, last_post_at=last)


def silent_week(n: int = 4, platform: str = "wechat") -> list[Activity]:
    """Accounts that all posted three times a week until the week began, and not once in it."""
    return [active(number, *RHYTHM, platform=platform) for number in range(n)]


def found(activities: Sequence[Activity]) -> list[Doubt]:
    return doubts(activities, WEEK.start - 30 * DAY)


@pytest.mark.parametrize(("platform", "source"), [("wechat", f"feed:{HOST}"), ("weibo", "page:weibo")])
def test_accounts_that_fall_silent_together_are_one_doubt_about_their_source(platform: str, source: str) -> None:
    (doubt,) = found(silent_week(platform=platform))
    assert (doubt.check, doubt.source, doubt.reason, len(doubt.accounts)) == (SILENT, source, SILENT, 4)
    assert doubt.window == Period(RHYTHM[-1], END)


def test_one_account_that_goes_on_shows_that_the_source_is_sound() -> None:
    talking = active(9, *RHYTHM, *(WEEK.start + days * DAY for days in (1, 3, 5)))
    assert found([*silent_week(), talking]) == []


def test_a_post_of_another_source_shows_nothing_of_this_one() -> None:
    elsewhere = active(9, *RHYTHM, WEEK.start + 3 * DAY, platform="weibo")
    assert [doubt.source for doubt in found([*silent_week(), elsewhere])] == [f"feed:{HOST}"]


def test_two_accounts_have_no_common_fate() -> None:
    assert found(silent_week(2)) == []


def test_accounts_silent_for_long_are_no_witnesses_of_an_outage() -> None:
    long_silent = [
        active(number, *(moment for moment in RHYTHM if moment < WEEK.start - 40 * DAY)) for number in range(9)
    ]
    assert found(long_silent[:7] + silent_week(2)) == []


def test_days_that_are_silent_every_week_are_no_outage() -> None:
    mondays = [WEEK.start - timedelta(weeks=weeks) + timedelta(hours=9) for weeks in range(9)]
    until = WEEK.start + 5 * DAY
    assert found([active(number, *mondays, looks=[look(until=until)]) for number in range(8)]) == []


def test_a_day_off_is_no_doubt_yet() -> None:
    until = RHYTHM[-1] + MIN_SILENCE - timedelta(hours=1)
    assert found([active(number, *RHYTHM, looks=[look(until=until)]) for number in range(20)]) == []


def test_an_account_behind_a_wall_is_no_witness_of_a_silence() -> None:
    walls = [active(number, *RHYTHM, looks=[look(until=WEEK.start), walled("blocked")]) for number in range(5)]
    assert found([*walls, *silent_week(2)]) == []


def test_nothing_is_doubted_where_nobody_looked() -> None:
    assert found([active(number, *RHYTHM, looks=[walled("not_crawled")]) for number in range(5)]) == []


def test_a_silence_that_ended_is_doubted_in_feeds_only() -> None:
    back = (WEEK.start + 6 * DAY + timedelta(hours=1), WEEK.start + 6 * DAY + timedelta(hours=2))
    feeds = [active(number, *RHYTHM, *back) for number in range(4)]
    pages = [active(number, *RHYTHM, *back, platform="weibo") for number in range(4)]
    (doubt,) = found([*feeds, *pages])
    assert (doubt.source, doubt.window) == (f"feed:{HOST}", Period(RHYTHM[-1], back[0]))


def test_a_bridge_dead_for_months_is_still_in_doubt() -> None:
    early = tuple(moment - 150 * DAY for moment in RHYTHM)
    activities = [active(number, *early) for number in range(4)]
    assert history_since(activities, WEEK.start) < early[-1] - timedelta(weeks=3)
    (doubt,) = found(activities)
    assert doubt.window.start == early[-1]


@pytest.mark.parametrize("reason", ["blocked", "login", "robots", "error", "unparsed", "empty", "gone"])
def test_accounts_walled_together_are_one_doubt_with_the_reason(reason: str) -> None:
    (doubt,) = found([active(number, *RHYTHM, looks=[look(until=WEEK.start), walled(reason)]) for number in range(3)])
    assert (doubt.check, doubt.reason) == (BLOCKED, reason)


def test_one_account_that_was_seen_makes_the_walls_the_others_own() -> None:
    walls = [active(number, *RHYTHM, looks=[walled("blocked")]) for number in range(5)]
    assert found([*walls, active(9, WEEK.start + DAY)]) == []


def test_what_has_no_list_or_was_not_due_is_no_wall() -> None:
    for reason in ("no_public_list", "not_crawled", "not_due"):
        assert found([active(number, looks=[walled(reason, source="page")]) for number in range(5)]) == []


# --- what a doubt does to the judgements -----------------------------------------------------------


def judged(evidence: Evidence, name: str) -> list[Judgement]:
    check = update_frequency.check if "count" in CLAUSES[name] else zombie.check
    clause = Clause(id="X-1", number="一", quote="x", check="x", severity=Severity.RECTIFY, params=CLAUSES[name])
    return list(check(evidence, clause))


def evidence_of(rows: Sequence[Coverage], posts: Sequence[Post] = (), looks: Sequence[Observation] = ()) -> Evidence:
    seen = AccountEvidence(account=account(1), coverage=tuple(rows), posts=tuple(posts), observations=tuple(looks))
    return Evidence(unit=UNIT, period=WEEK, looked_at=END, accounts=(seen,))


def results(evidence: Evidence, name: str) -> set[tuple[Result, str | None]]:
    return {(one.result, one.reason) for one in judged(evidence, name)}


def test_absence_in_a_doubtful_stretch_is_unknown_and_says_to_look_at_the_source() -> None:
    evidence = evidence_of([look()])
    assert results(evidence, "three a week") == {(Result.BREACH, None)}
    assert results(doubted(evidence, found(silent_week())), "three a week") == {(Result.UNKNOWN, SILENT)}


def test_what_was_silent_before_the_source_was_stays_observed() -> None:
    doubt = replace(found(silent_week())[0], window=Period(WEEK.start + 3 * DAY, END))
    (item,) = doubted(evidence_of([look()]), [doubt]).accounts
    assert [(row.covered_from, row.covered_to) for row in item.coverage] == [
        (WEEK.start - 60 * DAY, doubt.window.start)
    ]
    assert results(doubted(evidence_of([look()]), [doubt]), "silent for 20 days") == {(Result.BREACH, None)}


def test_both_sides_of_a_silence_that_ended_stay_observed() -> None:
    doubt = replace(found(silent_week())[0], window=Period(WEEK.start, WEEK.start + 4 * DAY))
    (item,) = doubted(evidence_of([look()]), [doubt]).accounts
    assert [row.covered_to for row in item.coverage] == [WEEK.start, END]
    assert [row.covered_from for row in item.coverage] == [WEEK.start - 60 * DAY, WEEK.start + 4 * DAY]


def test_what_a_person_saw_is_not_doubted() -> None:
    picture = Snapshot(url="x", fetched_at=END, sha256="0", ref="evidence/pictures/x.png")
    seen = Observation(
        account="wechat:1",
        observed_at=END,
        observer="王芳",
        newest_on=date(2026, 10, 1),
        n_updates=0,
        pictures=(picture,),
    )
    doubtful = doubted(evidence_of([look()], looks=[seen]), found(silent_week()))
    assert results(doubtful, "three a week") == {(Result.BREACH, None)}


def test_accounts_of_other_sources_are_not_doubted() -> None:
    evidence = evidence_of([look()])
    assert doubted(evidence, found(silent_week(platform="weibo"))) == evidence


def test_what_an_account_showed_by_another_source_is_not_doubted() -> None:
    evidence = evidence_of([look("api"), look("unit")])
    assert doubted(evidence, found(silent_week())) == evidence


WINDOWS = st.tuples(MOMENTS, st.integers(1, 20)).map(lambda drawn: Period(drawn[0], drawn[0] + drawn[1] * DAY))


@given(QUESTIONS, ROWS, POSTS, st.lists(WINDOWS, max_size=3))
def test_a_doubt_never_makes_a_breach(name: str, rows: list[Coverage], seen: list[Post], windows: list[Period]) -> None:
    base = found(silent_week())[0]
    sources = {"page": "page:wechat", "api": "api:wechat"}
    silences = [
        replace(base, window=window, source=sources.get(row.source, base.source))
        for window, row in zip(windows, [*rows, look(), look(), look()], strict=False)
    ]
    evidence = evidence_of(rows, seen)
    before, after = judged(evidence, name), judged(doubted(evidence, silences), name)
    assert all(
        old.result is Result.BREACH for old, new in zip(before, after, strict=True) if new.result is Result.BREACH
    )
    passed = [old.result is new.result for old, new in zip(before, after, strict=True) if old.result is Result.PASS]
    assert all(passed)


# --- what a person sees -----------------------------------------------------------------------------


def test_a_doubt_is_one_finding_about_the_source_under_no_clause() -> None:
    said = judgements_of(found(silent_week()), OFFICE)
    (finding,) = findings_of(said, {}, {}, END, due_days=5)
    assert (finding.subject, finding.unit, finding.account, finding.clauses) == ("source", OFFICE, None, ())
    assert (finding.severity, finding.due_on, finding.verdict) == (Severity.HINT, None, Verdict.PENDING)
    assert said[0].result is Result.UNKNOWN
    assert finding.summary.startswith(f"订阅源 {HOST} 的 4 个账号自2026年11月15日 10:00起都没有新内容")


def test_the_same_silence_a_night_later_is_the_same_finding() -> None:
    (first,) = findings_of(judgements_of(found(silent_week()), OFFICE), {}, {}, END, 5)
    later = [active(number, *RHYTHM, looks=[look(until=END + DAY)]) for number in range(4)]
    (second,) = findings_of(judgements_of(found(later), OFFICE), {}, {key_of(first): first}, END + DAY, 5)
    assert (second.id, second.repeats, second.summary) == (first.id, 0, first.summary)


def test_a_silence_that_a_person_cleared_is_doubted_no_more() -> None:
    silences = found(silent_week())
    (finding,) = findings_of(judgements_of(silences, OFFICE), {}, {}, END, 5)
    for verdict, left in ((Verdict.PENDING, 1), (Verdict.CONFIRMED, 1), (Verdict.MISTAKEN, 0)):
        known = {key_of(finding): replace(finding, verdict=verdict)}
        assert len(standing(silences, OFFICE, known)) == left


def test_a_cleared_silence_does_not_clear_the_next() -> None:
    (finding,) = findings_of(judgements_of(found(silent_week()), OFFICE), {}, {}, END, 5)
    known = {key_of(finding): replace(finding, verdict=Verdict.MISTAKEN)}
    later = [replace(doubt, window=Period(END + 30 * DAY, END + 40 * DAY)) for doubt in found(silent_week())]
    assert standing(later, OFFICE, known) == later


def test_words_of_a_wall_say_that_it_is_not_the_accounts() -> None:
    (doubt,) = found(
        [active(number, *RHYTHM, platform="weibo", looks=[walled("login", source="page")]) for number in range(3)]
    )
    assert doubt.summary.startswith("微博公开页面的 3 个账号在最近一次采集中全部未能看到：平台要求登录后才能查看。")


def test_no_doubt_names_a_stretch_without_three_accounts_that_used_to_post() -> None:
    assert midnight(date(2026, 11, 16)) == WEEK.start
    few = [active(number, *RHYTHM) for number in range(2)] + [active(number) for number in range(2, 8)]
    assert found(few) == []
