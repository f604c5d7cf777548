"""One cause is one finding from first sight until closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from analysis.findings import finding_id, findings_of, key_of
from analysis.periods import parse_period
from records import SHANGHAI, Clause, Finding, Judgement, Period, Result, Severity, Snapshot, Verdict

W47, W48, W49 = (parse_period(f"2026-W{week}") for week in (47, 48, 49))
NOW = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
CLAUSES = {
    name: Clause(id=name, number="一", quote="x", check="zombie", severity=severity)
    for name, severity in (("SD-1.4c", Severity.RECTIFY), ("LJ-16a", Severity.HINT), ("N19-5", Severity.VETO))
}


def snapshot(name: str) -> Snapshot:
    return Snapshot(url=f"https://example.com/{name}", fetched_at=NOW, sha256=name * 8, ref=f"evidence/{name}")


def breach(clause: str = "SD-1.4c", window: Period = W47, said: str = "更新0次", **fields: Any) -> Judgement:
    basis = f"（依据：公开页面，{window.end:%m月%d日}查看）。"
    row = {"subject": "account", "account": "weibo:1", "check": "zombie", "cause": "zombie", "result": Result.BREACH}
    return Judgement(unit="云岭县政府", clause=clause, window=window, summary=said + basis, **{**row, **fields})


def found(*breaches: Judgement, known: tuple[Finding, ...] = (), looked_at: datetime = NOW) -> list[Finding]:
    return findings_of(breaches, CLAUSES, {finding.id: finding for finding in known}, looked_at, due_days=5)


def decided(finding: Finding, verdict: Verdict) -> Finding:
    return replace(finding, verdict=verdict)


def test_only_breaches_become_findings() -> None:
    others = [breach(result=result) for result in Result if result is not Result.BREACH]
    assert found(*others) == []


def test_clauses_of_one_cause_are_one_finding_of_the_heaviest_severity() -> None:
    (finding,) = found(breach("LJ-16a"), breach("N19-5"), breach("SD-1.4c"))
    assert (finding.clauses, finding.severity) == (("LJ-16a", "N19-5", "SD-1.4c"), Severity.VETO)
    assert finding.id == finding_id("zombie", "weibo:1", "zombie")


def test_the_id_is_pinned() -> None:
    assert finding_id("zombie", "weibo:1", "zombie") == "fdeede2798c5"


def test_accounts_and_causes_are_kept_apart() -> None:
    assert len({one.id for one in found(breach(), breach(account="weibo:2"), breach(cause="zombie:2"))}) == 3


def test_a_candidate_is_the_subject_whatever_account_it_resembles() -> None:
    one = breach(subject="candidate", candidate="weibo:9", account="weibo:1")
    other = breach(subject="candidate", candidate="weibo:9", account="weibo:2")
    assert len(found(one, other)) == 1


def test_a_new_finding_waits_for_a_person_and_has_a_day_to_be_put_right() -> None:
    (finding,) = found(breach())
    assert (finding.verdict, finding.repeats, finding.due_on) == (Verdict.PENDING, 0, date(2026, 11, 28))


def test_a_later_week_adds_evidence_and_keeps_first_sight() -> None:
    (first,) = found(breach(evidence=(snapshot("a"), snapshot("b"))))
    later = breach(window=W48, said="更新1次", evidence=(snapshot("b"), snapshot("c")))
    (finding,) = found(later, known=(first,), looked_at=NOW + timedelta(days=7))
    assert [one.ref for one in finding.evidence] == ["evidence/a", "evidence/b", "evidence/c"]
    assert finding.first_seen_at == NOW
    assert (finding.last_seen_at, finding.period) == (NOW + timedelta(days=7), Period(W47.start, W48.end))
    assert finding.summary.startswith("更新1次")


def test_inspecting_again_changes_nothing() -> None:
    first = found(breach(), breach("N19-5", W48))
    assert found(breach(), breach("N19-5", W48), known=tuple(first)) == first


def test_an_older_week_inspected_again_keeps_the_newest_words() -> None:
    (first,) = found(breach(window=W48, said="更新1次"))
    (finding,) = found(breach(window=W47), known=(first,))
    assert finding.summary == first.summary
    assert finding.period == Period(W47.start, W48.end)


def test_a_confirmed_finding_stays_confirmed() -> None:
    (first,) = found(breach())
    (finding,) = found(breach(window=W48, said="更新1次"), known=(decided(first, Verdict.CONFIRMED),))
    assert finding.verdict is Verdict.CONFIRMED


def test_a_mistake_stays_one_while_the_same_is_observed() -> None:
    (first,) = found(breach())
    (finding,) = found(breach(window=W48), known=(decided(first, Verdict.MISTAKEN),))
    assert finding.verdict is Verdict.MISTAKEN


def test_a_mistake_is_open_again_when_something_else_is_observed() -> None:
    (first,) = found(breach())
    (finding,) = found(breach(window=W48, said="更新1次"), known=(decided(first, Verdict.MISTAKEN),))
    assert finding.verdict is Verdict.PENDING


def test_a_mistake_is_not_opened_by_an_older_week() -> None:
    (first,) = found(breach(window=W48))
    (finding,) = found(breach(window=W47, said="更新1次"), known=(decided(first, Verdict.MISTAKEN),))
    assert finding.verdict is Verdict.MISTAKEN


def test_a_closed_finding_stays_closed_for_what_it_covered() -> None:
    (first,) = found(breach())
    closed = decided(first, Verdict.RECTIFIED)
    assert found(breach(), known=(closed,)) == [closed]


def test_the_same_cause_after_closing_is_a_repeat() -> None:
    (first,) = found(breach())
    closed = decided(first, Verdict.RECTIFIED)
    (repeat,) = found(breach(window=W48), known=(closed,))
    assert (repeat.repeats, repeat.verdict, repeat.period) == (1, Verdict.PENDING, W48)
    assert repeat.id == finding_id("zombie", "weibo:1", "zombie", 1) != closed.id


def test_repeats_are_counted_on() -> None:
    (first,) = found(breach())
    closed = decided(first, Verdict.RECTIFIED)
    (second,) = found(breach(window=W48), known=(closed,))
    known = (closed, decided(second, Verdict.RECTIFIED))
    (old, newer, third) = found(breach(), breach(window=W48), breach(window=W49), known=known)
    assert [old, newer] == list(known)
    assert (third.repeats, third.period) == (2, W49)


@given(st.permutations([breach(), breach("N19-5", W48), breach(account="weibo:2"), breach("LJ-16a", W49)]))
def test_the_order_of_judging_does_not_change_what_is_found(breaches: list[Judgement]) -> None:
    shape = {(one.id, one.severity, frozenset(one.clauses), one.summary, one.period) for one in found(*breaches)}
    straight = found(breach(), breach("N19-5", W48), breach(account="weibo:2"), breach("LJ-16a", W49))
    assert shape == {(one.id, one.severity, frozenset(one.clauses), one.summary, one.period) for one in straight}


def test_the_due_date_moves_on_until_a_person_confirms() -> None:
    (first,) = found(breach())
    a_week_on = NOW + timedelta(days=7)
    later = breach(window=W48)
    (waiting,) = found(later, known=(first,), looked_at=a_week_on)
    (confirmed,) = found(later, known=(replace(first, verdict=Verdict.CONFIRMED),), looked_at=a_week_on)
    assert first.due_on is not None
    assert (waiting.due_on, confirmed.due_on) == (first.due_on + timedelta(days=7), first.due_on)


def test_an_account_known_by_another_key_keeps_its_finding() -> None:
    (first,) = found(breach(account="wechat:gh_00000000000a"))
    renamed = replace(first, account="wechat:MzA0MDAwMDAwMQ==")
    again = findings_of(
        [breach(account="wechat:MzA0MDAwMDAwMQ==")], CLAUSES, {key_of(renamed): renamed}, NOW, due_days=5
    )
    assert [one.id for one in again] == [first.id]
