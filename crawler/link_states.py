"""What an address is, and what an answer says of it (链接状态). Pure: values in, values out.

States are ``alive dead failing moved blocked refused uncheckable``. The words and numbers are in
``crawler/link_signals.toml``. A verification page is told before anything else, so that no wall reads as a dead link.
"""

from __future__ import annotations

import codecs
import ipaddress
import re
import socket
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from importlib import resources
from typing import Any

from parsel import Selector
from yarl import URL

from crawler import reading, walls
from crawler.page import Exchange, Page

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

BODY_BYTES = 64 * 1024
PLATFORM_BODY_BYTES = 128 * 1024  # Toutiao's challenge page of 2026-01 tells what it is after 70 KB of script
PERMANENT = (301, 308)
REDIRECTS = (301, 302, 303, 307, 308)
_CLOUD_METADATA = ipaddress.ip_network("168.63.129.16/32")  # the one metadata service with a public address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_LOCAL_NAMES = ("localhost", "local", "internal", "localdomain")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_PLAIN_CHARSET = re.compile(
    "utf-?8|gb.*|big5.*|hz.*|iso-8859-.*|windows-125.|shift_jis|euc-.*|(us-)?ascii|latin1|utf-16(le|be)?"
)
_NO_SCRIPT_TEXT = "//body//text()[not(ancestor::script or ancestor::style or ancestor::noscript or ancestor::template)]"
_HARDLY_A_PAGE = 50  # visible characters up to which a script in the page is the page


@dataclass(frozen=True, slots=True)
class Standing:
    """A state with its reason; ``reason`` is ``None`` where the state says it all."""

    state: str
    reason: str | None = None


@cache
def _signals() -> dict[str, Any]:
    return tomllib.loads((resources.files("crawler") / "link_signals.toml").read_text(encoding="utf-8"))


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(_signals()[name], re.IGNORECASE)


def parse_networks(networks: Iterable[str]) -> tuple[Network, ...]:
    """Networks from their text (``10.0.0.0/8``).

    Raises:
        ValueError: A text is no network.
    """
    return tuple(ipaddress.ip_network(network) for network in networks)


def is_callable(address: str, allowed: tuple[Network, ...]) -> bool:
    """Whether an IP address is on the public internet, or in a network the office allows.

    Private, loopback, link-local, multicast, reserved and cloud metadata addresses are not, nor IPv6
    addresses that carry such an IPv4 address inside.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if any(ip in network for network in allowed):
        return True
    inner = _inner(ip)
    if inner is not None:
        return is_callable(str(inner), allowed)
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and ip not in _CLOUD_METADATA


def _inner(ip: _IPAddress) -> ipaddress.IPv4Address | None:
    if isinstance(ip, ipaddress.IPv4Address):
        return None
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


def standing_of_address(address: str, allowed: tuple[Network, ...]) -> Standing | None:
    """``refused`` or ``uncheckable`` for an address that is not to be called; ``None`` if it may be."""
    scheme = _SCHEME.match(address)
    if scheme is None:
        return Standing("uncheckable", "not_an_address")
    if scheme.group(1).lower() in _signals()["uncheckable_schemes"]:
        return Standing("uncheckable", "needs_phone_or_script")
    if scheme.group(1).lower() not in ("http", "https"):
        return Standing("refused", "not_http")
    try:
        url = URL(address)
        host = url.raw_host or ""
    except ValueError:
        return Standing("uncheckable", "not_an_address")
    return _standing_of_host(host, allowed) or _standing_of_parts(url)


def _standing_of_host(host: str, allowed: tuple[Network, ...]) -> Standing | None:
    literal = _literal(host)
    if literal is not None:
        return None if is_callable(literal, allowed) else Standing("refused", "private")
    labels = host.removesuffix(".").split(".")
    if len(host) > 253 or any(not 0 < len(label) <= 63 for label in labels):
        return Standing("uncheckable", "not_an_address")
    if labels[-1].lower() in _LOCAL_NAMES:
        return Standing("refused", "private")
    return Standing("uncheckable", "short_link") if host.lower() in _signals()["short_link_hosts"] else None


def _standing_of_parts(url: URL) -> Standing | None:
    if url.user is not None or url.password is not None:
        return Standing("refused", "credentials")
    signed = {name.lower() for name in _signals()["expiring_parameters"]}
    return Standing("uncheckable", "expiring") if any(name.lower() in signed for name in url.query) else None


def _literal(host: str) -> str | None:
    """The IP address that a host stands for by itself, in any spelling a resolver takes (127.1, 0x7f000001)."""
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return None


def is_same_page(asked: str, found: str) -> bool:
    """Whether two addresses differ by http→https, www and a trailing slash at most."""
    return _page_key(URL(asked)) == _page_key(URL(found))


def _page_key(url: URL) -> tuple[str, int | None, str, str]:
    port = None if url.is_default_port() else url.port
    return (url.raw_host or "").lower().removeprefix("www."), port, url.raw_path.rstrip("/"), url.raw_query_string


def _is_utf8(body: bytes, whole: bool) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(body, final=whole)
    except UnicodeDecodeError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Received:
    """An answer as it came over the wire, and the address that gave it; ``truncated`` where its body was left unread.

    It is what a link that is not alive rests on: of redirects the last answer.
    """

    url: str
    exchange: Exchange
    truncated: bool


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; ``body`` is decompressed and cut, ``whole`` says whether it was all there was."""

    url: str
    status: int
    location: str | None
    content_type: str
    body: bytes
    whole: bool
    fetched_at: datetime
    seconds: float = 0.0
    received: Received | None = None

    @cached_property
    def text(self) -> str:
        """The body as text, in the charset it names, else UTF-8 or GB 18030; ``""`` where it is no text."""
        if self.content_type and not re.search("html|text|xml|json", self.content_type):
            return ""
        named = _CHARSET.search(self.content_type.encode()) or _CHARSET.search(self.body[:2048])
        charset = named.group(1).decode("ascii").lower() if named else ""
        if not _PLAIN_CHARSET.fullmatch(charset):
            charset = "utf-8" if _is_utf8(self.body, self.whole) else "gb18030"
        try:
            return self.body.decode("gb18030" if charset in ("gb2312", "gbk") else charset, "replace")
        except LookupError:
            return self.body.decode("utf-8", "replace")

    @cached_property
    def _selector(self) -> Selector:
        return Selector(text=self.text.replace("\0", "") or "<html></html>", type="html")

    @cached_property
    def title(self) -> str:
        """The page's title, white space folded."""
        return " ".join((self._selector.xpath("string(//title)").get() or "").split())

    @cached_property
    def visible(self) -> str:
        """The words a reader sees, white space folded."""
        return " ".join(" ".join(self._selector.xpath(_NO_SCRIPT_TEXT).getall()).split())


