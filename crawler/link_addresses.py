"""What an address is before anything is asked (链接地址): may it be called, and which one is behind it. Pure.

The words are in ``crawler/link_signals.toml``. Nothing here looks a name up: the addresses that a name leads to
are asked of ``is_callable`` when they are known.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from yarl import URL

from crawler.link_signals import signals
from crawler.link_typing import holds_several

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# What Python 3.11 takes for public and is not: a metadata service of Azure, those of Oracle, old relays.
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24", "3fff::/20", "64:ff9b:1::/48")
)
_PUBLIC_IPV6 = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_LOCAL_NAMES = ("localhost", "local", "internal", "localdomain", "intranet", "lan", "home", "corp", "arpa")
_HOSTS_KEPT = 8192
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_ORDINARY = re.compile(r"(?i)https?://([a-z0-9.-]+)(?::([0-9]{1,5}))?(?=[/?#]|$)")
# After IDNA; a client that decodes %2e would call another host than the one that was looked at.
_HOST_NAME = re.compile(r"[a-z0-9_.-]+")
_UNREADABLE = re.compile(r"[\x00-\x1f\x7f]|//[^/?#]*[\\\s]")
_HOME = re.compile(r"(?i)/(?:(?:index|default|home|main)(?:\.[a-z]{2,5})?)?")
_LONGEST_WRAPPER = 8192
_MOST_WRAPPERS = 5
_HIGHEST_PORT = 65535
_LONGEST_HOST = 253
_LONGEST_LABEL = 63


@dataclass(frozen=True, slots=True)
class Standing:
    """A state with its reason; ``reason`` is ``None`` where the state says it all."""

    state: str
    reason: str | None = None


_NOT_AN_ADDRESS = Standing("uncheckable", "not_an_address")
SEVERAL = Standing("uncheckable", "several_addresses")
_PRIVATE = Standing("refused", "private")


def parse_networks(networks: Iterable[str]) -> tuple[Network, ...]:
    """Networks from their text (``10.0.0.0/8``).

    Raises:
        ValueError: A text is no network.
    """
    return tuple(ipaddress.ip_network(network) for network in networks)


@lru_cache(maxsize=_HOSTS_KEPT)
def is_callable(address: str, allowed: tuple[Network, ...]) -> bool:
    """Whether an IP address is on the public internet, or in a network the office allows.

    Private, loopback, link-local, multicast, reserved and cloud metadata addresses are not, nor IPv6
    addresses that carry such an IPv4 address inside.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if any(ip in network for network in allowed):
        return True
    inner = _inner(ip)
    return is_callable(str(inner), allowed) if inner is not None else _is_public(ip)


def _is_public(ip: _IPAddress) -> bool:
    if ip.version == 6 and ip not in _PUBLIC_IPV6:
        return False
    if ip.is_multicast or ip.is_reserved or not ip.is_global:
        return False
    return not any(ip in network for network in _NOT_PUBLIC)


def _inner(ip: _IPAddress) -> ipaddress.IPv4Address | None:
    if isinstance(ip, ipaddress.IPv4Address):
        return None
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


def standing_of_address(address: str, allowed: tuple[Network, ...]) -> Standing | None:
    """``refused`` or ``uncheckable`` for an address that is not to be called; ``None`` if it may be.

    Reasons: ``not_http private credentials`` (refused), ``not_an_address several_addresses needs_phone_or_script
    short_link wrapper expiring`` (uncheckable). What is behind a wrapper, ``resolved`` may know.
    """
    if holds_several(address):
        return SEVERAL
    ordinary = _ORDINARY.match(address)
    if ordinary is None or _UNREADABLE.search(address):
        return _standing_of_odd(address, allowed)
    host, port = ordinary[1].lower(), ordinary[2]
    if port is not None and not 0 < int(port) <= _HIGHEST_PORT:
        return _NOT_AN_ADDRESS
    return _standing_of_host(host, allowed) or _standing_of_parts(host, address)


def _standing_of_odd(address: str, allowed: tuple[Network, ...]) -> Standing | None:
    """The standing of an address in any other spelling than the usual one."""
    scheme = _SCHEME.match(address)
    if scheme is None:
        return _NOT_AN_ADDRESS
    if scheme[1].lower() in signals()["uncheckable_schemes"]:
        return Standing("uncheckable", "needs_phone_or_script")
    if scheme[1].lower() not in ("http", "https"):
        return Standing("refused", "not_http")
    # Two readers may take two hosts out of it; a browser's reading is that of address_as_opened.
    if _UNREADABLE.search(address):
        return _NOT_AN_ADDRESS
    try:
        url = URL(address)
    except ValueError:
        return _NOT_AN_ADDRESS
    host = (url.raw_host or "").lower()
    if url.port == 0 or ("[" in url.raw_authority.rpartition("@")[2] and ":" not in host):
        return _NOT_AN_ADDRESS
    told = _standing_of_host(host, allowed)
    if told is None and (url.user is not None or url.password is not None):
        return Standing("refused", "credentials")
    return told or _standing_of_parts(host, address)


