"""Where records lie by the manifests (存档位置): the groups that a file holds, and where a copy came from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipelines.lines import FOLDER, is_ending, is_record, read_lines


def groups_of(home: Path, name: str) -> list[str]:
    """The places at which groups of records begin in a WARC file, in the order in which they were written."""
    found: list[int] = []
    named = f'"{name}"'.encode()
    for line in read_lines(home, name[:10]):
        facts = line.facts() if named in line.data else None
        if facts is None:
            continue
        if is_ending(facts) and name in (facts.get("removed"), facts.get("cut")):
            found = [one for one in found if "cut" in facts and one < facts["offset"]]
        elif _begins_group(facts) and facts["file"] == name:
            found.append(facts["offset"])
    return [f"{FOLDER}/{name}#{offset}" for offset in dict.fromkeys(found)]


def ended_files(home: Path, since: str) -> set[str]:
    """The WARC files that take no more records, as lines from the day ``since`` (``YYYY-MM-DD``) on tell."""
    said = (line.facts() for line in read_lines(home, since) if b'"why"' in line.data)
    return {str(facts.get("removed") or facts.get("cut")) for facts in said if facts and is_ending(facts)}


def origin_of(home: Path, ref: str) -> str:
    """Where a record was first kept: the place itself, unless it was copied there."""
    copied: dict[str, str] = {}
    for line in read_lines(home):
        facts = line.facts() if b'"copied_from":"' in line.data else None
        if facts is not None and _begins_group(facts):
            copied[f"{FOLDER}/{facts['file']}#{facts['offset']}"] = facts["copied_from"]
    while ref in copied:
        ref = copied.pop(ref)
    return ref


def _begins_group(facts: dict[str, Any]) -> bool:
    return is_record(facts) and facts["offset"] is not None and facts["offset"] == facts.get("group")
