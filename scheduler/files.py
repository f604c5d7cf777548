"""Files written whole or not at all: a full disk or a broken run leaves the former file as it was."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# What makes a folder a home.
CONFIG_NAME = "xuncha.toml"


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """A hidden path beside ``target`` to write to, put in its place at the end; nothing is left of a failed try.

    Raises:
        OSError: There is no such folder, or the disk is full.
    """
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "is a directory", str(target))
    # The ending stays the same: some writers choose the format by it.
    part = target.with_name(f".{target.stem}.part{target.suffix}")
    try:
        yield part
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
