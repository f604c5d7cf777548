"""The jobs that write papers: the weekly draft in three formats, and its release by a person."""

from __future__ import annotations

import importlib
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from analysis.findings import key_of
from analysis.inspection import inspect as judge
from analysis.periods import period_id
from records import SHANGHAI, Finding, Period, TellableError, Verdict
from records.sentences import Command, Sentence
from reports.bulletin import Release, Report, check_code, compose
from reports.wording import ReportError
from scheduler import judging
from scheduler.files import whole_file
from scheduler.people import CRAWL_RUNS, not_reported
from scheduler.recovered import with_recovery
from scheduler.workspace import Workspace
from storage.queries import accounts, findings, held, releases, runs

FORMATS = ("docx", "xlsx", "html")
FILE_WORDS = {"docx": "通报", "xlsx": "台账", "html": "网页"}
KIND_WORDS = {"weekly": "周报", "monthly": "月报", "quarterly": "季报", "annual": "年报"}
TEMPLATES = "templates"


class ReleaseError(TellableError):
    """A bulletin cannot be released; the message is one sentence that says what to do first."""


@dataclass(frozen=True)
class Written:
    """A report and the files it was written to."""

    report: Report
    files: dict[str, Path]


def build(workspace: Workspace, kind: str, period: Period, release: Release | None = None) -> Report:
    """The report of a period from what is stored; the judgements are made anew from the same evidence."""
    engine, now = workspace.engine, workspace.clock.now()
    law = workspace.regulations
    known = {key_of(one): one for one in findings.findings(engine)}
    streamed, doubts = judging.given_of(workspace, period, now, known)
    given = list(streamed)
    judgements = list(judge(given, law, workspace.config.rules.regulations))
    run = runs.last_run(engine, CRAWL_RUNS)
    coverage = {row.account: row for row in runs.coverage_of_run(engine, run.id)} if run is not None else {}
    own = with_recovery(workspace, findings_in(workspace, period))
    return compose(
        office=workspace.config.office.name,
        kind=kind,
        period=period,
        drafted_at=now,
        units=accounts.units(engine),
        accounts=accounts.accounts(engine),
        judgements=judgements,
        findings=own,
        regulations=law,
        coverage=coverage,
        observations=held.observations(engine, period, now),
        newest={
            item.account.ref: item.posts[-1].published_at
            for unit in given
            for item in unit.accounts
            if item.posts and item.posts[-1].published_at is not None
        },
        candidates=sum(one.subject == "candidate" and one.verdict is Verdict.PENDING for one in own),
        not_reported=not_reported(workspace, period),
        notes=[*workspace.notes(), *(doubt.summary for doubt in doubts)],
        release=release,
        templates=workspace.home / TEMPLATES if (workspace.home / TEMPLATES).is_dir() else None,
    )


def findings_in(workspace: Workspace, period: Period) -> list[Finding]:
    """Findings whose own period touches this one; what is wrong with a source of ours is no unit's line."""
    known = findings.findings(workspace.engine)
    return [
        one
        for one in known
        if one.subject != "source" and one.period.start < period.end and one.period.end > period.start
    ]


def _renew_due_dates(workspace: Workspace, period: Period) -> None:
    """The time to put something right runs from the day the paper goes out."""
    due_on = workspace.clock.now().astimezone(SHANGHAI).date() + timedelta(days=judging.due_days(workspace))
    confirmed = [one for one in findings_in(workspace, period) if one.verdict is Verdict.CONFIRMED]
    workspace.store.save_findings([replace(one, due_on=due_on) for one in confirmed])


def write(workspace: Workspace, report: Report, folder: Path) -> Written:
    """Write the report in every format."""
    folder.mkdir(parents=True, exist_ok=True)
    stage = "正式" if report.release is not None else "草稿"
    files = {suffix: folder / f"{period_id(report.period)}-{FILE_WORDS[suffix]}-{stage}.{suffix}" for suffix in FORMATS}
    with ExitStack() as parts:
        # All three are written before the first is put in its place.
        for suffix, target in files.items():
            body: bytes = importlib.import_module(f"reports.formats.{suffix}").render(report)
            parts.enter_context(whole_file(target)).write_bytes(body)
    return Written(report, files)


def draft(workspace: Workspace, kind: str, period: Period, folder: Path | None = None) -> Written:
    """The draft of a period's bulletin, ledger and page."""
    if period.start > workspace.clock.now():
        raise ReportError(f"{period_id(period)} 还没有开始，没有可以写的内容。")
    return write(workspace, build(workspace, kind, period), folder or workspace.home / "reports")


def release(workspace: Workspace, kind: str, period: Period, released_by: str, number: str | None) -> Written:
    """Freeze a period's figures and text; refused while a printed line is 待核 or the period is already released.

    Raises:
        ReleaseError: Something has to be done first.
    """
    name = period_id(period)
    if releases.released(workspace.engine, name, kind):
        raise ReleaseError(f"{name} 的通报已经发布过，内容已冻结。")
    if period.end > workspace.clock.now():
        draft_of = Command(f"report {kind} --period {name}")
        raise ReleaseError(Sentence(f"{name} 还没有结束，不能发布；可以先看草稿：", draft_of, "。"))
    if not accounts.accounts(workspace.engine):
        first = Command("accounts import 名录.xlsx")
        raise ReleaseError(Sentence("名录是空的，没有可以发布的内容；请先导入：", first, "。"))
    # Judged once more, so that nothing is frozen that was never put before a person.
    judging.inspect(workspace, period)
    drafted = build(workspace, kind, period)
    waiting = [
        one for one in findings_in(workspace, period) if one.verdict is Verdict.PENDING and one.subject != "candidate"
    ]
    if waiting:
        decide = Command(f"findings decide {waiting[0].id} 属实 --by 姓名")
        count = f"还有 {len(waiting)} 条问题没有核实（待核），不能发布；"
        raise ReleaseError(Sentence(count, "请逐条记下结论（属实、误报 或 已整改），例如：", decide, "。"))
    _renew_due_dates(workspace, period)
    drafted = build(workspace, kind, period)
    digest = check_code(drafted)
    now = workspace.clock.now()
    label = number or f"巡查〔{name}〕"
    try:
        final = build(workspace, kind, period, Release(number=label, by=released_by, at=now, digest=digest))
    except ReportError as error:
        raise ReleaseError(str(error)) from error
    written = write(workspace, final, workspace.home / "reports")
    printed = [one.id for one in findings_in(workspace, period) if one.verdict is Verdict.CONFIRMED]
    workspace.store.save_release(
        period=name,
        kind=kind,
        released_by=released_by,
        released_at=now,
        number=label,
        digest=digest,
        findings=printed,
        files={suffix: path.name for suffix, path in written.files.items()},
    )
    return written
