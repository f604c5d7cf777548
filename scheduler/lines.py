"""A text file's lines as they are needed (逐行读取), of any length of file."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from records import TellableError

STANDARD_INPUT = Path("-")
_LOOK_BYTES = 1 << 20
# How Notepad's "Unicode" files begin.
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# How .xlsx and .docx begin, and how .xls and .doc do.
_TABLES = (".csv", ".tsv")
_NO_LIST = "{0} 是表格或文档；请把{1}那一列复制出来，一行一个，存成文本文件（.txt）。"
_OFFICE_FILES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class NoTextError(TellableError):
    """The file holds no text to read."""


def load_lines(path: Path, wanted: str, longest: int) -> Iterator[str]:
    """The lines of a text file that are not blank, without the spaces around them; ``-`` is standard input.

    UTF-8, GB 18030, or UTF-16 with its mark. Lines longer than ``longest`` signs are left out.

    Args:
        path: The file.
        wanted: What a line should hold, in the words of the message: ``名称``, ``网址``.
        longest: Signs; a line that does not end is let go before it fills the memory.

    Raises:
        NoTextError: No text, or no line in it.
        OSError: The file cannot be read.
    """
    if path == STANDARD_INPUT:
        yield from _lines(sys.stdin.buffer, "标准输入", wanted, longest)
        return
    with path.open("rb") as file:
        if path.suffix.lower() in _TABLES and any(sign in file.readline(_LOOK_BYTES) for sign in (b",", b"\t")):
            raise NoTextError(_NO_LIST.format(path, wanted))
        file.seek(0)
        yield from _lines(file, str(path), wanted, longest)


def _lines(file: BinaryIO, named: str, wanted: str, longest: int) -> Iterator[str]:
    begin = file.read(_LOOK_BYTES)
    decoder = codecs.getincrementaldecoder(_encoding(begin, named, wanted))()
    rest, is_empty = "", True
    try:
        while begin:
            *lines, rest = (rest[: longest + 1] + decoder.decode(begin)).split("\n")
            found = _told(lines, longest)
            is_empty = is_empty and not found
            yield from found
            begin = file.read(_LOOK_BYTES)
        last = _told([rest + decoder.decode(b"", final=True)], longest)
    except UnicodeDecodeError as error:
        raise NoTextError(f"{named} 里有读不懂的字符；请存成 UTF-8 编码的文本文件（.txt）。") from error
    if is_empty and not last:
        raise NoTextError(f"{named} 里没有{wanted}；请把{wanted}写进去，一行一个，存成文本文件（.txt）。")
    yield from last


def _told(lines: Iterable[str], longest: int) -> list[str]:
    return [told for line in lines if (told := line.strip()) and len(told) <= longest]


def _encoding(begin: bytes, named: str, wanted: str) -> str:
    if begin.startswith(_OFFICE_FILES):
        raise NoTextError(_NO_LIST.format(named, wanted))
    is_utf_16 = begin.startswith(_UTF_16)
    if "\0" in begin.decode("utf-16", "replace") if is_utf_16 else b"\0" in begin:
        raise NoTextError(f"{named} 不是文本文件；请把{wanted}存成一行一个的文本（.txt）。")
    if is_utf_16:
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(begin)
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"
