"""Sends requests to the platform, or to the mirror that stands in for it (contract §6).

With a mirror every request for ``SCHEME://HOST/PATH?QUERY`` goes to ``MIRROR/SCHEME/HOST/PATH?QUERY``.
Everything above this layer (robots, pace, redirects, stored addresses) sees the original address only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)

from crawler.mirrors import MIRROR_ERROR_HEADER, mirrored

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

MIRROR_ERRORS: dict[str, type[Exception]] = {
    "dns": CannotResolveHostError,
    "refused": DownloadConnectionRefusedError,
    "reset": DownloadFailedError,
    "timeout": DownloadTimeoutError,
    "tls": DownloadFailedError,
}


class MirrorHandler(HTTP11DownloadHandler):
    """Scrapy's own HTTP handler, with the mirror put in at the last moment."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._mirror: str = crawler.settings.get("XUNCHA_MIRROR") or ""
        # With a delay between requests none leaves a connection open behind it: the next may be another process's.
        self._pool.persistent = crawler.settings.getfloat("DOWNLOAD_DELAY") == 0

    async def download_request(self, request: Request) -> Response:
        """The answer under the original address; the failure that the mirror names is raised as the host's own."""
        if not self._mirror:
            return await super().download_request(request)
        # The mirror is asked directly: a proxy of the machine knows the platform's address only.
        meta = {key: value for key, value in request.meta.items() if key != "proxy"}
        answer = await super().download_request(request.replace(url=mirrored(request.url, self._mirror), meta=meta))
        failure = (answer.headers.get(MIRROR_ERROR_HEADER) or b"").decode("latin-1")
        if failure:
            error = MIRROR_ERRORS.get(failure, DownloadFailedError)
            raise error(f"{urlsplit(request.url).hostname}: {failure}")
        return answer.replace(url=request.url)
