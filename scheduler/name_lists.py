"""The names in a text file (名单), one a line, as they are needed."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from records import TellableError

STANDARD_INPUT = Path("-")
# No platform allows a name that long; a longer line is running text.
LONGEST_LINE = 200
_LOOK_BYTES = 1 << 20


class NameListError(TellableError):
    """The file holds no list of names."""


def load_names(path: Path) -> Iterator[str]:
    """The names in a text file, one a line, as they are needed; ``-`` is standard input. UTF-8 or GB 18030.

    Lines that are longer than any name, or hold no letter, are left out.

    Raises:
        NameListError: No text.
        OSError: The file cannot be read.
    """
    if path == STANDARD_INPUT:
        yield from _lines(sys.stdin.buffer, "标准输入")
        return
    with path.open("rb") as file:
        yield from _lines(file, str(path))


def _lines(file: BinaryIO, named: str) -> Iterator[str]:
    begin = file.read(_LOOK_BYTES)
    decoder = codecs.getincrementaldecoder(_encoding(begin, named))()
    rest = ""
    try:
        while begin:
            # A line that does not end is no name: it is let go before it fills the memory.
            *lines, rest = (rest[: LONGEST_LINE + 1] + decoder.decode(begin)).split("\n")
            yield from _names(lines)
            begin = file.read(_LOOK_BYTES)
        yield from _names([rest + decoder.decode(b"", final=True)])
    except UnicodeDecodeError as error:
        raise NameListError(f"{named} 里有读不懂的字符；请存成 UTF-8 编码的文本文件（.txt）再比对。") from error


def _names(lines: Iterable[str]) -> Iterator[str]:
    return (name for line in lines if (name := line.strip()) and len(name) <= LONGEST_LINE)


def _encoding(begin: bytes, named: str) -> str:
    if b"\0" in begin:
        raise NameListError(f"{named} 不是文本文件；请把名称存成一行一个的文本（.txt）再比对。")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(begin)
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"
