"""One GET over the wire: no more is called, taken in or waited for than the check allows."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from crawler import link_wire
from crawler.link_addresses import parse_networks
from crawler.link_wire import Reply, Wire, WireFaultError
from tests.crawler.link_site import checked, look_up, serving, told

LOOPBACK = parse_networks(["127.0.0.0/8", "::1/128"])
HEADERS = (("User-Agent", "xuncha-test"), ("Accept", "*/*"))


@asynccontextmanager
async def answering(
    *parts: bytes, pause: float = 0.0, host: str = "127.0.0.1"
) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A server that gives these bytes to every request, a pause between them; its port, and what it was asked."""
    asked: list[bytes] = []
    open_now: dict[asyncio.Task[None] | None, asyncio.StreamWriter] = {}

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_now[asyncio.current_task()] = writer
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        for part in parts:
            writer.write(part)
            await asyncio.sleep(pause)
        writer.close()

    server = await asyncio.start_server(handle, host, 0)
    try:
        yield server.sockets[0].getsockname()[1], asked
    finally:
        server.close()
        for task, writer in open_now.items():
            writer.transport.abort()
            if task is not None:
                task.cancel()
        await asyncio.gather(*(task for task in open_now if task is not None), return_exceptions=True)


async def fetched(
    port: int, host: str = "127.0.0.1", addresses: Sequence[str] = (), most: int = 1000, seconds: float = 3.0,
    allowed: bool = True,
) -> Reply:  # fmt: skip
    wire = Wire(HEADERS, seconds, LOOPBACK if allowed else ())
    try:
        return await wire.get(f"http://{host}:{port}/a", (host, port), addresses, most)
    finally:
        await wire.close()


async def fault(port: int, **given: object) -> str:
    with pytest.raises(WireFaultError) as caught:
        await fetched(port, **given)  # type: ignore[arg-type]
    return caught.value.reason


@pytest.mark.asyncio
async def test_no_socket_is_opened_to_an_address_that_may_not_be_called() -> None:
    async with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx") as (port, asked):
        assert await fault(port, host="site.test", addresses=["127.0.0.1"], allowed=False) == "private"
        assert await fault(port, allowed=False) == "private"
    assert asked == []


@pytest.mark.asyncio
async def test_a_name_is_asked_once_so_that_it_cannot_lead_elsewhere_on_the_way() -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.1"], ["10.0.0.1"]])

    async def turning(host: str) -> Sequence[str]:
        return next(answers)

    async with serving() as site:
        urls = [site.page("/a"), site.page("/b")]
        assert [check.state for check in await checked(urls, resolve=turning)] == ["alive", "alive"]


@pytest.mark.asyncio
async def test_of_a_names_addresses_only_those_that_may_be_called_are_called() -> None:
    async def both(host: str) -> Sequence[str]:
        return ["10.0.0.1", *await look_up(host)]

    async with serving() as site:
        assert await told(site.page("/a"), resolve=both) == ("alive", None)


@pytest.mark.asyncio
async def test_out_of_descriptors_is_this_machines_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(*_: object) -> socket.socket:
        raise OSError(errno.EMFILE, "too many open files")

    async with answering(b"HTTP/1.1 200 OK\r\n\r\n") as (port, _):
        monkeypatch.setattr(link_wire.socket, "socket", exhausted)
        assert await fault(port) == "own_network"


@pytest.mark.asyncio
async def test_an_endless_head_is_broken_off() -> None:
    async with answering(b"HTTP/1.1 200 OK\r\n", *[b"X-A: " + b"a" * 4000 + b"\r\n"] * 100) as (port, _):
        assert await fault(port) == "protocol"


@pytest.mark.asyncio
@pytest.mark.parametrize("said", [b"hello\r\n", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 abc\r\n\r\n"])
async def test_what_is_not_http_is_a_fault_of_protocol(said: bytes) -> None:
    async with answering(said) as (port, _):
        assert await fault(port) == "protocol"


@pytest.mark.asyncio
@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"])
async def test_an_answer_that_breaks_off_is_a_reset(said: bytes) -> None:
    async with answering(said) as (port, _):
        assert await fault(port) == "reset"


@pytest.mark.asyncio
async def test_a_host_that_drips_is_left_at_the_time_limit() -> None:
    drops = [b"x"] * 50
    async with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n", *drops, pause=0.05) as (port, _):
        assert await fault(port, seconds=0.3) == "timeout"


@pytest.mark.asyncio
async def test_a_provisional_answer_and_trailers_are_no_part_of_the_head() -> None:
    said = (
        b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"3\r\nabc\r\n0\r\nX-After: 1\r\n\r\n"
    )
    async with answering(said) as (port, _):
        reply = await fetched(port)
    assert (reply.status, reply.headers, reply.body) == (200, (("Transfer-Encoding", "chunked"),), b"abc")


@pytest.mark.asyncio
@pytest.mark.parametrize(("most", "truncated"), [(999, True), (1000, False), (1001, False)])
async def test_a_body_is_read_up_to_its_limit(most: int, truncated: bool) -> None:
    async with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1000) as (port, _):
        reply = await fetched(port, most=most)
    assert (len(reply.body), reply.truncated) == (min(most, 1000), truncated)


@pytest.mark.asyncio
async def test_neither_proxy_nor_password_file_of_the_machine_is_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as (port, asked):
        assert (await fetched(port)).status == 200
    assert asked[0].splitlines()[0] == b"GET /a HTTP/1.1"
    assert b"Cookie" not in asked[0] and b"Authorization" not in asked[0]


@pytest.mark.asyncio
async def test_an_address_of_version_six_is_called_where_it_may_be() -> None:
    async with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", host="::1") as (port, _):
        assert (await fetched(port, host="[::1]")).status == 200
        assert await fault(port, host="[::1]", allowed=False) == "private"
        assert (await fetched(port, host="site.test", addresses=["::1"])).status == 200
