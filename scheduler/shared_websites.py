"""Puts into the evidence which units file the same website, and its probes, whoever it was filed by (同一网站)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from analysis.filers import FirstRuns, answered_by, filers_of
from analysis.probed import WEBSITE, request_of, websites_of
from records import Evidence, Period, Probe
from scheduler.workspace import Workspace
from storage.queries.accounts import accounts
from storage.queries.evidence import CLOCK_SLACK
from storage.queries.probes import LOOK_BACK, first_runs, runs_ahead, website_probes


@dataclass(frozen=True, slots=True)
class _Probed:
    """What was ever probed as somebody's website: by request the units and addresses; and the runs not to believe."""

    by_request: Mapping[str, list[tuple[str, str]]]
    ahead: frozenset[int]


def with_websites(
    workspace: Workspace, given: Iterable[Evidence], period: Period, looked_at: datetime
) -> Iterator[Evidence]:
    """The evidence with the filers of its unit's websites, and with all probes of those that the unit answers for."""
    with workspace.engine.connect() as connection:
        first = first_runs(connection)
        probed = _Probed(_by_request(first), frozenset(runs_ahead(connection, CLOCK_SLACK)))
    known = accounts(workspace.engine)
    filers = filers_of(known, workspace.config.rules.regulations, workspace.regulations, first)
    for one in given:
        shared = replace(one, filers=filers.get(one.unit.name, {}))
        yield replace(shared, probes=_probes(workspace, shared, probed, period, looked_at))


def _by_request(first: FirstRuns) -> dict[str, list[tuple[str, str]]]:
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for unit, address in first:
        found[request_of(address)].append((unit, address))
    return dict(found)


def _probes(
    workspace: Workspace, given: Evidence, probed: _Probed, period: Period, looked_at: datetime
) -> tuple[Probe, ...]:
    """The unit's probes, those of its websites whoever filed them then and in whichever spelling."""
    own = websites_of(account.account for account in given.accounts)
    requests = answered_by(given.filers, given.unit.name, map(request_of, own))
    filed = [one for request in requests for one in probed.by_request.get(request, ())]
    if all(unit == given.unit.name for unit, _ in filed):
        return given.probes  # they are all the unit's own
    with workspace.engine.connect() as connection:
        since, until = period.start - LOOK_BACK, looked_at + CLOCK_SLACK
        websites = website_probes(connection, filed, since, until, probed.ahead)
    others = (probe for probe in given.probes if probe.kind != WEBSITE)
    return tuple(sorted((*others, *websites), key=lambda probe: probe.checked_at))
