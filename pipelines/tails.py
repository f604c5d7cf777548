"""The ends of files that only grow: what is added is there as a whole or not at all, and a torn end is known."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from zlib import error as ZlibError

from pipelines.members import member_at


@contextmanager
def added(path: str, start: int, data: bytes) -> Iterator[None]:
    """Adds ``data`` at the end of a file, which is ``start``; what fails here or within takes it away again."""
    with open(path, "ab", buffering=0) as file:
        try:
            left = memoryview(data)
            while left:
                left = left[file.write(left) :]
            yield
        except BaseException:
            file.truncate(start)
            if not start:
                Path(path).unlink()
            raise


def size_of(path: str) -> int:
    """The length of a file; 0 where there is none."""
    try:
        return os.stat(path).st_size
    except FileNotFoundError:
        return 0


def whole_lines(path: str, start: int) -> list[bytes]:
    """The lines from a place on; one that a killed writer left without its end is cut off."""
    with open(path, "r+b") as file:
        file.seek(start)
        *lines, torn = file.read().split(b"\n")
        if torn:
            file.truncate(file.tell() - len(torn))
    return lines


def whole_member(file: BinaryIO, offset: int) -> bytes:
    """The record at a place, packed; ``b""`` where there is none or its end is missing."""
    try:
        return member_at(file, offset)[0]
    except (EOFError, ZlibError):
        return b""
