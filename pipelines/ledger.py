"""Appends records to an evidence file and their lines to the manifest, whoever else does so and whatever kills them.

Every append happens under one lock of the operating system. What a killed writer left is finished first: a line
or record without its end is cut off, and whole records without a line get theirs (``late``). A write that
fails leaves the file and the manifest as they were. A file that lost records which the manifest names (a power
failure), or was dropped, takes no more: no place is ever given to a second record. Of a file that a killed process
said it dropped, and did not, the next that writes anything takes what is left.
"""

from __future__ import annotations

import os
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import lock_descriptor

from pipelines.ledger_files import FileFacts, body_of, line_of_record, record_lines, tell
from pipelines.lines import (
    FOLDER,
    WARC_NAME,
    digest_of_line,
    facts_of,
    is_ending,
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
        self._files: dict[str, FileFacts] = {}
        self._dropped: set[str] = set()
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
        return self.append_each(name, at, [make])[0]

    def append_each(self, name: str, at: datetime, makes: Sequence[Make]) -> list[str]:
        """The same for several groups, which are added together or not at all."""
        with locked(self._home):
            self._catch_up()
            places = self._append(name, at, makes)
        self._flush.in_time()
        return places

    def append_once(self, name: str, at: datetime, copied_from: str, records: list[Record]) -> str:
        """The same for records copied from elsewhere: where they begin, also if they were copied before."""
        with locked(self._home):
            self._catch_up()
            return self._copy_of(name, copied_from) or self._append(name, at, [lambda firsts: records])[0]

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

    def end_of(self, name: str) -> int:
        """Where the listed records of a file end now, whoever wrote them; 0 for a file without any."""
        with locked(self._home):
            self._catch_up()
            return self._file(name).ends[-1]

    def remove(self, name: str, at: datetime, why: str, end: int | None = None) -> bool:
        """Whether a file is dropped from now on; the manifest says so first, unless it did already.

        Args:
            name: File name below the evidence folder.
            at: When.
            why: The reason, in words.
            end: What ``end_of`` told before its records were copied away: one that grew since is not dropped, as
                nobody has copied what came in. ``None`` drops it whatever it holds.

        Raises:
            OSError: The disk does not hold the line; the file stays.
        """
        with locked(self._home):
            self._catch_up()
            file = self._file(name)
            if end is not None and file.ends[-1] > end:
                return False
            if not file.is_removed:
                self._begin_day(at)
                self._write_lines([{"removed": name, "at": warc_date(at), "why": why}])
                self._flush.now()
            Path(os.path.join(self._folder, name)).unlink(missing_ok=True)
        return True

    def _append(self, name: str, at: datetime, makes: Sequence[Make]) -> list[str]:
        self._begin_day(at)
        name = self._settled(name, at)
        start = self._file(name).ends[-1]
        firsts = ChainMap[str, First]({}, self._file(name).firsts)
        data, lines, places = bytearray(), list[dict[str, Any]](), list[str]()
        for make in makes:
            offset = start + len(data)
            records = make(firsts)
            places.append(f"{name}#{offset}")
            for facts in record_lines(name, offset, records):
                lines.append(facts)
                firsts.maps[0].update({payload: first for payload, first in body_of(facts) if payload not in firsts})
            data += b"".join(record.data for record in records)
        path = os.path.join(self._folder, name)
        with added(path, start, bytes(data)):
            self._write_lines(lines)
        self._flush.note(path, *([] if start else [self._folder]))
        return places

    def _copy_of(self, name: str, copied_from: str) -> str | None:
        """Where the records lie that were copied from some place; ``None`` if they were not."""
        files = ((one, self._file(one)) for one in numbered(name))
        one, file = next((one, file) for one, file in files if copied_from in file.copies or not file.is_ended)
        offset, end = file.copies.get(copied_from), file.whole_end(size_of(os.path.join(self._folder, one)))
        return None if offset is None or offset >= end else f"{one}#{offset}"

    def _file(self, name: str) -> FileFacts:
        """What is known of a file; the manifests from its day on are read when it is first asked for."""
        if name not in self._files:
            self._files[name] = found = FileFacts()
            quoted = f'"{name}"'.encode()
            for line in read_lines(self._home, name[:10]):
                if quoted in line.data and (facts := line.facts()) is not None:
                    tell({name: found}, facts)
        return self._files[name]

    def _catch_up(self) -> None:
        """Read what other processes have added; a line without its end is cut off."""
        if not self._manifest:
            self._manifest = max((path.name for path in manifests(self._home)), default="")
        while self._manifest and (following := self._read_on()):
            self._manifest, self._read = following, 0
        self._finish_removals()

    def _finish_removals(self) -> None:
        """Drop the files that a process said it dropped when it was killed; they hold what was to go."""
        while self._dropped:
            path = Path(os.path.join(self._folder, name := self._dropped.pop()))
            if WARC_NAME.fullmatch(name) and path.is_file() and self._file(name).is_removed:
                path.unlink()

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
        if not self._files and b'"next"' not in line and b'"removed"' not in line:
            return ""
        facts = facts_of(line)
        if facts is None:
            return ""
        tell(self._files, facts)
        if "removed" in facts and is_ending(facts):
            self._dropped.add(facts["removed"])
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
                lines.append(line_of_record(name, end, end, packed, None))
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
            tell(self._files, one)
