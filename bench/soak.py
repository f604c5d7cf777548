"""The fault suites in full, resumable, as a Markdown table; ``make soak`` keeps it in docs/soak.md.

``python -m bench.soak [--seed N] [--only SUITE] [--keep]``: finished trials of the same commit and seed are kept in
.soak/results.json, so that a second start goes on where the first was stopped. With ``--keep`` trials that passed at
an earlier commit count as well; the table names the commits that each suite ran on.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from bench.night import commit
from crawler.browser import find_chromium
from demo.county import load_county
from demo.server import CountyServer
from tests.faults import nights
from tests.faults.browsers import browser_killed
from tests.faults.driver import ENDED, county_home, rows_of, run
from tests.faults.fuzz import cut_trial, trial
from tests.faults.hundred import DEATHS, NIGHT, UIDS, Hundred
from tests.faults.kills import Undisturbed, killed_night, undisturbed
from tests.faults.pace import crawl_together, manners
from tests.faults.specimens import smallest_of_each_kind
from tests.faults.speed import LIMIT_SECONDS, slowest
from tests.faults.walls import HOSTS, walls
from tests.faults.week import Judged, week_behind, wrongs

KEPT = Path(".soak") / "results.json"
WORKERS = 2
BATCH = 100
PACE_SECONDS = 1.0
_OPEN = ExitStack()  # servers that last as long as their worker


@dataclass(frozen=True)
class Suite:
    """Trials of one kind: how many, what a trial gives (what went wrong, or ``None``), and what the table says."""

    name: str
    measure: str
    trials: int
    run: Callable[[int, int], str | None]
    needs_browser: bool = False


def _scratch() -> Path:
    """A new folder; all of them go with the one that the soak made for its workers."""
    return Path(tempfile.mkdtemp())


def _work_in(folder: str) -> None:
    """Called once in each worker, which ends without a chance to tidy up."""
    tempfile.tempdir = folder


@cache
def _county() -> tuple[CountyServer, Path]:
    """This worker's server and prepared home."""
    return _OPEN.enter_context(county_home(_scratch()))


@cache
def _whole() -> Undisturbed:
    server, home = _county()
    return undisturbed(home, server.county.nights[-1], _scratch() / "whole")


@cache
def _week() -> tuple[Path, Judged]:
    """A home after one good night before the week, and how the week is judged if nobody looks at all."""
    folder = _scratch()
    server, home = _OPEN.enter_context(county_home(folder))
    server.now = server.county.nights[0] - timedelta(days=2)
    done = run(home, server.now, "crawl", "--json")
    assert done.code in ENDED, done.err  # noqa: S101
    return home, week_behind(home, folder / "nobody", None)


def _fuzz(number: int, seed: int) -> str | None:
    first = seed * 1_000_000 + number * BATCH
    return next((told for one in range(first, first + BATCH) if (told := trial(one) or cut_trial(one))), None)


def _speed(number: int, seed: int) -> str | None:
    slow = slowest(smallest_of_each_kind()[number])
    return f"{slow.kind} {slow.way}: {slow.seconds:.2f} s" if slow.seconds > LIMIT_SECONDS else None


def _weeks(number: int, seed: int) -> str | None:
    home, without = _week()
    wall = walls()[number]
    told = wrongs(wall, week_behind(home, _scratch() / "home", wall), without)
    return f"{len(told)} wrong, such as {told[0]}" if told else None


def _wall_nights(number: int, seed: int) -> str | None:
    """One wall through the server: whole crawls of its platform on two nights, then a judgement."""
    server, home = _county()
    wall, copy = walls()[number], Path(shutil.copytree(home, _scratch() / "home"))
    server.overrides = wall.override
    try:
        for night in server.county.nights[-2:]:
            done = run(copy, night, "crawl", "--platform", wall.platform, "--json")
            if done.code not in ENDED:
                return f"{wall.platform} {wall.name}: exit code {done.code}, {done.err[-300:]}"
    finally:
        server.overrides = {}
    run(copy, server.county.nights[-1], "inspect", "--json")
    absent = {"update_frequency", "zombie"}
    wrong = [
        (row["account"], row["clause"])
        for row in rows_of(copy)["judgements"]
        if row["result"] == "breach" and row["check"] in absent and str(row["account"]).startswith(wall.platform)
    ]
    return f"{wall.platform} {wall.name}: breaches {wrong[:3]}" if wrong else None


def _kills(number: int, seed: int) -> str | None:
    home = _scratch() / "home"
    told = killed_night(_whole(), seed * 1000 + number, home)
    if told is not None and home.exists():
        shutil.copytree(home, KEPT.parent / "failed" / f"kills-{number}", dirs_exist_ok=True)
    return told


def _browsers(number: int, seed: int) -> str | None:
    return browser_killed(_whole(), seed * 1000 + number, _scratch() / "home", find_chromium() or "")


def _hundred(number: int, seed: int) -> str | None:
    death, dead = DEATHS[number], UIDS[(seed * 31 + number * 17) % len(UIDS)]
    with CountyServer(load_county(), now=NIGHT) as server:
        home = Hundred(dead, death).home(_scratch() / "home", server)
        done = run(home, NIGHT, "crawl", "--json")
    left = [row["account"] for row in rows_of(home)["coverage"] if row["status"] != "complete"]
    good = done.code in ENDED and left == [f"weibo:{dead}"]
    return None if good else f"{death}: exit code {done.code}, not complete: {left[:5]}"


