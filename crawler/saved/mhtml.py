"""A page saved as .mhtml or .mht (网页，单个文件): a MIME message whose parts are the page and its pictures. Pure.

Read with a splitter of our own: the standard library's parser recurses into nested parts and reads every header
of every part, which a hostile file can make as many as it likes.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.header import decode_header
from email.utils import parsedate_to_datetime

from crawler.saved.charsets import as_utf8
from crawler.saved.document import (
    CUT_SHORT,
    MAX_DEPTH,
    MAX_PAGE_BYTES,
    MAX_PARTS,
    TOO_MANY_PARTS,
    SavedDocument,
    SavedError,
    bounded_page,
    is_page_type,
    web_address,
)

_HEAD_BYTES = 64 * 1024
_HEADER = re.compile(r"([!-9;-~]{1,80}):[ \t]*(.*)")
_PARAMETER = re.compile(r';\s*([\w*-]+)\s*=\s*(?:"([^"]*)"|([^\s;"]+))')
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_FIRST_LINES = re.compile(rb"[\s\xef\xbb\xbf]*[A-Za-z][A-Za-z-]{1,60}:")
_MESSAGE = re.compile(rb"^(?:MIME-Version:|Content-Type:\s*multipart/)", re.IGNORECASE | re.MULTILINE)
# Quoted-printable takes three bytes for one, base64 four for three with its line ends.
_ENCODED_BYTES = MAX_PAGE_BYTES * 3 + 1024
NO_PAGE = "文件里没有网页，请在浏览器里另存为“网页，单个文件”后再读入"
UNREADABLE = "文件里的网页解不开，请在浏览器里重新保存"
TOO_DEEP = "文件里层层套着文件，不是浏览器保存的，请在浏览器里重新保存"


@dataclass(frozen=True, slots=True)
class _Part:
    headers: Mapping[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        return self.headers.get("content-type", "text/plain").partition(";")[0].strip().lower()

    def parameter(self, name: str) -> str:
        found = _PARAMETER.findall(self.headers.get("content-type", ""))
        return next((quoted or bare for key, quoted, bare in found if key.lower() == name), "")


def is_mhtml(body: bytes) -> bool:
    """Whether the file begins as a MIME message does."""
    head = _BLANK_LINE.split(body[:_HEAD_BYTES].lstrip(), maxsplit=1)[0]
    return bool(_FIRST_LINES.match(head)) and bool(_MESSAGE.search(head))


def parse_mhtml(body: bytes) -> SavedDocument:
    """The page itself, not its frames and pictures.

    Raises:
        SavedError: The message is cut short, too large, too deep or holds no page.
    """
    message = _part(body.lstrip())
    pages = [part for part in _leaves(message, 0, [0]) if is_page_type(part.kind)]
    if not pages:
        raise SavedError(NO_PAGE)
    noted = _location(message, "snapshot-content-location")
    start = message.parameter("start")
    page = next(
        (
            part
            for part in pages
            if (noted and _location(part) == noted) or (start and part.headers.get("content-id") == start)
        ),
        pages[0],
    )
    return SavedDocument(
        body=bounded_page(as_utf8(_decoded(page), page.parameter("charset"))),
        address=_location(page) or noted,
        content_type=page.kind,
        saved_at=_moment(message.headers.get("date", "")),
    )


def _part(data: bytes) -> _Part:
    blank = _BLANK_LINE.search(data, 0, _HEAD_BYTES)
    if blank is None:
        raise SavedError(CUT_SHORT)
    return _Part(_headers(data[: blank.start()]), data[blank.end() :])


def _headers(head: bytes) -> dict[str, str]:
    unfolded = re.sub(r"\r?\n[ \t]+", " ", head.decode("utf-8", "replace"))
    found: dict[str, str] = {}
    for line in unfolded.splitlines():
        if header := _HEADER.fullmatch(line):
            found.setdefault(header[1].lower(), header[2].strip())
    return found


def _leaves(part: _Part, depth: int, seen: list[int]) -> Iterator[_Part]:
    """The parts that hold no others, in order; ``seen`` counts all of them."""
    if not part.kind.startswith("multipart/"):
        yield part
        return
    if depth >= MAX_DEPTH:
        raise SavedError(TOO_DEEP)
    for data in _split(part.body, part.parameter("boundary")):
        seen[0] += 1
        if seen[0] > MAX_PARTS:
            raise SavedError(TOO_MANY_PARTS)
        yield from _leaves(_part(data), depth + 1, seen)


def _split(body: bytes, boundary: str) -> Iterator[bytes]:
    """What lies between the lines of a boundary; without the closing one the file is cut short."""
    if not boundary:
        raise SavedError(CUT_SHORT)
    line = re.compile(rb"(?:\A|\r?\n)--" + re.escape(boundary.encode()) + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    at = line.search(body)
    while at is not None and at[1] is None:
        following = line.search(body, at.end())
        if following is None:
            break
        yield body[at.end() : following.start()].removeprefix(b"\r").removeprefix(b"\n")
        at = following
    if at is None or at[1] is None:
        raise SavedError(CUT_SHORT)


def _decoded(part: _Part) -> bytes:
    if len(part.body) > _ENCODED_BYTES:
        bounded_page(part.body)
    coding = part.headers.get("content-transfer-encoding", "").lower()
    if coding == "quoted-printable":
        return binascii.a2b_qp(part.body)
    if coding != "base64":
        return part.body
    try:
        return binascii.a2b_base64(part.body)
    except binascii.Error as error:
        raise SavedError(UNREADABLE) from error


def _location(part: _Part, header: str = "content-location") -> str:
    text = part.headers.get(header, "")
    return web_address(_plain_words(text) if text.startswith("=?") else text)


def _plain_words(text: str) -> str:
    """A header whose words are encoded because they are not ASCII (``=?utf-8?Q?…?=``)."""
    try:
        pieces = decode_header(text)
        return "".join(piece if isinstance(piece, str) else piece.decode("utf-8", "replace") for piece, _ in pieces)
    except (MessageError, ValueError):
        return ""


def _moment(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return found if found.tzinfo is not None else None
