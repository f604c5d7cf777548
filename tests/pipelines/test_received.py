"""What a crawl received reaches the archive to the byte, and reads back as the parser saw it."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import sys
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import brotli
import pytest
from scrapy import Request
from scrapy.http import Response

from crawler.received import exchange_of
from pipelines.archive import StoredPage, load_stored
from tests.pipelines.answers import passes_check

BODY = "云岭县人民政府".encode() * 200
WIRE = {
    "plain": ("identity", BODY),
    "gzip": ("gzip", gzip.compress(BODY)),
    "deflate": ("deflate", zlib.compress(BODY)),
    "br": ("br", brotli.compress(BODY)),
    "twice": ("deflate, gzip", gzip.compress(zlib.compress(BODY))),
    "cut": ("gzip", gzip.compress(BODY)[:-20]),
    "post": ("gzip", gzip.compress(BODY)),
    "rendered": ("gzip", gzip.compress(BODY)),
}


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        coding, body = WIRE[self.path.strip("/")]
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.send_response(200)
        for name, value in (("Content-Encoding", coding), ("X-Twice", "1"), ("X-Twice", "2"), ("Set-Cookie", "SUB=1")):
            self.send_header(name, value)
        self.send_header("X-Name", "云岭".encode().decode("latin-1"))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *arguments: Any) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[StoredPage, str, bool, bytes]]]:
    """By kind of answer: what was stored, the digest that the parser saw, whether received, the record's raw bytes."""
    home = tmp_path_factory.mktemp("home")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    Thread(target=server.serve_forever, daemon=True).start()
    urls = [f"http://127.0.0.1:{server.server_port}/{name}" for name in WIRE]
    command = [sys.executable, "-m", "tests.pipelines.received_child", str(home), *urls]
    done = subprocess.run(command, capture_output=True, check=True, cwd=Path(__file__).parents[2])
    server.shutdown()
    server.server_close()
    assert passes_check(home)
    raw = b"".join(gzip.decompress(path.read_bytes()) for path in home.rglob("*.gz"))
    rows = json.loads(done.stdout)
    yield {
        name: (load_stored(home, ref), digest, received, raw)
        for name, (_, ref, digest, received) in zip(WIRE, rows, strict=True)
    }


@pytest.mark.parametrize("name", WIRE)
def test_it_reads_back_as_the_parser_saw_it(kept: dict[str, tuple[StoredPage, str, bool, bytes]], name: str) -> None:
    stored, digest, received, _ = kept[name]
    assert stored.sha256 == digest
    assert (stored.decoded, received) == (name in ("rendered", "br"), name != "rendered")
    assert name == "cut" or stored.sha256 == hashlib.sha256(BODY).hexdigest()


def test_the_body_lies_there_as_it_came_over_the_wire(kept: dict[str, tuple[StoredPage, str, bool, bytes]]) -> None:
    raw = kept["plain"][3]
    assert all(body in raw for name, (_, body) in WIRE.items() if name not in ("br", "rendered"))


def test_headers_are_those_of_the_wire_and_cookies_are_gone(
    kept: dict[str, tuple[StoredPage, str, bool, bytes]],
) -> None:
    stored, _, _, raw = kept["gzip"]
    headers = [pair for pair in stored.headers if pair[0] not in ("Server", "Date", "Content-Length")]
    twice = [("X-Twice", "1"), ("X-Twice", "2")]
    assert headers == [("Content-Encoding", "gzip"), *twice, ("Set-Cookie", "REDACTED"), ("X-Name", "云岭")]
    assert b"SUB=1" not in raw


def test_the_request_is_kept_with_our_name_and_its_body(kept: dict[str, tuple[StoredPage, str, bool, bytes]]) -> None:
    raw = kept["post"][3]
    assert raw.count(b"User-Agent: xuncha/0.1 (+https://office.example)\r\n") == len(WIRE) - 1
    assert b"GET /br HTTP/1.1\r\nHost: 127.0.0.1:" in raw
    assert b'\r\n\r\n{"begin":1}\r\n\r\n' in raw


def test_a_response_that_nobody_received_has_no_exchange() -> None:
    assert exchange_of(Response("https://a.example/")) is None
    assert exchange_of(Response("https://a.example/", request=Request("https://a.example/"))) is None
