"""Takes out of headers and addresses what would let a reader of the archive in (去除凭据), before anything is written.

Replaced are cookies, authorizations and the parameters of an address that grant access: session and
request tokens (``access_token``, ``pass_ticket``, ``poc_token``, ``st``), keys and secrets, and signatures, as
whoever holds a signed address of a private feed or a temporary one of Sogou may open it. Kept is what only
names a public thing: ``__biz``, ``mid``, ``idx``, ``sn`` and ``chksm`` of a WeChat post, and Toutiao's account key
(``MS4wLjABAAAA…``), which its own list calls a token. A name stays, so that the kind of address can still be told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote, unquote

from pipelines.answers import Headers

REPLACED = "REDACTED"


_SECRET_HEADERS = frozenset(
    ("cookie", "set-cookie", "authorization", "proxy-authorization", "x-csrf-token", "x-xsrf-token")
)
_ADDRESS_HEADERS = frozenset(("referer", "location", "content-location", "refresh", "link"))
# Compared without case, "_" and "-".
_SECRET_NAMES = frozenset(
    "accesstoken refreshtoken token authtoken idtoken csrftoken xsrftoken mstoken appmsgtoken passticket poctoken "
    "exportkey ticket st key apikey secret appsecret clientsecret sign signature sig auth authorization alt "
    "password passwd pwd session sessionid jsessionid phpsessid".split()
)
# A visitor system hands its cookies on in addresses of its own.
_PASSPORT_HOST = re.compile(r"//(?:[\w-]+\.)*passport\.", re.IGNORECASE)
_PASSPORT_NAMES = frozenset(("s", "sp", "t", "tid"))
_PUBLIC_VALUE = re.compile(r"MS4wLjABAAAA[\w-]+", re.ASCII)
_PAIR = re.compile(r"([?&;#])([^?&;#=\s]*)=([^&;#\s]*)")
_USER = re.compile(r"(?<=://)[^/?#@\s]*@")
_BODY_SECRET = re.compile(
    rb"""(["']?(?:access_token|refresh_token|app_?secret|client_secret|secret|password)["']?\s*[:=]\s*)"""
    rb"""("[^"]*"|'[^']*'|[^&"'\s,}]+)""",
    re.IGNORECASE,
)
_DEEPEST = 4


@lru_cache(maxsize=16)  # one page's address is written in several places
def redacted_address(address: str) -> tuple[str, tuple[str, ...]]:
    """The address without what grants access, and the names of the parameters whose values were replaced.

    Addresses within its parameters are looked at too, as a login page carries the address to return to.
    """
    names: set[str] = set()
    return _address(address, names, 0), tuple(sorted(names))


def redacted_headers(headers: Iterable[tuple[str, str]]) -> tuple[Headers, tuple[str, ...]]:
    """The headers in their order without credentials, and the names of what was replaced."""
    names: set[str] = set()
    return tuple((name, _value(name, value, names)) for name, value in headers), tuple(sorted(names))


def redacted_body(body: bytes) -> tuple[bytes, tuple[str, ...]]:
    """A request's body (form or JSON) without secrets, and ``("body",)`` if any was replaced."""
    found = _BODY_SECRET.sub(lambda match: match[1] + b'"' + REPLACED.encode() + b'"', body)
    return found, ("body",) if found != body else ()


def _value(name: str, value: str, names: set[str]) -> str:
    lowered = name.strip().lower()
    if lowered in _SECRET_HEADERS:
        names.add(lowered)
        return REPLACED
    return _address(value, names, 0) if lowered in _ADDRESS_HEADERS else value


def _address(text: str, names: set[str], depth: int) -> str:
    if "://" in text and "@" in text:
        text, n_users = _USER.subn(f"{REPLACED}@", text)
        names.update(["userinfo"] * bool(n_users))
    if "=" not in text:
        return text
    secret = _SECRET_NAMES | _PASSPORT_NAMES if _PASSPORT_HOST.search(text) else _SECRET_NAMES

    def replaced(match: re.Match[str]) -> str:
        mark, name, value = match.groups()
        plain = unquote(name).strip().lower()
        if plain.replace("_", "").replace("-", "") in secret and value and not _PUBLIC_VALUE.fullmatch(value):
            names.add(f"query:{plain}")
            return f"{mark}{name}={REPLACED}"
        return f"{mark}{name}={_within(value, names, depth)}"

    return _PAIR.sub(replaced, text)


def _within(value: str, names: set[str], depth: int) -> str:
    """A parameter's value, looked at as an address of its own, written plainly or encoded."""
    if depth >= _DEEPEST:
        return value
    if "%" not in value:
        return _address(value, names, depth + 1)
    decoded = unquote(value)
    found = _address(decoded, names, depth + 1)
    # Written anew only where something was taken out: an address is otherwise kept to the letter.
    return value if found == decoded else quote(found, safe="")
