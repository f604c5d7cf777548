"""An answer of the link check as it was received, unpacked as far as is asked, and the exchange that it was part of."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from crawler.link_spelling import origin_of
from crawler.link_wire import Reply
from crawler.page import Exchange

_ZLIB_OR_GZIP = 47
_PLAIN = ("", "identity")
_PACKED = ("gzip", "x-gzip", "deflate")


def unpacked(reply: Reply, most_bytes: int) -> tuple[bytes, bool]:
    """The body up to ``most_bytes``, and whether that is all of it; a bomb is never unpacked further."""
    encoding = (reply.header(b"content-encoding") or "").strip().lower()
    if encoding in _PLAIN:
        return reply.body, not reply.truncated
    if encoding not in _PACKED:
        return b"", False
    unpack = zlib.decompressobj(_ZLIB_OR_GZIP)
    try:
        body = unpack.decompress(reply.body, most_bytes + 1)
    except zlib.error:
        return b"", False
    return body[:most_bytes], len(body) <= most_bytes and not reply.truncated and (unpack.eof or not reply.body)


def exchange_of(address: str, headers: Sequence[tuple[str, str]], reply: Reply) -> Exchange:
    """What went over the wire; through a mirror with the host that it stands for."""
    return Exchange(
        method="GET",
        request_headers=(("Host", origin_of(address)[0].partition("//")[2]), *headers),
        status=reply.status,
        headers=reply.headers,
        body=reply.body,
    )
