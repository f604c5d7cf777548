"""Unpacks a body by the crawl's own way (解压正文), so that it gives the same bytes and the same digest.

A file of its own because it needs Scrapy, which no command should load that meets no packed page.
"""

from __future__ import annotations

from collections.abc import Sequence

from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

_MOST_BYTES = 64 * 1024 * 1024


class _Unpacking(HttpCompressionMiddleware):
    """The crawl's middleware without its statistics."""

    def __init__(self) -> None:
        self.stats = None
        self._max_size = self._warn_size = _MOST_BYTES


def unpacked_as_crawled(body: bytes, codings: Sequence[str]) -> bytes:
    """The body as a parser saw it; one that cannot be unpacked, or is larger than any page, stays as received."""
    answer = Response("http://stored.invalid/", headers={"Content-Encoding": list(codings)}, body=body)
    try:
        return _Unpacking().process_response(Request(answer.url), answer).body
    except (OSError, EOFError, ValueError, IgnoreRequest):
        return body
