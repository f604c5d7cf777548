"""A page saved as .html, alone or with its folder (网页，仅 HTML / 网页，全部). Pure.

Chrome and Edge write ``<!-- saved from url=(0047)https://… -->`` before the page, SingleFile a comment with ``url:``;
Firefox writes nothing, so that the page alone must tell what it is.
"""

from __future__ import annotations

import re

from crawler.saved.charsets import as_utf8
from crawler.saved.document import SavedDocument, SavedError, bounded_page, web_address

_HEAD_BYTES = 16 * 1024
_SAVED_FROM = re.compile(rb"<!--\s*saved from url=\(\d{1,6}\)(\S{1,4000}?)\s*-->")
_SINGLE_FILE = re.compile(rb"<!--\s*Page saved with SingleFile\s+url:\s*(\S{1,4000})")
_PAGE_START = re.compile(rb"[\s\xef\xbb\xbf]*[<{\[]")
_ELEMENT = re.compile(rb"<(?:html|head|body|a|div|table|li|p)[\s>]", re.IGNORECASE)
NO_PAGE = "认不出这是哪种文件，请在浏览器里另存为“网页，单个文件”或“网页，全部”后再读入"


def parse_html(body: bytes) -> SavedDocument:
    """The page with the address that the browser noted in it.

    Raises:
        SavedError: It is too large, no page at all, or in an unknown encoding.
    """
    text = as_utf8(bounded_page(body))
    if not _PAGE_START.match(text) and not _ELEMENT.search(text[:_HEAD_BYTES]):
        raise SavedError(NO_PAGE)
    is_data = text.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
    return SavedDocument(
        body=text, address=noted_address(text), content_type="application/json" if is_data else "text/html"
    )


def noted_address(body: bytes) -> str:
    """The address that the browser noted in the page when it saved it; ``""`` where it did not."""
    head = body[:_HEAD_BYTES]
    found = _SAVED_FROM.search(head) or _SINGLE_FILE.search(head)
    return web_address(found[1].decode("utf-8", "replace")) if found else ""
