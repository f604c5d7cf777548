"""What the answers of an account's addresses add up to (链接检测结果): dead addresses, and dead hosts. Pure.

Two dead answers make an address dead: of two runs, far enough apart, each with our own connectivity proven, and with
no sign of life since the first. A name that does not exist has one more sign of life: any page of the same host.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from analysis.updates import published_in
from records import AccountEvidence, LinkCheck, Period, Post, Probe, Snapshot

ALIVE = frozenset({"alive", "moved"})
NO_NAME = "dns"
_OF_ONE_POST = "gone"
_CARRIES_ADDRESS = re.compile(r"(?i)[?&][^=&]*=https?(?::|%3a)")
# Fewer dead pages of a host are pages, not a host; of a name that does not exist one address tells it all.
_WHOLE_HOST = 3
_AT_WORK = ALIVE | {"blocked"}
# Redirects without end, refusals of what we ask or how, and certificates may be answers that only we get.
_NO_ANSWER = re.compile(r"dns|refused|reset|timeout|unreachable|http_5\d\d")

Pair = tuple[LinkCheck, LinkCheck]


@dataclass(frozen=True, slots=True)
class Address:
    """One address of an account: the period's posts that carry it, and its answers, oldest first.

    ``is_judged``: it stands in a post of the period, in the menu or in the profile (``is_bio``). ``pair`` are the two
    answers that prove it dead, as far apart as there are, and ``proofs`` what was kept of these; ``host`` is the one
    that its newest answer is about, perhaps behind a redirect.
    """

    url: str
    host: str
    posts: tuple[Post, ...]
    is_judged: bool
    checks: tuple[LinkCheck, ...]
    pair: Pair | None
    is_bio: bool = False
    proofs: tuple[Snapshot, ...] = ()


@dataclass(frozen=True, slots=True)
class DeadHost:
    """A host that is dead as a whole: its name does not exist, or all that was asked of it; ``addresses`` are dead."""

    host: str
    is_missing: bool
    addresses: tuple[Address, ...]


def addresses_of(account: AccountEvidence, period: Period, apart: timedelta) -> tuple[Address, ...]:
    """Every address of menu, profile and posts, in this order; older posts' too, as they tell of their hosts."""
    bio = account.profile.links if account.profile is not None else ()
    carriers: dict[str, list[Post]] = {url: [] for url in (*account.account.menu_links, *bio)}
    judged, only_bio = set(carriers), set(bio) - set(account.account.menu_links)
    for post in account.posts:
        for url in {link.target or link.url: None for link in post.links}:
            carriers.setdefault(url, [])
            if published_in(post, period):
                carriers[url].append(post)
                judged.add(url)
    answers = {url: _answers(account, url) for url in carriers}
    seen_at = _seen_names(answers)
    found = (_address(url, posts, url in judged, answers[url], seen_at, apart) for url, posts in carriers.items())
    return tuple(
        replace(address, is_bio=address.url in only_bio, proofs=_proofs(address.pair, account.answers))
        for address in found
    )


def no_visitor_is_answered(answer: LinkCheck | Probe) -> bool:
    """Whether it failed as it fails for every visitor, our own connectivity proven."""
    return answer.state == "failing" and answer.proven and _NO_ANSWER.fullmatch(answer.reason or "") is not None


def _proofs(pair: Pair | None, kept: Mapping[LinkCheck, Snapshot]) -> tuple[Snapshot, ...]:
    return tuple(kept[answer] for answer in pair or () if answer in kept)


def _answers(account: AccountEvidence, url: str) -> tuple[LinkCheck, ...]:
    answers = account.link_checks.get(url, ())
    return tuple(sorted(answers, key=lambda answer: answer.checked_at))


def _address(
    url: str,
    posts: Sequence[Post],
    is_judged: bool,
    checks: tuple[LinkCheck, ...],
    seen_at: Mapping[str, datetime],
    apart: timedelta,
) -> Address:
    host = _last_host(checks[-1]) if checks else host_of(url)
    return Address(url, host, tuple(posts), is_judged, checks, _pair(_dead_run(checks, seen_at), apart))


