"""Pages and link checks as WARC 1.1 records (网页存档), which public replay tools can open.

A page is one group of records: its response first, then the request and the data answers that it loaded in the
browser, each naming the first (``WARC-Concurrent-To``). Besides the standard's headers a record may say
``X-Xuncha-Body: decoded`` (the body as a browser gave it), ``X-Xuncha-Redacted`` (names of what was replaced),
``X-Xuncha-Asked-As`` and ``X-Xuncha-Final-URI`` (the address first asked and where it led), ``X-Xuncha-Kind``,
and on a revisit ``X-Xuncha-Refers-To-Offset`` (where in the same file the body lies).
"""

from __future__ import annotations

import hashlib
import json
import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import quote

from warcio.recordbuilder import RecordBuilder
from warcio.statusandheaders import StatusAndHeadersParser

from pipelines.answers import MISSING, Exchange, Headers, LinkAnswer, Page
from pipelines.members import Stored, http_head, one_line, packed_member, serialised
from pipelines.redaction import redacted_address, redacted_body, redacted_headers
from records import LinkCheck, as_json

DECODED = "X-Xuncha-Body"
REDACTED = "X-Xuncha-Redacted"
ASKED_AS = "X-Xuncha-Asked-As"
FINAL = "X-Xuncha-Final-URI"
KIND = "X-Xuncha-Kind"
REFERS_TO = "X-Xuncha-Refers-To-Offset"

_REVISIT_PROFILE = RecordBuilder.REVISIT_PROFILE_1_1
_REDIRECTS = (301, 302, 303, 307, 308)
_NO_ADDRESS = '<>"'
_ADDRESS_SAFE = "".join(sign for sign in string.punctuation if sign not in _NO_ADDRESS)
_AUTHORITY = re.compile(r"https?://[^/?#]*")
_CONTENT_TYPES = {
    "response": "application/http; msgtype=response",
    "revisit": "application/http; msgtype=response",
    "request": "application/http; msgtype=request",
    "metadata": "application/json",
}
# We ask for gzip and deflate; warcio ends with an error at brotli, which some servers send to everybody. Such a
# body is kept decoded, and that of a link, which is not read then either, not at all.
_UNASKED_CODING = "br"
_REASONS = {status.value: status.phrase for status in HTTPStatus}


@dataclass(frozen=True, slots=True)
class First:
    """The first record of a file with some body: where it lies, and what a revisit says of it."""

    offset: int
    url: str
    fetched_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record, packed as a gzip member, and what the manifest says of it; ``refers`` is a revisit's first."""

    data: bytes
    type: str
    url: str
    fetched_at: str
    body_sha256: str | None = None
    payload_sha256: str | None = None
    refers: int | None = None
    copied_from: str | None = None


@dataclass(frozen=True, slots=True)
class _Message:
    """What goes into a response record: a status, headers and a body, as received or as the browser decoded them."""

    url: str
    status: int
    headers: Headers
    body: bytes
    is_decoded: bool


def digest_of(body: bytes) -> str:
    """The sha256 of a body in hexadecimal."""
    return hashlib.sha256(body).hexdigest()


def warc_date(moment: datetime) -> str:
    """A time as WARC 1.1 writes it: UTC, with the fraction of the second where there is one."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def written_address(url: str) -> str:
    """An address that fits on a header's line: what no address may hold is percent-encoded, the rest stays."""
    written = quote(url, safe=_ADDRESS_SAFE, errors="surrogatepass")
    scheme, mark, rest = written.partition("://")
    return f"{scheme.lower()}{mark}{rest}"


