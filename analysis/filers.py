"""Which units file the same website (同一网站), and which of them answers for it, so that one outage is one. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analysis.inspection import regulations_of
from analysis.probed import own_website_of, page_of, request_of, websites_of
from records import Account, Regulation

_CHECK = "website_downtime"
_NEVER = float("inf")

# Clause -> request -> the units that file it, whoever answers for it first.
Filers = Mapping[str, Mapping[str, tuple[str, ...]]]
# The first run that probed a unit's address, by both.
FirstRuns = Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class _Filed:
    """A request that a unit files; ``rank`` orders who answers for it, the smallest first."""

    unit: str
    request: str
    rank: tuple[bool, float, int]


def filers_of(
    accounts: Iterable[Account],
    default_regulations: Sequence[str],
    law: Mapping[str, Regulation],
    first_runs: FirstRuns,
) -> dict[str, Filers]:
    """Of each unit, by clause, the websites that are filed more than once, with the units that the clause binds.

    A unit stands before others where the website has a row of its own (平台 政府网站) among its accounts, then where
    it was probed for that unit by an earlier run, so that a row added to the register takes nobody's outage away, then
    where it stands earlier in the register. The same website is what gives the same request. ``http`` and ``https`` of
    one host and path come together too, the one that answers first: nights tell whether they are one.
    """
    by_unit: defaultdict[str, list[Account]] = defaultdict(list)
    for account in accounts:
        by_unit[account.unit].append(account)
    bound = {unit: _regulations(own, default_regulations) for unit, own in by_unit.items()}
    pages: defaultdict[str, list[_Filed]] = defaultdict(list)
    for one in sorted(_filed(by_unit, first_runs), key=lambda one: one.rank):
        pages[page_of(one.request)].append(one)
    found: defaultdict[str, defaultdict[str, dict[str, tuple[str, ...]]]] = defaultdict(lambda: defaultdict(dict))
    for regulation in law.values():
        for clause in (clause.id for clause in regulation.clauses if clause.check == _CHECK):
            for filed in (filed for filed in pages.values() if len(filed) > 1):
                group = _group(one for one in filed if regulation.id in bound[one.unit])
                for unit in dict.fromkeys(unit for units in group.values() for unit in units):
                    found[unit][clause].update(group)
    return dict(found)


def answered_by(filers: Filers, unit: str, requests: Iterable[str]) -> frozenset[str]:
    """The requests whose probes a unit is judged by: those that it answers for, with all that is compared with them."""
    shared = {request for by_request in filers.values() for request in by_request}
    mine = {request for request in requests if request not in shared}
    mine |= {request for found in filers.values() for request, units in found.items() if units[0] == unit}
    pages = {page_of(request) for request in mine}
    return frozenset(mine | {request for request in shared if page_of(request) in pages})


def _filed(by_unit: Mapping[str, Sequence[Account]], first_runs: FirstRuns) -> Iterable[_Filed]:
    first = _first_runs(first_runs)
    for number, (unit, own) in enumerate(by_unit.items()):
        owned = {request_of(address) for account in own for address in own_website_of(account)}
        for request in dict.fromkeys(map(request_of, websites_of(own))):
            yield _Filed(unit, request, (request not in owned, first.get((unit, request), _NEVER), number))


def _first_runs(first_runs: FirstRuns) -> dict[tuple[str, str], int]:
    """The first run by unit and request, whichever spelling it was."""
    found: dict[tuple[str, str], int] = {}
    for (unit, address), run_id in first_runs.items():
        key = (unit, request_of(address))
        found[key] = min(run_id, found.get(key, run_id))
    return found


def _group(filed: Iterable[_Filed]) -> dict[str, tuple[str, ...]]:
    """The requests of one page with their units, in the order of who answers first."""
    units: defaultdict[str, list[str]] = defaultdict(list)
    for one in filed:
        units[one.request].append(one.unit)
    return {request: tuple(named) for request, named in units.items()}


def _regulations(own: Iterable[Account], default_regulations: Sequence[str]) -> frozenset[str]:
    """The regulations by which a unit is judged: the office's, and those of any of its accounts."""
    of_accounts = (name for account in own for name in regulations_of(account, default_regulations))
    return frozenset((*default_regulations, *of_accounts))