def host_of(url: str) -> str:
    """The host's name in small letters; ``""`` where the text is no address with one."""
    try:
        return (urlsplit(url.strip()).hostname or "").removesuffix(".")
    except ValueError:
        return ""


def _last_host(answer: LinkCheck) -> str:
    """The host that an answer is about: the last one asked; ``""`` where that cannot be told."""
    if answer.final_url is None and answer.reason == NO_NAME and _CARRIES_ADDRESS.search(answer.url):
        return ""  # a wrapping address: the name that is missing may be the one that it carries
    return host_of(answer.final_url or answer.url)


def _seen_names(answers: Mapping[str, Sequence[LinkCheck]]) -> dict[str, datetime]:
    """When each host last answered anything at all: its name existed then."""
    seen: dict[str, datetime] = {}
    for answer in (one for checks in answers.values() for one in checks):
        if answer.status is not None and answer.reason != NO_NAME:
            for host in {host_of(answer.url), host_of(answer.final_url or answer.url)}:
                seen[host] = max(seen.get(host, answer.checked_at), answer.checked_at)
    return seen


def _dead_run(checks: Sequence[LinkCheck], seen_at: Mapping[str, datetime]) -> list[LinkCheck]:
    """The dead answers since the last sign of life; none if the newest answer is not dead."""
    if not checks or checks[-1].state != "dead":
        return []
    alive_at = max((n for n, answer in enumerate(checks) if answer.state in ALIVE), default=-1)
    dead = [answer for answer in checks[alive_at + 1 :] if answer.state == "dead"]
    return [answer for answer in dead if answer.reason != NO_NAME or not _existed_later(answer, seen_at)]


def _existed_later(answer: LinkCheck, seen_at: Mapping[str, datetime]) -> bool:
    seen = seen_at.get(_last_host(answer))
    return seen is not None and seen >= answer.checked_at


def _pair(run: Sequence[LinkCheck], apart: timedelta) -> Pair | None:
    proven = [answer for answer in run if answer.proven and answer.run_id is not None]
    for newest in reversed(proven):
        for first in proven:
            if first.run_id != newest.run_id and newest.checked_at - first.checked_at >= apart:
                return first, newest
    return None


def dead_hosts(addresses: Iterable[Address]) -> Iterator[DeadHost]:
    """The hosts that are dead as a whole and that an address to be judged leads to."""
    by_host: defaultdict[str, list[Address]] = defaultdict(list)
    for address in addresses:
        if address.host:
            by_host[address.host].append(address)
    for host, members in by_host.items():
        dead = tuple(member for member in members if member.pair is not None)
        missing = any({answer.reason for answer in member.pair or ()} == {NO_NAME} for member in dead)
        if any(member.is_judged for member in dead) and (missing or _is_all_dead(dead, members)):
            yield DeadHost(host, missing, dead)


def _is_all_dead(dead: Sequence[Address], members: Iterable[Address]) -> bool:
    """Whether enough addresses are dead, and the host's others were seen not to work since the first of them died.

    An address that works is not asked again for days, and in the end no more: that nothing was heard of it since is
    our silence. What a platform's own words say of one post says nothing of the platform.
    """
    if len(dead) < _WHOLE_HOST or any(member.checks[-1].reason == _OF_ONE_POST for member in dead):
        return False
    since = min(member.pair[0].checked_at for member in dead if member.pair is not None)
    return all(
        not _worked_since(member, since) and (member.pair is not None or _failed_since(member, since))
        for member in members
    )


def _worked_since(member: Address, since: datetime) -> bool:
    return any(answer.state in _AT_WORK and answer.checked_at >= since for answer in member.checks)


def _failed_since(member: Address, since: datetime) -> bool:
    later = (answer for answer in member.checks if answer.checked_at >= since)
    return any((answer.state == "dead" and answer.proven) or no_visitor_is_answered(answer) for answer in later)
