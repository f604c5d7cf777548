"""Reads stored answers (存档) back: pages with what they loaded, link checks, and plain files that persons gave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from pipelines.answers import Headers
from pipelines.lines import FOLDER, read_lines
from pipelines.members import ArchiveError, Stored, record_at
from pipelines.warc import ASKED_AS, DECODED, FINAL, KIND, REFERS_TO, Record, digest_of, unfolded

_BESIDE = "WARC-Concurrent-To"
_ANSWERS = ("response", "revisit")
# What a group begins with that tells a link check.
_CHECK = "metadata"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPage:
    """A stored answer (存档页面) with its body decoded, as the parsers saw it.

    ``decoded`` says that a browser gave the body; ``calls`` are ``(url, status, body)`` of the data answers that the
    page loaded. Behind a link check they are the answers that it rests on, still packed, for a check unpacks no
    further than it reads; ``received`` are their records. A plain file has no time and no status of its own.
    """

    url: str
    body: bytes
    sha256: str
    content_type: str = ""
    status: int | None = None
    headers: Headers = ()
    fetched_at: datetime | None = None
    final_url: str = ""
    kind: str | None = None
    decoded: bool = False
    calls: tuple[tuple[str, int, bytes], ...] = ()
    received: tuple[Stored, ...] = ()


def load_stored(home: Path, ref: str) -> StoredPage:
    """The stored answer that a snapshot's ``ref`` names, a repeated body looked up where it was kept first.

    Raises:
        ArchiveError: The file is gone (the sentence says when and why it was dropped, if it was), or what lies
            there is not what was stored.
    """
    name, _, offset = ref.partition("#")
    path = home / name
    if not path.is_file():
        raise ArchiveError(_gone(home, name))
    if not offset:
        return _plain(path)
    with path.open("rb") as file:
        records = [full_record(file, one) for one in group_at(file, int(offset))]
    if not records:
        raise ArchiveError(f"存档 {ref} 里没有记录。")
    return _page(*records)


def group_at(file: BinaryIO, offset: int) -> Iterator[Stored]:
    """The record at a place in a file, and those after it that belong to it.

    Raises:
        ArchiveError: There is no whole record.
    """
    first = record_at(file, offset)
    record, named = first, first.said("WARC-Record-ID") if first else None
    while record is not None:
        yield record
        offset += len(record.packed)
        try:
            record = record_at(file, offset)
        except ArchiveError:
            return  # another group's, or the end that a killed writer left: none of ours
        if record is not None and record.said(_BESIDE) != named:
            return


def full_record(file: BinaryIO, record: Stored) -> Stored:
    """The record with its body, where it is a revisit that of the first with the same digest.

    Raises:
        ArchiveError: The first is not where the revisit says, or has another body.
    """
    if record.type != "revisit":
        return record
    place = record.said(REFERS_TO)
    first = None if place is None else record_at(file, int(place))
    digest = record.said("WARC-Payload-Digest")
    if first is None or digest != f"sha256:{digest_of(first.body)}":
        raise ArchiveError(f"存档 {file.name} 里重复正文所指的原记录对不上，内容可能被改动。")
    return replace(record, body=first.body)


def copies(home: Path, ref: str) -> list[Record]:
    """The records of a group to the byte, a repeated body put in where it was left out; none where the file is gone.

    Raises:
        ArchiveError: What lies there is not what was stored.
    """
    name, _, offset = ref.partition("#")
    if not (home / name).is_file():
        return []
    with (home / name).open("rb") as file:
        group = [(one, full_record(file, one)) for one in group_at(file, int(offset))]
    # Nobody parsed an answer behind a link check as a whole, so that it has no digest of that; it may be a bomb.
    is_check = bool(group) and group[0][0].type == _CHECK
    records = [_copy(one, full, is_parsed=not is_check or one.type == _CHECK) for one, full in group]
    if not records:
        raise ArchiveError(f"存档 {ref} 里没有记录。")
    return [replace(records[0], copied_from=ref), *records[1:]]


def _copy(record: Stored, full: Stored, *, is_parsed: bool) -> Record:
    is_answer = record.type in _ANSWERS
    payload = (record.said("WARC-Payload-Digest") or "").removeprefix("sha256:") if is_answer else None
    return Record(
        data=unfolded(record, full) if record.type == "revisit" else record.packed,
        type="response" if is_answer else record.type,
        url=record.said("WARC-Target-URI") or "",
        fetched_at=record.said("WARC-Date") or "",
        body_sha256=digest_of(_decoded(full)) if is_parsed and record.type != "request" else None,
        payload_sha256=payload,
    )


def _page(record: Stored, *others: Stored) -> StoredPage:
    target = record.said("WARC-Target-URI") or ""
    body = _decoded(record)
    date = record.said("WARC-Date")
    if date is None:
        raise ArchiveError("存档记录没有写明时间，不是本软件写的。")
    answers = tuple(one for one in others if one.type in _ANSWERS)
    is_check = record.type == _CHECK
    return StoredPage(
        url=record.said(ASKED_AS) or target,
        final_url=record.said(FINAL) or target,
        status=_status(record),
        headers=record.headers,
        content_type=_content_type(record),
        body=body,
        sha256=digest_of(body),
        fetched_at=datetime.fromisoformat(date),
        kind=record.said(KIND),
        # Before there were exchanges every body was kept decoded, without a word.
        decoded=record.said(DECODED) is not None,
        calls=tuple(
            (one.said("WARC-Target-URI") or "", _status(one) or 0, one.body if is_check else _decoded(one))
            for one in answers
        ),
        received=answers if is_check else (),
    )


def _plain(path: Path) -> StoredPage:
    body = path.read_bytes()
    kind = "text/html" if path.suffix in (".html", ".htm") else ""
    return StoredPage(url=f"file:{path.name}", body=body, sha256=digest_of(body), content_type=kind)


def _status(record: Stored) -> int | None:
    code = record.status_line.partition(" ")[2].partition(" ")[0]
    return int(code) if code.isdecimal() else None


def _content_type(record: Stored) -> str:
    headers = record.headers if record.status_line else record.head
    return next((value for name, value in headers if name.lower() == "content-type"), "")


def _decoded(record: Stored) -> bytes:
    """The body as a parser saw it; one that cannot be unpacked, as a link's answer may be, stays as received."""
    codings = [value for name, value in record.headers if name.lower() == "content-encoding"]
    if not codings or not record.body or record.said(DECODED) is not None:
        return record.body
    # Here and not above: it loads Scrapy and Twisted, nearly half of what a command needs to start.
    from pipelines.unpacking import unpacked_as_crawled

    return unpacked_as_crawled(record.body, codings)


def _gone(home: Path, name: str) -> str:
    """Why a file is not there: dropped, as the manifest tells, or lost."""
    short = name.removeprefix(f"{FOLDER}/")
    said = ""
    for line in read_lines(home, short[:10] if short[:1].isdigit() else ""):
        if b'"removed"' in line.data and (facts := line.facts()) is not None and facts.get("removed") == short:
            said = f"存档文件 {name} 已于 {facts['at'][:10]} 删除，原因：{facts['why']}。"
    return said or f"存档文件 {name} 不在了，清单里也没有删除它的记录；请从备份中找回。"
