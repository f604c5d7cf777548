"""Proves the archive unchanged (存档核验): every line against the line before it, every record against its line.

Nothing is repaired here, and files are read as a stream. A ``Fault`` says what is wrong in one sentence; its ``kind``:

- ``broken``: a line of the manifest was changed, taken out or put in;
- ``changed``: a record or file has other bytes than its line says;
- ``missing``: a record, file or manifest is gone and no line says why;
- ``removed``: a file was dropped, with the time and the reason: the chain is whole;
- ``lost``: a file lost its end, as after a power failure, and a line says so;
- ``unlisted``: there is no line, as for what was written before there were manifests;
- ``torn``: a killed writer's last line or record, which the next write finishes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path

from pipelines.ledger import locked
from pipelines.lines import FOLDER, WARC_NAME, Line, is_ending, is_record, manifests, read_lines

_CHUNK_BYTES = 1024 * 1024
_Place = tuple[str, int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that does not hold (存档差错); ``ref`` names the record where it is about one."""

    kind: str
    sentence: str
    file: str | None = None
    ref: str | None = None
    manifest: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line about a record or plain file, ``offset`` ``None`` for the latter."""

    line: Line
    name: str
    offset: int | None
    length: int
    sha256: str
    group: int | None
    refers: int | None

    @property
    def end(self) -> int:
        return (self.offset or 0) + self.length

    @property
    def ref(self) -> str:
        return f"{FOLDER}/{self.name}" + ("" if self.offset is None else f"#{self.offset}")


@dataclass(frozen=True, slots=True)
class _Ending:
    """The newest line that ends a file's records: all of them (``removed``), or those from ``offset`` on (``cut``)."""

    line: Line
    kind: str
    offset: int
    at: str
    why: str

    def covers(self, entry: _Entry) -> bool:
        is_earlier = (entry.line.manifest, entry.line.number) < (self.line.manifest, self.line.number)
        return is_earlier and entry.end > self.offset


def verify_chain(home: Path) -> list[Fault]:
    """What does not hold in the whole archive, in the order of the manifests; empty when all is as it was written.

    Writers are held up only while the sizes of the files are noted; what they add meanwhile is not looked at.
    """
    if not (home / FOLDER).is_dir():
        return []
    sizes = _sizes(home)
    endings = _endings(read_lines(home, sizes=sizes))
    faults, ends, lasts = list[Fault](), dict[str, int](), dict[str, Line]()
    for line in read_lines(home, sizes=sizes):
        faults += [*_order_faults(line), *_form_faults(line)]
        lasts[line.manifest] = line
        entry = _entry(line)
        if entry is None or _ending_of(entry, endings):
            continue
        # Of a file that is gone one fault is enough.
        if ends.get(entry.name) != 0 and (fault := _bytes_fault(home, entry)):
            faults.append(fault)
        is_there = (home / FOLDER / entry.name).is_file()
        ends[entry.name] = max(ends.get(entry.name, 0), entry.end) if is_there else 0
    faults += [_ending_fault(name, one) for name, found in endings.items() for one in found]
    return [*faults, *_unlisted(sizes, ends, endings), *_manifest_faults(home, sizes, lasts)]


def verify_records(home: Path, refs: Iterable[str]) -> list[Fault]:
    """What does not hold of the records that these refs name, of what belongs to them, and of the chain since then.

    A repeated body is looked at where it was kept first. Faults of the chain have no ``ref``.
    """
    places = {ref: _place(ref) for ref in refs}
    if not places or not (home / FOLDER).is_dir():
        return [_absent(home, ref, *place, {}) for ref, place in places.items()]
    names = {name: f'"{name}"'.encode() for name, _ in places.values()}
    since = min(name[:10] if _is_listed_class(name) else "" for name in names)
    faults, lines = list[Fault](), list[Line]()
    for line in read_lines(home, since, _sizes(home)):
        faults += _order_faults(line)
        if any(name in line.data for name in names.values()):
            lines.append(line)
    endings = _endings(lines)
    entries: dict[_Place, _Entry] = {}
    for entry in _living(lines, endings):
        # The first line counts: a later one could only be made to fit what was changed.
        entries.setdefault((entry.name, entry.offset), entry)
    for ref, place in places.items():
        if place in entries:
            faults += [replace(fault, ref=ref) for fault in _group_faults(home, entries, entries[place])]
        else:
            faults.append(_absent(home, ref, *place, endings))
    return faults


