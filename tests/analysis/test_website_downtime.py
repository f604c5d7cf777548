"""Websites that are down: only what nights saw counts, and nothing that a wall or our own network did."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.cases import evidence_of
from analysis.checks import website_downtime
from analysis.outages import outages
from records import SHANGHAI, Case, Clause, Evidence, Judgement, Probe, Result, Severity

SITE = "https://www.yunling.example.cn"
SUNDAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, tzinfo=SHANGHAI)
PARAMS: dict[str, int | float | str | tuple[str, ...]] = {
    "demand": "limits",
    "max_events": 1,
    "max_days": 30,
    "hours_apart": 12,
    "gap_days": 3,
}
LIMITS = Clause(
    id="LJ-7a", number="第七条", quote="x", check="website_downtime", severity=Severity.RECTIFY, params=PARAMS
)
PERMISSION = Clause(
    id="LJ-7b",
    number="第七条",
    quote="x",
    check="website_downtime",
    severity=Severity.RECTIFY,
    params={**PARAMS, "demand": "permission"},
)


def nights(state: str, first: date, last: date, **more: Any) -> dict[str, Any]:
    return {"state": state, "first": first, "last": last, **more}


def evidence(*looked: dict[str, Any], **table: Any) -> Evidence:
    given_all = {"websites": [{"address": SITE, "nights": list(looked)}], **table}
    return evidence_of(Case(name="made up", given=given_all, expect=Result.PASS))


def judge(*looked: dict[str, Any], clause: Clause = LIMITS, **table: Any) -> list[Judgement]:
    return list(website_downtime.check(evidence(*looked, **table), clause))


SPRING = nights("failing", date(2026, 3, 2), date(2026, 3, 4))
BETWEEN = nights("alive", date(2026, 3, 5), date(2026, 11, 16))
NOW_DOWN = nights("failing", date(2026, 11, 17), SUNDAY)
WORKS_AGAIN = nights("alive", date(2026, 11, 23), date(2026, 11, 29))


def test_the_sentence_says_since_when_and_what_was_seen() -> None:
    (judgement,) = judge(SPRING, BETWEEN, NOW_DOWN)
    assert judgement.summary == (
        "云岭县人民政府办公室的网站 https://www.yunling.example.cn 自2026年11月17日起无法访问，是2026年第2次下线"
        "（依据：网站探测，2026年11月17日 02:00至2026年11月22日 02:00之间6次均未打开，期间没有一次打开"
        "；同年此前的下线：2026年3月2日 02:00至2026年3月4日 02:00）。"
    )
    assert judgement.cause == f"website_downtime:{SITE}:2026-11-17"
    assert (judgement.subject, judgement.account) == ("unit", None)


def test_the_evidence_of_one_outage_too_many_shows_every_outage_that_is_counted() -> None:
    (judgement,) = judge(SPRING, BETWEEN, NOW_DOWN)
    assert {snapshot.fetched_at.month for snapshot in judgement.evidence} == {3, 11}


def test_the_evidence_is_the_first_failure_and_the_newest() -> None:
    (judgement,) = judge(nights("failing", date(2026, 10, 1), SUNDAY))
    days = [(snapshot.fetched_at.month, snapshot.fetched_at.day) for snapshot in judgement.evidence]
    assert days == [(10, 1), (11, 19), (11, 20), (11, 21), (11, 22)]


def test_a_longer_outage_is_the_same_lead_in_the_same_words() -> None:
    down = nights("failing", date(2026, 10, 1), date(2026, 11, 29))
    (earlier,) = judge(down, period="2026-W47")
    (later,) = judge(down, period="2026-W48")
    assert earlier.cause == later.cause
    assert earlier.summary is not None and later.summary is not None
    assert earlier.summary.partition("（依据")[0] == later.summary.partition("（依据")[0]


def test_an_outage_is_no_lead_of_a_week_in_which_the_website_worked() -> None:
    (judgement,) = judge(SPRING, BETWEEN, NOW_DOWN, WORKS_AGAIN, period="2026-W48")
    assert judgement.result is Result.PASS


def test_failures_of_one_run_are_no_outage() -> None:
    (first, newest) = (
        Probe(
            kind="website",
            unit="x",
            address=SITE,
            state="failing",
            reason="timeout",
            checked_at=at,
            proven=True,
            run_id=7,
        )
        for at in (NOON, NOON + timedelta(hours=20))
    )
    apart, gap = timedelta(hours=12), timedelta(days=3)
    assert outages([first, newest], apart, gap) == []
    assert len(outages([first, replace(newest, run_id=8)], apart, gap)) == 1


def test_two_outages_without_a_sign_of_life_between_may_be_one() -> None:
    (judgement,) = judge(SPRING, nights("blocked", date(2026, 3, 5), date(2026, 11, 16)), NOW_DOWN)
    assert judgement.result is Result.PASS


@pytest.mark.parametrize("n_missed", [3, 4, 9])
def test_missed_nights_break_an_outage(n_missed: int) -> None:
    back = date(2026, 11, 8)
    left = back - timedelta(days=n_missed)
    (judgement,) = judge(nights("failing", date(2026, 10, 10), left), nights("failing", back, SUNDAY))
    assert (judgement.result is Result.BREACH) == (n_missed <= 3)


@pytest.mark.parametrize(
    ("state", "more", "reason"),
    [
        ("failing", {"proven": False}, "no_control"),
        ("dead", {"proven": False}, "no_control"),
        ("failing", {"proven": False, "reason": "own_network"}, "error"),
        ("blocked", {}, "not_probed"),
        ("uncheckable", {"reason": "robots"}, "robots"),
        ("uncheckable", {"reason": "robots_unread"}, "robots_unread"),
        ("uncheckable", {"reason": "unparsed"}, "unclear_answer"),
        ("unknown", {"reason": "stopped"}, "stopped"),
        *(
            ("failing", {"reason": reason}, "unclear_answer")
            for reason in ("redirects", "http_400", "http_405", "http_451", "tls", "dns_fault", "protocol")
        ),
        ("dead", {"reason": "same_as_missing"}, "unclear_answer"),
        ("dead", {"reason": "gone"}, "unclear_answer"),
    ],
)
def test_what_is_no_observation_says_why(state: str, more: dict[str, Any], reason: str) -> None:
    (judgement,) = judge(nights(state, date(2026, 9, 1), SUNDAY, **more))
    assert (judgement.result, judgement.reason) == (Result.UNKNOWN, reason)


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        *(("failing", reason) for reason in ("dns", "refused", "reset", "timeout", "unreachable", "http_500")),
        ("failing", "http_599"),
        *(("dead", reason) for reason in ("dns", "http_404", "http_410", "soft_404")),
    ],
)
def test_what_no_visitor_can_open_is_down(state: str, reason: str) -> None:
    (judgement,) = judge(nights(state, date(2026, 9, 1), SUNDAY, reason=reason))
    assert judgement.result is Result.BREACH


def test_an_answer_that_only_we_get_neither_makes_an_outage_nor_ends_one() -> None:
    odd = nights("failing", date(2026, 3, 5), date(2026, 11, 16), reason="tls")
    (judgement,) = judge(SPRING, odd, NOW_DOWN)
    assert judgement.result is Result.PASS


def test_a_night_that_was_stopped_neither_ends_an_outage_nor_lengthens_one() -> None:
    stopped = nights("unknown", date(2026, 11, 17), date(2026, 11, 19), reason="stopped")
    down = (nights("failing", date(2026, 10, 1), date(2026, 11, 16)), nights("failing", date(2026, 11, 20), SUNDAY))
    (seen,) = judge(down[0], stopped)
    (whole,) = judge(down[0], nights("failing", date(2026, 11, 17), date(2026, 11, 19)), down[1])
    assert seen.summary is not None and "2026年11月16日 02:00之间47次" in seen.summary
    assert whole.cause == seen.cause


ALL_FILERS = ("云岭县人民政府办公室", *(f"云岭县第{n}局" for n in range(1, 8)))


def shared(unit: str, *looked: dict[str, Any], clause: Clause = LIMITS) -> list[Judgement]:
    given_one = replace(evidence(*looked, unit=unit), filers={clause.id: {f"{SITE}/": ALL_FILERS}})
    return list(website_downtime.check(given_one, clause))


def test_a_website_of_eight_units_is_one_breach_that_names_the_others() -> None:
    judgements = [one for unit in ALL_FILERS for one in shared(unit, SPRING, BETWEEN, NOW_DOWN)]
    (breach,) = [one for one in judgements if one.result is Result.BREACH]
    assert breach.unit == ALL_FILERS[0] and breach.summary is not None
    others = "、".join(ALL_FILERS[1:6])
    assert breach.summary.endswith(f"；{others}等7个单位也登记了这个网站，同一次下线只列这一条）。")
    assert {(one.result, one.reason) for one in judgements[1:]} == {(Result.NOT_APPLICABLE, "filed_by_another")}


def test_who_files_a_website_beside_its_unit_is_no_part_of_what_was_observed() -> None:
    (alone,) = judge(SPRING, BETWEEN, NOW_DOWN)
    (first,) = shared(ALL_FILERS[0], SPRING, BETWEEN, NOW_DOWN)
    assert first.cause == alone.cause
    assert (first.summary or "").partition("（依据")[0] == (alone.summary or "").partition("（依据")[0]


def test_the_papers_of_a_shared_outage_are_asked_for_once() -> None:
    asked = [one for unit in ALL_FILERS for one in shared(unit, BETWEEN, NOW_DOWN, clause=PERMISSION)]
    assert [one.result for one in asked].count(Result.MANUAL) == 1
    assert "也登记了这个网站" in (asked[0].summary or "")


def test_a_website_of_its_own_is_judged_beside_one_that_is_left_to_another_unit() -> None:
    own = "https://jyj.yunling.example.cn"
    sites = [{"address": SITE, "nights": [SPRING, BETWEEN, NOW_DOWN]}, {"address": own, "nights": []}]
    given_one = replace(evidence(websites=sites, unit=ALL_FILERS[1]), filers={LIMITS.id: {f"{SITE}/": ALL_FILERS}})
    (judgement,) = website_downtime.check(given_one, LIMITS)
    assert (judgement.result, judgement.reason) == (Result.UNKNOWN, "not_probed")


def test_a_week_without_nights_is_not_said_to_be_without_outage() -> None:
    (judgement,) = judge(nights("alive", date(2026, 9, 1), date(2026, 11, 15)))
    assert (judgement.result, judgement.reason) == (Result.UNKNOWN, "not_probed")


def test_a_week_that_has_not_ended_is_open() -> None:
    (judgement,) = judge(nights("alive", date(2026, 9, 1), SUNDAY), looked_at=NOON)
    assert (judgement.result, judgement.reason) == (Result.UNKNOWN, "not_ended")


def test_an_outage_asks_a_person_for_its_papers() -> None:
    (judgement,) = judge(BETWEEN, NOW_DOWN, clause=PERMISSION)
    assert (judgement.result, judgement.reason, judgement.cause) == (Result.MANUAL, "needs_papers", "")
    assert judgement.summary is not None and "是否经审批同意并发布公告" in judgement.summary


def test_without_an_outage_nobody_is_asked_for_papers() -> None:
    (judgement,) = judge(nights("alive", date(2026, 9, 1), SUNDAY), clause=PERMISSION)
    assert (judgement.result, judgement.reason) == (Result.NOT_APPLICABLE, "no_downtime")


def test_a_closed_accounts_website_is_nobodys() -> None:
    (judgement,) = judge(SPRING, BETWEEN, NOW_DOWN, status="关停")
    assert (judgement.result, judgement.reason) == (Result.NOT_APPLICABLE, "no_website")


STATES = st.lists(
    st.tuples(st.sampled_from(["alive", "moved", "failing", "dead", "blocked", "unseen"]), st.booleans()),
    min_size=1,
    max_size=60,
)


def history(states: list[tuple[str, bool]]) -> list[dict[str, Any]]:
    first = SUNDAY - timedelta(days=len(states) - 1)
    seen = [(first + timedelta(days=n), state, proven) for n, (state, proven) in enumerate(states)]
    return [nights(state, day, day, proven=proven) for day, state, proven in seen if state != "unseen"]


def n_breaches(looked: list[dict[str, Any]]) -> int:
    return sum(one.result is Result.BREACH for one in judge(*looked))


@given(STATES)
def test_without_proof_there_is_no_breach(states: list[tuple[str, bool]]) -> None:
    assert n_breaches(history([(state, False) for state, _ in states])) == 0


@given(STATES, st.data())
def test_a_night_less_never_makes_a_breach(states: list[tuple[str, bool]], data: st.DataObject) -> None:
    looked = history(states)
    if looked and not n_breaches(looked):
        left_out = data.draw(st.integers(0, len(looked) - 1))
        assert n_breaches(looked[:left_out] + looked[left_out + 1 :]) == 0


@given(STATES)
def test_a_wall_in_the_place_of_a_failure_never_makes_a_breach(states: list[tuple[str, bool]]) -> None:
    walled = [("blocked" if state in ("failing", "dead") else state, proven) for state, proven in states]
    assert n_breaches(history(walled)) == 0
