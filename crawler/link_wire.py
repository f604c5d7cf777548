"""One GET over the wire by libcurl: bounded in time, headers and body, to addresses that were checked.

No cookies, no proxies, no redirects followed, nothing decompressed, TLS verified. The address of every socket is
checked once more where it is opened, so that whatever a name is made to lead to meanwhile, no other is called.
"""

from __future__ import annotations

import asyncio
import errno
import re
import socket
import ssl
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import pycurl

from crawler.link_addresses import Network, is_callable

# A time limit that is noticed so late has passed while this machine slept or was busy: the host may have answered.
LATE_SECONDS = 1.0
_HEAD_BYTES = 256 * 1024  # libcurl itself ends a head that goes on for 300 KB
_PROVISIONAL = re.compile(rb"HTTP/[0-9.]+ +1[0-9]{2}\b")
_FULL = 0  # what a callback of libcurl gives to end a transfer
_TLS = frozenset({
    pycurl.E_SSL_CONNECT_ERROR, pycurl.E_PEER_FAILED_VERIFICATION, pycurl.E_SSL_CERTPROBLEM, pycurl.E_SSL_CIPHER,
    pycurl.E_SSL_CACERT_BADFILE, pycurl.E_SSL_ISSUER_ERROR, pycurl.E_SSL_INVALIDCERTSTATUS,
})  # fmt: skip
_BROKEN = frozenset({pycurl.E_GOT_NOTHING, pycurl.E_SEND_ERROR, pycurl.E_RECV_ERROR, pycurl.E_PARTIAL_FILE})
_BY_NUMBER = {
    errno.ECONNREFUSED: "refused",
    errno.ECONNRESET: "reset",
    errno.EPIPE: "reset",
    errno.ETIMEDOUT: "timeout",
}


class WireFaultError(Exception):
    """No answer; ``reason`` as in FaultError, or ``private`` for a socket to an address that we do not call."""

    def __init__(self, reason: str, seconds: float) -> None:
        super().__init__(reason)
        self.reason, self.seconds = reason, seconds


@dataclass(frozen=True)
class Reply:
    """An answer as received: the ``lines`` of its head, and its ``body``, packed as it was, perhaps ``truncated``."""

    status: int
    lines: tuple[bytes, ...]
    body: bytes
    truncated: bool
    seconds: float

    @cached_property
    def _first(self) -> dict[bytes, bytes]:
        """The first header of each name."""
        found: dict[bytes, bytes] = {}
        for line in self.lines:
            name, _, value = line.partition(b":")
            found.setdefault(name.lower(), value)
        return found

    def header(self, name: bytes) -> str | None:
        """The first header of a name (in lower case), if there is one."""
        value = self._first.get(name)
        return None if value is None else value.decode("latin-1").strip()

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """All headers in their order."""
        return tuple(_named(line) for line in self.lines if b":" in line)


class Wire:
    """Sends requests; each under way has a handle of its own, which is used again."""

    def __init__(
        self, headers: Sequence[tuple[str, str]], timeout_seconds: float, allowed: tuple[Network, ...] | None
    ) -> None:
        """``allowed`` are private networks that may be called; ``None`` where a mirror of our own is called."""
        self._headers = [f"{name}: {value}" for name, value in headers]
        self._timeout_ms, self._allowed = max(1, round(timeout_seconds * 1000)), allowed
        self._multi = pycurl.AsyncCurlMulti()
        self._idle: list[_Handle] = []

    async def get(self, url: str, host: tuple[str, int], addresses: Sequence[str], most_bytes: int) -> Reply:
        """The answer to one GET of ``url``; ``addresses`` are those of its ``host`` and port, none for an IP address.

        Raises:
            WireFaultError: No answer.
        """
        handle = self._idle.pop() if self._idle else _Handle(self._headers, self._timeout_ms, self._allowed)
        handle.aim(url, host, addresses, most_bytes)
        begun = time.monotonic()
        try:
            await self._multi.perform(handle.curl)
        except pycurl.error as error:
            if not handle.has_enough:
                is_late = time.monotonic() - begun > self._timeout_ms / 1000 + LATE_SECONDS
                fault = handle.fault(int(error.args[0]), is_late=is_late)
                self._idle.append(handle)
                raise fault from error
        reply = handle.reply()
        self._idle.append(handle)
        return reply

    async def close(self) -> None:
        """Ends all connections."""
        await self._multi.aclose()
        for handle in self._idle:
            handle.curl.close()


