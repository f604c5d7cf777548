"""The pages of a saved file, whatever its form: told from its first bytes, never from its name. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from crawler.saved.document import (
    MAX_FILE_BYTES,
    MAX_PARTS,
    TOO_LARGE,
    TOO_MANY_PARTS,
    NotRead,
    SavedDocument,
    SavedError,
)
from crawler.saved.har import is_har, parse_har
from crawler.saved.html import parse_html
from crawler.saved.mhtml import is_mhtml, parse_mhtml
from crawler.saved.warc import GZIP, is_warc, parse_warc, unpacked
from crawler.saved.zip import MAGIC, PackedFile, parse_zip

EMPTY = "文件是空的，请在浏览器里重新保存"


def documents(body: bytes) -> tuple[SavedDocument, ...]:
    """The pages of an .html, .mhtml, .warc, .har or .zip file in their order, at least one.

    Raises:
        SavedError: None can be read.
    """
    found = parts(body)
    pages = tuple(one for one in found if isinstance(one, SavedDocument))
    if not pages:
        raise SavedError(next(one.reason for one in found if isinstance(one, NotRead)))
    return pages


def parts(body: bytes) -> tuple[SavedDocument | NotRead, ...]:
    """The same, and every part of a .zip file that is not read with its reason; at least one.

    Raises:
        SavedError: The file cannot be read at all.
    """
    if len(body) > MAX_FILE_BYTES:
        raise SavedError(TOO_LARGE)
    found = tuple(_of_archive(body)) if body.startswith(MAGIC) else _of_file(body)
    if len(found) > MAX_PARTS:
        raise SavedError(TOO_MANY_PARTS)
    return found


def packed_files(body: bytes) -> tuple[PackedFile | NotRead, ...]:
    """The files packed into a .zip in their order, and what of it is not read; none where the file is no .zip.

    Raises:
        SavedError: It is broken, or holds nothing that could be a page.
    """
    return parse_zip(body) if body.startswith(MAGIC) else ()


def _of_archive(body: bytes) -> Iterator[SavedDocument | NotRead]:
    for member in parse_zip(body):
        if isinstance(member, NotRead):
            yield member
            continue
        try:
            yield from (replace(document, name=member.name) for document in _of_file(member.body))
        except SavedError as error:
            yield NotRead(name=member.name, reason=str(error))


def _of_file(body: bytes) -> tuple[SavedDocument, ...]:
    if not body.strip():
        raise SavedError(EMPTY)
    if is_warc(body):
        return _of_web_archive(body)
    if is_har(body):
        return parse_har(body)
    return (parse_mhtml(body) if is_mhtml(body) else parse_html(body),)


def _of_web_archive(body: bytes) -> tuple[SavedDocument, ...]:
    if not body.startswith(GZIP):
        return parse_warc(body)
    data = unpacked(body)
    if is_warc(data):
        return parse_warc(data)
    return parse_har(data) if is_har(data) else (parse_html(data),)
