"""One spelling for one address (地址写法): what a browser would ask for, whoever wrote it however. Pure.

Path and query stay as they were written, also where an escape is none (``%u4e2d``); only what may not stand on the
wire is escaped. The host is what IDNA and the resolver make of it.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin

from yarl import URL

from crawler.link_addresses import literal_address
from crawler.link_typing import address_as_opened

# Nearly every address is spelt so already; the others cost ten times as much.
_QUAD = r"(?:(?:0|[1-9][0-9]{0,2})\.){3}(?:0|[1-9][0-9]{0,2})"
_NAME = r"[a-z](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z](?:[a-z0-9-]*[a-z0-9])?)+"
_CANONICAL = re.compile(
    rf"https?://({_NAME}|{_QUAD})(?::(?!80/|443/)[1-9][0-9]{{1,4}})?/[A-Za-z0-9\-._~!$&'()*+,;=:@/?%|\[\]^]*"
)
_PARTS = re.compile(r"(?is)(https?)://([^/?#]*)([^?#]*)(\?[^#]*)?")
_SAFE_PATH, _SAFE_QUERY = "!$%&'()*+,-./:;=@[]^_|~", "!$%&()*+,-./:;=?@[\\]^_`{|}~"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_ORIGIN = re.compile(r"(https?)://(?:[^/?#]*@)?(\[[^\]]*\]|[^/?#:@]*)(?::([0-9]+))?")


def canonical(address: str) -> str:
    """An http address in its one spelling, without fragment; what is no such address comes back as it is."""
    if _CANONICAL.fullmatch(address):
        return address
    parts = _PARTS.match(address)
    if parts is None:
        return address
    scheme, path, query = parts[1].lower(), parts[3] or "/", parts[4] or ""
    try:
        authority = _authority(URL(f"{scheme}://{parts[2]}/"), scheme)
    except ValueError:
        return address
    if not authority:
        return address
    return f"{scheme}://{authority}{quote(path, safe=_SAFE_PATH)}{quote(query, safe=_SAFE_QUERY)}"


def _authority(url: URL, scheme: str) -> str:
    host = (url.raw_host or "").lower().removesuffix(".")
    host = literal_address(host) or host
    named = f"[{host}]" if ":" in host else host
    # Somebody's password is no part of what is asked; it is kept so that the address is refused for it.
    user = f"{url.raw_authority.rpartition('@')[0]}@" if "@" in url.raw_authority else ""
    port = url.explicit_port
    return named and f"{user}{named}{'' if port in (None, _DEFAULT_PORTS[scheme]) else f':{port}'}"


def host_of(address: str) -> str:
    """The host of an address as its turn, rules and walls are kept by; ``""`` where it has none."""
    plain = _CANONICAL.fullmatch(address)
    if plain is not None:
        return plain[1]
    try:
        host = (URL(address).raw_host or "").lower().removesuffix(".")
    except ValueError:
        return ""
    return literal_address(host) or host


def origin_of(address: str) -> tuple[str, int]:
    """``(scheme://host:port, port)`` of an http address in its one spelling; told only where it is not the usual."""
    found = _ORIGIN.match(address)
    if found is None:
        raise ValueError(f"no http address in its one spelling: {address!r}")
    scheme, host, port = found[1], found[2], found[3]
    return f"{scheme}://{host}{f':{port}' if port else ''}", int(port) if port else _DEFAULT_PORTS[scheme]


def header_text(value: str) -> str:
    """A header's value, which comes byte by byte as Latin-1, with bytes beyond ASCII escaped as browsers do."""
    return value if value.isascii() else quote(value.encode("latin-1", "replace"), safe=_SAFE_QUERY + "#'<>\" ")


def followed(address: str, location: str) -> str | None:
    """Where a ``Location`` leads from an address, as a browser reads it; ``None`` where it says nothing."""
    told = re.sub(r"[\t\r\n]", "", location.strip())
    before, mark, after = re.match(r"([^?#]*)([?#]?)(.*)", told, re.DOTALL).groups()  # type: ignore[union-attr]
    told = before.replace("\\", "/") + mark + after
    if told.startswith("//"):
        told = f"{address.partition(':')[0]}://{told.lstrip('/')}"
    elif re.match(r"(?i)https?:", told):
        told = address_as_opened(told) if re.match(r"(?i)https?:/", told) else told
    try:
        return canonical(urljoin(address, told))
    except ValueError:
        return None
