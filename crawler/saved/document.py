"""One page out of a file that a person saved (保存的页面), and the bounds within which such files are read. Pure."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_PAGE_BYTES = 8 * 1024 * 1024
MAX_PARTS = 2_000
MAX_DEPTH = 3
_MAX_ADDRESS = 4_000
_MAX_NAME = 80
_MEBIBYTE = 1024 * 1024

CUT_SHORT = "文件没有保存完整，请在浏览器里重新保存"
BROKEN = "文件已损坏或不是浏览器保存的，请在浏览器里重新保存"
TOO_LARGE = f"文件解开后超过 {MAX_FILE_BYTES // _MEBIBYTE} MB，请每个搜索结果页单独保存后再读入"
PAGE_TOO_LARGE = f"页面超过 {MAX_PAGE_BYTES // _MEBIBYTE} MB，请改用“网页，全部”的方式保存后再读入"
TOO_MANY_PARTS = f"文件里超过 {MAX_PARTS} 个部分，请每个搜索结果页单独保存后再读入"


# The status of a part that is neither a page nor a table: told, and nothing is missing without it.
LEFT_OUT = "left_out"


class SavedError(Exception):
    """A saved file cannot be read at all; the message is one Chinese sentence that says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedDocument:
    """A page as a file holds it: its body in UTF-8, where it came from and when, as far as the file tells.

    ``name`` is its place within the file, ``""`` where the file is the page. ``address`` is ``""`` where unknown.
    """

    body: bytes
    name: str = ""
    address: str = ""
    content_type: str = "text/html"
    status: int = 200
    saved_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotRead:
    """A part of a file that is not read (没有读入), by its name within the file; the reason says what to do.

    ``is_page`` where it may be a page that should have been read, ``False`` for a part of another kind.
    """

    name: str
    reason: str
    is_page: bool = True


def bounded_page(body: bytes) -> bytes:
    """The body, if it is no larger than a page may be.

    Raises:
        SavedError: It is larger.
    """
    if len(body) > MAX_PAGE_BYTES:
        raise SavedError(PAGE_TOO_LARGE)
    return body


def web_address(text: str) -> str:
    """The address if it is one of the web, without white space; ``""`` for any other text."""
    address = "".join(text.split())
    if len(address) > _MAX_ADDRESS or not address.isprintable():
        return ""
    try:
        parts = urlsplit(address)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return ""
    return address if is_web else ""


def shown_name(name: str) -> str:
    """The last part of a name within a file, as it may be shown: nobody's path, no control or direction characters."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    kept = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")
    return kept[:_MAX_NAME] or "无名"


def is_page_type(content_type: str) -> bool:
    """Whether a content type is a page's or a data answer's."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind in ("text/html", "application/xhtml+xml", "application/json", "text/json")