def _faults(number: int, seed: int) -> str | None:
    kinds = (nights.disk_full, nights.database_locked, nights.clock_jumped, nights.network_gone)
    fault, server = kinds[number % len(kinds)], _county()[0]
    told = fault(server, _whole(), seed * 1000 + number, _scratch() / "home")
    return f"{fault.__name__}: {told}" if told else None


def _robots(number: int, seed: int) -> str | None:
    server, home = _county()
    return nights.robots_turned(server, home, server.county.nights[-1], _scratch() / "home")


def _pace(number: int, seed: int) -> str | None:
    processes = (1, 2, 4)[number]
    with county_home(_scratch()) as (server, home):
        night = server.county.nights[-1]
        listed = json.loads(run(home, night, "accounts", "list", "--json").out)
        known = [row["account"] for row in listed if row["account"].startswith("weibo:")]
        each = [known[start::processes][:6] for start in range(processes)]
        log = crawl_together(server, home, night, each, PACE_SECONDS)
    seen = [manners(log, host) for hosts in HOSTS.values() for host in hosts]
    bad = [one for one in seen if one.at_once > 1 or one.shortest_gap_seconds < PACE_SECONDS]
    return f"{processes} processes: {bad}" if bad else None


def suites() -> tuple[Suite, ...]:
    """All of them, the quick ones first."""
    every = len(walls())
    return (
        Suite("fuzz", f"batches of {2 * BATCH} damaged pages read without a fault or a false end", 30, _fuzz),
        Suite("speed", "kinds of page read in under 1 s of CPU at 3 MB", len(smallest_of_each_kind()), _speed),
        Suite("weeks", "walls that stood for a week and accused nobody", every, _weeks),
        Suite("wall nights", "walls crawled into through the server, nobody accused", every, _wall_nights),
        Suite("robots", "a closed door is asked for its rules only, and told in the report", 1, _robots),
        Suite("hundred", "ways of one account to die without stopping the other 99", len(DEATHS), _hundred),
        Suite("pace", "1, 2 and 4 processes: one request at a time, never under the delay", 3, _pace),
        Suite("faults", "full disks, held databases, jumped clocks, lost networks made up for", 12, _faults),
        Suite("kills", "nights after kill -9 that end as an undisturbed one", 50, _kills),
        Suite("browsers", "nights that end although their browser or renderer was killed", 20, _browsers, True),
    )


def _run(name: str, number: int, seed: int) -> tuple[str, int, str | None, float]:
    """One trial in a worker; a fault of the trial itself is a failed trial."""
    suite, begun = next(one for one in suites() if one.name == name), time.monotonic()
    try:
        told = suite.run(number, seed)
    except Exception as error:
        told = f"{type(error).__name__}: {error}"[:500]
    return name, number, told, time.monotonic() - begun


def main() -> int:
    """Runs what is not done yet and prints the table; 1 if a trial failed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=2026)
    options.add_argument("--only", default="")
    options.add_argument("--keep", action="store_true")
    chosen = options.parse_args()
    now = commit()
    results = _kept(chosen.seed, None if chosen.keep else now)
    wanted = [one for one in suites() if chosen.only in ("", one.name) and (not one.needs_browser or find_chromium())]
    left = [(one.name, n) for one in wanted for n in range(one.trials) if f"{one.name} {n}" not in results]
    with (
        tempfile.TemporaryDirectory(prefix="xuncha-soak-", ignore_cleanup_errors=True) as folder,
        ProcessPoolExecutor(WORKERS, initializer=_work_in, initargs=(folder,)) as pool,
    ):
        for done in as_completed([pool.submit(_run, name, number, chosen.seed) for name, number in left]):
            name, number, fault, seconds = done.result()
            results[f"{name} {number}"] = {"fault": fault, "seconds": round(seconds, 1), "commit": now}
            _keep({"seed": chosen.seed, "results": results})
            sys.stderr.write(f"{name} {number}: {fault or 'ok'} ({seconds:.0f} s)\n")
    _print(chosen.seed, wanted, results)
    return 1 if any(row["fault"] for row in results.values()) else 0


def _kept(seed: int, only: str | None) -> dict[str, Any]:
    """Results of the same seed: all of commit ``only``, or of any commit those that passed."""
    if not KEPT.exists():
        return {}
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    if kept["seed"] != seed:
        return {}
    rows = kept["results"].items()
    return {name: row for name, row in rows if (row["fault"] is None if only is None else row["commit"] == only)}


def _keep(whole: dict[str, Any]) -> None:
    KEPT.parent.mkdir(exist_ok=True)
    part = KEPT.with_suffix(".part")
    part.write_text(json.dumps(whole, ensure_ascii=False, indent=1), encoding="utf-8")
    part.replace(KEPT)


def _print(seed: int, wanted: list[Suite], results: dict[str, Any]) -> None:
    print("# Fault suites in full\n")
    print(f"Seed {seed}, `make soak`.\n")
    print("| suite | what passes | passed | seconds | commit |\n|---|---|---|---|---|")
    for suite in wanted:
        rows = [results[f"{suite.name} {n}"] for n in range(suite.trials)]
        passed, seconds = sum(row["fault"] is None for row in rows), sum(row["seconds"] for row in rows)
        commits = ", ".join(sorted({row["commit"] for row in rows}))
        print(f"| {suite.name} | {suite.measure} | {passed} of {suite.trials} | {seconds:.0f} | {commits} |")
    faults = [f"- {name}: {row['fault'][:400]}" for name, row in results.items() if row["fault"]]
    print("\n".join(["\nWhat failed:\n", *faults]) if faults else "\nNothing failed.")


if __name__ == "__main__":
    sys.exit(main())
