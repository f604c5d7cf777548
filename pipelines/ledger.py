"""Appends records to an evidence file and their lines to the manifest, whoever else does so and whatever kills them.

Every append happens under one lock of the operating system. What a killed writer left is finished first: a line
or record without its end is cut off, and whole records without a line get theirs (``late``). A write that
fails leaves the file and the manifest as they were. A file that lost records which the manifest names (a power
failure), or was dropped, takes no more: no place is ever given to a second record.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import lock_descriptor

from pipelines.lines import (
    FOLDER,
    digest_of_line,
    facts_of,
    is_ending,
    is_record,
    line_of,
    manifest_name,
    manifests,
    numbered,
    read_lines,
)
from pipelines.tails import Flush, added, size_of, whole_lines, whole_member
from pipelines.warc import First, Record, warc_date
from records import SHANGHAI

LOCK = ".lock"
_POLL_SECONDS = 0.002
_CUT = "文件比清单短，末尾的记录已丢失（多半是断电）"
Make = Callable[[Mapping[str, First]], list[Record]]


@dataclass(slots=True)
class _File:
    """What the manifests say of one evidence file: where its records end, its bodies, and what was copied to it."""

    ends: list[int] = field(default_factory=lambda: [0])
    firsts: dict[str, First] = field(default_factory=dict)
    copies: dict[str, int] = field(default_factory=dict)
    is_removed: bool = False
    is_ended: bool = False

    def learn(self, facts: dict[str, Any]) -> None:
        """Take in a line about this file; one that is not ours, verify_chain tells."""
        if is_ending(facts):
            self.cut(0 if "removed" in facts else facts["offset"])
            self.is_removed, self.is_ended = "removed" in facts, True
        elif is_record(facts) and facts["offset"] is not None:
            self.is_removed = False
            self.ends.append(facts["offset"] + facts["length"])
            self._learn_body(facts)

    def _learn_body(self, facts: Mapping[str, Any]) -> None:
        # Bare of these where a killed writer left the record.
        payload, url, fetched_at = facts.get("payload_sha256"), facts.get("url"), facts.get("fetched_at")
        if facts.get("type") == "response" and payload and url and fetched_at:
            self.firsts.setdefault(payload, First(facts["offset"], url, fetched_at))
        if copied_from := facts.get("copied_from"):
            self.copies[copied_from] = facts["offset"]

    def whole_end(self, size: int) -> int:
        """Where the last whole record ends in so many bytes."""
        return max(end for end in self.ends if end <= size)

    def cut(self, end: int) -> None:
        """Forget what lay beyond ``end``."""
        self.ends = [one for one in self.ends if one <= end]
        self.firsts = {digest: first for digest, first in self.firsts.items() if first.offset < end}
        self.copies = {ref: offset for ref, offset in self.copies.items() if offset < end}


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """Holds the evidence folder, which is made if there is none, against all other processes."""
    folder = home / FOLDER
    try:
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        lock_descriptor(lock, poll_interval=_POLL_SECONDS)
        yield
    finally:
        os.close(lock)  # lets go of it


class Ledger:
    """The evidence folder of one office, as this process last saw it."""

    def __init__(self, home: Path) -> None:
        self._home, self._folder = home, str(home / FOLDER)
        self._manifest, self._read, self._last = "", 0, ""
        self._files: dict[str, _File] = {}
        self._flush = Flush()

    def append(self, name: str, at: datetime, make: Make) -> str:
        """Where the group of records begins that was added (``file#offset``): the file ``name``, or one after it.

        Args:
            name: File name below the evidence folder, beginning with its day.
            at: The time of the records; an older one than the newest manifest's day is written there too.
            make: Gives the records, from the bodies that the file already holds.

        Raises:
            OSError: Nothing was added, or the disk does not hold it.
        """
        with locked(self._home):
            self._catch_up()
            place = self._append(name, at, make)
        self._flush.in_time()
        return place

    def append_once(self, name: str, at: datetime, copied_from: str, records: list[Record]) -> str:
        """The same for records copied from elsewhere: where they begin, also if they were copied before."""
        with locked(self._home):
            self._catch_up()
            return self._copy_of(name, copied_from) or self._append(name, at, lambda firsts: records)

    def note(self, at: datetime, facts: dict[str, Any]) -> None:
        """Add a line that is about no record."""
        with locked(self._home):
            self._catch_up()
            self._begin_day(at)
            self._write_lines([facts])
        self._flush.in_time()

    def flush(self) -> None:
        """Have the disk itself hold all that was added."""
        self._flush.now()

    def remove(self, name: str, at: datetime, why: str) -> None:
        """Say that a file is dropped, unless that was said already, and drop it."""
        with locked(self._home):
            self._catch_up()
            if not self._file(name).is_removed:
                self._begin_day(at)
                self._write_lines([{"removed": name, "at": warc_date(at), "why": why}])
                self._flush.now()
            Path(os.path.join(self._folder, name)).unlink(missing_ok=True)

    def _append(self, name: str, at: datetime, make: Make) -> str:
        self._begin_day(at)
        name = self._settled(name, at)
        start = self._file(name).ends[-1]
        records = make(self._file(name).firsts)
        lines = list(_record_lines(name, start, records))
        path = os.path.join(self._folder, name)
        with added(path, start, b"".join(record.data for record in records)):
            self._write_lines(lines)
        self._flush.note(path, *([] if start else [self._folder]))
        return f"{name}#{start}"

    def _copy_of(self, name: str, copied_from: str) -> str | None:
        """Where the records lie that were copied from some place; ``None`` if they were not."""
        files = ((one, self._file(one)) for one in numbered(name))
        one, file = next((one, file) for one, file in files if copied_from in file.copies or not file.is_ended)
        offset, end = file.copies.get(copied_from), file.whole_end(size_of(os.path.join(self._folder, one)))
        return None if offset is None or offset >= end else f"{one}#{offset}"

    def _file(self, name: str) -> _File:
        """What is known of a file; the manifests from its day on are read when it is first asked for."""
        if name not in self._files:
            self._files[name] = found = _File()
            quoted = f'"{name}"'.encode()
            for line in read_lines(self._home, name[:10]):
                if quoted in line.data and (facts := line.facts()) is not None:
                    _tell({name: found}, facts)
        return self._files[name]

    def _catch_up(self) -> None:
        """Read what other processes have added; a line without its end is cut off."""
        if not self._manifest:
            self._manifest = max((path.name for path in manifests(self._home)), default="")
        while self._manifest:
            following = self._read_on()
            if not following:
                return
            self._manifest, self._read = following, 0

    def _read_on(self) -> str:
        """Reads the rest of the newest manifest; the name of the one that follows it, if one does."""
        path = os.path.join(self._folder, self._manifest)
        size = size_of(path)
        if size == self._read:
            return ""
        if size < self._read:
            # Somebody cut or took it away: what it said is not relied upon any more.
            self._read, self._files = 0, {}
        following = ""
        for line in whole_lines(path, self._read) if size else ():
            following = self._learn(line)
            self._read += len(line) + 1
        return following

    def _learn(self, line: bytes) -> str:
        self._last = digest_of_line(line)
        if not self._files and b'"next"' not in line:
            return ""
        facts = facts_of(line)
        if facts is None:
            return ""
        _tell(self._files, facts)
        following = facts.get("next")
        return following if isinstance(following, str) and following > self._manifest else ""

    def _begin_day(self, at: datetime) -> None:
        """Turn to the manifest of the day, unless a newer one is there already (a clock that jumped back)."""
        name = manifest_name(at.astimezone(SHANGHAI).date())
        if self._manifest and name > self._manifest:
            self._write_lines([{"next": name, "at": warc_date(at)}])
        if name > self._manifest:
            self._manifest, self._read = name, 0

    def _settled(self, name: str, at: datetime) -> str:
        """The file that takes the next record: the first of its day and class that neither lost its end nor went."""
        return next(one for one in numbered(name) if self._takes_more(one, at))

    def _takes_more(self, name: str, at: datetime) -> bool:
        """Whether a file goes on, after what a killed writer or a power failure did to it has been put right."""
        file, path = self._file(name), os.path.join(self._folder, name)
        if file.is_removed:
            Path(path).unlink(missing_ok=True)
        size = size_of(path)
        if file.is_ended:
            return False
        if size > file.ends[-1]:
            self._finish(name, path)
        elif size < file.ends[-1]:
            end = file.whole_end(size)
            if size:
                os.truncate(path, end)
            self._write_lines([{"cut": name, "offset": end, "at": warc_date(at), "why": _CUT}])
        return not file.is_ended

    def _finish(self, name: str, path: str) -> None:
        """Gives whole records that have no line theirs, and cuts off what comes after them."""
        lines, end = [], self._file(name).ends[-1]
        with open(path, "r+b") as file:
            while packed := whole_member(file, end):
                lines.append(_line(name, end, end, packed, None))
                end += len(packed)
            file.truncate(end)
        self._write_lines(lines)

    def _write_lines(self, facts: Iterable[dict[str, Any]]) -> None:
        last, data, said = self._last, bytearray(), list(facts)
        for one in said:
            line = line_of(last, one)
            last = digest_of_line(line)
            data += line + b"\n"
        path = os.path.join(self._folder, self._manifest)
        with added(path, self._read, bytes(data)):
            pass
        self._flush.note(path)
        self._read, self._last = self._read + len(data), last
        for one in said:
            _tell(self._files, one)


def _tell(files: Mapping[str, _File], facts: dict[str, Any]) -> None:
    """Hands a line to the file it is about, if that one is looked at; plain files have no place in them."""
    name = str(facts.get("removed") or facts.get("cut") or facts.get("file"))
    if name in files:
        files[name].learn(facts)


def _record_lines(name: str, start: int, records: Iterable[Record]) -> Iterator[dict[str, Any]]:
    offset = start
    for record in records:
        yield _line(name, offset, start, record.data, record)
        offset += len(record.data)


def _line(name: str, offset: int, group: int, data: bytes, record: Record | None) -> dict[str, Any]:
    """The line of a record; ``None`` for one that a killed writer left, of which no more than its bytes is told."""
    place = {"file": name, "offset": offset, "length": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    told = {
        "type": record.type if record else "late",
        "url": record.url if record else None,
        "fetched_at": record.fetched_at if record else None,
        "body_sha256": record.body_sha256 if record else None,
        "payload_sha256": record.payload_sha256 if record else None,
        "refers": record.refers if record else None,
        "copied_from": record.copied_from if record else None,
    }
    return {**place, "group": group, **told}