class _Handle:
    """One transfer of libcurl after another, and what the present one has received."""

    def __init__(self, headers: list[str], timeout_ms: int, allowed: tuple[Network, ...] | None) -> None:
        self._allowed = allowed
        self.curl = curl = pycurl.Curl()
        curl.setopt(pycurl.NOSIGNAL, 1)
        curl.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS)
        curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
        curl.setopt(pycurl.FOLLOWLOCATION, 0)
        curl.setopt(pycurl.PROXY, "")
        curl.setopt(pycurl.TIMEOUT_MS, timeout_ms)
        curl.setopt(pycurl.CONNECTTIMEOUT_MS, timeout_ms)
        curl.setopt(pycurl.HTTPHEADER, headers)
        curl.setopt(pycurl.WRITEFUNCTION, self._take_body)
        curl.setopt(pycurl.OPENSOCKETFUNCTION, self._open)
        _trust(curl)

    def aim(self, url: str, host: tuple[str, int], addresses: Sequence[str], most_bytes: int) -> None:
        """Makes ready for one request."""
        # Without a call of ours for each line.
        self._lines: list[bytes] = []
        self.curl.setopt(pycurl.HEADERFUNCTION, self._lines.append)
        self._body = bytearray()
        self._most_bytes = most_bytes
        self._refusal: str | None = None
        self.has_enough = False
        self.curl.setopt(pycurl.URL, url)
        if addresses:
            # "+": held for a minute only, so that the names of a long run do not pile up.
            literals = ",".join(f"[{one}]" if ":" in one else one for one in addresses)
            self.curl.setopt(pycurl.RESOLVE, [f"+{host[0]}:{host[1]}:{literals}"])

    def reply(self) -> Reply:
        """What was received."""
        return Reply(
            status=self.curl.getinfo(pycurl.RESPONSE_CODE),
            lines=_head(self._lines),
            body=bytes(self._body),
            truncated=self.has_enough,
            seconds=self.curl.getinfo(pycurl.TOTAL_TIME),
        )

    def fault(self, code: int, *, is_late: bool = False) -> WireFaultError:
        """Why nothing was received, from libcurl's code; ``is_late`` where this machine looked only long after it."""
        reason = self._refusal or self._reason(code)
        told = "own_network" if is_late and reason == "timeout" else reason
        return WireFaultError(told, self.curl.getinfo(pycurl.TOTAL_TIME))

    def _reason(self, code: int) -> str:
        number = self.curl.getinfo(pycurl.OS_ERRNO)
        if code == pycurl.E_OPERATION_TIMEDOUT:
            return "timeout"
        if code == pycurl.E_COULDNT_CONNECT:
            return _BY_NUMBER.get(number, "unreachable")
        if code == pycurl.E_COULDNT_RESOLVE_HOST:
            return "dns_fault"
        if code in _TLS:
            return "reset" if number in (errno.ECONNRESET, errno.EPIPE) else "tls"
        is_endless = sum(map(len, self._lines)) > _HEAD_BYTES
        return "reset" if code in _BROKEN and not is_endless else "protocol"

    def _take_body(self, data: bytes) -> int | None:
        room = self._most_bytes - len(self._body)
        self._body += data[:room]
        if len(data) > room:
            self.has_enough = True
            return _FULL
        return None

    def _open(self, _purpose: int, address: tuple[int, int, int, tuple[str, ...]]) -> socket.socket | int:
        family, kind, protocol, (ip, *_) = address
        ip = ip.decode() if isinstance(ip, bytes) else ip
        if self._allowed is not None and not is_callable(ip, self._allowed):
            self._refusal = "private"
            return pycurl.SOCKET_BAD
        try:
            opened = socket.socket(family, kind, protocol)
        except OSError:
            # Out of descriptors or memory: this machine's fault, never the host's.
            self._refusal = "own_network"
            return pycurl.SOCKET_BAD
        # libcurl takes a copy as soon as it has this one.
        asyncio.get_running_loop().call_soon(opened.close)
        return opened


def _head(lines: Sequence[bytes]) -> tuple[bytes, ...]:
    """The headers of an answer: provisional answers went before it, and trailers may have come behind its body."""
    start = 0
    for number, line in enumerate(lines):
        if not line.strip():
            if not _PROVISIONAL.match(lines[start]):
                return tuple(lines[start + 1 : number])
            start = number + 1
    return tuple(lines[start + 1 :])


def _named(line: bytes) -> tuple[str, str]:
    # Latin-1 gives every byte back as it was.
    name, _, value = line.decode("latin-1").partition(":")
    return name.strip(), value.strip()


def _trust(curl: pycurl.Curl) -> None:
    """The certificates that Python itself trusts on this machine."""
    if sys.platform == "win32":
        curl.setopt(pycurl.SSL_OPTIONS, pycurl.SSLOPT_NATIVE_CA)
        return
    paths = ssl.get_default_verify_paths()
    if paths.cafile is not None:
        curl.setopt(pycurl.CAINFO, paths.cafile)
    if paths.capath is not None:
        curl.setopt(pycurl.CAPATH, paths.capath)
