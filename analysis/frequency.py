"""Judges one account against a demand of so many updates in so long (更新频次), for every check that asks it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from analysis.coverage import covered, gaps, stretches, why_not
from analysis.periods import period_words, weeks_in
from analysis.proofs import proofs
from analysis.updates import is_crawled, n_updates, was_open, why_not_judged
from analysis.words import account_words, basis_words, newest_words, reason_words
from records import AccountEvidence, Clause, Evidence, Judgement, Period, Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """At least ``n`` updates in every calendar week (``span`` is ``None``), or in the ``span`` before the look.

    ``unit`` is ``post`` or ``push``; breaches of one ``cause`` become one finding.
    """

    n: int
    span: timedelta | None
    unit: str
    cause: str

    @property
    def words(self) -> str:
        """``每周3次`` or ``14天内1次``."""
        return f"每周{self.n}次" if self.span is None else f"{self.span.days}天内{self.n}次"


@dataclass(frozen=True, slots=True)
class _Question:
    """One clause's demand put to one account."""

    evidence: Evidence
    account: AccountEvidence
    clause: Clause
    demand: Demand

    def count(self, window: Period) -> int:
        return n_updates(self.account, window, self.demand.unit)

    def answer(self, result: Result, window: Period | None, summary: str, reason: str | None = None) -> Judgement:
        breach = result is Result.BREACH and window is not None
        return Judgement(
            subject="account",
            account=self.account.account.ref,
            unit=self.evidence.unit.name,
            clause=self.clause.id,
            check=self.clause.check,
            result=result,
            reason=reason,
            summary=f"{account_words(self.account.account)}{summary}",
            cause=self.demand.cause if breach else "",
            window=window,
            evidence=proofs(self.account, window) if breach and window is not None else (),
        )

    def passes(self, window: Period) -> Judgement:
        words = f"在{period_words(window)}更新{self.count(window)}次，达到{self.demand.words}。"
        return self.answer(Result.PASS, window, words)

    def exempt(self, window: Period | None, reason: str) -> Judgement:
        return self.answer(Result.NOT_APPLICABLE, window, f"不适用更新频次要求：{reason_words(reason)}。", reason)

    def open(self, window: Period, reason: str) -> Judgement:
        words = (
            f"在{period_words(window)}是否达到{self.demand.words}更新未能核查：{reason_words(reason)}；"
            f"已见到{self.count(window)}次更新。"
        )
        return self.answer(Result.UNKNOWN, window, words, reason)

    def breach(self, window: Period) -> Judgement:
        newest, basis = newest_words(self.account, window), basis_words(self.account, window)
        if self.demand.span is not None and self.demand.n == 1:
            said = f"截至查看时已满{self.demand.span.days}天没有更新"
        else:
            said = f"在{period_words(window)}更新{self.count(window)}次，少于{self.demand.words}"
        return self.answer(Result.BREACH, window, f"{said}，{newest}{basis}。")


def judge_demand(evidence: Evidence, account: AccountEvidence, clause: Clause, demand: Demand) -> Iterator[Judgement]:
    """One judgement for each whole calendar week of the period, or one for the span before the look.

    Enough updates pass even in a partial view. Too few are a breach only where the whole window was observed and
    the account is known to have been open all through it; otherwise ``unknown`` or ``not_applicable`` say why.
    """
    question = _Question(evidence, account, clause, demand)
    if not is_crawled(account.account):
        yield question.exempt(None, "not_crawled_platform")
    elif demand.span is not None:
        yield _judge_span(question, demand.span)
    elif weeks := weeks_in(evidence.period):
        yield from (_judge_week(question, week) for week in weeks)
    else:
        yield question.exempt(None, "no_whole_week")


def _judge_week(question: _Question, week: Period) -> Judgement:
    account, looked_at = question.account, question.evidence.looked_at
    if question.count(week) >= question.demand.n:
        return question.passes(week)
    if exempt := why_not_judged(account, week):
        return question.exempt(week, exempt)
    if week.end > looked_at or not covered(account.coverage, account.observations, week):
        return question.open(week, why_not(account.coverage, account.observations, week, looked_at))
    return question.breach(week) if was_open(account, week) else question.open(week, "opening_unknown")


def _judge_span(question: _Question, span: timedelta) -> Judgement:
    account, period, looked_at = question.account, question.evidence.period, question.evidence.looked_at
    end = min(period.end, looked_at)
    window = Period(end - span, end)
    if end <= period.start:
        return question.open(window, "not_ended")
    if question.count(window) >= question.demand.n:
        return question.passes(window)
    if exempt := why_not_judged(account, window):
        return question.exempt(window, exempt)
    silent = [look for look in _looks(account, period, end, span) if _too_few(question, look, end)]
    if silent:
        return question.breach(silent[-1])
    if next(gaps(stretches(account.coverage, account.observations), window), None) is None:
        return question.open(window, "opening_unknown")
    return question.open(window, why_not(account.coverage, account.observations, window, looked_at))


def _looks(account: AccountEvidence, period: Period, end: datetime, span: timedelta) -> Iterator[Period]:
    """The span before each moment of the period (监测时间点) up to which the account was observed without a gap.

    A night's crawl ends before the inspection begins, so the moment is that of the look, not of the judging.
    """
    for seen_from, seen_to in stretches(account.coverage, account.observations):
        moment = min(seen_to, end)
        if moment > period.start and seen_from <= moment - span:
            yield Period(moment - span, moment)


def _too_few(question: _Question, look: Period, end: datetime) -> bool:
    until_now = Period(look.start, end)
    return question.count(until_now) < question.demand.n and was_open(question.account, look)
