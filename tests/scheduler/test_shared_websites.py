"""One portal that several units file and that is down for weeks is one lead, of the unit that answers for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from analysis.periods import last_week
from records import Account, Finding, Probe, Unit
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


FILED = replace(ACCOUNT, fields={"网站地址": SITE})


def row(unit: Unit, address: str = SITE, **more: Any) -> Account:
    """A register row of a unit that files a website."""
    uid = f"5550{address.startswith('https'):d}{len(address):03d}{len(unit.name):02d}"
    fields = {"网站地址": address}
    return replace(FILED, uid=uid, name=unit.name, unit=unit.name, aliases={"uid": uid}, fields=fields, **more)


def opened(folder: Path, *rows: Account) -> Workspace:
    """An office with these register rows of its units."""
    (folder / "xuncha.toml").write_text('[rules]\nregulations = ["luju-2023"]\n', encoding="utf-8")
    space = Workspace.open(folder, Clock(NIGHT))
    space.store.save_register([UNIT, OTHER], list(rows), {}, {})
    return space


def probed(space: Workspace, nights: Iterable[int], *filed: tuple[Unit, str]) -> None:
    """So many nights ago nobody could open what these units filed."""
    for number in nights:
        at = NIGHT - number * DAY
        down = Probe(kind="website", unit="", address="", state="failing", reason="timeout", proven=True, checked_at=at)
        probes = [replace(down, unit=unit.name, address=address) for unit, address in filed]
        save_probes(space.engine, space.store.begin_run("links", at, None), probes)


def outages(space: Workspace) -> list[Finding]:
    """The leads about websites that last week gives."""
    inspect(space, last_week(NIGHT))
    return [one for one in findings(space.engine) if one.check == "website_downtime"]


FORTY = range(40, 0, -1)
PORTAL = replace(row(UNIT, ""), platform="website", url=f"{SITE}/")


def test_one_outage_of_two_units_is_one_lead_that_comes_out_again(tmp_path: Path) -> None:
    space = opened(tmp_path, FILED, row(OTHER))
    probed(space, FORTY, (UNIT, SITE), (OTHER, SITE))
    (found,) = outages(space)
    assert (found.unit, f"{OTHER.name}也登记了这个网站" in found.summary) == (UNIT.name, True)
    assert verify(space, found).outcome == SAME


@pytest.mark.parametrize("spelling", [SITE, f"{SITE}/"])
@pytest.mark.parametrize("n_since", [0, 1, 3])
def test_a_row_added_before_another_takes_no_outage_away(tmp_path: Path, spelling: str, n_since: int) -> None:
    space = opened(tmp_path, row(OTHER))
    probed(space, range(40, n_since, -1), (OTHER, SITE))
    (before,) = outages(space)
    space.store.save_register([UNIT, OTHER], [row(UNIT, spelling), row(OTHER)], {}, {})
    probed(space, range(n_since, 0, -1), (UNIT, spelling), (OTHER, SITE))
    (after,) = outages(space)
    assert (after.id, after.unit) == (before.id, OTHER.name)
    assert verify(space, before).outcome == verify(space, after).outcome == SAME


def test_the_websites_own_unit_is_told_of_nights_before_it_was_filed(tmp_path: Path) -> None:
    space = opened(tmp_path, row(OTHER), PORTAL)
    probed(space, range(40, 1, -1), (OTHER, SITE))
    probed(space, [1], (OTHER, SITE), (UNIT, f"{SITE}/"))
    (found,) = outages(space)
    assert (found.unit, "之间40次均未打开" in found.summary) == (UNIT.name, True)


def test_a_website_that_only_another_unit_files_now_was_down_all_the_same(tmp_path: Path) -> None:
    space = opened(tmp_path, row(OTHER))
    probed(space, FORTY, (UNIT, f"{SITE}/"))
    (found,) = outages(space)
    assert (found.unit, "之间40次均未打开" in found.summary) == (OTHER.name, True)


def test_one_units_two_spellings_are_one_lead(tmp_path: Path) -> None:
    space = opened(tmp_path, row(UNIT), row(UNIT, f"{SITE}/"))
    probed(space, FORTY, (UNIT, SITE), (UNIT, f"{SITE}/"))
    (found,) = outages(space)
    assert "之间40次均未打开" in found.summary and verify(space, found).outcome == SAME


def test_a_unit_with_one_regulation_more_makes_no_second_lead(tmp_path: Path) -> None:
    space = opened(tmp_path, FILED, row(OTHER, regulations=("luju-2023", "shandong-2021")))
    probed(space, FORTY, (UNIT, SITE), (OTHER, SITE))
    assert [one.unit for one in outages(space)] == [UNIT.name]


def test_http_of_one_unit_and_https_of_another_down_together_are_one_lead(tmp_path: Path) -> None:
    typed = SITE.replace("https", "http")
    space = opened(tmp_path, row(UNIT, typed), row(OTHER))
    probed(space, FORTY, (UNIT, typed), (OTHER, SITE))
    assert [one.unit for one in outages(space)] == [UNIT.name]


def test_a_website_spelt_otherwise_since_is_the_same_lead(tmp_path: Path) -> None:
    space = opened(tmp_path, row(UNIT))
    probed(space, range(40, 3, -1), (UNIT, SITE))
    (before,) = outages(space)
    space.store.save_register([UNIT, OTHER], [row(UNIT, f"{SITE}/")], {}, {})
    probed(space, range(3, 0, -1), (UNIT, f"{SITE}/"))
    (after,) = outages(space)
    assert (after.id, "之间40次均未打开" in after.summary) == (before.id, True)


def test_probes_of_a_run_whose_clock_was_ahead_count_for_nobody(tmp_path: Path) -> None:
    space = opened(tmp_path, PORTAL, row(OTHER))
    probed(space, [1, *range(40, 2, -1)], (OTHER, SITE))
    (found,) = outages(space)
    assert (found.unit, "之间38次均未打开" in found.summary) == (UNIT.name, True)


def test_a_lead_comes_out_again_after_the_websites_own_row_was_added(tmp_path: Path) -> None:
    space = opened(tmp_path, row(OTHER))
    probed(space, range(40, 1, -1), (OTHER, SITE))
    (before,) = outages(space)
    space.store.save_register([UNIT, OTHER], [PORTAL, row(OTHER)], {}, {})
    probed(space, [1], (UNIT, f"{SITE}/"), (OTHER, SITE))
    assert {one.unit for one in outages(space)} == {UNIT.name, OTHER.name}
    assert verify(space, before).outcome == SAME
