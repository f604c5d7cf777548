"""Pages out of a .har file, which a browser's developer tools write of all answers that it received. Pure."""

from __future__ import annotations

import binascii
import json
from base64 import b64decode
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from crawler.saved.charsets import as_utf8
from crawler.saved.document import (
    BROKEN,
    MAX_PAGE_BYTES,
    MAX_PARTS,
    PAGE_TOO_LARGE,
    TOO_LARGE,
    TOO_MANY_PARTS,
    SavedDocument,
    SavedError,
    bounded_page,
    is_page_type,
    web_address,
)

_HEAD_BYTES = 4096
# A value takes some sixty bytes once read, however few its text has.
_MAX_VALUES = 5_000_000
_REDIRECTS = range(300, 400)
NO_BODIES = "文件里没有网页的正文，请在浏览器的开发者工具里选“另存为包含内容的 HAR”后再读入"


def is_har(body: bytes) -> bool:
    """Whether the file begins as a browser's record of answers does."""
    head = b"".join(body[:_HEAD_BYTES].lstrip(b"\xef\xbb\xbf").split())
    return head.startswith(b'{"log":')


def parse_har(body: bytes) -> tuple[SavedDocument, ...]:
    """The pages and data answers in their order; pictures, scripts and redirects are left out.

    Raises:
        SavedError: It is broken, too large, or was saved without the bodies.
    """
    if sum(body.count(mark) for mark in (b",", b"[", b"{")) > _MAX_VALUES:
        raise SavedError(TOO_LARGE)
    try:
        entries = json.loads(body)["log"]["entries"]
        if len(entries) > MAX_PARTS:
            raise SavedError(TOO_MANY_PARTS)
        found = tuple(_documents(entries))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise SavedError(BROKEN) from error
    if not found:
        raise SavedError(NO_BODIES)
    return found


def _documents(entries: list[Mapping[str, Any]]) -> Iterator[SavedDocument]:
    for entry in entries:
        answer = entry["response"]
        content = answer["content"]
        if is_page_type(content["mimeType"]) and answer["status"] not in _REDIRECTS and "text" in content:
            yield SavedDocument(
                body=_body(content),
                address=web_address(entry["request"]["url"]),
                content_type=content["mimeType"],
                status=int(answer["status"]) or 200,
                saved_at=_moment(entry["startedDateTime"]),
            )


def _body(content: Mapping[str, Any]) -> bytes:
    text: str = content["text"]
    if len(text) > MAX_PAGE_BYTES * 2:
        raise SavedError(PAGE_TOO_LARGE)
    if content.get("encoding") != "base64":
        return as_utf8(bounded_page(text.encode("utf-8", "replace")))
    try:
        return as_utf8(bounded_page(b64decode(text)), content["mimeType"].lower().partition("charset=")[2])
    except binascii.Error as error:
        raise SavedError(BROKEN) from error


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
