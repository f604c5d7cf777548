"""The annexes 附件 of the Word bulletin, on turned pages: problems, proofs, what nobody saw, what a person saw."""

from __future__ import annotations

from collections.abc import Sequence

from docx.document import Document as Paper
from docx.enum.section import WD_SECTION
from docx.shared import Pt

from reports.report import AccountRow, Line, Report
from reports.states import verdict_state
from reports.word import add_table, set_page, write
from reports.wording import bounds, minute, platform_name, short_date

_SHORT = ("序号", "最近更新", "整改期限", "核实", "取得时间", "最近发布", "条数")
ANNEXES = ("问题清单", "材料清单", "未能核查情况", "人工查看及其他情况")

# A paper shows the newest; the ledger has every one.
PROOFS_A_LINE = 3


def add_annexes(paper: Paper, report: Report) -> None:
    """Appends the four annexes in a landscape section."""
    set_page(paper.add_section(WD_SECTION.NEW_PAGE), landscape=True)
    _problems(paper, report)
    _proofs(paper, report)
    _unseen(paper, report)
    _seen(paper, report)
    _others(paper, report)


def _annex(paper: Paper, number: int) -> None:
    heading = write(paper, f"附件{number}　{ANNEXES[number - 1]}", "公文一级")
    heading.paragraph_format.first_line_indent = Pt(0)
    heading.paragraph_format.space_before = Pt(12 if number > 1 else 0)


def _table(
    paper: Paper, head: Sequence[tuple[str, float]], rows: Sequence[Sequence[str]], none: str, links: int | None = None
) -> None:
    if rows:
        add_table(paper, head, rows, links, [number for number, (title, _) in enumerate(head) if title in _SHORT])
    else:
        write(paper, none, "公文表格")


def _problems(paper: Paper, report: Report) -> None:
    _annex(paper, 1)
    head = (("序号", 11), ("平台", 19), ("账号", 30), ("责任单位", 32), ("问题", 44), ("依据", 34))
    rows = [[str(number), *_listed(line, report)] for number, line in enumerate(report.lines, 1)]
    _table(paper, (*head, ("最近更新", 18), ("整改期限", 18), ("核实", 18)), rows, "没有列入通报的问题。")


def _listed(line: Line, report: Report) -> list[str]:
    near = bounds(report.period)[1]
    return [
        platform_name(line.platform) or "—",
        line.account or "（主办单位）",
        line.unit,
        f"{line.summary}（{line.severity}）",
        "；".join(quote.cite for quote in line.clauses),
        short_date(line.newest_on, near) if line.newest_on else "未见",
        short_date(line.due_on, near) if line.due_on else "未定",
        verdict_state(line.verdict).label,
    ]


def _proofs(paper: Paper, report: Report) -> None:
    _annex(paper, 2)
    head = (("序号", 11), ("线索编号", 26), ("账号", 30), ("材料地址", 58), ("取得时间", 30), ("校验值前12位", 31))
    rows = [row for number, line in enumerate(report.lines, 1) for row in _proof_rows(number, line)]
    _table(paper, (*head, ("核查方式", 38)), rows, "没有列入通报的问题。", links=3)


def _proof_rows(number: int, line: Line) -> list[list[str]]:
    whose = line.account or line.unit
    if not line.evidence:
        return [[str(number), line.id, whose, "名录记载", minute(line.first_seen_at), "—", line.seen_how]]
    shown = line.evidence[-PROOFS_A_LINE:]
    rows = [
        [str(number), line.id, whose, proof.url, minute(proof.fetched_at), proof.sha256[:12], line.seen_how]
        for proof in shown
    ]
    rest = len(line.evidence) - len(shown)
    if rest:
        rows.append([str(number), line.id, whose, f"另有 {rest} 份，见台账", "—", "—", line.seen_how])
    return rows


def _unseen(paper: Paper, report: Report) -> None:
    _annex(paper, 3)
    if report.unseen:
        write(
            paper, "下列账号本期没有看到或者没有看全，既不认定为合格，也不认定为不合格。", "公文表格"
        ).paragraph_format.keep_with_next = True
    head = (("序号", 11), ("账号", 32), ("平台", 24), ("责任单位", 42), ("原因", 44), ("未判定条款", 24), ("办法", 47))
    rows = [
        [
            str(number),
            row.account or "（主办单位）",
            platform_name(row.platform) or "—",
            row.unit,
            row.words,
            row.clauses or "全部",
            row.todo,
        ]
        for number, row in enumerate(report.unseen, 1)
    ]
    _table(paper, head, rows, "没有未能核查的账号。")


def _seen(paper: Paper, report: Report) -> None:
    _annex(paper, 4)
    near = bounds(report.period)[1]
    head = (("账号", 36), ("平台", 25), ("责任单位", 44), ("查看人", 30), ("查看时间", 32), ("最近发布", 18))
    rows = [
        [
            row.account,
            platform_name(row.platform),
            row.unit,
            row.observer,
            minute(row.observed_at),
            short_date(row.newest_on, near) if row.newest_on else "未见",
            "未填" if row.n_updates is None else str(row.n_updates),
            "、".join(picture.sha256[:12] for picture in row.pictures),
        ]
        for row in report.seen
    ]
    _table(paper, (*head, ("条数", 12), ("截图校验值", 28)), rows, "本期没有人工查看记录。")


def _others(paper: Paper, report: Report) -> None:
    facts = [
        ("未报送推文链接的单位", "、".join(report.not_reported)),
        ("本期不适用的账号", "；".join(f"{_whose(row)}，{row.words}{_extent(row)}" for row in report.not_applicable)),
        ("本软件不采集的账号", "；".join(_whose(row) for row in report.outside)),
    ]
    first = True
    for name, words in facts:
        if words:
            write(paper, f"{name}：{words}。", "公文表格").paragraph_format.space_before = Pt(10 if first else 0)
            first = False
    for number, words in enumerate((*report.notes, *report.closing_words), 1):
        written = write(paper, f"{'说明：' if number == 1 else ''}{number}．{words}", "公文表格")
        written.paragraph_format.space_before = Pt(10 if number == 1 else 0)


def _whose(row: AccountRow) -> str:
    return f"{platform_name(row.platform)}“{row.name}”（{row.unit}）"


def _extent(row: AccountRow) -> str:
    return "" if row.standing == "not_applicable" else "，部分条款不适用"
