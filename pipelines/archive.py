"""Keeps answers as evidence: one WARC file a day and run (网页存档), readable by public replay tools."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from records import SHANGHAI, LinkCheck, Snapshot, as_json

FOLDER = "evidence"
RAW_FOLDER = "raw"
RAW_PER_KIND = 3


class ArchiveError(Exception):
    """A stored answer is not where its record says."""


def load_stored(home: Path, ref: str) -> tuple[str, bytes, str]:
    """``(address, body, content type)`` of the stored answer that a snapshot's ``ref`` names.

    Raises:
        ArchiveError: The file is gone, or holds no answer there.
    """
    name, _, offset = ref.partition("#")
    path = home / name
    if not path.is_file():
        raise ArchiveError(f"存档文件 {name} 不在了。")
    if not offset:
        return f"file:{path.name}", path.read_bytes(), "text/html" if path.suffix in (".html", ".htm") else ""
    with path.open("rb") as file:
        file.seek(int(offset))
        for record in ArchiveIterator(file):
            headers = record.http_headers or record.rec_headers
            kind = headers.get_header("Content-Type") or ""
            return record.rec_headers.get_header("WARC-Target-URI"), record.content_stream().read(), kind
    raise ArchiveError(f"存档 {ref} 里没有记录。")


class WarcArchive:
    """Writes pages below ``home/evidence``; with ``keep_raw`` also the first bodies of each kind below ``home/raw``."""

    def __init__(self, home: Path, run_id: int, *, keep_raw: bool = False) -> None:
        self._home, self._run_id, self._keep_raw = home, run_id, keep_raw

    def keep(self, page: Any) -> Snapshot:
        """Store the page (a crawler Page) and say where it lies.

        The bytes are those after decompression; a page opened in the browser is followed by the
        data answers it loaded, each a record of its own.
        """
        path = self._path(page.fetched_at)
        with path.open("ab") as file:
            offset = file.tell()
            self._write(file, page.url, page.status, page.content_type, page.body, page.fetched_at)
            for call in page.calls:
                self._write(file, call.url, call.status, "application/json", call.body, page.fetched_at)
        if self._keep_raw:
            self._save_raw(page)
        digest = hashlib.sha256(page.body).hexdigest()
        relative = path.relative_to(self._home).as_posix()
        return Snapshot(url=page.url, fetched_at=page.fetched_at, sha256=digest, ref=f"{relative}#{offset}")

    def keep_check(self, check: LinkCheck) -> Snapshot:
        """Store what an address answered to a link check, and say where it lies."""
        body = json.dumps(as_json(check), ensure_ascii=False, indent=1).encode()
        path = self._path(check.checked_at)
        with path.open("ab") as file:
            offset = file.tell()
            writer = WARCWriter(file, gzip=True)
            record = writer.create_warc_record(
                check.url,
                "metadata",
                payload=BytesIO(body),
                # Given, or the library keeps a temporary file open.
                length=len(body),
                warc_content_type="application/json",
                warc_headers_dict={"WARC-Date": check.checked_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")},
            )
            writer.write_record(record)
        relative = path.relative_to(self._home).as_posix()
        digest = hashlib.sha256(body).hexdigest()
        return Snapshot(url=check.url, fetched_at=check.checked_at, sha256=digest, ref=f"{relative}#{offset}")

    def _path(self, moment: datetime) -> Path:
        day = moment.astimezone(SHANGHAI).date()
        path = self._home / FOLDER / f"{day.isoformat()}-run{self._run_id}.warc.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def _write(self, file: Any, url: str, status: int, content_type: str, body: bytes, fetched_at: Any) -> None:
        writer = WARCWriter(file, gzip=True)
        headers = [("Content-Type", content_type or "application/octet-stream"), ("Content-Length", str(len(body)))]
        record = writer.create_warc_record(
            url,
            "response",
            payload=BytesIO(body),
            length=len(body),
            http_headers=StatusAndHeaders(f"{status} OK", headers, protocol="HTTP/1.1"),
            warc_headers_dict={
                "WARC-Date": fetched_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "WARC-Payload-Digest": f"sha256:{hashlib.sha256(body).hexdigest()}",
            },
        )
        writer.write_record(record)

    def _save_raw(self, page: Any) -> None:
        host = urlsplit(page.url).hostname or "unknown"
        folder = self._home / RAW_FOLDER / host / (page.kind or "unknown")
        folder.mkdir(parents=True, exist_ok=True)
        number = len(list(folder.glob("*.body"))) + 1
        if number > RAW_PER_KIND:
            return
        (folder / f"{number}.body").write_bytes(page.body)
        (folder / f"{number}.url").write_text(page.url + "\n", encoding="utf-8")
        for index, call in enumerate(page.calls, 1):
            (folder / f"{number}.call{index}").write_bytes(call.body)
