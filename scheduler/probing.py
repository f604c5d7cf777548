"""The job probe(): what a night finds of the register's 网站地址 and 服务地址, kept for the checks that ask for it."""

from __future__ import annotations

import ipaddress
import socket
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from analysis.probed import IPV6, WEBSITE, host_name, services_of, websites_of
from crawler.link_addresses import is_callable, standing_of_address
from records import Account, LinkCheck, Probe
from scheduler.workspace import Workspace
from storage.probes import save_probes
from storage.queries.accounts import accounts

HAS, HAS_NOT, UNKNOWN = "has", "has_not", "unknown"
# Of an address that was not asked because a person stopped the run: nothing is known of it that night.
STOPPED = "stopped"
# A resolver that gives up does so by itself after about half a minute; nobody waits for it that long.
RESOLVE_SECONDS = 10.0
_AT_ONCE = 8
# Linux says which of both it is where the name exists; others say no more than that there is none.
_NO_SUCH_ADDRESS = tuple(
    getattr(socket, name) for name in ("EAI_NODATA", "EAI_NONAME", "EAI_ADDRFAMILY") if hasattr(socket, name)
)
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")

# Asks addresses as links are asked, keeps their answers as link checks of the run, and gives them back as they come,
# each under the address as it was given.
Asking = Callable[[Sequence[str]], Iterable[LinkCheck]]
# The addresses of a name, of one family (``AF_INET``, ``AF_INET6``); OSError where there are none or nobody knows.
Resolving = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Named:
    """What the resolver says of a name: ``has``, ``has_not`` or ``unknown`` with the reason."""

    state: str
    reason: str | None = None


def addresses_of_name(host: str, family: int) -> list[str]:
    """The addresses that the system's resolver gives a name.

    Raises:
        OSError: The name has none of that family, or the resolver does not answer.
    """
    return [str(found[4][0]) for found in socket.getaddrinfo(host, None, family, socket.SOCK_STREAM)]


def probe(
    workspace: Workspace,
    run_id: int,
    ask: Asking,
    resolve: Resolving = addresses_of_name,
    limit_seconds: float = RESOLVE_SECONDS,
) -> list[Probe]:
    """Probe every registered website and service once, and keep what came of it under the run.

    The same address is asked once, however many units name it; it is kept for each of them.
    """
    websites, services = _registered(workspace)
    probes = _probe_websites(workspace, run_id, websites, ask)
    named = _named(workspace, _distinct(services), resolve, limit_seconds)
    ipv6 = _ipv6_probes(services, named, workspace.clock.now())
    save_probes(workspace.engine, run_id, ipv6)
    return [*probes, *ipv6]


def note_stopped(workspace: Workspace, run_id: int, answered: Asking) -> int:
    """The number of registered websites and services that a run did not get to ask before a person stopped it.

    Each is kept as ``unknown`` with the reason ``stopped``: neither up nor down, with an address or without. Websites
    that were answered before the stop are kept with their answer.
    """
    websites, services = _registered(workspace)
    answers = {check.url: check for check in answered(_distinct(websites))}
    now = workspace.clock.now()
    unasked = {address for address in _distinct(websites) if address not in answers}
    probes = [*_website_probes(websites, answers), *_unasked(WEBSITE, websites, unasked, now)]
    save_probes(workspace.engine, run_id, [*probes, *_unasked(IPV6, services, set(_distinct(services)), now)])
    return len(unasked | set(_distinct(services)))


def _unasked(kind: str, by_unit: Mapping[str, Sequence[str]], unasked: Set[str], at: datetime) -> list[Probe]:
    return [
        Probe(kind=kind, unit=unit, address=address, state=UNKNOWN, checked_at=at, reason=STOPPED)
        for unit, addresses in by_unit.items()
        for address in addresses
        if address in unasked
    ]


def _registered(workspace: Workspace) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """The websites and the services of each unit."""
    by_unit: defaultdict[str, list[Account]] = defaultdict(list)
    for account in accounts(workspace.engine):
        by_unit[account.unit].append(account)
    websites = {unit: websites_of(own) for unit, own in by_unit.items()}
    return websites, {unit: _services(own) for unit, own in by_unit.items()}


def _probe_websites(
    workspace: Workspace, run_id: int, by_unit: Mapping[str, Sequence[str]], ask: Asking
) -> list[Probe]:
    """The probes of all websites; what was answered is kept also where a person stops the run."""
    answers: dict[str, LinkCheck] = {}
    websites = _distinct(by_unit)
    try:
        for check in ask(websites) if websites else ():
            answers[check.url] = check
    finally:
        probes = _website_probes(by_unit, answers)
        save_probes(workspace.engine, run_id, probes)
    return probes