def _place(ref: str) -> _Place:
    name, _, offset = ref.removeprefix(f"{FOLDER}/").partition("#")
    return name, int(offset) if offset else None


def _is_listed_class(name: str) -> bool:
    """Whether it is a WARC file of a retention class, whose every record has a line."""
    match = WARC_NAME.fullmatch(name)
    return match is not None and match[2] is not None


def _sizes(home: Path) -> dict[str, int]:
    with locked(home):
        return {path.name: path.stat().st_size for path in (home / FOLDER).iterdir() if path.is_file()}


def _entry(line: Line) -> _Entry | None:
    """What a line says of a record or plain file; ``None`` for every other line."""
    if not (b'"file"' in line.data and (facts := line.facts()) is not None and is_record(facts)):
        return None
    return _Entry(
        line,
        facts["file"],
        facts["offset"],
        facts["length"],
        facts["sha256"],
        facts.get("group"),  # a plain file has neither
        facts.get("refers"),
    )


def _living(lines: Iterable[Line], endings: Mapping[str, list[_Ending]]) -> Iterator[_Entry]:
    """The records that no later line ended, in order."""
    for line in lines:
        if (entry := _entry(line)) and not _ending_of(entry, endings):
            yield entry


def _endings(lines: Iterable[Line]) -> dict[str, list[_Ending]]:
    found: dict[str, list[_Ending]] = {}
    for line in lines:
        for kind, said in (("removed", b'"removed"'), ("cut", b'"cut"')):
            if said in line.data and (facts := line.facts()) and kind in facts and is_ending(facts):
                ending = _Ending(line, kind, facts["offset"] if kind == "cut" else 0, facts["at"], facts["why"])
                found.setdefault(facts[kind], []).append(ending)
    return found


def _ending_of(entry: _Entry, endings: Mapping[str, list[_Ending]]) -> _Ending | None:
    return next((one for one in endings.get(entry.name, ()) if one.covers(entry)), None)


def _group_faults(home: Path, entries: Mapping[_Place, _Entry], head: _Entry) -> Iterator[Fault]:
    """Faults of a record, of those that belong to it, and of the first with its body."""
    group = [one for one in entries.values() if one.name == head.name and one.group == head.offset]
    firsts = [entries.get((one.name, one.refers)) for one in group if one.refers is not None]
    if None in firsts:
        sentence = f"存档 {head.ref} 的正文存在同一文件的另一条记录里，清单中没有那条记录，无法证明未被改动。"
        yield Fault(kind="missing", file=head.name, sentence=sentence)
    for entry in dict.fromkeys([head, *group, *[one for one in firsts if one]]):
        if fault := _bytes_fault(home, entry):
            yield fault


def _bytes_fault(home: Path, entry: _Entry) -> Fault | None:
    """Whether a record's or file's bytes are those of its line."""
    path = home / FOLDER / entry.name
    if not path.is_file():
        return _fault_of(entry, "missing", f"存档文件 {entry.name} 不在了，清单里没有删除它的记录；请从备份中找回。")
    with path.open("rb") as file:
        file.seek(entry.offset or 0)
        digest, left = hashlib.sha256(), entry.length
        while left and (chunk := file.read(min(left, _CHUNK_BYTES))):
            digest.update(chunk)
            left -= len(chunk)
        is_longer = entry.offset is None and bool(file.read(1))
    if left:
        return _fault_of(entry, "missing", f"存档 {entry.ref} 不完整，少了 {left} 字节；请从备份中找回 {entry.name}。")
    if digest.hexdigest() == entry.sha256 and not is_longer:
        return None
    where = f"清单 {entry.line.manifest} 第 {entry.line.number} 行"
    return _fault_of(entry, "changed", f"存档 {entry.ref} 的内容与{where}不符，已被改动；请从备份中找回原件。")


