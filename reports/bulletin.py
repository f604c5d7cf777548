"""Composes the bulletin (通报): judgements and findings in, one checked Report out. Pure, templates aside."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypedDict

from records import (
    Account,
    Coverage,
    Finding,
    Judgement,
    Observation,
    Period,
    Regulation,
    Result,
    Unit,
    as_json,
)
from reports.given import Given
from reports.overview import candidate_words, overview, sentence
from reports.problems import check_findings, grouped, ledger_lines, printed, suspects
from reports.report import AccountRow, Counts, Line, Release, Report, Upcoming
from reports.rows import coverage_rows, judgement_rows, seen_rows
from reports.standing import account_rows, count, count_platforms, unseen_rows
from reports.wording import ReportError, check_period, long_date, period_words, plain, span_word
from reports.words import Words, load_words

__all__ = ["Release", "Report", "ReportError", "Upcoming", "check_code", "compose"]

_SUMMED = ("registered", "outside", "not_applicable", "observed", "unseen", "bad", "bad_elsewhere")


def compose(
    *,
    office: str,
    kind: str,
    period: Period,
    drafted_at: datetime,
    units: Sequence[Unit],
    accounts: Sequence[Account],
    judgements: Sequence[Judgement],
    findings: Sequence[Finding],
    regulations: Mapping[str, Regulation],
    coverage: Mapping[str, Coverage],
    observations: Sequence[Observation],
    newest: Mapping[str, datetime],
    candidates: int,
    not_reported: Sequence[str] = (),
    notes: Sequence[str] = (),
    release: Release | None = None,
    upcoming: Sequence[Upcoming] = (),
    templates: Path | None = None,
) -> Report:
    """The report of one period, every sum checked; parts that do not add up raise ReportError.

    ``kind`` is ``weekly monthly quarterly annual`` and ``period`` exactly one of these. ``accounts``
    is the whole register; ``judgements`` and ``findings`` are the period's, each breach with its
    finding whatever the verdict; ``regulations`` hold every clause named. ``coverage`` (the last
    run's row) and ``newest`` go by account reference. ``release`` prints 属实 lines only and is
    refused while one is 待核. ``templates`` is the office's own folder of words and layout.
    """
    check_period(kind, period)
    _check_release(release)
    given = Given(
        period=period,
        units=units,
        accounts=accounts,
        judgements=judgements,
        findings=findings,
        regulations=regulations,
        coverage=coverage,
        observations=observations,
        newest=newest,
        release=release,
    )
    check_findings(given)
    blank = _Frame(
        office=plain(office),
        kind=kind,
        drafted_at=drafted_at,
        candidates=candidates,
        not_reported=tuple(plain(unit) for unit in not_reported),
        notes=tuple(plain(note) for note in notes),
        upcoming=tuple(sorted(upcoming, key=lambda row: row.due_on)),
        templates=templates,
    )
    return _assemble(given, blank)


class _Frame(TypedDict):
    """What stands on the paper as it was handed in."""

    office: str
    kind: str
    drafted_at: datetime
    candidates: int
    not_reported: tuple[str, ...]
    notes: tuple[str, ...]
    upcoming: tuple[Upcoming, ...]
    templates: Path | None


def _assemble(given: Given, frame: _Frame) -> Report:
    words, ledger = load_words(frame["templates"]), ledger_lines(given)
    lines = printed(ledger, released=given.release is not None)
    rows = account_rows(given, lines)
    counts, platforms = count("", rows), count_platforms(rows)
    span = period_words(frame["kind"], given.period)
    report = Report(
        **frame,
        period=given.period,
        period_words=span,
        span_word=span_word(frame["kind"]),
        title=f"{frame['office']}关于{span}政务新媒体运行情况的通报",
        addressees=words.addressees,
        opening=words.opening.replace("{period}", span),
        release=given.release,
        sentence=sentence(frame["kind"], counts, rows),
        counts=counts,
        platforms=platforms,
        overview=(*overview(given, counts, platforms, lines, ledger), *candidate_words(frame["candidates"])),
        problems=grouped(lines),
        demands=_demands(words, frame["office"], lines, counts),
        unseen=unseen_rows(given, rows),
        outside=tuple(row for row in rows if row.standing == "outside"),
        not_applicable=tuple(row for row in rows if row.codes and row.standing in ("not_applicable", "observed")),
        seen=seen_rows(given),
        accounts=rows,
        ledger=ledger,
        suspects=suspects(given),
        judgements=judgement_rows(given),
        coverage=coverage_rows(given),
        settings=_settings(lines),
        closing_words=words.closing,
    )
    _check_sums(report, lines, rows)
    return report


def check_code(report: Report) -> str:
    """The check code 校验码 of a report's figures and lines: sha256 in hex, the same for draft and release.

    It covers the office, the period, the counts of every platform and each printed line with its
    clauses, due day and evidence, and not the time of drafting.
    """
    figures = {
        "office": report.office,
        "period": report.period,
        "counts": [report.counts, *report.platforms],
        "lines": [[line.id, line.ref, line.unit, line.summary, *_basis(line)] for line in report.lines],
        "unseen": report.unseen,
    }
    text = json.dumps(as_json(figures), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _basis(line: Line) -> list[object]:
    return [[clause.id for clause in line.clauses], line.due_on, [proof.sha256 for proof in line.evidence]]


def _demands(words: Words, office: str, lines: Sequence[Line], counts: Counts) -> tuple[str, ...]:
    due = max((line.due_on for line in lines if line.due_on is not None), default=None)
    # Of a period in which nobody was seen, nothing good can be said either.
    found = list(words.demands) if lines else [words.demand_clean] if counts.observed else []
    if due is not None:
        found.append(words.demand_due.replace("{due}", long_date(due)).replace("{office}", office))
    if counts.unseen:
        found.append(words.demand_unseen)
    return tuple(found)


def _settings(lines: Sequence[Line]) -> tuple[tuple[str, str], ...]:
    quotes = (quote for line in lines for quote in line.clauses)
    values = {f"{quote.cite} {name}": str(value) for quote in quotes for name, value in quote.settings.items()}
    return tuple(sorted(values.items()))


def _check_release(release: Release | None) -> None:
    if release is None:
        return
    for field, words in (("number", "文号"), ("by", "签发人"), ("digest", "校验码")):
        if not str(getattr(release, field)).strip():
            raise ReportError(f"印发的通报缺少{words}")


def _check_sums(report: Report, lines: Sequence[Line], rows: Sequence[AccountRow]) -> None:
    total = report.counts
    for name in _SUMMED:
        if getattr(total, name) != sum(getattr(part, name) for part in report.platforms):
            raise ReportError(f"各平台之和与合计不符（{name}）")
    if len({row.ref for row in rows}) != total.registered:
        raise ReportError("名录中有重复的账号，各部分之和与合计不符")
    if len(report.lines) != len(lines) or {line.id for line in report.lines} != {line.id for line in lines}:
        raise ReportError("分组后的问题条数与总数不符")
    if sum(1 for row in rows if row.state is Result.BREACH) != len({line.ref for line in lines if line.ref}):
        raise ReportError("不合格账号数与问题涉及的账号数不符")
    if sum(1 for row in report.unseen if row.ref) != total.unseen:
        raise ReportError("未能核查情况表与总数不符")