def _services(own: Iterable[Account]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(address for account in own for address in services_of(account)))


def _distinct(by_unit: Mapping[str, Sequence[str]]) -> list[str]:
    return list(dict.fromkeys(address for addresses in by_unit.values() for address in addresses))


def _website_probes(by_unit: Mapping[str, Sequence[str]], answers: Mapping[str, LinkCheck]) -> list[Probe]:
    return [
        Probe(
            kind=WEBSITE,
            unit=unit,
            address=address,
            state=answer.state,
            checked_at=answer.checked_at,
            reason=answer.reason,
            proven=answer.proven,
        )
        for unit, addresses in by_unit.items()
        for address in addresses
        if (answer := answers.get(address)) is not None
    ]


def _ipv6_probes(
    by_unit: Mapping[str, Sequence[str]], named: Mapping[str, tuple[Named, bool]], at: datetime
) -> list[Probe]:
    return [
        Probe(
            kind=IPV6,
            unit=unit,
            address=address,
            state=found.state,
            checked_at=at,
            reason=found.reason,
            proven=proven,
        )
        for unit, addresses in by_unit.items()
        for address in addresses
        for found, proven in [named[address]]
    ]


def _named(
    workspace: Workspace, addresses: Sequence[str], resolve: Resolving, limit_seconds: float
) -> dict[str, tuple[Named, bool]]:
    """What was found of each address' name, and whether the resolver gave any name's IPv6 address tonight.

    A resolver that keeps IPv6 addresses to itself would make every name one without. Control addresses are asked too.
    """
    hosts = {address: host_name(address) for address in addresses}
    told = {address: _not_asked(workspace, hosts[address]) for address in addresses}
    wanted = {host for address, host in hosts.items() if host is not None and told[address] is None}
    controls = {host_name(address) for address in workspace.config.links.control}
    known = {host for host in controls if host is not None and _not_asked(workspace, host) is None}
    answers = _resolved(sorted(wanted | known), resolve, limit_seconds) if wanted else {}
    having = any(found.state == HAS for found in answers.values())
    return {
        address: (told[address] or answers[host or ""], told[address] is None and having)
        for address, host in hosts.items()
    }


def _not_asked(workspace: Workspace, host: str | None) -> Named | None:
    """Why a name is not looked up; ``None`` where it is."""
    if workspace.mirror:
        return Named(UNKNOWN, "mirror")
    if host is None:
        return Named(UNKNOWN, "not_an_address")
    if _is_literal(host):
        return Named(UNKNOWN, "literal")
    standing = standing_of_address(f"http://{host}/", ())
    return None if standing is None else Named(UNKNOWN, standing.reason)


def _is_literal(host: str) -> bool:
    """Whether a host is an IP address, in any spelling that a resolver takes (``127.1``)."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return _is_inet(host)
    return True


def _is_inet(host: str) -> bool:
    try:
        socket.inet_aton(host)
    except (OSError, UnicodeError):
        return False
    return True


def _resolved(hosts: Sequence[str], resolve: Resolving, limit_seconds: float) -> dict[str, Named]:
    pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="resolve")
    try:
        found = {host: pool.submit(_look_up, host, resolve) for host in hosts}
        done, _ = wait(found.values(), limit_seconds * ceil(len(hosts) / _AT_ONCE))
        return {
            host: answer.result() if answer in done else Named(UNKNOWN, "timeout") for host, answer in found.items()
        }
    finally:
        # Those that hang end by the resolver's own limit; no night waits for them.
        pool.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str, resolve: Resolving) -> Named:
    """Whether a name has a public IPv6 address; that it has none is told only of a name that has an IPv4 one."""
    try:
        found = resolve(host, socket.AF_INET6)
    except OSError as error:
        if isinstance(error, socket.gaierror) and error.errno in _NO_SUCH_ADDRESS:
            return Named(HAS_NOT) if _has_ipv4(host, resolve) else Named(UNKNOWN, "dns")
        return Named(UNKNOWN, "dns_fault")
    except UnicodeError:
        return Named(UNKNOWN, "not_an_address")
    return Named(HAS) if any(_is_public(address) for address in found) else Named(UNKNOWN, "private")


def _has_ipv4(host: str, resolve: Resolving) -> bool:
    try:
        return bool(resolve(host, socket.AF_INET))
    except OSError:
        return False


def _is_public(address: str) -> bool:
    """Whether an address is a public IPv6 one of its own, not an IPv4 one in another dress (NAT64, 6to4)."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    return isinstance(ip, ipaddress.IPv6Address) and ip in _GLOBAL_UNICAST and is_callable(str(ip), ())
