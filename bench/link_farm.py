"""A farm of loopback hosts with links whose state is known, in a process of its own.

``python -m bench.link_farm`` prints its ports and serves until its input closes. The hosts are 127.0.0.1 to
127.0.0.200 on one port, and on a second one behind a certificate of its own making. What a link answers stands in
its path, ``/KIND/NUMBER``, so that the truth is a function of the address and any number of links costs nothing.
``/list/COUNT`` shows the first so many as a page of links, for checkers that take no list.
"""

from __future__ import annotations

import asyncio
import random
import resource
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from html import escape
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOSTS = tuple(f"127.0.0.{number}" for number in range(1, 201))
# Answers always, has no links of its own: where a checker asks whether our own network works.
CONTROL = "127.0.0.201"
SEED = 20261120
# Each of so many hosts forbids robots the path /closed/.
STRICT_EVERY = 4
_RESET = struct.pack("ii", 1, 0)
_TLS_HELLO = b"\x16\x03"
_LONGEST_REQUEST_BYTES = 64 * 1024
_BACKLOG = 1024


@dataclass(frozen=True, slots=True)
class Kind:
    """What is behind an address: its true state, its links in a thousand, and whether it answers at once."""

    state: str
    per_thousand: int
    is_quick: bool = True


KINDS = {
    "page": Kind("alive", 725),
    "get_only": Kind("alive", 30),  # 405 to HEAD
    "report": Kind("alive", 10),  # an article about pages that do not exist
    "detour": Kind("alive", 30),  # 302, then 301, then a page
    "moved": Kind("moved", 10),  # 301 to another page
    "closed": Kind("alive", 10),  # robots.txt of strict hosts forbids it
    "missing": Kind("dead", 80),
    "notice": Kind("dead", 20),  # 200 and a page that says that there is none
    "wall": Kind("blocked", 10),  # 200 and a verification in the page's place
    "fault": Kind("failing", 30),  # 500
    "reset": Kind("failing", 18),
    "hang": Kind("failing", 20, is_quick=False),
    "circle": Kind("failing", 2, is_quick=False),  # redirects without end
    "untrusted": Kind("failing", 3, is_quick=False),  # a certificate that nobody vouches for
    "plain": Kind("failing", 2),  # plain text in answer to a TLS hello
}


def kind_of(address: str) -> str:
    """The kind of an address of a farm."""
    return urlsplit(address).path.split("/")[1]


def state_of(address: str) -> str:
    """The true state of an address of a farm."""
    kind = kind_of(address)
    host = urlsplit(address).hostname or ""
    return "uncheckable" if kind == "closed" and is_strict(host) else KINDS[kind].state


def is_strict(host: str) -> bool:
    """Whether the host's robots.txt forbids a path."""
    return int(host.rpartition(".")[2]) % STRICT_EVERY == 0


@dataclass(frozen=True, slots=True)
class Farm:
    """Where a farm serves plainly, and where behind TLS."""

    port: int
    tls_port: int

    def addresses(self, n_links: int, *, quick: bool = False) -> Iterator[str]:
        """The first links, always the same, hosts in turn; if ``quick`` none that keeps a checker waiting."""
        for number, kind in enumerate(islice(_kinds(quick), n_links)):
            yield self.address(HOSTS[number % len(HOSTS)], kind, number)

    def address(self, host: str, kind: str, number: int) -> str:
        """The address of one link."""
        scheme = "https" if kind in ("untrusted", "plain") else "http"
        port = self.tls_port if kind == "untrusted" else self.port
        return f"{scheme}://{host}:{port}/{kind}/{number}"

    @property
    def control(self) -> str:
        """An address that always answers."""
        return self.address(CONTROL, "page", 0)

    def page_of(self, n_links: int) -> str:
        """The address of a page that links to the first so many."""
        return f"http://{CONTROL}:{self.port}/list/{n_links}"


def _kinds(quick: bool) -> Iterator[str]:
    """Kinds without end, in every thousand the same numbers."""
    known = [(name, kind) for name, kind in KINDS.items() if kind.is_quick or not quick]
    shares = [name for name, kind in known for _ in range(kind.per_thousand)]
    chance = random.Random(SEED)  # noqa: S311
    while True:
        chance.shuffle(shares)
        yield from shares


def _page(title: str, body: str) -> bytes:
    head = f'<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{title}</title></head>'
    return f"{head}<body><h1>{title}</h1>{body}</body></html>".encode()


def _reply(status: str, body: bytes = b"", location: str = "") -> bytes:
    told = f"Location: {location}\r\n" if location else ""
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n{told}\r\n"
    return head.encode() + body


