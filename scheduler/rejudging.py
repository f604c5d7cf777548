"""Judges again what a finding rests on (复核判定): its unit's evidence as it was when the finding was last seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from analysis.findings import findings_of, key_of
from analysis.inspection import inspect as judge
from analysis.periods import last_week, parse_period, week_of
from analysis.sources import judgements_of
from records import AccountEvidence, Evidence, Finding, Judgement, Period
from scheduler.judging import given_of
from scheduler.workspace import Workspace
from storage.queries.evidence import CLOCK_SLACK
from storage.queries.findings import findings
from storage.queries.snapshots import breach_periods

# What these are about rests on more than one unit's evidence.
WHOLE_OFFICE = ("office", "source", "host")


def is_still_raised(workspace: Workspace, finding: Finding) -> bool:
    """Whether the same (check, subject, cause) comes out of the evidence as it was at ``finding.last_seen_at``."""
    wanted = key_of(replace(finding, repeats=0))
    law = workspace.regulations
    clauses = {clause.id: clause for regulation in law.values() for clause in regulation.clauses}
    for period in periods_of(workspace, finding):
        judgements = list(_judgements(workspace, finding, period))
        found = findings_of(judgements, clauses, {}, finding.last_seen_at, 0)
        if wanted in {key_of(one) for one in found}:
            return True
    return False


def periods_of(workspace: Workspace, finding: Finding) -> list[Period]:
    """The periods whose judgements raised the finding, newest first.

    Where they were judged anew since and raise it no more: those that it may have been raised in.
    """
    known = [parse_period(period) for period in breach_periods(workspace.engine, finding)]
    weeks = (week_of(moment) for moment in (finding.period.end, finding.period.start))
    return known or list(dict.fromkeys((last_week(finding.last_seen_at), *weeks)))


def _judgements(workspace: Workspace, finding: Finding, period: Period) -> Iterator[Judgement]:
    seen_at = finding.last_seen_at
    # Without the finding itself: a verdict on it must not decide whether it comes out again.
    known = {key_of(one): one for one in findings(workspace.engine) if one.id != finding.id}
    given, doubts = given_of(workspace, period, seen_at, known)
    if finding.subject not in WHOLE_OFFICE:
        given = (one for one in given if one.unit.name == finding.unit)
    as_seen = (_as_seen(one, seen_at) for one in given)
    yield from judge(as_seen, workspace.regulations, workspace.config.rules.regulations)
    yield from judgements_of(doubts, workspace.config.office.name)


def _as_seen(given: Evidence, seen_at: datetime) -> Evidence:
    """The evidence without the posts that nobody had seen by then, judged by itself.

    Who answers for a website that several units file may have changed since.
    """
    return replace(given, accounts=tuple(_seen(account, seen_at) for account in given.accounts), filers={})


def _seen(account: AccountEvidence, seen_at: datetime) -> AccountEvidence:
    posts = [
        post
        for post in account.posts
        # Two commands given the same start of the clock overlap.
        if post.first_seen_at is None or post.first_seen_at <= seen_at + CLOCK_SLACK
    ]
    return replace(account, posts=tuple(posts))
