"""inspect, findings: judging by the clauses, and a person's decisions."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from analysis.periods import day_of, period_id, period_words
from analysis.triage import LABELS
from cli import exporting, screen
from cli.app import DONE, Json, UserError, app, workspace
from cli.groups.register import read_period
from cli.naming import account_reference, person_named
from cli.regulations import unchosen_words
from records import Finding, Judgement, Result, Severity, Verdict, as_json
from reports.wording import reason_of
from scheduler import judging
from scheduler.left_papers import left_papers, words_of
from scheduler.recovered import with_recovery
from scheduler.removing import result_pages_words
from scheduler.triaging import sorted_candidates
from scheduler.workspace import Workspace
from storage.queries import accounts as account_queries
from storage.queries.findings import findings as stored_findings

FULL_LIMIT = 1000
# More rows than this that nearly all give one reason are told as a number.
MANY, NEARLY_ALL = 20, 0.8
SHOWN_IDS = 5
SHOWN_CLAUSES = 10


@app.command()
def inspect(
    context: typer.Context,
    period: Annotated[str | None, typer.Option("--period", help="统计周期，例如 2026-W46；默认上一周")] = None,
    regulation: Annotated[list[str] | None, typer.Option("--regulation", help="只按这个文件判定，可写多次")] = None,
    account: Annotated[str | None, typer.Option("--account", help="只看一个账号，逐条列出")] = None,
    json: Json = False,
) -> None:
    """按各文件条款判定一个统计周期。"""
    space = workspace(context)
    reference = account_reference(space, account) if account else None
    found = judging.inspect(space, read_period(period), regulation or (), reference)
    if json:
        if (words := unchosen_words(space)) is not None:
            screen.tell(words)
        in_full = reference is not None or len(account_queries.accounts(space.engine)) <= FULL_LIMIT
        screen.print_json(judging.as_shape(found, in_full=in_full))
        return
    print_inspection(space, found, in_full=reference is not None)


def print_inspection(space: Workspace, found: judging.Inspection, *, in_full: bool = False) -> None:
    """The period, breaches, what could not be observed, and the numbers; and whether anything was judged by at all."""
    screen.say(f"统计周期：{period_words(found.period)}（{period_id(found.period)}）。")
    if (words := unchosen_words(space)) is not None:
        screen.say(words)
    print_findings(found.findings)
    if in_full:
        _print_judgements(space, "判定", found.judgements)
    else:
        _print_unknown(space, found)
    counts = "，".join(f"{screen.SIGNS[name][2:]} {number}" for name, number in found.counts.items())
    screen.say(f"判定合计：{counts}。")
    if not in_full and (words := _left_to_persons(space, found.judgements)) is not None:
        screen.say(words)


def _print_unknown(space: Workspace, found: judging.Inspection) -> None:
    """What could not be observed; of what one reason kept from us only the number, and never a source a second time."""
    told = {one.subject for one in found.findings} & {"source"}
    unknown = [one for one in found.judgements if one.result is Result.UNKNOWN and one.subject not in told]
    (reason, number), *_ = Counter(one.reason for one in unknown).most_common(1) or [(None, 0)]
    if reason is not None and len(unknown) > MANY and number > NEARLY_ALL * len(unknown):
        words = reason_of(reason).words
        more = screen.command(space.home, "coverage")
        screen.say(f"未能核查 {len(unknown)} 项，其中 {number} 项都因为：{words}；详见：{more}。")
        unknown = [one for one in unknown if one.reason != reason]
    _print_judgements(space, "未能核查", unknown)


def _left_to_persons(space: Workspace, judgements: Sequence[Judgement]) -> str | None:
    """One sentence about the clauses that no program can judge; ``None`` where there are none."""
    manual = [one for one in judgements if one.result is Result.MANUAL]
    clauses = sorted({one.clause for one in manual})
    if not clauses:
        return None
    named = "、".join(clauses[:SHOWN_CLAUSES]) + (f"等 {len(clauses)} 条" if len(clauses) > SHOWN_CLAUSES else "")
    example = next((one.account for one in manual if one.account is not None), None)
    if example is None:
        return f"{screen.SIGNS['manual'][2:]}：{named}要由人检查，程序不判。"
    one = screen.command(space.home, f"inspect --account {shlex.quote(example)}")
    return f"{screen.SIGNS['manual'][2:]}：{named}要由人检查，程序不判；逐个账号看：{one}。"


def _print_judgements(space: Workspace, title: str, judgements: Sequence[Judgement]) -> None:
    names = {account.ref: account.name for account in account_queries.accounts(space.engine)}
    rows = [
        [screen.SIGNS[one.result.value], names.get(one.account or "", one.unit), one.clause, _said(one)]
        for one in judgements
    ]
    if rows:
        screen.table(title, ["判定", "对象", "条款", "说明"], rows, limit=60)


def _said(one: Judgement) -> str | None:
    """What is said of a judgement; where nobody could look, at least why."""
    return one.summary or (reason_of(one.reason).words if one.reason is not None else None)


def print_findings(found: list[Finding]) -> None:
    """Each finding with its words below it: a table's last column would be too narrow for a sentence."""
    screen.say(f"问题线索 {len(found)} 条" + ("：" if found else "。"))
    for number, one in enumerate(found, 1):
        screen.say(f"{number}. [{one.severity.value}，{one.verdict.value}] {'、'.join(one.clauses)}  编号 {one.id}")
        screen.say(f"   {one.summary}")
        screen.say(f"   首次见到 {day_of(one.first_seen_at)}，最近一次见到 {day_of(one.last_seen_at)}")


