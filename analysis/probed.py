"""Which addresses of the register are probed every night (探测): 网站地址 of units, 服务地址 of accounts. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote, urlsplit

from records import Account

WEBSITE, IPV6 = "website", "ipv6"
_WEBSITE_LABEL, _SERVICE_LABEL = "网站地址", "服务地址"
# A register row of the platform 政府网站 has its address where other accounts have their profile's.
_WEBSITE_PLATFORM = "website"
_ENDED = ("注销", "关停")
_BETWEEN = re.compile(r"[\s、，；;]+")
_ADDRESS = re.compile(r"https?://[^/?#]+\S*", re.IGNORECASE)
_SAFE_PATH, _SAFE_QUERY = "!$%&'()*+,-./:;=@[]^_|~", "!$%&()*+,-./:;=?@[\\]^_`{|}~"
_REQUESTS_KEPT = 8192
_DEFAULT_PORTS = {"http": 80, "https": 443}
_BARE_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}(?::\d+)?(?:/\S*)?")


def websites_of(accounts: Iterable[Account]) -> tuple[str, ...]:
    """The websites that a unit's accounts name, in the register's order; an account that has ended names none."""
    found: dict[str, None] = {}
    for account in accounts:
        if account.status not in _ENDED:
            found.update(dict.fromkeys(_addresses(account.fields.get(_WEBSITE_LABEL) or "")))
            found.update(dict.fromkeys(own_website_of(account)))
    return tuple(found)


def own_website_of(account: Account) -> tuple[str, ...]:
    """The address of a register row that is itself a website's (平台 政府网站); none of any other account."""
    is_website = account.platform == _WEBSITE_PLATFORM and account.status not in _ENDED
    return tuple(_addresses(account.url or "")) if is_website else ()


def services_of(account: Account) -> tuple[str, ...]:
    """The service addresses that an account's register row names; none of an account that has ended."""
    return () if account.status in _ENDED else tuple(_addresses(account.fields.get(_SERVICE_LABEL) or ""))


def host_name(address: str) -> str | None:
    """The host of an address in small letters; ``None`` where there is none."""
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


@lru_cache(maxsize=_REQUESTS_KEPT)
def request_of(address: str) -> str:
    """The address as its host gets to see it (请求), by which it is told which spellings are the same website."""
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").rstrip("."), parts.port
        path, query = quote(parts.path or "/", safe=_SAFE_PATH), quote(parts.query, safe=_SAFE_QUERY)
    except ValueError:
        return address
    if not host:
        return address
    user = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
    is_usual = port in (None, _DEFAULT_PORTS.get(parts.scheme))
    authority = f"{user}[{host}]" if ":" in host else f"{user}{host}"
    asked = f"{path}?{query}" if query else path
    return f"{parts.scheme}://{authority}{'' if is_usual else f':{port}'}{asked}"


def page_of(request: str) -> str:
    """What ``http`` and ``https`` of one host and path have in common; whether both are one website, nights tell."""
    return request.partition("://")[2] or request


def _addresses(cell: str) -> list[str]:
    """The addresses of a cell, each once; a bare name gets ``http://``, words like 无 are none."""
    words = dict.fromkeys(word for word in _BETWEEN.split(cell) if word)
    spelt = (word if _ADDRESS.fullmatch(word) else f"http://{word}" for word in words if _is_address(word))
    return list(dict.fromkeys(spelt))


def _is_address(word: str) -> bool:
    return (_ADDRESS.fullmatch(word) or _BARE_HOST.fullmatch(word)) is not None
