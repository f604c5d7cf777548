"""A finding about what we observe through is a person's task, and never a line about a unit."""

from __future__ import annotations

from dataclasses import replace

from records import Finding, Severity
from reports.bulletin import compose
from tests.reports.law import SHORT
from tests.reports.sample import decided, draft, finding, given, released


def about_source() -> Finding:
    """A doubt about a feed's host, as the inspection makes it."""
    said = finding(90, None, (SHORT,), "订阅源 feed.yunling.example 的 4 个账号都没有新内容")
    return replace(said, subject="source", clauses=(), severity=Severity.HINT, check="source_silent", due_on=None)


def test_a_source_in_doubt_is_no_line_of_the_bulletin_or_the_ledger() -> None:
    before, after = draft(), draft(findings=[*given()["findings"], about_source()])
    assert (after.lines, after.ledger, after.counts) == (before.lines, before.ledger, before.counts)


def test_a_source_in_doubt_does_not_hold_up_the_release() -> None:
    shape, stamped = decided(given()), released()
    report = compose(**{**shape, "findings": [*shape["findings"], about_source()], "release": stamped.release})
    assert report.ledger == stamped.ledger
