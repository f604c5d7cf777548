"""A loopback server for the tests of the link check, and the options that reach it."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from crawler.link_options import LinkOptions, asked_of
from crawler.link_spelling import host_of
from crawler.link_states import Received
from crawler.links import check_links
from records import LinkCheck
from storage.link_lists import LinkList

NOW = datetime(2026, 11, 20, 1, tzinfo=UTC)
PAGE = (
    "<html><head><title>云岭县人民政府</title></head><body>"
    + "<p>政务公开 办事服务 通知公告</p>" * 60
    + "</body></html>"
)
NOT_FOUND = "<html><title>提示</title><body><h1>抱歉,您访问的页面不存在或已删除</h1><p>返回首页</p></body></html>"
ARTICLE = PAGE.replace("云岭县人民政府", "关于网站页面不存在问题的整改通报")
CHALLENGE = "<html><title>安全验证</title><body>请完成滑块验证后继续访问</body></html>"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def look_up(host: str) -> Sequence[str]:
    """``*.test`` is this machine, ``*.inside`` a private network; other names do not exist."""
    if host.endswith(".inside"):
        return ["10.1.2.3"]
    if host.endswith(".test"):
        return ["127.0.0.1"]
    raise socket.gaierror(socket.EAI_NONAME, "no such name")


def options(**changed: object) -> LinkOptions:
    made = LinkOptions(
        user_agent="xuncha-test/1.0 (test@example.invalid)",
        now=lambda: NOW,
        delay_seconds=0.0,
        timeout_seconds=5.0,
        allow_private=("127.0.0.0/8",),
        resolve=look_up,
    )
    return replace(made, **changed)  # type: ignore[arg-type]


def listed(urls: Sequence[str]) -> LinkList:
    made = LinkList()
    made.add((url, asked_of(url), host_of(asked_of(url))) for url in urls)
    return made


async def checked(urls: Sequence[str], **changed: object) -> list[LinkCheck]:
    """The answers to the addresses, in their order."""
    with listed(urls) as links:
        await check_links(links, options(**changed), lambda told: links.save([told[0]]))
        return list(links.answers())


async def received(urls: Sequence[str], **changed: object) -> list[Received | None]:
    """What came over the wire for each address, in their order."""
    by_address: dict[str, Received | None] = {}
    with listed(urls) as links:
        await check_links(links, options(**changed), lambda told: by_address.update({told[0].url: told[1]}))
    return [by_address[asked_of(url)] for url in urls]


async def told(url: str, **changed: object) -> tuple[str, str | None]:
    (check,) = await checked([url], **changed)
    return check.state, check.reason


class Site:
    """A loopback server: an answer for each path, a count of what was asked, no robots.txt unless given."""

    def __init__(self) -> None:
        self.pages: dict[str, Handler] = {}
        self.asked: Counter[str] = Counter()
        self.headers: list[dict[str, str]] = []
        self.base = ""
        self.port = 0

    def page(self, path: str, body: str | bytes = PAGE, status: int = 200, **headers: str) -> str:
        data = body.encode() if isinstance(body, str) else body
        sent = {"Content-Type": "text/html; charset=utf-8"} | {
            name.replace("_", "-"): headers[name] for name in headers
        }

        async def handle(request: web.Request) -> web.Response:
            return web.Response(body=data, status=status, headers=sent)

        self.pages[path] = handle
        return f"{self.base}{path}"

    def otherwise(self, body: str, status: int = 200, **headers: str) -> None:
        """The answer to whatever has none of its own, but robots.txt."""
        self.page("otherwise", body, status, **headers)

    def redirect(self, path: str, to: str, status: int = 302) -> str:
        return self.page(path, "", status, Location=to)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked[request.path_qs] += 1
        self.headers.append(dict(request.headers))
        is_rules = request.path == "/robots.txt"
        handler = self.pages.get(request.path_qs) or (None if is_rules else self.pages.get("otherwise"))
        return web.Response(status=404, text="no") if handler is None else await handler(request)


@asynccontextmanager
async def serving(tls: ssl.SSLContext | None = None) -> AsyncIterator[Site]:
    site = Site()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", site.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    site.port = runner.addresses[0][1]
    site.base = f"http{'s' if tls else ''}://site.test:{site.port}"
    try:
        yield site
    finally:
        await runner.cleanup()


@asynccontextmanager
async def breaking(reset: bool) -> AsyncIterator[str]:
    """A server that resets every connection, or takes it and never answers."""
    held: list[asyncio.StreamWriter] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.append(writer)
        await reader.read(100)
        if reset:
            writer.transport.abort()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield f"http://site.test:{server.sockets[0].getsockname()[1]}/"
    finally:
        server.close()
        for writer in held:
            writer.transport.abort()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "site.test")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(datetime.now(UTC) - timedelta(days=1))
    certificate = made.not_valid_after(datetime.now(UTC) + timedelta(days=1)).sign(key, hashes.SHA256())
    unencrypted = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, unencrypted)
    (folder / "both.pem").write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return context
