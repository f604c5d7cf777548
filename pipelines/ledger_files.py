"""What the lines of the manifests say of one evidence file (存档文件), and the lines that are said of records."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.lines import is_ending, is_record
from pipelines.warc import First, Record


@dataclass(slots=True)
class FileFacts:
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
        for payload, first in body_of(facts):
            self.firsts.setdefault(payload, first)
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


def body_of(facts: Mapping[str, Any]) -> Iterator[tuple[str, First]]:
    """The body that a line's record holds whole, by its digest; a killed writer's record is bare of it."""
    payload, url, fetched_at = facts.get("payload_sha256"), facts.get("url"), facts.get("fetched_at")
    if facts.get("type") == "response" and payload and url and fetched_at:
        yield payload, First(facts["offset"], url, fetched_at)


def tell(files: Mapping[str, FileFacts], facts: dict[str, Any]) -> None:
    """Hands a line to the file it is about, if that one is looked at; plain files have no place in them."""
    name = str(facts.get("removed") or facts.get("cut") or facts.get("file"))
    if name in files:
        files[name].learn(facts)


def record_lines(name: str, start: int, records: Iterable[Record]) -> Iterator[dict[str, Any]]:
    """The lines of a group of records that begins at ``start``, in their order."""
    offset = start
    for record in records:
        yield line_of_record(name, offset, start, record.data, record)
        offset += len(record.data)


def line_of_record(name: str, offset: int, group: int, data: bytes, record: Record | None) -> dict[str, Any]:
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