def page_records(page: Page, body_sha256: str, firsts: Mapping[str, First]) -> list[Record]:
    """The group of a page, its response first.

    Args:
        page: What was fetched.
        body_sha256: Digest of its decoded body.
        firsts: The bodies that the file already holds, by digest: the same again becomes a revisit.
    """
    asked = _asked(page)
    notes = [(KIND, one_line(page.kind))] if page.kind else []
    if asked != page.url:
        notes.append((ASKED_AS, page.url))
    if page.final_url and page.final_url != asked:
        notes.append((FINAL, page.final_url))
    date, record_id = warc_date(page.fetched_at), _record_id()
    # Not modified: the body is the one that stands for it, so that the page can be read again from here alone.
    unchanged = page.exchange is not None and page.exchange.status == HTTPStatus.NOT_MODIFIED != page.status
    message = _message(asked, None if unchanged else page.exchange, page.status, page.content_type, page.body)
    head = [("WARC-Record-ID", record_id), ("WARC-Date", date)]
    records = [_response(message, [*head, *notes], body_sha256, firsts)]
    if page.exchange is not None:
        records.append(_request(asked, page.exchange, _beside(record_id, date)))
        if unchanged:
            records.append(_not_modified(asked, page.exchange, _beside(record_id, date)))
    for call in page.calls:
        answer = _message(call.url, None, call.status, "application/json", call.body)
        records.append(_response(answer, _beside(record_id, date), digest_of(call.body), firsts))
    return records


def check_records(
    check: LinkCheck, answer: LinkAnswer | None, body: bytes, firsts: Mapping[str, First]
) -> list[Record]:
    """The group of a link check: what was concluded (``body``) as metadata, then the answers it rests on, if any.

    An answer's body ends where the check stopped reading (``WARC-Truncated: length``). A host's answer to an address
    that cannot exist, with which the link's own was compared, follows it as one of the kind ``missing``.
    """
    date, record_id = warc_date(check.checked_at), _record_id()
    head = [("WARC-Record-ID", record_id), ("WARC-Date", date)]
    records = [_packed("metadata", check.url, head, body, body_sha256=digest_of(body))]
    for one, notes in _link_answers(answer):
        message = _message(one.url, one.exchange, one.exchange.status, "", b"")
        cut = [("WARC-Truncated", "length")] if one.truncated else []
        records.append(_response(message, [*_beside(record_id, date), *cut, *notes], None, firsts))
        records.append(_request(one.url, one.exchange, _beside(record_id, date)))
    return records


def _link_answers(answer: LinkAnswer | None) -> Iterator[tuple[LinkAnswer, list[tuple[str, str]]]]:
    """The answers of a link check, each with what its record notes."""
    if answer is not None:
        yield answer, []
        if answer.missing is not None:
            yield answer.missing, [(KIND, MISSING)]


def check_body(check: LinkCheck) -> bytes:
    """A link check as JSON, its addresses without what grants access."""
    final_url = None if check.final_url is None else redacted_address(check.final_url)[0]
    shown = replace(check, url=redacted_address(check.url)[0], final_url=final_url)
    # A line a field by its separator: Python's own indenting takes ten times as long.
    said = json.dumps(as_json(shown), ensure_ascii=False, separators=(",\n ", ": "))
    return said.encode("utf-8", "backslashreplace")


def unfolded(revisit: Stored, first: Stored) -> bytes:
    """A revisit as a response record of its own, packed, with the body of the record it refers to."""
    dropped = ("warc-type", "warc-profile", "content-length", "warc-block-digest", REFERS_TO.lower())
    names = [(name.lower(), name, value) for name, value in revisit.head]
    head = [
        (name, value)
        for lowered, name, value in names
        if lowered not in dropped and not lowered.startswith("warc-refers-to")
    ]
    return packed_member(
        serialised("response", head, http_head(revisit.status_line, revisit.headers) + first.body), is_packed=True
    )


def _asked(page: Page) -> str:
    """The address that gave the answer: after a redirect within the host another than was first asked.

    A redirect that leads elsewhere names its goal as the final address, which was not asked.
    """
    plain = page.exchange is not None and page.exchange.status not in _REDIRECTS
    return page.final_url if plain and page.final_url else page.url


def _message(url: str, exchange: Exchange | None, status: int, content_type: str, body: bytes) -> _Message:
    if exchange is not None:
        # The body is out of its chunks; a header that says otherwise would break it for every reader.
        headers = tuple(pair for pair in exchange.headers if pair[0].strip().lower() != "transfer-encoding")
        first = next((value.strip().lower() for name, value in headers if name.lower() == "content-encoding"), "")
        if first != _UNASKED_CODING:
            return _Message(url, exchange.status, headers, exchange.body, False)
        plain = tuple(pair for pair in headers if pair[0].lower() not in ("content-encoding", "content-length"))
        return _Message(url, exchange.status, plain, body, True)
    made = (("Content-Type", content_type or "application/octet-stream"), ("Content-Length", str(len(body))))
    return _Message(url, status, made, body, True)


