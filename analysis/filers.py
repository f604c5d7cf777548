"""Which units file the same website (同一网站), and which of them answers for it, so that one outage is one. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlsplit, urlunsplit

from analysis.inspection import regulations_of
from analysis.probed import own_website_of, websites_of
from records import Account

Filers = Mapping[str, Mapping[str, tuple[str, ...]]]


def filers_of(accounts: Iterable[Account], default_regulations: Sequence[str]) -> Filers:
    """Of each unit the websites that others file too, each with all its filers, whoever answers for it first.

    That is the unit with the website's own row (平台 政府网站) in the register, else the one that stands first in it.
    Units that answer to different regulations are kept apart: what one of them is judged by, another is not.
    The same website is what gives the same request: another scheme, host or path may answer otherwise.
    """
    by_unit: defaultdict[str, list[Account]] = defaultdict(list)
    for account in accounts:
        by_unit[account.unit].append(account)
    groups: defaultdict[tuple[str, frozenset[str]], list[tuple[str, str]]] = defaultdict(list)
    for unit, own in by_unit.items():
        for address in websites_of(own):
            groups[_request(address), _regulations(own, default_regulations)].append((unit, address))
    found: defaultdict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for filed in groups.values():
        named = sorted((unit for unit, _ in filed), key=lambda unit: not _owns(by_unit[unit], filed))
        units = tuple(dict.fromkeys(named))
        for unit, address in filed if len(units) > 1 else ():
            found[unit][address] = units
    return found


def _regulations(own: Iterable[Account], default_regulations: Sequence[str]) -> frozenset[str]:
    return frozenset(name for account in own for name in regulations_of(account, default_regulations))


def _owns(own: Iterable[Account], filed: Iterable[tuple[str, str]]) -> bool:
    """Whether the website has a register row of its own among a unit's accounts."""
    same = {_request(address) for _, address in filed}
    return any(_request(address) in same for account in own for address in own_website_of(account))


def _request(address: str) -> str:
    """The address as its host gets to see it, by which it is told which are the same."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    return urlunsplit((parts.scheme, parts.netloc.lower(), parts.path or "/", parts.query, ""))
