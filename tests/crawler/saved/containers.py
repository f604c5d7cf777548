"""The same page in every form in which a person may save it."""

from __future__ import annotations

import base64
import gzip
import json
import quopri
import zipfile
from datetime import datetime
from io import BytesIO

WEIBO = "https://s.weibo.com/user?q=%E4%BA%91%E5%B2%AD%E5%8F%91%E5%B8%83"
# Times at which no platform can have shown a page: before the first of them, to come, or no moment in UTC at all.
ODD_DATES = (
    "0101-01-01T00:00:00+14:00",
    "1999-12-31T23:59:59+00:00",
    "2008-12-31T23:59:59+00:00",
    "2026-11-20T08:00:01+00:00",
    "9999-12-31T23:59:59-14:00",
)
BOUNDARY = "----MultipartBoundary--云岭abc----".replace("云岭", "")


def html(page: str, address: str = WEIBO) -> bytes:
    """As Chrome saves it: the address in a comment before the page."""
    return f"<!DOCTYPE html>\n<!-- saved from url=({len(address):04d}){address} -->\n{page}".encode()


def part(body: bytes, *headers: str) -> bytes:
    """One part of a MIME message."""
    return "\r\n".join([f"--{BOUNDARY}", *headers, "", ""]).encode() + body + b"\r\n"


def mhtml(page: str, address: str = WEIBO, *, coding: str = "quoted-printable", charset: str = "utf-8") -> bytes:
    """As Chrome saves it: the page and a picture as parts of a message."""
    plain = page.encode(charset)
    body = quopri.encodestring(plain) if coding == "quoted-printable" else base64.encodebytes(plain)
    head = (
        "From: <Saved by Blink>\r\n"
        f"Snapshot-Content-Location: {address}\r\n"
        "Subject: =?utf-8?Q?x?=\r\nDate: Sun, 15 Nov 2026 10:00:00 +0800\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="{BOUNDARY}"\r\n\r\n\r\n'
    ).encode()
    kind = f"Content-Type: text/html; charset={charset}" if charset != "utf-8" else "Content-Type: text/html"
    picture = part(b"iVBORw0KGgo=", "Content-Type: image/png", "Content-Transfer-Encoding: base64")
    document = part(body, kind, f"Content-Transfer-Encoding: {coding}", f"Content-Location: {address}")
    return head + document + picture + f"--{BOUNDARY}--\r\n".encode()


def warc(page: str, address: str = WEIBO, *, zipped: bool = True) -> bytes:
    """As a browser extension saves it: a picture and the page, each record a gzip member of its own."""
    picture = record("https://img.example/a.png", "image/png", b"\x89PNG")
    records = [picture, record(address, "text/html; charset=utf-8", page.encode())]
    return b"".join(gzip.compress(one) if zipped else one for one in records)


def record(url: str, kind: str, body: bytes, *headers: str) -> bytes:
    """One answer of a web archive."""
    answer = "\r\n".join(["HTTP/1.1 200 OK", f"Content-Type: {kind}", *headers, "", ""]).encode() + body
    head = [
        "WARC/1.1",
        "WARC-Type: response",
        f"WARC-Target-URI: {url}",
        "WARC-Date: 2026-11-15T02:00:00Z",
        "Content-Type: application/http; msgtype=response",
        f"Content-Length: {len(answer)}",
    ]
    return "\r\n".join([*head, "", ""]).encode() + answer + b"\r\n\r\n"


def har(page: str, address: str = WEIBO, *, encoded: bool = False) -> bytes:
    """As the developer tools save it, with a script and a redirect among the answers."""
    text = base64.b64encode(page.encode()).decode() if encoded else page
    entries = [
        entry("https://s.weibo.com/old", "text/html", "", status=302),
        entry("https://js.example/a.js", "application/javascript", "var a=1"),
        entry(address, "text/html; charset=utf-8", text, encoding="base64" if encoded else None),
    ]
    return json.dumps({"log": {"version": "1.2", "entries": entries}}).encode()


def entry(url: str, kind: str, text: str, *, status: int = 200, encoding: str | None = None) -> dict[str, object]:
    """One answer of a HAR file."""
    content = {"mimeType": kind, "text": text, **({"encoding": encoding} if encoding else {})}
    answer = {"status": status, "content": content}
    return {"startedDateTime": "2026-11-15T10:00:00.000+08:00", "request": {"url": url}, "response": answer}


def packed(**files: bytes) -> bytes:
    """Files in a zip; ``__`` in a name stands for a dot."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name.replace("__", "."), body)
    return file.getvalue()


def dated(body: bytes, date: str) -> bytes:
    """A plain file that tells another date, in the form that its kind has."""
    stamp = datetime.fromisoformat(date)
    zone = stamp.strftime("%z")[:5]
    in_words = f"Mon, {stamp.day:02} {stamp:%b} {stamp.year:04} {stamp:%H:%M:%S} {zone}"
    for old, new in (
        (b"Date: Sun, 15 Nov 2026 10:00:00 +0800", f"Date: {in_words}"),
        (b"WARC-Date: 2026-11-15T02:00:00Z", f"WARC-Date: {date}"),
        (b"2026-11-15T10:00:00.000+08:00", date),
    ):
        body = body.replace(old, new.encode())
    return body


def every_form(page: str, address: str = WEIBO) -> dict[str, bytes]:
    """The page in each form."""
    return {
        "html": html(page, address),
        "gbk.html": html(page, address).decode().encode("gbk"),
        "mhtml": mhtml(page, address),
        "base64.mhtml": mhtml(page, address, coding="base64"),
        "gbk.mhtml": mhtml(page, address, charset="gbk"),
        "warc": warc(page, address, zipped=False),
        "warc.gz": warc(page, address),
        "har": har(page, address),
        "base64.har": har(page, address, encoded=True),
        "har.gz": gzip.compress(har(page, address)),
        "html.zip": packed(**{"a__html": html(page, address), "a_files/x.png": b"x"}),
        "mhtml.zip": packed(**{"页面__mhtml": mhtml(page, address)}),
    }
