"""A saved page's text in UTF-8, whatever it was written in: the parsers read nothing else. Pure."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence

from crawler.saved.document import SavedError

# What pages of Chinese sites are written in. Names that are none of these are not asked of Python, which knows
# "encodings" that unpack or run through a text at great cost.
_KNOWN = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "x-gbk": "gb18030",
    "big5": "big5",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_-]{2,20})""", re.IGNORECASE)
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\f\r")
_HEAD_BYTES = 4096
_REPLACED = "\ufffd"
_MOST_REPLACED = 0.01
UNKNOWN = "页面的文字编码认不出，请在浏览器里重新保存后再读入"


def as_utf8(body: bytes, declared: str = "") -> bytes:
    """The page in UTF-8, without the control characters that no page has.

    Args:
        body: The page as written.
        declared: What the container says of its charset, ``""`` if nothing; the page's own words come second.

    Raises:
        SavedError: Hardly anything of it can be read as text.
    """
    marked = next(((mark, name) for mark, name in _MARKS if body.startswith(mark)), None)
    if marked is not None:
        return _without_controls(_decoded(body[len(marked[0]) :], [marked[1]]).encode())
    if _is_utf8(body):
        return _without_controls(body)
    return _without_controls(_decoded(body, _charsets(body, declared)).encode())


def _without_controls(body: bytes) -> bytes:
    # The HTML parser makes attribute names of them, and then refuses to read them.
    return body.translate(None, _CONTROLS).replace(b"\xef\xbf\xbe", b"").replace(b"\xef\xbf\xbf", b"")


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\0" not in body


def _charsets(body: bytes, declared: str) -> list[str]:
    """What the page may be written in, the likeliest first: pages kept by hand often declare what they once were."""
    said = _DECLARED.search(body[:_HEAD_BYTES])
    names = (declared.lower(), said[1].decode("ascii").lower() if said else "")
    return list(dict.fromkeys([*(_KNOWN[name] for name in names if name in _KNOWN), "gb18030"]))


def _decoded(body: bytes, charsets: Sequence[str]) -> str:
    for charset in charsets:
        try:
            text = body.decode(charset)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    # As a browser shows it: single bytes that fit nowhere are replaced, and names that hold one are not taken.
    text = body.decode(charsets[0], "replace")
    if text.count(_REPLACED) + text.count("\0") > max(3, len(text) * _MOST_REPLACED):
        raise SavedError(UNKNOWN)
    return text