_WORDS = "<p>政务公开 办事服务 通知公告</p>" * 100
_PAGE = _reply("200 OK", _page("云岭县人民政府", _WORDS))
_NOT_FOUND = _reply("404 Not Found", _page("404", "<p>not found</p>"))
_NOTICES = (
    _reply("200 OK", _page("提示", "<p>抱歉，您访问的页面不存在或已删除。</p><p>返回首页</p>")),
    _reply("200 OK", _page("Page not found", "<p>The page you requested was not found.</p>")),
)
_NO_HEAD = _reply("405 Method Not Allowed")
_WANTS_TLS = _reply("400 Bad Request")
_FORBIDS = _reply("200 OK", b"User-agent: *\nDisallow: /closed/\n").replace(b"text/html", b"text/plain")
_ANSWERS = {
    "page": _PAGE,
    "get_only": _PAGE,
    "closed": _PAGE,
    "report": _reply("200 OK", _page("关于网站页面不存在问题的整改通报", "<p>经查，页面不存在。</p>" + _WORDS)),
    "wall": _reply("200 OK", _page("安全验证", "<p>请完成滑块验证后继续访问</p>")),
    "fault": _reply("500 Internal Server Error", _page("500", "<p>error</p>")),
}
_ONWARD = {
    "detour": ("302 Found", "/onward/{}"),
    "onward": ("301 Moved", "/page/{}"),
    "moved": ("301 Moved", "/page/{}"),
}


def answer_to(kind: str, number: int, rest: Sequence[str]) -> bytes:
    """What goes over the wire for ``/KIND/NUMBER`` and what may follow."""
    if kind in _ONWARD:
        status, to = _ONWARD[kind]
        return _reply(status, location=to.format(number))
    if kind == "circle":  # to itself, or ever further
        step = int(rest[0]) + 1 if rest else 1
        return _reply("302 Found", location=f"/circle/{number}" if number % 2 else f"/circle/{number}/{step}")
    if kind == "notice":
        return _NOTICES[number % len(_NOTICES)]
    return _ANSWERS.get(kind, _NOT_FOUND)


class Host(asyncio.Protocol):
    """One connection to a host: an answer to every request, in order, kept open; after a hanging one silence."""

    def __init__(self, farm: Farm) -> None:
        self._farm = farm
        self._unread = b""
        self._hangs = False

    def connection_made(self, transport: Any) -> None:
        """Called by asyncio."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Called by asyncio."""
        self._unread += data
        if self._unread.startswith(_TLS_HELLO) or len(self._unread) > _LONGEST_REQUEST_BYTES:
            self._transport.write(_WANTS_TLS)
            self._transport.close()
            return
        *requests, self._unread = self._unread.split(b"\r\n\r\n")
        for request in requests:
            if not self._hangs:
                self._serve(*request.decode("latin-1").split(" ", 2)[:2])

    def _serve(self, method: str, path: str) -> None:
        kind, *rest = path.strip("/").split("/")
        self._hangs = kind == "hang"
        if kind == "reset":
            taken: socket.socket = self._transport.get_extra_info("socket")
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self._transport.abort()
        elif not self._hangs:
            whole = _NO_HEAD if (kind, method) == ("get_only", "HEAD") else self._answer(kind, rest)
            self._transport.write(whole.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if method == "HEAD" else whole)

    def _answer(self, kind: str, rest: Sequence[str]) -> bytes:
        if kind == "robots.txt":
            return _FORBIDS if is_strict(self._transport.get_extra_info("sockname")[0]) else _NOT_FOUND
        if not rest or not rest[0].isdigit():
            return _NOT_FOUND
        return _listed(self._farm, int(rest[0])) if kind == "list" else answer_to(kind, int(rest[0]), rest[1:])


@cache
def _listed(farm: Farm, n_links: int) -> bytes:
    rows = (
        f'<li><a href="{escape(address)}">{number}</a></li>' for number, address in enumerate(farm.addresses(n_links))
    )
    return _reply("200 OK", _page("链接", f"<ul>{''.join(rows)}</ul>"))


def own_certificate() -> ssl.SSLContext:
    """TLS with a certificate for every host of the farm that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "yunling.example")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    own = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "both.pem"
        place.write_bytes(secret + own)
        context.load_cert_chain(place)
    return context


def _taken(hosts: Sequence[str]) -> tuple[int, list[socket.socket]]:
    """A port that is free on the first host, and sockets that hold it on every host.

    Raises:
        OSError: Another program has it on one of them.
    """
    first = socket.create_server((hosts[0], 0), backlog=_BACKLOG)
    port = int(first.getsockname()[1])
    return port, [first, *(socket.create_server((host, port), backlog=_BACKLOG) for host in hosts[1:])]


async def serve(hosts: Sequence[str] = (*HOSTS, CONTROL)) -> None:
    """Serve until standard input closes, so that no farm outlives the one who started it."""
    loop, context = asyncio.get_running_loop(), own_certificate()
    (port, sockets), (tls_port, tls_sockets) = _taken(hosts), _taken(hosts)
    farm = Farm(port, tls_port)
    for taken, tls in [*((one, None) for one in sockets), *((one, context) for one in tls_sockets)]:
        await loop.create_server(lambda: Host(farm), sock=taken, ssl=tls, backlog=_BACKLOG)
    print(port, tls_port, flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


@contextmanager
def farmed() -> Iterator[Farm]:
    """A farm in a process of its own."""
    call = [sys.executable, "-m", "bench.link_farm"]
    with subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603
        assert server.stdout is not None and server.stdin is not None  # noqa: S101
        port, tls_port = server.stdout.readline().split()
        yield Farm(int(port), int(tls_port))
        server.stdin.close()


if __name__ == "__main__":
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(serve())