def _response(
    message: _Message, head: list[tuple[str, str]], body_sha256: str | None, firsts: Mapping[str, First]
) -> Record:
    decoded = message.is_decoded and body_sha256 is not None
    payload = body_sha256 if decoded and body_sha256 is not None else digest_of(message.body)
    head = [*head, ("WARC-Payload-Digest", f"sha256:{payload}")]
    if message.is_decoded:
        head.append((DECODED, "decoded"))
    headers, names = redacted_headers(message.headers)
    http = http_head(f"HTTP/1.1 {message.status} {_REASONS.get(message.status, '')}".rstrip(), headers)
    first = firsts.get(payload) if message.body else None
    if first is None:
        is_packed = any(name.lower() == "content-encoding" for name, _ in headers)
        known = {"body_sha256": body_sha256, "payload_sha256": payload}
        return _packed("response", message.url, head, http + message.body, names, is_packed=is_packed, **known)
    head += [
        ("WARC-Profile", _REVISIT_PROFILE),
        ("WARC-Refers-To-Target-URI", first.url),
        ("WARC-Refers-To-Date", first.fetched_at),
        (REFERS_TO, str(first.offset)),
    ]
    found = _packed("revisit", message.url, head, http, names, body_sha256=body_sha256, payload_sha256=payload)
    return replace(found, refers=first.offset)


def _request(url: str, exchange: Exchange, head: list[tuple[str, str]]) -> Record:
    headers, names = redacted_headers(exchange.request_headers)
    body, body_names = redacted_body(exchange.request_body)
    # Not by urlsplit, which refuses some of the addresses that are found in posts.
    target = _AUTHORITY.sub("", written_address(redacted_address(url)[0])).partition("#")[0]
    target = target if target.startswith("/") else f"/{target}"
    http = http_head(f"{one_line(exchange.method)} {target} HTTP/1.1", headers)
    return _packed("request", url, head, http + body, (*names, *body_names))


def _not_modified(url: str, exchange: Exchange, head: list[tuple[str, str]]) -> Record:
    """What was really answered where an earlier answer stands for the page."""
    headers, names = redacted_headers(exchange.headers)
    said = json.dumps({"status": exchange.status, "headers": headers}, ensure_ascii=False, indent=1)
    return _packed("metadata", url, head, said.encode("utf-8", "backslashreplace"), names)


def _packed(
    type_: str,
    url: str,
    head: list[tuple[str, str]],
    block: bytes,
    names: tuple[str, ...] = (),
    *,
    is_packed: bool = False,
    body_sha256: str | None = None,
    payload_sha256: str | None = None,
) -> Record:
    """The record of these parts; addresses among its headers are freed of what grants access."""
    address, found = redacted_address(url)
    address, replaced = written_address(address), {*names, *found}
    if type_ != "metadata" and not _AUTHORITY.match(address):
        raise ValueError(f"not an address of the web: {address[:200]}")
    rows = [("WARC-Target-URI", address)] if address else []
    for name, value in head:
        if name in (ASKED_AS, FINAL):
            value, found = redacted_address(value)
            replaced.update(found)
            value = written_address(value)
        rows.append((name, value))
    if replaced:
        rows.append((REDACTED, written_address(", ".join(sorted(replaced))).replace("%20", " ")))
    rows.append(("Content-Type", _CONTENT_TYPES[type_]))
    data = packed_member(serialised(type_, rows, block), is_packed=is_packed)
    return Record(
        data=data,
        type=type_,
        url=address,
        fetched_at=dict(head)["WARC-Date"],
        body_sha256=body_sha256,
        payload_sha256=payload_sha256,
    )


def _beside(record_id: str, date: str) -> list[tuple[str, str]]:
    """The headers of a record that belongs to a group's first."""
    return [("WARC-Record-ID", _record_id()), ("WARC-Date", date), ("WARC-Concurrent-To", record_id)]


def _record_id() -> str:
    return str(StatusAndHeadersParser.make_warc_id())
