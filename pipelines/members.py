"""Single records of an archive file: each a gzip member of its own, so that one can be read and checked alone."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParserException

from pipelines.answers import Headers

_VERSION = "WARC/1.1"
_BREAKS = re.compile(r"[\r\n\0]+")
_NO_NAME = re.compile(r"[^!#$%&'*+.^`|~\w-]", re.ASCII)
# A stored block of deflate holds no more.
_BLOCK_BYTES = 65535
_LEVEL = 6
_GZIP = zlib.MAX_WBITS + 16
_SMALL_GZIP = 11 + 16
_SMALL_BYTES = 4096
_CHUNK_BYTES = 64 * 1024


class ArchiveError(Exception):
    """A stored answer is not where its record says, or cannot be read there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One record as it lies in a file: ``packed`` are its very bytes, ``body`` those below content encoding."""

    packed: bytes
    type: str
    head: Headers
    status_line: str
    headers: Headers
    body: bytes

    def said(self, name: str) -> str | None:
        """The value of one of the record's own headers."""
        return next((value for key, value in self.head if key.lower() == name.lower()), None)


def http_head(status_line: str, headers: Headers) -> bytes:
    """The head of an HTTP message to the byte as received; what is not Latin-1, which no wire carries, as UTF-8."""
    lines = [status_line, *[f"{_field_name(name)}: {one_line(value)}" for name, value in headers], "", ""]
    text = "\r\n".join(lines)
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


@lru_cache(maxsize=512)
def _field_name(name: str) -> str:
    return _NO_NAME.sub("_", name) or "_"


def one_line(text: str) -> str:
    """Text that stays on its header's line."""
    return (text if text.isprintable() else _BREAKS.sub(" ", text)).strip()


def serialised(type_: str, head: Sequence[tuple[str, str]], block: bytes) -> bytes:
    """A WARC record with these headers, not yet packed; its length and digest are added.

    Written here and not by the library, which encodes headers anew that are not ASCII, names SHA-1, and packs
    everything at the highest level.
    """
    lines = [
        _VERSION,
        f"WARC-Type: {type_}",
        *[f"{name}: {value}" for name, value in head],
        f"WARC-Block-Digest: sha256:{hashlib.sha256(block).hexdigest()}",
        f"Content-Length: {len(block)}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def packed_member(data: bytes, *, is_packed: bool) -> bytes:
    """``data`` as one gzip member; what is packed already is only wrapped, as packing it again would gain nothing."""
    if not is_packed:
        # A short record needs no large window, which costs more to set up than the packing.
        window, memory = (_SMALL_GZIP, 3) if len(data) < _SMALL_BYTES else (_GZIP, 8)
        packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, window, memory)
        return packer.compress(data) + packer.flush()
    parts = [b"\x1f\x8b\x08\0\0\0\0\0\0\xff"]
    for start in range(0, len(data), _BLOCK_BYTES):
        block = data[start : start + _BLOCK_BYTES]
        is_last, size = start + _BLOCK_BYTES >= len(data), len(block)
        parts += [bytes([is_last]), size.to_bytes(2, "little"), (size ^ 0xFFFF).to_bytes(2, "little"), block]
    parts += [zlib.crc32(data).to_bytes(4, "little"), (len(data) & 0xFFFFFFFF).to_bytes(4, "little")]
    return b"".join(parts)


def member_at(file: BinaryIO, offset: int) -> tuple[bytes, bytes]:
    """``(packed, data)`` of the gzip member at a place in a file; ``(b"", b"")`` at its end.

    Raises:
        EOFError: The member is cut short.
        zlib.error: There is no member, or its bytes were changed.
    """
    file.seek(offset)
    unpacker, packed, data = zlib.decompressobj(_GZIP), bytearray(), bytearray()
    while not unpacker.eof:
        chunk = file.read(_CHUNK_BYTES)
        if not chunk and packed:
            raise EOFError(offset)
        if not chunk:
            return b"", b""
        data += unpacker.decompress(chunk)
        packed += chunk
    return bytes(packed[: len(packed) - len(unpacker.unused_data)]), bytes(data)


def record_at(file: BinaryIO, offset: int) -> Stored | None:
    """The record at a place in a file; ``None`` at its end.

    Raises:
        ArchiveError: There is no whole record, or it does not have the digests that it names.
    """
    try:
        packed, data = member_at(file, offset)
        return _parsed(packed, data) if packed else None
    except (EOFError, zlib.error, ArchiveLoadFailed, StatusAndHeadersParserException, ValueError) as error:
        raise ArchiveError(f"存档 {file.name}#{offset} 处的记录读不出来，内容可能被改动或没有写完。") from error


def _parsed(packed: bytes, data: bytes) -> Stored:
    record = next(iter(ArchiveIterator(BytesIO(data), check_digests="raise")))
    body = record.raw_stream.read()
    http = record.http_headers
    return Stored(
        packed=packed,
        type=record.rec_type,
        head=tuple(record.rec_headers.headers),
        status_line="" if http is None else f"{http.protocol} {http.statusline}",
        headers=() if http is None else tuple(http.headers),
        body=body,
    )
