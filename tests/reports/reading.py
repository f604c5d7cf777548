"""What a reader finds in a rendered file: Word text, cells of a book."""

from __future__ import annotations

from io import BytesIO

import docx
import openpyxl
from docx.document import Document


def paper(data: bytes) -> Document:
    """The Word file opened."""
    return docx.Document(BytesIO(data))


def words(data: bytes) -> str:
    """All text of a Word file, head and tables included."""
    opened = paper(data)
    lines = [paragraph.text for section in opened.sections for paragraph in section.header.paragraphs]
    lines += [paragraph.text for paragraph in opened.paragraphs]
    lines += [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    return "\n".join(lines)


def cells(data: bytes) -> dict[str, list[list[object]]]:
    """Values of every sheet, by name."""
    book = openpyxl.load_workbook(BytesIO(data))
    return {page.title: [[cell.value for cell in row] for row in page.iter_rows()] for page in book.worksheets}


def kinds(data: bytes) -> set[str]:
    """The data types of all cells: ``s`` text, ``n`` number, ``f`` formula."""
    book = openpyxl.load_workbook(BytesIO(data))
    return {cell.data_type for page in book.worksheets for row in page.iter_rows() for cell in row if cell.value}
