"""Asks feeds and albums by condition (条件请求): what has not changed is not sent again.

A 304 is turned into the stored answer, so that parsers and coverage see what they would have seen; the exchange
that goes to the archive stays the 304. Only what was read as content is remembered, and an address whose stored
answer is gone is asked plainly. Headers are a stranger's: other forms than the standard's are not stored.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crawler.page import Fetch, Validators

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from records import Snapshot

KINDS = frozenset({"feed", "album"})
SETTING = "XUNCHA_VALIDATORS"
# On responses that stand for a 304.
FLAG = "xuncha_not_modified"
_STORED = "xuncha_stored_answer"
_ETAG = re.compile(rb'(?:W/)?"[\x21\x23-\x7e]{0,200}"')
_DAYS, _MONTHS = b"Mon|Tue|Wed|Thu|Fri|Sat|Sun", b"Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_MOMENT = re.compile(rb"(?:%b), [0-9]{2} (?:%b) [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT" % (_DAYS, _MONTHS))
_TYPE = re.compile(rb"[\x20-\x7e]{1,200}")


class Conditional:
    """Downloader middleware: If-None-Match and If-Modified-Since where the stored answer can stand in."""

    def __init__(self, crawler: Crawler) -> None:
        self._validators: Validators | None = crawler.settings.get(SETTING)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Conditional:
        """Made by Scrapy."""
        return cls(crawler)

    def process_request(self, request: Request, spider: Any = None) -> None:
        """Adds the conditions."""
        if self._validators is None or request.method != "GET" or not _may_wait(request.cb_kwargs.get("fetch")):
            return
        known = self._validators.known(request.url)
        body = self._validators.load(request.url) if known is not None else None
        if known is None or body is None:
            return
        request.meta[_STORED] = body, known.content_type
        for name, value in (("If-None-Match", known.etag), ("If-Modified-Since", known.last_modified)):
            if value is not None:
                request.headers[name] = value

    def process_response(self, request: Request, response: Response, spider: Any = None) -> Response:
        """The stored answer in place of a 304 that was asked for; every other response as it is."""
        stored = request.meta.get(_STORED)
        if response.status != 304 or stored is None:
            return response
        body, content_type = stored
        flags = [*response.flags, FLAG]
        return response.replace(status=200, body=body, headers={"Content-Type": content_type}, flags=flags)


def keep_validators(
    validators: Validators, response: Response, fetch: Fetch, snapshot: Snapshot | None, status: str
) -> None:
    """Remember what a page gave to ask it by condition, once it is in the archive.

    Args:
        validators: Where it is remembered.
        response: The page's response.
        fetch: What was asked for.
        snapshot: Where the page lies.
        status: How the page was read; a wall's validators would keep the wall.
    """
    whole = status in ("ok", "empty") and response.status == 200 and FLAG not in response.flags
    if snapshot is None or not whole or not _may_wait(fetch):
        return
    etag, moment = _header(response, "ETag", _ETAG), _header(response, "Last-Modified", _MOMENT)
    content_type = _header(response, "Content-Type", _TYPE) or ""
    validators.keep(response.url, etag, moment, snapshot, content_type)


def _may_wait(fetch: object) -> bool:
    if not isinstance(fetch, Fetch) or fetch.kind not in KINDS:
        return False
    return not fetch.render and fetch.payload is None and not fetch.credential


def _header(response: Response, name: str, form: re.Pattern[bytes]) -> str | None:
    """The header's one value in the standard's form; ``None`` for any other."""
    values = response.headers.getlist(name)
    return values[0].decode("ascii") if len(values) == 1 and form.fullmatch(values[0]) else None