def _fault_of(entry: _Entry, kind: str, sentence: str) -> Fault:
    return Fault(
        kind=kind,
        sentence=sentence,
        file=entry.name,
        ref=entry.ref,
        manifest=entry.line.manifest,
        line=entry.line.number,
    )


def _order_faults(line: Line) -> list[Fault]:
    """Whether a line follows the one before it."""
    return [] if line.follows else [_line_fault(line, "接不上前一行：这里有一行被改动、删除或插入")]


def _form_faults(line: Line) -> list[Fault]:
    """Whether a line is one that this software writes."""
    facts = line.facts()
    is_ours = facts is not None and ("next" in facts or is_record(facts) or is_ending(facts))
    return [] if is_ours else [_line_fault(line, "读不懂，不是本软件写的")]


def _line_fault(line: Line, words: str) -> Fault:
    sentence = f"清单 {line.manifest} 第 {line.number} 行{words}；请与备份核对。"
    return Fault(kind="broken", sentence=sentence, manifest=line.manifest, line=line.number)


def _ending_fault(name: str, ending: _Ending) -> Fault:
    kind = "removed" if ending.kind == "removed" else "lost"
    what = "整个文件已删除" if kind == "removed" else f"第 {ending.offset} 字节以后的记录已丢失"
    sentence = f"存档文件 {name}：{what}，{ending.at[:10]} 记下，原因：{ending.why}。"
    return Fault(kind=kind, sentence=sentence, file=name, manifest=ending.line.manifest, line=ending.line.number)


def _absent(home: Path, ref: str, name: str, offset: int | None, endings: Mapping[str, list[_Ending]]) -> Fault:
    """Why no line is about a ref: its file was dropped or cut, is gone, or was written without a line."""
    for ending in reversed(endings.get(name, [])):
        if ending.kind == "removed" or (offset or 0) >= ending.offset:
            return replace(_ending_fault(name, ending), ref=ref)
    if not (home / FOLDER / name).is_file():
        sentence = f"存档文件 {name} 不在了，清单里也没有它；请从备份中找回。"
        return Fault(kind="missing", sentence=sentence, file=name, ref=ref)
    sentence = f"存档 {ref} 没有登记在清单里（早于清单写入，或登记被删），只能核对正文的 sha256。"
    return Fault(kind="unlisted", sentence=sentence, file=name, ref=ref)


def _unlisted(
    sizes: Mapping[str, int], ends: Mapping[str, int], endings: Mapping[str, list[_Ending]]
) -> Iterator[Fault]:
    """Bytes that no line is about. A file that was dropped may still lie there for a moment."""
    for name, size in sizes.items():
        end = ends.get(name, 0)
        if _is_listed_class(name) and size > end and (end or name not in endings):
            kind = "torn" if end else "unlisted"
            sentence = f"存档文件 {name} 第 {end} 字节以后有 {size - end} 字节没有登记"
            why = "（写入时被中断），下次写入时会登记或截去。" if end else "：清单里没有这个文件，无法证明未被改动。"
            yield Fault(kind=kind, sentence=sentence + why, file=name)


def _manifest_faults(home: Path, sizes: Mapping[str, int], lasts: Mapping[str, Line]) -> Iterator[Fault]:
    """Manifests that are gone, as the last line of the one before names them, and a last line that was not finished."""
    names = [path.name for path in manifests(home) if path.name in sizes]
    for name, following in zip_longest(names, names[1:]):
        facts = lasts[name].facts() if name in lasts else None
        named = None if facts is None else facts.get("next")
        if named is not None and named != following:
            sentence = f"清单 {name} 之后应是 {named}，但它不在了（或刚要建立时被中断）；请从备份中找回。"
            yield Fault(kind="missing", sentence=sentence, manifest=str(named))
        with (home / FOLDER / name).open("rb") as file:
            file.seek(max(sizes[name] - 1, 0))
            if sizes[name] and file.read(1) != b"\n":
                sentence = f"清单 {name} 的最后一行没有写完（写入时被中断），下次写入时会截去。"
                yield Fault(kind="torn", sentence=sentence, manifest=name)
