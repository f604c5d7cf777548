"""Do the services of an application have an IPv6 address (支持 IPv6)?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from analysis.judgements import judgement
from analysis.params import whole_number, words
from analysis.periods import moment_words
from analysis.probed import IPV6, host_name, services_of
from analysis.words import BASIS, account_words, reason_words, shown
from records import Account, Clause, Evidence, Judgement, Period, Probe, Result

_HAS, _HAS_NOT = "has", "has_not"
_LITERAL = "literal"
_APPLICATIONS = ("app", "miniprogram")
_ENDED = ("注销", "关停")
_REASONS = {"mirror": "mirror", "private": "refused", "stopped": "stopped"}
_A_SECOND = timedelta(seconds=1)

Pair = tuple[Probe, Probe]


def check(evidence: Evidence, clause: Clause) -> Iterator[Judgement]:
    """One breach for each service of an application whose name has no IPv6 address, else one judgement.

    Only accounts of the ``platforms`` are applications. Without means: the name exists, two runs at least
    ``hours_apart`` hours apart found no AAAA record, and in each of them the resolver gave another name's.

    Source: clauses LJ-11a, ZJ-11.
    """
    apart = timedelta(hours=whole_number(clause, "hours_apart"))
    platforms = words(clause, "platforms", _APPLICATIONS)
    for item in evidence.accounts:
        account = item.account
        if account.platform not in platforms:
            yield _without(evidence, clause, account, Result.NOT_APPLICABLE, "not_an_app")
        elif account.status in _ENDED:
            yield _without(evidence, clause, account, Result.NOT_APPLICABLE, "closed")
        else:
            yield from _judge(evidence, clause, account, apart)


def _judge(evidence: Evidence, clause: Clause, account: Account, apart: timedelta) -> Iterator[Judgement]:
    services = {address: _probes(evidence, address) for address in services_of(account)}
    lacking = {address: pair for address, probes in services.items() if (pair := _pair(probes, apart)) is not None}
    yield from (_breach(evidence, clause, account, address, pair) for address, pair in lacking.items())
    if lacking:
        return
    reasons = [_open_reason(probes) for probes in services.values()]
    asked = [reason for reason in reasons if reason != "no_name"]
    if not services:
        yield _without(evidence, clause, account, Result.UNKNOWN, "no_service")
    elif not asked:
        yield _without(evidence, clause, account, Result.NOT_APPLICABLE, "no_name")
    elif unknown := [reason for reason in asked if reason is not None]:
        yield _without(evidence, clause, account, Result.UNKNOWN, unknown[0])
    else:
        summary = f"{account_words(account)}的服务地址有 IPv6 地址。"
        yield judgement(evidence, clause, Result.PASS, summary, account=account)


def _probes(evidence: Evidence, address: str) -> list[Probe]:
    inside = (probe for probe in evidence.probes if evidence.period.holds(probe.checked_at))
    return [probe for probe in inside if (probe.kind, probe.address) == (IPV6, address)]


def _pair(probes: Sequence[Probe], apart: timedelta) -> Pair | None:
    """The proven answers, first and newest, that say without since the name last had an address."""
    had_at = max((n for n, probe in enumerate(probes) if probe.state == _HAS), default=-1)
    without = [probe for probe in probes[had_at + 1 :] if probe.state == _HAS_NOT and probe.proven]
    for newest in reversed(without):
        for first in without:
            if first.run_id != newest.run_id and newest.checked_at - first.checked_at >= apart:
                return first, newest
    return None


def _open_reason(probes: Sequence[Probe]) -> str | None:
    """Why it is not known whether a service has an address; ``None`` where it has."""
    newest = probes[-1] if probes else None
    if newest is None:
        return "dns_fault"
    if newest.state == _HAS:
        return None
    if newest.state == _HAS_NOT:
        return "unconfirmed" if newest.proven else "no_ipv6_control"
    return "no_name" if newest.reason == _LITERAL else _REASONS.get(newest.reason or "", "dns_fault")


def _breach(evidence: Evidence, clause: Clause, account: Account, address: str, pair: Pair) -> Judgement:
    host = host_name(address) or address
    times = "和".join(moment_words(probe.checked_at) for probe in pair)
    return judgement(
        evidence,
        clause,
        Result.BREACH,
        f"{account_words(account)}的服务地址 {shown(address)} 没有 IPv6 地址"
        f"{BASIS}查询域名 {shown(host)} 的 AAAA 记录，{times}）。",
        account=account,
        cause=f"{clause.check}:{host}",
        window=Period(evidence.period.start, pair[1].checked_at + _A_SECOND),
    )


def _without(evidence: Evidence, clause: Clause, account: Account, result: Result, reason: str) -> Judgement:
    what = "是否支持 IPv6 未能核查" if result is Result.UNKNOWN else "不适用支持 IPv6 的条款"
    summary = f"{account_words(account)}{what}：{reason_words(reason)}。"
    return judgement(evidence, clause, result, summary, account=account, reason=reason)
