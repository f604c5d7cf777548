"""The probed addresses of a worked example (示例中的探测): compact nights -> probes, one run a night at two o'clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict

from analysis.case_links import USUAL_REASON
from records import SHANGHAI, Probe, Snapshot

_AT = time(2)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Nights(_Strict):
    """What every night from ``first`` to ``last`` (only ``first`` if left out) found; ``reason`` as of links."""

    state: Literal[
        "alive", "dead", "failing", "moved", "blocked", "refused", "uncheckable", "has", "has_not", "unknown"
    ]
    first: date
    last: date | None = None
    reason: str | None = None
    proven: bool = True


class Probed(_Strict):
    """One address of the register and the nights that probed it."""

    address: str
    nights: list[Nights] = []


def probes_of(kind: str, unit: str, addresses: Sequence[Probed]) -> Iterator[Probe]:
    """The probes of these addresses; the number of the day is that of its run."""
    for probed in addresses:
        for nights in probed.nights:
            for number in range(nights.first.toordinal(), (nights.last or nights.first).toordinal() + 1):
                yield _probe(kind, unit, probed.address, nights, number)


def _probe(kind: str, unit: str, address: str, nights: Nights, day_number: int) -> Probe:
    at = datetime.combine(date.fromordinal(day_number), _AT, SHANGHAI)
    kept = Snapshot(url=address, fetched_at=at, sha256=f"{day_number:064x}", ref=f"evidence/case.warc.gz#{day_number}")
    return Probe(
        kind=kind,
        unit=unit,
        address=address,
        state=nights.state,
        checked_at=at + timedelta(seconds=1),
        reason=nights.reason or USUAL_REASON.get(nights.state),
        proven=nights.proven,
        run_id=day_number,
        snapshot=kept if nights.state in ("dead", "failing") else None,
    )
