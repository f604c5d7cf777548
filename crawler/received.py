"""Takes each answer as it was received (原始应答), below decompression, for the archive.

``Received`` stands nearest to the downloader (order 900): there the request has all its headers and the
answer none of Scrapy's changes. What the transport itself sets aside is absent (``Transfer-Encoding``, as the
body is no longer in chunks); header names come in their usual spelling, one name's values together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from crawler.page import Exchange

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Headers, Response

ORDER = 900
_KEY = "xuncha_exchange"


class Received:
    """Downloader middleware that notes each exchange in its request's ``meta``."""

    async def process_response(self, request: Request, response: Response, spider: Any = None) -> Response:
        """The response, unchanged; a page opened in the browser has no exchange: it shows only what it decoded."""
        request.meta[_KEY] = None if request.meta.get("playwright") else _exchange(request, response)
        return response


def exchange_of(response: Response) -> Exchange | None:
    """The exchange that gave this response; ``None`` where a browser gave it, or nothing was received."""
    found = None if response.request is None else response.request.meta.get(_KEY)
    return found if isinstance(found, Exchange) else None


def _exchange(request: Request, response: Response) -> Exchange:
    host = (
        "Host",
        urlsplit(request.url).netloc.rpartition("@")[2],
    )  # the transport adds it; with a mirror it is the original's
    headers = tuple(pair for pair in _pairs(request.headers) if pair[0].lower() != "host")
    return Exchange(
        method=request.method,
        request_headers=(host, *headers),
        request_body=request.body,
        status=response.status,
        headers=_pairs(response.headers),
        body=response.body,
    )


def _pairs(headers: Headers) -> tuple[tuple[str, str], ...]:
    # Latin-1 gives every byte back as it was.
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, values in headers.items() for value in values
    )
