"""When a website was down (网站下线), as far as nights were observed. Pure.

Down is what two probes of two runs say, far enough apart, our own connectivity proven, without an answer between. A
wall, a robots rule, our own network, an unproven failure and an answer that perhaps only we get (redirects without
end, a refused request, a certificate) are no observation: they neither make an outage nor end one. Nights that nobody
observed never count as down: an outage lasts as long as its longest stretch without a gap, and two outages are two
only where the website was seen to work between them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from analysis.answers import ALIVE, no_visitor_is_answered
from records import Period, Probe

# Of a website's registered page; what its host says of other addresses does not matter here.
_NO_PAGE = frozenset({"dns", "http_404", "http_410", "soft_404"})


@dataclass(frozen=True, slots=True)
class Outage:
    """One outage (一次下线): its failing probes, oldest first; ``longest`` are those of its longest unbroken part."""

    probes: tuple[Probe, ...]
    longest: tuple[Probe, ...]

    @property
    def start(self) -> datetime:
        """When the website was first seen not to answer."""
        return self.probes[0].checked_at

    @property
    def end(self) -> datetime:
        """When it was last seen so."""
        return self.probes[-1].checked_at

    @property
    def length(self) -> timedelta:
        """How long it was surely down, from the first to the last failing probe of the longest stretch."""
        return self.longest[-1].checked_at - self.longest[0].checked_at

    @property
    def address(self) -> str:
        """The website as it was filed when the outage began, which stays what it is when the register changes."""
        return self.probes[0].address

    def is_within(self, other: Outage) -> bool:
        """Whether every run that proves this outage saw the other website down too."""
        return {probe.run_id for probe in self.probes} <= {probe.run_id for probe in other.probes}

    def touches(self, period: Period) -> bool:
        """Whether the website was surely down in the period."""
        return any(period.holds(probe.checked_at) for probe in self.longest)


def is_down(probe: Probe) -> bool:
    """Whether no visitor could open the website's page, which takes proof of our own connectivity."""
    is_without_page = probe.state == "dead" and probe.proven and probe.reason in _NO_PAGE
    return is_without_page or no_visitor_is_answered(probe)


def is_up(probe: Probe) -> bool:
    """Whether the website answered."""
    return probe.state in ALIVE


def once_a_run(probes: Iterable[Probe]) -> list[Probe]:
    """One probe of each run, oldest first: a website that several units file, or one in two spellings, is asked once.

    Of a run that nevertheless told two things the one counts that accuses nobody, then the one that saw anything.
    """
    by_run: defaultdict[int | datetime, list[Probe]] = defaultdict(list)
    for probe in probes:
        by_run[probe.checked_at if probe.run_id is None else probe.run_id].append(probe)
    told = (min(found, key=lambda probe: (not is_up(probe), not is_down(probe))) for found in by_run.values())
    return sorted(told, key=lambda probe: probe.checked_at)


def outages(probes: Iterable[Probe], apart: timedelta, gap: timedelta) -> list[Outage]:
    """The outages that these probes of one website prove, oldest first.

    Args:
        probes: Oldest first.
        apart: How far apart two failing probes of an outage are at least.
        gap: How far apart two neighbouring ones of an unbroken stretch are at most.
    """
    found: list[Outage] = []
    down: list[Probe] = []
    for probe in [*probes, None]:
        if probe is not None and is_down(probe):
            down.append(probe)
        elif probe is None or is_up(probe):
            longest = max(_stretches(down, gap), key=_length, default=())
            if _is_proved(longest, apart):
                found.append(Outage(tuple(down), longest))
            down = []
    return found


def _stretches(down: Sequence[Probe], gap: timedelta) -> list[tuple[Probe, ...]]:
    stretches: list[list[Probe]] = []
    for probe in down:
        if stretches and probe.checked_at - stretches[-1][-1].checked_at <= gap:
            stretches[-1].append(probe)
        else:
            stretches.append([probe])
    return [tuple(stretch) for stretch in stretches]


def _length(stretch: Sequence[Probe]) -> timedelta:
    return stretch[-1].checked_at - stretch[0].checked_at


def _is_proved(stretch: Sequence[Probe], apart: timedelta) -> bool:
    return bool(stretch) and _length(stretch) >= apart and stretch[0].run_id != stretch[-1].run_id


def is_watched(probes: Iterable[Probe], period: Period, gap: timedelta) -> bool:
    """Whether the website was seen up or down so often that no stretch of the period longer than ``gap`` is unseen."""
    seen = [probe.checked_at for probe in probes if is_down(probe) or is_up(probe)]
    inside = [moment for moment in seen if period.holds(moment)]
    moments = [period.start, *inside, period.end]
    return bool(inside) and all(late - early <= gap for early, late in pairwise(moments))
