"""Pages out of a web archive (.warc, .warc.gz), as browser extensions and wget write it. Pure."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParserException

from crawler.saved.charsets import as_utf8
from crawler.saved.document import (
    BROKEN,
    CUT_SHORT,
    MAX_FILE_BYTES,
    MAX_PAGE_BYTES,
    MAX_PARTS,
    TOO_LARGE,
    TOO_MANY_PARTS,
    SavedDocument,
    SavedError,
    bounded_page,
    is_page_type,
    web_address,
)

GZIP = b"\x1f\x8b"
_GZIP_WINDOW = zlib.MAX_WBITS + 16
_CHUNK_BYTES = 64 * 1024
_RECORDS_A_PAGE = 5  # the request, the answer, and what tools note beside them
_MAX_RECORDS = MAX_PARTS * _RECORDS_A_PAGE
NO_PAGE = "文件里没有网页，请在浏览器里把搜索结果页另存为“网页，单个文件”后再读入"
_VERSION = b"WARC/"
_END = b"\r\n\r\n"
_HEAD_BYTES = 64 * 1024
_KIND = re.compile(rb"^WARC-Type:[ \t]*(?:response|resource)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_LENGTH = re.compile(rb"^Content-Length:[ \t]*([0-9]{1,12})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_SPACED_ADDRESS = re.compile(rb"^WARC-Target-URI:[ \t]*\S+[ \t]+\S", re.IGNORECASE | re.MULTILINE)
_REDIRECTS = range(300, 400)
_UNREADABLE = (
    ArchiveLoadFailed,
    StatusAndHeadersParserException,
    EOFError,
    OSError,
    zlib.error,
    ValueError,
    AttributeError,
    IndexError,
    KeyError,
    TypeError,
    StopIteration,
)


def is_warc(body: bytes) -> bool:
    """Whether the file begins as a web archive does, packed or not."""
    return body.startswith((_VERSION, GZIP))


def parse_warc(body: bytes) -> tuple[SavedDocument, ...]:
    """The pages and data answers of the archive in their order; pictures, scripts and redirects are left out.

    Raises:
        SavedError: It is broken, cut short or too large.
    """
    data = unpacked(body) if body.startswith(GZIP) else body
    if not data.startswith(_VERSION):
        raise SavedError(BROKEN)
    try:
        found = tuple(_documents(data))
    except _UNREADABLE as error:
        raise SavedError(BROKEN) from error
    if not found:
        raise SavedError(NO_PAGE)
    return found


def unpacked(body: bytes) -> bytes:
    """The content of a gzip file of one or more members.

    Raises:
        SavedError: It is broken, cut short, or larger than a file may be.
    """
    data, members = bytearray(), 1
    packer = zlib.decompressobj(_GZIP_WINDOW)
    for start in range(0, len(body), _CHUNK_BYTES):
        rest = body[start : start + _CHUNK_BYTES]
        while rest:
            if packer.eof:
                packer, members = zlib.decompressobj(_GZIP_WINDOW), members + 1
            if members > _MAX_RECORDS:
                raise SavedError(TOO_MANY_PARTS)
            data += _inflated(packer, rest, MAX_FILE_BYTES - len(data))
            rest = packer.unused_data
    if not packer.eof:
        raise SavedError(CUT_SHORT)
    return bytes(data)


def _inflated(packer: Any, rest: bytes, room: int) -> bytes:
    try:
        data: bytes = packer.decompress(rest, room + 1)
    except zlib.error as error:
        raise SavedError(BROKEN) from error
    if len(data) > room:
        raise SavedError(TOO_LARGE)
    return data


def _documents(data: bytes) -> Iterator[SavedDocument]:
    for number, (head, record) in enumerate(_records(data)):
        if number >= _MAX_RECORDS:
            raise SavedError(TOO_MANY_PARTS)
        if _KIND.search(head):
            parsed = next(iter(ArchiveIterator(BytesIO(record))))
            if (found := _document(parsed)) is not None:
                yield found


def _records(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """``(head, record)`` of each record; cut here, as the library guesses where a length is wrong, and says so."""
    at = 0
    while at < len(data):
        ends_at = data.find(_END, at, at + _HEAD_BYTES)
        head = data[at:ends_at]
        length = _LENGTH.search(head)
        if ends_at < 0 or length is None or not head.startswith(_VERSION) or _SPACED_ADDRESS.search(head):
            raise SavedError(BROKEN)
        stops_at = ends_at + len(_END) + int(length[1])
        if data[stops_at : stops_at + len(_END)] != _END:
            raise SavedError(CUT_SHORT if stops_at >= len(data) else BROKEN)
        yield head, data[at : stops_at + len(_END)]
        at = stops_at + len(_END)


def _document(record: Any) -> SavedDocument | None:
    http = record.http_headers
    content_type = (http or record.rec_headers).get_header("Content-Type") or ""
    status = int(http.get_statuscode()) if http is not None else 200
    if not is_page_type(content_type) or status in _REDIRECTS:
        return None
    charset = content_type.lower().partition("charset=")[2].strip(" \"';")
    return SavedDocument(
        body=as_utf8(_read(record.content_stream()), charset),
        address=web_address(record.rec_headers.get_header("WARC-Target-URI") or ""),
        content_type=content_type,
        status=status,
        saved_at=_moment(record.rec_headers.get_header("WARC-Date") or ""),
    )


def _read(stream: Any) -> bytes:
    body = bytearray()
    while len(body) <= MAX_PAGE_BYTES and (chunk := stream.read(_CHUNK_BYTES)):
        body += chunk
    return bounded_page(bytes(body))


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
