"""Word paragraphs, tables and links in the form of official papers (公文格式); outside text is made printable here."""

from __future__ import annotations

import math
from collections.abc import Container, Sequence
from typing import Any

from docx import Document
from docx.document import Document as Paper
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from reports.wording import printable, safe_address

BODY, TITLE, BLACK, KAI = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312"
_LATIN = "Times New Roman"
_STYLES = (
    # name, font, points, exact line in points, first-line indent in characters
    ("公文标题", TITLE, 22, 32, 0),
    ("公文正文", BODY, 16, 28, 2),
    ("公文一级", BLACK, 16, 28, 2),
    ("公文二级", KAI, 16, 28, 2),
    ("公文表头", BLACK, 10.5, 15, 0),
    ("公文表格", BODY, 10.5, 15, 0),
    ("公文页脚", BODY, 14, 18, 0),
)


def new_paper(base: Any = None) -> Paper:
    """An A4 paper with the styles and margins of official documents; ``base`` is an office's own Word file."""
    paper: Paper = Document(base)
    _set_fonts(paper.styles["Normal"], BODY, 16)
    for name, font, points, line, indent in _STYLES:
        style = paper.styles[name] if name in paper.styles else paper.styles.add_style(name, 1)
        assert isinstance(style, ParagraphStyle)  # noqa: S101
        _set_fonts(style, font, points)
        shape = style.paragraph_format
        shape.space_before = shape.space_after = Pt(0)
        shape.widow_control = True  # no single line of a paragraph on a page of its own
        shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
        shape.first_line_indent = Pt(points * indent)
    if base is None:
        set_page(paper.sections[0], landscape=False)
    return paper


def _set_fonts(style: ParagraphStyle, font: str, points: float) -> None:
    style.font.name, style.font.size = _LATIN, Pt(points)
    style.font.color.rgb = RGBColor(0, 0, 0)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def set_page(section: Section, *, landscape: bool) -> None:
    """A4 with margins of 37, 35, 28 and 26 mm at head, foot, left and right; turned for wide tables."""
    width, height = (297, 210) if landscape else (210, 297)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(width), Mm(height)
    top, bottom, left, right = (28, 26, 37, 35) if landscape else (37, 35, 28, 26)
    section.top_margin, section.bottom_margin = Mm(top), Mm(bottom)
    section.left_margin, section.right_margin = Mm(left), Mm(right)
    section.header_distance, section.footer_distance = Mm(15), Mm(top if landscape else 25)
    if landscape:
        section.footer_distance = Mm(15)


def add_text(paragraph: Paragraph, text: str, *, font: str | None = None, red: bool = False) -> Run:
    """A run of printable text; ``font`` sets another East Asian font than the style's."""
    run = paragraph.add_run(printable(text))
    if font is not None:
        run.font.name = _LATIN
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if red:
        run.font.color.rgb = RGBColor(0xB4, 0x23, 0x18)
    return run


def write(paper: Paper, text: str, style: str = "公文正文", align: str = "") -> Paragraph:
    """A paragraph in one of the paper's styles; ``align`` is ``centre`` or ``right``."""
    paragraph = paper.add_paragraph(style=style)
    add_text(paragraph, text)
    if style in ("公文一级", "公文二级"):
        paragraph.paragraph_format.keep_with_next = True
    if align:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if align == "centre" else WD_ALIGN_PARAGRAPH.RIGHT
    return paragraph


def add_link(paragraph: Paragraph, url: str) -> None:
    """The address as a hyperlink if it is http or https, else as plain text."""
    address = safe_address(url)
    if address is None:
        add_text(paragraph, url)
        return
    relation = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), relation)
    run = add_text(paragraph, address)
    run.font.underline, run.font.color.rgb = True, RGBColor(0x1F, 0x4E, 0x9E)
    link.append(run._element)
    paragraph._element.append(link)


def add_field(paragraph: Paragraph, code: str) -> None:
    """A Word field such as PAGE."""
    for kind in ("begin", "instr", "end"):
        run = paragraph.add_run()
        if kind == "instr":
            element = OxmlElement("w:instrText")
            element.text = code
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        run._element.append(element)


def number_pages(section: Section) -> None:
    """``— 1 —`` centred at the foot."""
    section.footer.is_linked_to_previous = False
    paragraph = section.footer.paragraphs[0]
    paragraph.style = "公文页脚"
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    add_text(paragraph, "— ")
    add_field(paragraph, "PAGE")
    add_text(paragraph, " —")


def add_table(
    paper: Paper,
    head: Sequence[tuple[str, float]],
    rows: Sequence[Sequence[str]],
    links: int | None = None,
    centred: Container[int] = (),
) -> None:
    """A ruled table whose head comes again on each page; ``head`` gives titles and widths in mm.

    ``links`` is the number of the column that holds addresses, ``centred`` those of short columns.
    """
    table = paper.add_table(rows=1, cols=len(head), style="Table Grid")
    table.autofit = False
    _narrow_cells(table)
    # Looking a style up by name walks all styles: once a table, not once a cell.
    title_style, text_style = (str(paper.styles[name].style_id) for name in ("公文表头", "公文表格"))
    for cell, (title, width) in zip(table.rows[0].cells, head, strict=True):
        _fill(cell, title, title_style, width, centre=True)
    _mark(table.rows[0], "w:tblHeader")
    for values in rows:
        row = table.add_row()
        _mark(row, "w:cantSplit")
        for number, (cell, value, (_, width)) in enumerate(zip(row.cells, values, head, strict=True)):
            _fill(cell, value, text_style, width, link=number == links, centre=number in centred)
    for column, (_, width) in zip(table.columns, head, strict=True):
        column.width = Mm(width)


def _narrow_cells(table: Table) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), "57")  # 1 mm in twentieths of a point
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    table._tbl.tblPr.append(margins)


def _fill(cell: _Cell, text: str, style: str, width: float, *, link: bool = False, centre: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph._p.style = style
    cell.width = Mm(width)
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    if link:
        add_link(paragraph, text)
    else:
        add_text(paragraph, text)
    if centre:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def balance(paragraph: Paragraph, *, points: float, width: float = 442) -> None:
    """Indents a centred title so that its lines come out about equally long; ``width`` of the column in points."""
    ems = sum(0.5 if character.isascii() else 1 for character in paragraph.text)
    lines = math.ceil(ems / (width / points - 1))
    indent = max(0.0, (width - (ems / lines + 1.5) * points) / 2) if lines > 1 else 0.0
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(indent)


def _mark(row: _Row, tag: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(tag))