def most_bytes(address: str, at: datetime) -> int:
    """How much of an answer's body is enough to tell its state."""
    known = walls.platform_of(Page(url=address, body=b"", fetched_at=at)) is not None
    return PLATFORM_BODY_BYTES if known else BODY_BYTES


def standing_of_answer(answer: Answer) -> Standing:
    """The state an answer gives its address; redirects are followed before, ``moved`` is told by the caller."""
    if _is_wall(answer):
        return Standing("blocked", "verification")
    status = answer.status
    if status in _signals()["blocked_status"]:
        return Standing("blocked", f"http_{status}")
    if status in _signals()["dead_status"]:
        return Standing("dead", f"http_{status}")
    if not 200 <= status < 300:
        return Standing("failing", f"http_{status}")
    told = _standing_by_platform(answer)
    if told is not None:
        return told
    return Standing("dead", "soft_404") if _says_not_found(answer) else Standing("alive")


def _is_wall(answer: Answer) -> bool:
    if not answer.text:
        return False
    if _pattern("wall_title").match(answer.title):
        return True
    if not answer.whole:
        return False
    n_visible = len(answer.visible)
    if n_visible <= _signals()["wall_longest"] and _pattern("wall_message").search(answer.visible):
        return True
    return n_visible <= _HARDLY_A_PAGE and bool(_pattern("wall_script").search(answer.text))


def _says_not_found(answer: Answer) -> bool:
    """By its title and its message, or by a message that is all there is to see."""
    words = f"{answer.title} {answer.visible}"
    if not _pattern("soft404_message").search(words):
        return False
    if _pattern("soft404_title").match(answer.title):
        return True
    return answer.whole and len(answer.visible) <= _signals()["soft404_longest"]


def _standing_by_platform(answer: Answer) -> Standing | None:
    """What a platform's own signals say; of a body that was cut, only that it is a wall."""
    page = Page(
        url=answer.url,
        body=answer.body,
        fetched_at=answer.fetched_at,
        status=answer.status,
        content_type=answer.content_type,
    )
    platform = walls.platform_of(page)
    if platform is None:
        return None
    notice = walls.classify(page, platform, reading.recognise(page)[1])
    if notice is None:
        return None
    if notice.status in ("blocked", "login"):
        return Standing("blocked", "verification" if notice.status == "blocked" else "login")
    if not answer.whole:
        return None
    return {"gone": Standing("dead", "gone"), "unparsed": Standing("uncheckable", "unparsed")}.get(notice.status)
