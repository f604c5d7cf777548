"""The bulletin 通报 as a Word file (.docx): three parts, then the tables as annexes."""

from __future__ import annotations

from io import BytesIO

from docx.document import Document as Paper
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from records import Verdict
from reports.annexes import ANNEXES, add_annexes
from reports.report import CheckGroup, ClauseGroup, ClauseQuote, Counts, Line, Report
from reports.states import verdict_state
from reports.word import (
    BLACK,
    KAI,
    add_table,
    add_text,
    balance,
    new_paper,
    number_pages,
    write,
)
from reports.wording import long_date, ordinal, platform_name, shanghai_day, share
from reports.words import load_base

_DRAFT = "草稿　未经核实，不得印发"


def render(report: Report) -> bytes:
    """The bulletin as the bytes of a .docx file."""
    paper = new_paper(load_base("bulletin.docx", report.templates))
    number_pages(paper.sections[0])
    if report.is_draft:
        _mark_draft(paper)
    _head(paper, report)
    _part_one(paper, report)
    _part_two(paper, report)
    _part_three(paper, report)
    _signature(paper, report)
    add_annexes(paper, report)
    paper.core_properties.title, paper.core_properties.author = report.title, report.office
    kept = BytesIO()
    paper.save(kept)
    return kept.getvalue()


def _mark_draft(paper: Paper) -> None:
    header = paper.sections[0].header.paragraphs[0]
    header.style = "公文页脚"
    header.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    add_text(header, _DRAFT, font=BLACK, red=True)


def _head(paper: Paper, report: Report) -> None:
    balance(write(paper, report.title, "公文标题", "centre"), points=22)
    if report.release is not None:
        write(paper, report.release.number, align="centre").paragraph_format.first_line_indent = Pt(0)
    write(paper, "")
    write(paper, report.addressees).paragraph_format.first_line_indent = Pt(0)
    write(paper, report.opening)


def _part_one(paper: Paper, report: Report) -> None:
    write(paper, "一、总体情况", "公文一级")
    for words in report.overview:
        write(paper, words)
    caption = write(paper, "分平台情况（单位：个）", "公文表头", "centre")
    caption.paragraph_format.space_before, caption.paragraph_format.keep_with_next = Pt(8), True
    head = (("平台", 26), ("登记", 12), ("不采集", 14), ("不适用", 14), ("应查", 12), ("已查", 12), ("未能核查", 18))
    rows = [_counted(platform_name(row.platform), row) for row in report.platforms]
    add_table(
        paper,
        (*head, ("不合格", 14), ("合格", 12), ("合格率", 22)),
        [*rows, _counted("合计", report.counts)],
        centred=range(1, 10),
    )
    note = "注：合格率=已查账号中合格的÷已查账号，未能核查的不计入；没有已查账号的不计算。不合格只计已查账号。"
    write(paper, note, "公文表格").paragraph_format.space_after = Pt(8)


def _counted(name: str, row: Counts) -> list[str]:
    rate = share(row.good, row.observed).split("，")[1] if row.observed else "不计算"
    numbers = (row.registered, row.outside, row.not_applicable, row.due, row.observed, row.unseen, row.bad, row.good)
    return [name, *(str(number) for number in numbers), rate]


def _part_two(paper: Paper, report: Report) -> None:
    write(paper, "二、存在问题", "公文一级")
    if not report.lines:
        write(paper, "本期没有列入通报的问题。")
    for number, check in enumerate(report.problems, 1):
        write(paper, f"（{ordinal(number)}）{check.heading}（{check.n_lines} 条）", "公文二级")
        _check(paper, check, report)
    if report.lines:
        write(paper, "各问题的账号、期限见附件1，材料见附件2。")


def _check(paper: Paper, check: CheckGroup, report: Report) -> None:
    for number, group in enumerate(check.groups, 1):
        start = f"{number}．" if len(check.groups) > 1 else ""
        for quote in group.quotes:
            _quote(paper, start, quote)
            start = ""
        _accounts(paper, group, report)


def _quote(paper: Paper, start: str, quote: ClauseQuote) -> None:
    paragraph = write(paper, f"{start}依据{quote.cite}，原文：")
    add_text(paragraph, quote.quote, font=KAI)
    if quote.second_hand:
        add_text(paragraph, "（据转引，请核对原文）")
    if quote.settings:
        add_text(paragraph, f"（参考值：{'；'.join(f'{name}：{value}' for name, value in quote.settings.items())}）")
    add_text(paragraph, "。")


def _accounts(paper: Paper, group: ClauseGroup, report: Report) -> None:
    paragraph = write(paper, "涉及：")
    for number, line in enumerate(group.lines):
        add_text(paragraph, ("；" if number else "") + _named(line))
        state = verdict_state(line.verdict)
        add_text(paragraph, f"〔{state.label}〕", red=line.verdict is Verdict.CONFIRMED and report.is_draft)
    add_text(paragraph, "。")


def _named(line: Line) -> str:
    again = f"，第 {line.repeats + 1} 次发现" if line.repeats else ""
    if not line.account:
        return f"{line.unit}{again}"
    return f"{platform_name(line.platform)}“{line.account}”（{line.unit}{again}）"


def _part_three(paper: Paper, report: Report) -> None:
    write(paper, "三、工作要求", "公文一级")
    for number, words in enumerate(report.demands, 1):
        first, _, rest = words.partition("。")
        paragraph = write(paper, "")
        add_text(paragraph, f"（{ordinal(number)}）{first}。", font=KAI)
        add_text(paragraph, rest)


def _signature(paper: Paper, report: Report) -> None:
    write(paper, "")
    for number, name in enumerate(ANNEXES, 1):
        write(paper, f"{'附件：' if number == 1 else '　　　'}{number}．{name}")
    write(paper, "")
    for words in (report.office, long_date(shanghai_day(report.release.at if report.release else report.drafted_at))):
        signed = write(paper, words, align="right")
        signed.paragraph_format.right_indent, signed.paragraph_format.keep_with_next = Pt(32), True
    if report.release is not None:
        words = f"签发：{report.release.by}　校验码：{report.release.digest}"
        write(paper, words, "公文表格").paragraph_format.space_before = Pt(8)
