"""The lines of the manifest (存档清单): one JSON object each, each naming the digest of the line before.

A day's manifest is ``evidence/YYYY-MM-DD.manifest.jsonl``. Besides the lines of records there are
plain files, ``removed`` (a file dropped, when and why), ``cut`` (a file lost its end, as after a power failure)
and, as the last of a day, ``next`` (the manifest that goes on), so that the chain is known from both ends.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

FOLDER = "evidence"
SUFFIX = ".manifest.jsonl"
# The day, then the retention class; a run's number in files from before there were classes.
WARC_NAME = re.compile(r"(\d{4}-\d\d-\d\d)-(?:(ordinary|search|finding)(?:-\d+)?|run\d+)\.warc\.gz")
_WARC_END = ".warc.gz"
_START = b'{"prev":"'
_WRITTEN = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a manifest: ``follows`` is whether it names the digest of the line before it."""

    manifest: str
    number: int
    data: bytes
    follows: bool

    def facts(self) -> dict[str, Any] | None:
        """What the line says; ``None`` where it is not an object of JSON."""
        return facts_of(self.data)


def facts_of(data: bytes) -> dict[str, Any] | None:
    """What a line says; ``None`` where it is not an object of JSON."""
    try:
        found = json.loads(data)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def is_record(facts: dict[str, Any]) -> bool:
    """Whether a line tells the place and digest of a record or, without an ``offset``, of a plain file."""
    offset, length = facts.get("offset"), facts.get("length")
    is_place = isinstance(length, int) and length >= 0 and (offset is None or (isinstance(offset, int) and offset >= 0))
    return is_place and isinstance(facts.get("file"), str) and isinstance(facts.get("sha256"), str)


def is_ending(facts: dict[str, Any]) -> bool:
    """Whether a line ends a file's records, all of them or those from ``offset`` on, and says when and why."""
    offset = facts.get("offset")
    is_place = isinstance(facts.get("removed"), str) or (
        isinstance(facts.get("cut"), str) and isinstance(offset, int) and offset >= 0
    )
    return is_place and isinstance(facts.get("at"), str) and isinstance(facts.get("why"), str)


def digest_of_line(data: bytes) -> str:
    """The sha256 that the next line names, of the line without its end."""
    return hashlib.sha256(data).hexdigest()


def line_of(prev: str, facts: dict[str, Any]) -> bytes:
    """A line without its end; ``prev`` stands first, at a fixed place."""
    return _WRITTEN({"prev": prev, **facts}).encode()


def manifest_name(day: date) -> str:
    """The file name of a day's manifest."""
    return f"{day.isoformat()}{SUFFIX}"


def numbered(name: str) -> Iterator[str]:
    """The names of a day's and class's files: the first, and those that follow when one takes no more records."""
    yield name
    for number in count(2):
        yield f"{name.removesuffix(_WARC_END)}-{number}{_WARC_END}"


def manifests(home: Path, since: str = "") -> list[Path]:
    """The manifests in the order of their days, from the day ``since`` (``YYYY-MM-DD``) on."""
    found = (home / FOLDER).glob(f"*{SUFFIX}")
    return sorted((path for path in found if path.name >= since), key=lambda path: path.name)


def read_lines(home: Path, since: str = "", sizes: dict[str, int] | None = None) -> Iterator[Line]:
    """Every whole line of the manifests, oldest first; the very first is taken to follow what was before.

    Args:
        home: The office's folder.
        since: The day to begin with.
        sizes: Read only so many bytes of each manifest, and none that is not named.
    """
    last: str | None = None if manifests(home)[:1] != manifests(home, since)[:1] else ""
    for path in manifests(home, since):
        left = path.stat().st_size if sizes is None else sizes.get(path.name, 0)
        with path.open("rb") as file:
            for number, data in enumerate(file, 1):
                left -= len(data)
                if left < 0 or not data.endswith(b"\n"):
                    break
                data = data[:-1]
                follows = last is None or data.startswith(_START + last.encode() + b'"')
                yield Line(path.name, number, data, follows)
                last = digest_of_line(data)