findings = typer.Typer(help="问题线索", invoke_without_command=True)
app.add_typer(findings, name="findings")


@findings.callback()
def findings_list(
    context: typer.Context,
    show_all: Annotated[bool, typer.Option("--all", help="连同误报和已整改的")] = False,
    json: Json = False,
) -> None:
    """列出问题线索。"""
    if context.invoked_subcommand is not None:
        return
    space = workspace(context)
    found = stored_findings(space.engine, open_only=not show_all)
    if json:
        screen.print_json(found)
    elif not found:
        screen.say("没有待处理的问题线索。")
    else:
        print_findings(sorted(with_recovery(space, found), key=_gravest_first))


def _gravest_first(one: Finding) -> tuple[int, str, str, str]:
    return -list(Severity).index(one.severity), one.unit, one.clauses[0] if one.clauses else "", one.id


def _find(space: Workspace, finding_id: str) -> Finding:
    """The finding of an id, or of a beginning that only one id has: a decision must never meet another."""
    listing = screen.command(space.home, "findings --all")
    if not finding_id.strip():
        raise UserError(f"请写问题编号；查看编号：{listing}。")
    found = [one for one in stored_findings(space.engine) if one.id.startswith(finding_id.strip())]
    if not found:
        raise UserError(f"没有编号为 {finding_id} 的问题（资料已删除的账号，编号也换过）；查看编号：{listing}。")
    exact = [one for one in found if one.id == finding_id.strip()]
    if not exact and len(found) > 1:
        named = "、".join(one.id for one in found[:SHOWN_IDS])
        raise UserError(f"以 {finding_id} 开头的编号有 {len(found)} 个（{named}），请写完整的编号。")
    return (exact or found)[0]


@findings.command("show")
def findings_show(
    context: typer.Context,
    finding_id: Annotated[str, typer.Argument(metavar="ID", help="问题编号")],
    export: Annotated[Path | None, typer.Option("--export", help="把依据复制到这个文件夹")] = None,
    json: Json = False,
) -> int:
    """看一条问题和它的依据。"""
    space = workspace(context)
    found = _find(space, finding_id)
    done = _exported(space, found, export) if export is not None else None
    if json:
        screen.print_json({**as_json(found), "export": done} if done else found)
    else:
        _print_finding(space, found)
    return done.exit_code if done else DONE


