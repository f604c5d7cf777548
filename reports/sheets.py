"""The ledger's sheets (台账各表) as titles, columns and cells, before any file format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from records import Verdict
from reports.report import Line, Report
from reports.states import State, state_of, states, verdict_state
from reports.wording import long_date, minute, plain, platform_name, shanghai_day, share

Cell = str | int | State | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet: ``head`` are titles and widths in characters, ``preface`` the lines above the head.

    ``link`` is the column of addresses; ``n_printed`` how many columns go on paper, ``None`` for all.
    """

    name: str
    head: tuple[tuple[str, int], ...]
    rows: Sequence[Sequence[Cell]]
    preface: tuple[str, ...] = ()
    link: int | None = None
    n_printed: int | None = None


def sheets(report: Report) -> tuple[Sheet, ...]:
    """The sheets in the order of the book; candidates stand in drafts only, for triage."""
    return (
        _summary(report),
        _ledger(report),
        _unseen(report),
        _judgements(report),
        _coverage(report),
        _seen(report),
        *(() if report.release is not None else (_suspects(report),)),
        _about(report),
    )


def _time(moment: datetime | None) -> str:
    return "" if moment is None else minute(moment)


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _summary(report: Report) -> Sheet:
    head = ("登记", "不采集", "不适用", "应查", "已查", "未能核查", "不合格（已查）", "合格", "已见问题（未看全）")
    rows = [
        (
            platform_name(row.platform) or "合计",
            *(row.registered, row.outside, row.not_applicable, row.due, row.observed, row.unseen),
            *(row.bad, row.good, row.bad_elsewhere),
            share(row.good, row.observed) if row.observed else "没有已查账号，不计算",
        )
        for row in (*report.platforms, report.counts)
    ]
    preface = (report.title, _standing_of(report), report.sentence, *report.overview)
    columns = (("平台", 18), *((title, 11) for title in head), ("合格率（合格/已查）", 24))
    return Sheet(name="概况", head=columns, rows=rows, preface=preface)


def _standing_of(report: Report) -> str:
    if report.release is None:
        return f"草稿（{minute(report.drafted_at)}）：未经核实，不得印发"
    day = long_date(shanghai_day(report.release.at))
    return f"{report.release.number}　{day}　签发：{report.release.by}　校验码：{report.release.digest}"


def _ledger(report: Report) -> Sheet:
    head = (
        *(("线索编号", 15), ("核实", 10), ("严重程度", 10), ("平台", 12), ("账号", 20), ("责任单位", 24), ("问题", 40)),
        *(("依据", 32), ("最近更新", 12), ("整改期限", 12), ("问题类别", 18), ("账号标识", 20), ("条款编号", 12)),
        *(("条款原文", 44), ("第几次发现", 10), ("首次发现", 17), ("最近发现", 17), ("核查方式", 26), ("列入通报", 10)),
        *(("材料地址", 40), ("材料取得时间", 17), ("材料校验值", 36), ("材料摘录", 36), ("全部材料", 50)),
    )
    shown = {line.id for line in report.lines}
    rows = [(*_line(line), *_more(line, printed=line.id in shown), *_proofs(line)) for line in report.ledger]
    return Sheet(name="问题台账", head=head, rows=rows, link=19, n_printed=10)


def _line(line: Line) -> tuple[Cell, ...]:
    return (
        *(line.id, verdict_state(line.verdict), str(line.severity), platform_name(line.platform)),
        *(line.account or "（主办单位）", line.unit, line.summary),
        "\n".join(quote.cite + ("（据转引，请核对原文）" if quote.second_hand else "") for quote in line.clauses),
        *(_day(line.newest_on), _day(line.due_on)),
    )


def _more(line: Line, *, printed: bool) -> tuple[Cell, ...]:
    return (
        *(line.heading, line.ref, "\n".join(quote.id for quote in line.clauses)),
        "\n".join(quote.quote for quote in line.clauses),
        *(line.repeats + 1, _time(line.first_seen_at), _time(line.last_seen_at), line.seen_how),
        "是" if printed else "否",
    )


def _proofs(line: Line) -> tuple[Cell, ...]:
    if not line.evidence:
        return "", "", "", "", ""
    first = line.evidence[0]
    every = "\n".join(f"{proof.url}　{minute(proof.fetched_at)}　{proof.sha256}" for proof in line.evidence)
    return first.url, _time(first.fetched_at), first.sha256, plain(first.quote or ""), every


