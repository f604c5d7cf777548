"""The two papers of a case file as Word files: the letter 商请函 and the table 对照表; no link in them is active."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from docx.document import Document as Paper
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from reports.addresses import address_words, by_address, snapshots_words
from reports.case_file import (
    CaseFile,
    CaseWords,
    compared,
    filled,
    grounds,
    load_case_words,
    names_words,
    shown_words,
)
from reports.visible import visible
from reports.word import BLACK, KAI, add_table, add_text, balance, new_paper, number_pages, set_page, write
from reports.wording import plain
from reports.words import load_base

_DRAFT = "草稿　待核　未经核实，不得发出"
_BASE = "case_file.docx"
# More would push the signature off the page on which the text ends.
_MOST_ENCLOSED = 5


def render_letter(case: CaseFile) -> bytes:
    """The letter to platform and cyberspace office; number, date, seal and full names are left for a person."""
    words = load_case_words(case.templates)
    paper = _begun(case, landscape=False)
    balance(write(paper, filled(words.title, case), "公文标题", "centre"), points=22)
    _flush(write(paper, "〔　　　　〕　　　号", align="centre"))
    write(paper, "")
    _flush(write(paper, filled(words.addressees, case)))
    write(paper, filled(words.opening, case))
    _account(paper, case)
    _grounds(paper, case, words)
    _requests(paper, case, words)
    _signature(paper, case)
    return _saved(paper, case, filled(words.title, case))


def render_comparison(case: CaseFile) -> bytes:
    """The registered and the suspected account side by side, each line with 相同 or 不同 in words."""
    paper = _begun(case, landscape=True)
    balance(write(paper, "登记账号与疑似账号对照表", "公文标题", "centre"), points=22)
    rows = [[row.label, row.registered, row.suspected, row.agrees] for row in compared(case)]
    add_table(paper, (("项目", 30), ("登记账号", 88), ("疑似账号", 88), ("比较", 18)), rows, centred=(0, 3))
    _note(paper, names_words(case))
    _note(paper, "注：一方没有显示的项目不作比较，没有显示不等于没有。相同或不同都只是页面所见，不是结论。")
    for note in case.notes:
        _note(paper, visible(note))
    return _saved(paper, case, "登记账号与疑似账号对照表")


def _begun(case: CaseFile, *, landscape: bool) -> Paper:
    paper = new_paper(None if landscape else load_base(_BASE, case.templates))
    if landscape:
        set_page(paper.sections[0], landscape=True)
    number_pages(paper.sections[0])
    if case.is_draft:
        header = paper.sections[0].header.paragraphs[0]
        header.style, header.alignment = "公文页脚", WD_ALIGN_PARAGRAPH.RIGHT
        add_text(header, _DRAFT, font=BLACK, red=True)
    return paper


def _account(paper: Paper, case: CaseFile) -> None:
    write(paper, "一、账号情况", "公文一级")
    rows = [[label, value] for label, value in shown_words(case)]
    add_table(paper, (("项目", 30), ("页面所见", 126)), rows, centred=(0,))
    for note in case.notes:
        _note(paper, f"注：{visible(note)}")


def _grounds(paper: Paper, case: CaseFile, words: CaseWords) -> None:
    heading = write(paper, "二、列为线索的理由", "公文一级")
    heading.paragraph_format.space_before = Pt(8)
    for number, sentence in enumerate(grounds(case), 1):
        write(paper, f"{number}．{sentence}")
    for cited in case.cited:
        paragraph = write(paper, f"依据《{cited.title}》{cited.clause.number}，原文：")
        add_text(paragraph, cited.clause.quote, font=KAI)
        add_text(paragraph, "（据转引，请核对原文）。" if cited.clause.second_hand else "。")
    write(paper, filled(words.caution, case))


def _requests(paper: Paper, case: CaseFile, words: CaseWords) -> None:
    write(paper, "三、商请事项", "公文一级")
    for number, sentence in enumerate(words.requests, 1):
        last = write(paper, f"{number}．{filled(sentence, case)}")
    if words.requests:
        last.paragraph_format.keep_with_next = True


def _signature(paper: Paper, case: CaseFile) -> None:
    """Contact, enclosures, signature and date, on one page with the last request.

    A seal on a page without any of the text could be put under anything.
    """
    contact = plain(case.contact) or "（请填写联系人和电话）"
    kept = [write(paper, f"联系方式：{contact}。线索编号：{case.finding.id}。")]
    for number, sentence in enumerate(_enclosed(case), 1):
        kept.append(write(paper, f"{'附件：' if number == 1 else '　　　'}{number}．{sentence}", "公文表格"))
    kept[1].paragraph_format.space_before = Pt(15)
    signed = [write(paper, words, align="right") for words in (plain(case.office), "　　　　年　　月　　日")]
    signed[0].paragraph_format.space_before = Pt(20)
    for one in signed:
        one.paragraph_format.right_indent = Pt(32)
    for one in (*kept, *signed):
        one.paragraph_format.keep_with_next = True
    _flush(write(paper, "（印章、文号、日期由人填写）", "公文表格", "right"))


def _enclosed(case: CaseFile) -> Iterator[str]:
    """Each address once, with the newest of its pages; everything else stands in the list of the folder."""
    pages = by_address(case.enclosures)
    for same in pages[:_MOST_ENCLOSED]:
        newest = "最近一份" if len(same) > 1 else ""
        told = f"{address_words(same[-1].url)}，{snapshots_words(same)}"
        yield f"{told}；{newest}存为 {same[-1].file}，sha256 {same[-1].sha256}"
    more = f"另有 {len(pages) - _MOST_ENCLOSED} 个地址的页面；" if len(pages) > _MOST_ENCLOSED else ""
    yield f"{more}所附的全部文件和每个文件的 sha256 见清单.txt"


def _note(paper: Paper, text: str) -> None:
    write(paper, text, "公文表格").paragraph_format.space_before = Pt(6)


def _flush(paragraph: object) -> None:
    paragraph.paragraph_format.first_line_indent = Pt(0)  # type: ignore[attr-defined]


def _saved(paper: Paper, case: CaseFile, title: str) -> bytes:
    paper.core_properties.title, paper.core_properties.author = title, plain(case.office)
    kept = BytesIO()
    paper.save(kept)
    return kept.getvalue()
