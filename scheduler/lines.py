"""A text file's lines as they are needed (逐行读取), of any length of file."""

from __future__ import annotations

import codecs
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from records import TellableError

STANDARD_INPUT = Path("-")
_LOOK_BYTES = 1 << 20
# How Notepad's "Unicode" files begin.
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UTF_8, _GB = "utf-8-sig", "gb18030"
_TABLES = (".csv", ".tsv")
# One address with commas of its own, as in ?a=1,2. What follows a comma in a table is another address, words of the
# office, something in quotes, or nothing.
_ONE_ADDRESS = re.compile(r"""(?i)[a-z][a-z0-9+.-]*://[^\s,"]+(?:,(?![a-z][a-z0-9+.-]*://)[!#-+\--~]+)+""")
_NO_LIST = "{0} 是表格或文档；请把{1}那一列复制出来，一行一个，存成文本文件（.txt）。"
# How .xlsx and .docx begin, and how .xls and .doc do.
_OFFICE_FILES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class NoTextError(TellableError):
    """The file holds no text to read."""


def load_lines(path: Path, wanted: str, longest: int) -> Iterator[str]:
    """The lines of a text file that are not blank, without the spaces around them; ``-`` is standard input.

    UTF-8, GB 18030, or UTF-16 with its mark; lines end as Windows, Unix or an old Mac ends them. Lines longer than
    ``longest`` signs are left out.

    Args:
        path: The file.
        wanted: What a line should hold, in the words of the message: ``名称``, ``网址``.
        longest: Signs; a line that does not end is let go before it fills the memory.

    Raises:
        NoTextError: No text, or no line in it, or a table of several columns.
        OSError: The file cannot be read.
    """
    if path == STANDARD_INPUT:
        yield from _lines(sys.stdin.buffer, "标准输入", wanted, longest)
        return
    with path.open("rb") as file:
        lines = _lines(file, str(path), wanted, longest)
        yield from _one_column(lines, path, wanted) if path.suffix.lower() in _TABLES else lines


def _one_column(lines: Iterator[str], path: Path, wanted: str) -> Iterator[str]:
    first = next(lines)
    if ("," in first or "\t" in first) and not _ONE_ADDRESS.fullmatch(first):
        raise NoTextError(_NO_LIST.format(path, wanted))
    yield first
    yield from lines


def _lines(file: BinaryIO, named: str, wanted: str, longest: int) -> Iterator[str]:
    begin = file.read(_LOOK_BYTES)
    rest, is_empty = "", True
    try:
        for text in _texts(file, begin, _encoding(begin, named, wanted)):
            # The line that Windows' two signs seem to make between them is blank, and told no more than any other.
            *lines, rest = (_bounded(rest, longest) + text.replace("\r", "\n")).split("\n")
            found = _told(lines, longest)
            is_empty = is_empty and not found
            yield from found
    except UnicodeDecodeError as error:
        raise NoTextError(f"{named} 里有读不懂的字符；请存成 UTF-8 编码的文本文件（.txt）。") from error
    last = _told([rest], longest)
    if is_empty and not last:
        raise NoTextError(f"{named} 里没有{wanted}；请把{wanted}写进去，一行一个，存成文本文件（.txt）。")
    yield from last


def _texts(file: BinaryIO, begin: bytes, encoding: str) -> Iterator[str]:
    """The file's text block by block; what is no UTF-8 is GB 18030 where nothing before it told the two apart."""
    decoder, block = codecs.getincrementaldecoder(encoding)(), begin
    may_be_gb = encoding == _UTF_8 and not begin.startswith(codecs.BOM_UTF8)
    while True:
        # Half a character of the block before, if it was cut within one.
        held = decoder.getstate()[0] if may_be_gb else b""
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError:
            if not may_be_gb:
                raise
            decoder = codecs.getincrementaldecoder(_GB)()
            text, may_be_gb = decoder.decode(held + block, final=not block), False
        may_be_gb = may_be_gb and text.isascii()
        yield text
        if not block:
            return
        block = file.read(_LOOK_BYTES)


def _bounded(begun: str, longest: int) -> str:
    """The beginning of a line that goes on in the next block, kept so far that it is told or left out as if whole."""
    begun = begun.lstrip()
    return "-" * (longest + 1) if len(begun.rstrip()) > longest else begun[: longest + 1]


def _told(lines: Iterable[str], longest: int) -> list[str]:
    return [told for line in lines if (told := line.strip()) and len(told) <= longest]


def _encoding(begin: bytes, named: str, wanted: str) -> str:
    if begin.startswith(_OFFICE_FILES):
        raise NoTextError(_NO_LIST.format(named, wanted))
    is_utf_16 = begin.startswith(_UTF_16)
    if "\0" in begin.decode("utf-16", "replace") if is_utf_16 else b"\0" in begin:
        raise NoTextError(f"{named} 不是文本文件；请把{wanted}存成一行一个的文本（.txt）。")
    return "utf-16" if is_utf_16 else _UTF_8