def _exported(space: Workspace, found: Finding, folder: Path) -> exporting.Exported:
    """The folder written for a finding; of a candidate's, with where it was sorted."""
    of_it = sorted_candidates(space, only=found.candidate) if found.candidate is not None else []
    told = next((one for _, one in of_it), None)
    done = exporting.write_export(space, found, folder, told, LABELS[told.kind] if told else None)
    for sentence in exporting.sentences(space, found, done):
        screen.tell(sentence)
    return done


def _print_finding(space: Workspace, found: Finding) -> None:
    screen.say(f"{found.id}（{found.severity.value}，{found.verdict.value}）{found.unit}")
    screen.say(with_recovery(space, [found])[0].summary)
    for clause_id in found.clauses:
        title, clause = judging.clause_of(space, clause_id)
        remark = "（据转引，请核对原文）" if clause.second_hand else ""
        screen.say(f"依据 {clause_id}《{title}》{clause.number}：{screen.quoted(clause.quote)}{remark}")
    for item in found.evidence:
        when = as_json(item.fetched_at)[:16].replace("T", " ")
        screen.say(f"材料 {item.url}，{when} 取得，sha256 {item.sha256[:12]}，存于 {item.ref}")
    if not found.evidence:
        screen.say("这条线索没有留下材料：与本单位无关的账号，资料在判定时已经删除。")
        return
    show = screen.command(space.home, f"findings show {found.id} --export 文件夹")
    verify = screen.command(space.home, f"findings verify {found.id}")
    screen.say(f"看材料：{show}；核对它有没有变：{verify}。")


@findings.command("decide")
def findings_decide(
    context: typer.Context,
    finding_id: Annotated[str, typer.Argument(metavar="ID", help="问题编号")],
    verdict: Annotated[str, typer.Argument(help="属实、误报 或 已整改")],
    by: Annotated[str, typer.Option("--by", help="核实人")],
    note: Annotated[str | None, typer.Option("--note", help="说明")] = None,
    unrelated: Annotated[bool, typer.Option("--unrelated", help="误报且与本单位无关：删除该账号的资料")] = False,
    json: Json = False,
) -> None:
    """记下人的核实结论。"""
    space = workspace(context)
    if verdict not in (Verdict.CONFIRMED.value, Verdict.MISTAKEN.value, Verdict.RECTIFIED.value):
        raise UserError(f"核实结论只能是 属实、误报 或 已整改，现在是“{verdict}”。")
    name = person_named(by, "核实人")
    found = _find(space, finding_id)
    words = words_of(space, found.candidate) if unrelated and found.candidate is not None else frozenset()
    decided = judging.decide(space, found.id, Verdict(verdict), name, note, unrelated=unrelated)
    say = screen.tell if json else screen.say
    if json:
        screen.print_json(decided)
    else:
        say(f"{finding_id} 已记为{verdict}（{name}）。")
    if unrelated and decided is not None:
        if not json:
            say(f"该账号的资料已删除，只留下加密的标记，不会再问；这条决定改用编号 {decided.id}。")
        say(result_pages_words(space))
        for sentence in _left_behind(space, words):
            say(sentence)


def _left_behind(space: Workspace, words: frozenset[str]) -> Iterator[str]:
    """The papers that still name a removed account, and what to do about them."""
    left = left_papers(space, words)
    for path in left.naming:
        whole = "（导出的材料，整个文件夹）" if path.is_dir() else ""
        yield f"还有它的名称或编号：{path.relative_to(space.home)}{whole}"
    for path in left.unread:
        yield f"打不开，请自己看有没有它的名称或编号：{path.relative_to(space.home)}"
    for period in left.periods:
        yield f"重新写草稿，写完就没有它了：{screen.command(space.home, f'report weekly --period {period}')}"
    if left.naming:
        yield "不再用的草稿和导出的材料请删除；已发布的通报和台账内容已冻结，按本单位的存档规定处理。"
    kinds = "导出到 reports 以外的材料、自己保存的网页（例如 saved 文件夹里的）、表格和数据库备份"
    yield f"{kinds}不在检查范围，请自己找出来删除。"
