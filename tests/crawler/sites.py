"""Made-up hosts on one loopback server, as a mirror or by their own names, and a browser's crawl of them.

By their own names they speak TLS with a certificate of nobody, as a browser asks well-known hosts no other way.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

ROOT = Path(__file__).resolve().parents[2]
ALLOWING = "User-agent: *\nDisallow: /never\n"
Given = tuple[int, Mapping[str, str], str | bytes]


class Asked(NamedTuple):
    """One request: its original address, its headers, and when it came and was answered."""

    url: str
    headers: Mapping[str, str]
    came: float
    answered: float


class Sites:
    """Answers by original address without its port; ``robots.txt`` allows where nothing else is given.

    ``pages`` holds ``(status, headers, body)``, or a function of the request that gives it. ``watch`` is told every
    address that is asked for, before it is answered.
    """

    def __init__(self, pages: Mapping[str, Given | Callable[[web.Request], Given]]) -> None:
        self.pages, self.asked = dict(pages), list[Asked]()
        self.pause_seconds = 0.0
        self.watch: Callable[[str], None] = lambda url: None
        self.port = self.tls_port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    @property
    def address(self) -> str:
        """The address of the server."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def urls(self) -> list[str]:
        """The original addresses asked for, without those of robots.txt."""
        return [one.url for one in self.asked if not one.url.endswith("/robots.txt")]

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _serve(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=1.0)
        await self._runner.setup()
        self.port, self.tls_port = await self._listen(None), await self._listen(_tls())

    async def _listen(self, tls: ssl.SSLContext | None) -> int:
        site = web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=tls)
        await site.start()
        port: int = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        return port

    async def _answer(self, request: web.Request) -> web.Response:
        came, url = time.monotonic(), self._original(request)
        self.watch(url)
        await asyncio.sleep(self.pause_seconds)
        status, headers, body = self._given(url, request)
        self.asked.append(Asked(url, dict(request.headers), came, time.monotonic()))
        kind = {"Content-Type": "text/html; charset=utf-8"}
        return web.Response(
            status=status, headers={**kind, **headers}, body=body.encode() if isinstance(body, str) else body
        )

    def _original(self, request: web.Request) -> str:
        for scheme in ("https", "http"):
            if request.path_qs.startswith(f"/{scheme}/"):
                return f"{scheme}://{request.path_qs.removeprefix(f'/{scheme}/')}"
        return f"https://{request.host.partition(':')[0]}{request.path_qs}"

    def _given(self, url: str, request: web.Request) -> Given:
        if url not in self.pages and url.endswith("/robots.txt"):
            return 200, {"Content-Type": "text/plain"}, ALLOWING
        found = self.pages.get(url, (404, {}, "no such page"))
        return found(request) if callable(found) else found


@cache
def _tls() -> ssl.SSLContext:
    """A server's TLS with a key and a certificate made for this test run."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    unsigned = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = unsigned.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    names = x509.SubjectAlternativeName([x509.DNSName("*.example")])
    signed = made.add_extension(names, critical=False).sign(key, hashes.SHA256())
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile() as file:
        file.write(secret + signed.public_bytes(pem))
        file.flush()
        context.load_cert_chain(file.name)
    return context


def crawled(sites: Sites, *fetches: tuple[str, str], seconds: float = 60, **order: Any) -> dict[str, Any]:
    """What a crawl of the addresses, in a process of its own, gave for each; ``kind`` ``plain`` takes no browser."""
    with child(sites, *fetches, seconds=seconds, **order) as running:
        return read_out(running)


def read_out(running: subprocess.Popen[str]) -> dict[str, Any]:
    """What such a process printed at its end."""
    out, errors = running.communicate(timeout=240)
    assert running.returncode == 0, errors[-3000:]
    found: dict[str, Any] = json.loads(out)
    return found


def child(sites: Sites, *fetches: tuple[str, str], seconds: float = 60, **order: Any) -> subprocess.Popen[str]:
    """The process of such a crawl. Without ``direct`` the sites are its mirror."""
    whole = {"mirror": sites.address, "fetches": fetches, "seconds": seconds, **order}
    call = [sys.executable, "-m", "tests.crawler.render_child", json.dumps(whole)]
    return subprocess.Popen(call, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def kill(parent: int, *words: str, without: str = "\0none") -> int:
    """How many processes below ``parent`` with these words in their command line were killed."""
    found = [pid for pid, line in _below(parent) if all(word in line for word in words) and without not in line]
    for pid in found:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return len(found)


def _below(parent: int) -> Iterator[tuple[int, str]]:
    for task in Path(f"/proc/{parent}/task").glob("*/children"):
        for pid in map(int, task.read_text().split()):
            with suppress(OSError):
                yield pid, Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
                yield from _below(pid)
