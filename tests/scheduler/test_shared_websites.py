"""One portal that several units file and that is down for weeks is one lead, of the unit that answers for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from analysis.periods import last_week
from records import Probe, Unit
from scheduler.clock import Clock
from scheduler.judging import inspect
from scheduler.verifying import SAME, verify
from scheduler.workspace import Workspace
from storage.probes import save_probes
from storage.queries.findings import findings
from tests.scheduler.archived import ACCOUNT, NIGHT, UNIT

SITE = "https://www.yunling.example"
OTHER = Unit(name="云岭县教育局")
DAY = timedelta(days=1)


def opened(folder: Path) -> Workspace:
    """An office whose two units file one website, which no night of the last forty could open."""
    (folder / "xuncha.toml").write_text('[rules]\nregulations = ["luju-2023"]\n', encoding="utf-8")
    space = Workspace.open(folder, Clock(NIGHT))
    filed = replace(ACCOUNT, fields={"网站地址": SITE})
    other = replace(filed, uid="5550009999", name="云岭教育", unit=OTHER.name, aliases={"uid": "5550009999"})
    space.store.save_register([UNIT, OTHER], [filed, other], {}, {})
    down = Probe(
        kind="website", unit="", address=SITE, state="failing", reason="timeout", proven=True, checked_at=NIGHT
    )
    for number in range(40, 0, -1):
        at = NIGHT - number * DAY
        probes = [replace(down, unit=unit.name, checked_at=at) for unit in (UNIT, OTHER)]
        save_probes(space.engine, space.store.begin_run("links", at, None), probes)
    return space


def test_one_outage_of_two_units_is_one_lead_that_comes_out_again(tmp_path: Path) -> None:
    space = opened(tmp_path)
    inspect(space, last_week(NIGHT))
    (found,) = [one for one in findings(space.engine) if one.check == "website_downtime"]
    assert (found.unit, f"{OTHER.name}也登记了这个网站" in found.summary) == (UNIT.name, True)
    assert verify(space, found).outcome == SAME