def _unseen(report: Report) -> Sheet:
    head = (
        ("账号", 24),
        ("账号标识", 22),
        ("平台", 14),
        ("责任单位", 28),
        ("原因", 44),
        ("未判定条款", 20),
        ("可以怎么办", 56),
    )
    rows: list[Sequence[Cell]] = [
        (
            row.account or "（主办单位）",
            row.ref,
            platform_name(row.platform),
            row.unit,
            row.words,
            row.clauses,
            row.todo,
        )
        for row in report.unseen
    ]
    rows += [
        (row.name, row.ref, platform_name(row.platform), row.unit, row.words, "", row.todo) for row in report.outside
    ]
    rows += [("", "", "", unit, "未报送本期推文链接", "", "提醒主办单位报送") for unit in report.not_reported]
    return Sheet(name="未能核查", head=head, rows=rows)


def _judgements(report: Report) -> Sheet:
    head = (("对象", 10), ("账号", 24), ("平台", 14), ("责任单位", 28), ("依据", 40), ("条款编号", 12), ("检查项", 22))
    rows = [
        (
            *(row.subject, row.name, platform_name(row.platform), row.unit, row.cite, row.clause, row.heading),
            *(state_of(row.result), verdict_state(row.verdict) if row.verdict else "", row.words, row.n_evidence),
        )
        for row in report.judgements
    ]
    return Sheet(name="判定明细", head=(*head, ("判定", 12), ("核实", 10), ("说明", 48), ("材料数", 8)), rows=rows)


def _coverage(report: Report) -> Sheet:
    head = (("账号", 24), ("平台", 14), ("责任单位", 28), ("采集结果", 12), ("原因", 40), ("来源", 12), ("查看人", 14))
    more = (("看到的起点", 17), ("看到的终点", 17), ("页数", 8), ("新增推文", 10), ("看到推文", 10), ("采集时间", 17))
    rows = [
        (
            *(row.account, platform_name(row.platform), row.unit, row.status, row.words, row.source, row.observer),
            *(_time(row.covered_from), _time(row.covered_to), row.pages, row.posts_new, row.posts_seen),
            _time(row.checked_at),
        )
        for row in report.coverage
    ]
    return Sheet(name="采集情况", head=(*head, *more), rows=rows)


def _seen(report: Report) -> Sheet:
    head = (("账号", 24), ("平台", 14), ("责任单位", 28), ("查看人", 16), ("查看时间", 17), ("最近一条发布日期", 18))
    rows = [
        (
            *(row.account, platform_name(row.platform), row.unit, row.observer, _time(row.observed_at)),
            *(_day(row.newest_on), row.n_updates, "\n".join(picture.sha256 for picture in row.pictures)),
        )
        for row in report.seen
    ]
    return Sheet(name="人工查看", head=(*head, ("本期更新条数", 14), ("截图校验值", 68)), rows=rows)


def _suspects(report: Report) -> Sheet:
    head = (
        ("线索编号", 16),
        ("核实", 10),
        ("账号标识", 26),
        ("相关单位", 28),
        ("类别", 18),
        ("线索", 50),
        ("首次发现", 17),
    )
    rows = [
        (
            *(row.id, verdict_state(row.verdict), row.ref, row.unit, row.heading, row.summary),
            *(_time(row.first_seen_at), row.evidence[0].url if row.evidence else ""),
        )
        for row in report.suspects
    ]
    preface = (f"待人工核实的疑似账号 {report.candidates} 个。仅供内部核查，不得列入通报。",)
    return Sheet(name="疑似账号（待核）", head=(*head, ("材料地址", 44)), rows=rows, preface=preface, link=7)


def _about(report: Report) -> Sheet:
    rows: list[Sequence[Cell]] = [("统计周期", report.period_words), ("起草时间", minute(report.drafted_at))]
    rows += [("参考值", f"{name}：{value}") for name, value in report.settings]
    rows += [("说明", words) for words in (*report.notes, *report.closing_words)]
    rows += [
        ("本期不适用", f"{row.name}（{platform_name(row.platform)}，{row.unit}）：{row.words}")
        for row in report.not_applicable
    ]
    rows += [("判定标识", state.label) for state in states()]
    rows += [("核实标识", verdict_state(verdict).label) for verdict in Verdict]
    return Sheet(name="设置与说明", head=(("项目", 16), ("内容", 110)), rows=rows)