@lru_cache(maxsize=_HOSTS_KEPT)
def _standing_of_host(host: str, allowed: tuple[Network, ...]) -> Standing | None:
    literal = literal_address(host)
    if literal is not None:
        return None if is_callable(literal, allowed) else _PRIVATE
    labels = host.removesuffix(".").split(".")
    if (
        not _HOST_NAME.fullmatch(host)
        or len(host) > _LONGEST_HOST
        or any(not 0 < len(label) <= _LONGEST_LABEL for label in labels)
    ):
        return _NOT_AN_ADDRESS
    if labels[-1] in _LOCAL_NAMES:
        return _PRIVATE
    return Standing("uncheckable", "short_link") if ".".join(labels) in signals()["short_link_hosts"] else None


@lru_cache(maxsize=_HOSTS_KEPT)
def literal_address(host: str) -> str | None:
    """The IP address that a host stands for by itself, in any spelling a resolver takes (127.1, 0x7f000001).

    ``None`` for a name. The host is what is left after IDNA; a full-width digit is a digit by then.
    """
    name = host.removesuffix(".")
    try:
        return str(ipaddress.ip_address(name.partition("%")[0]))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(name))
    except (OSError, UnicodeError):
        return None


def _standing_of_parts(host: str, address: str) -> Standing | None:
    wrapper = _wrapper(host, address) if host in _wrapping_hosts() else None
    if wrapper is not None:
        return Standing("uncheckable", wrapper["reason"])
    return Standing("uncheckable", "expiring") if "?" in address and _signed().search(address) else None


@cache
def _signed() -> re.Pattern[str]:
    """The parameters of an address that ends by itself: one of some, or both of a pair in any order."""
    names = "|".join(map(re.escape, signals()["expiring_parameters"]))
    pairs = (rf"\A(?=[^#]*[?&]{re.escape(one)}=)[^#]*[?&]{re.escape(two)}=" for one, two in signals()["expiring_pairs"])
    return re.compile("|".join((rf"(?i)[?&](?:{names})=", *pairs)))


@cache
def _wrapping_hosts() -> frozenset[str]:
    return frozenset(host for wrapper in signals()["wrapper"] for host in wrapper["hosts"])


def _wrapper(host: str, address: str) -> dict[str, Any] | None:
    """The row of the table of wrappers (跳转页) that an address is one of."""
    path = address.split("//", 1)[1].partition("/")[2].partition("#")[0]
    for wrapper in signals()["wrapper"]:
        if host in wrapper["hosts"] and re.match(wrapper["path"], f"/{path}"):
            found: dict[str, Any] = wrapper
            return found
    return None


def resolved(address: str) -> str | None:
    """The address behind a wrapper that carries it (``weibo.cn/sinaurl?u=…``); ``None`` where there is none to read.

    Wrappers in wrappers are opened too. What is found is only read, not judged: it may be a short link, or private.
    """
    target = found = None
    for _ in range(_MOST_WRAPPERS):
        target = _carried(target or address)
        if target is None:
            break
        found = target
    return found


def _carried(address: str) -> str | None:
    # A wrapper carries the address in a parameter; most addresses have none.
    if "=" not in address or len(address) > _LONGEST_WRAPPER or not re.match(r"(?i)https?:", address):
        return None
    if holds_several(address):
        return None
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    wrapper = _wrapper(host, address) if host in _wrapping_hosts() else None
    if wrapper is None:
        return None
    carried = dict(parse_qsl(parts.query))
    inner = next((carried[name].strip() for name in wrapper["parameters"] if name in carried), "")
    return inner if re.match(r"(?i)https?://[^/]", inner) else None


def is_same_page(asked: str, found: str) -> bool:
    """Whether two addresses differ by http→https, www and a trailing slash at most."""
    return _page_key(URL(asked)) == _page_key(URL(found))


def _page_key(url: URL) -> tuple[str, int | None, str, str]:
    port = None if url.is_default_port() else url.port
    return (url.raw_host or "").lower().removeprefix("www."), port, url.raw_path.rstrip("/"), url.raw_query_string


def is_home(address: str) -> bool:
    """Whether an address is the home page of its host (首页), by its path; an unreadable address is none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return not parts.query and bool(_HOME.fullmatch(parts.path or "/"))


def is_own_home(named: str, page: str) -> bool:
    """Whether what a page names, perhaps briefly (``/``), is its own host's home page; what cannot be read is none."""
    try:
        whole = urlsplit(urljoin(page, named))
        hosts = {(each.hostname or "").removeprefix("www.") for each in (whole, urlsplit(page))}
    except ValueError:
        return False
    return bool(named) and len(hosts) == 1 and not whole.fragment and is_home(whole.geturl())


def missing_address(address: str, token: str) -> str:
    """An address at the same host that cannot exist, to see what the host answers to such.

    Args:
        address: An address of the host.
        token: Letters or digits that nobody has made a page of; best drawn anew for each run.
    """
    return f"{URL(address).origin()}/{token}.html"
