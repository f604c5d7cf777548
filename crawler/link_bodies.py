"""The answer to one request of the link check, read no further than is asked, as received and unpacked."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import aiohttp
from yarl import URL

from crawler.page import Exchange

_CHUNK_BYTES = 16 * 1024
_ZLIB_OR_GZIP = 47


@dataclass(frozen=True, slots=True)
class Body:
    """A body as far as it was read: decompressed, whether that was all of it, and as received."""

    data: bytes
    whole: bool
    raw: bytes
    truncated: bool


async def read_body(response: aiohttp.ClientResponse, most_bytes: int) -> Body:
    """The body up to ``most_bytes``, packed or not; a bomb is never unpacked further."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
        return Body(b"", False, b"", True)
    unpack = None if encoding in ("", "identity") else zlib.decompressobj(_ZLIB_OR_GZIP)
    body, raw = bytearray(), bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
        raw += chunk
        room = most_bytes + 1 - len(body)
        try:
            body += unpack.decompress(chunk, room) if unpack else chunk[:room]
        except zlib.error:
            return Body(bytes(body), False, bytes(raw[:most_bytes]), True)
        if len(body) > most_bytes or len(raw) > most_bytes:
            return Body(bytes(body[:most_bytes]), False, bytes(raw[:most_bytes]), True)
    return Body(bytes(body), unpack is None or unpack.eof or not raw, bytes(raw), False)


def exchange_of(address: str, response: aiohttp.ClientResponse, raw: bytes) -> Exchange:
    """What went over the wire; through a mirror with the host that it stands for."""
    asked = [(name, value) for name, value in response.request_info.headers.items() if name.lower() != "host"]
    return Exchange(
        method=response.method,
        request_headers=(("Host", _host(URL(address))), *asked),
        status=response.status,
        # Latin-1 gives every byte back as it was.
        headers=tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.raw_headers),
        body=raw,
    )


def _host(url: URL) -> str:
    """The host as a request names it: with its port only where that is not the scheme's own."""
    host = url.host_subcomponent or ""
    return host if url.is_default_port() else f"{host}:{url.port}"
