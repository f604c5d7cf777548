"""``kill -9`` at a seeded moment of a night, of all of it or of a part, and the same night again until it ends."""

from __future__ import annotations

import shutil
import subprocess
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from tests.faults.driver import ENDED, NIGHT_SECONDS, Rows, difference, end, family, fresh, rows_of, run, started

MOST_STARTS = 4
LATER = timedelta(minutes=3)
PAUSE_SECONDS = 1


@dataclass(frozen=True)
class Undisturbed:
    """A prepared home, and what a night without any fault makes of it and takes."""

    home: Path
    now: datetime
    rows: Rows
    seconds: float


def undisturbed(home: Path, now: datetime, folder: Path) -> Undisturbed:
    """One night in a copy of ``home``."""
    copy = fresh(home, folder)
    done = run(copy, now, "nightly", "--json")
    assert done.code in ENDED, done.err
    rows = rows_of(copy)
    shutil.rmtree(copy)
    return Undisturbed(home, now, rows, done.seconds)


def killed_night(whole: Undisturbed, seed: int, folder: Path, **environment: str) -> str | None:
    """What was not as after the undisturbed night, its home left to be looked at; ``None`` if nothing was.

    The seed chooses when (a share of the undisturbed time), whom (the night with all it started, the crawl, or
    the parent alone), and whether the next start is killed as well.
    """
    random = Random(seed)
    home, orphans = fresh(whole.home, folder), list[int]()
    told = f"seed {seed}:"
    now, kills = whole.now, 1 + (random.random() < 0.3)
    for attempt in range(kills + MOST_STARTS):
        if attempt < kills:
            whom, share = random.choice(("all", "crawl", "parent")), random.random()
            told += f" {whom} at {share:.2f}"
            code = _kill(home, now, whom, share * whole.seconds, orphans, **environment)
        else:
            done = run(home, now, "nightly", "--json", **environment)
            code = done.code
        if code in ENDED:
            break
        now += LATER
        time.sleep(PAUSE_SECONDS)
    for process in orphans:
        end(process)
    if code not in ENDED:
        return f"{told}: it never ended well, last {code}: {done.err[-300:]}"
    left = difference(whole.rows, rows_of(home))
    if left:
        return f"{told}: {'; '.join(left)}"
    shutil.rmtree(home)
    return None


def _kill(home: Path, now: datetime, whom: str, after_seconds: float, orphans: list[int], **environment: str) -> int:
    """How a night ended that was killed in whole or in part; what lives on without its parent joins ``orphans``."""
    with started(home, now, "nightly", "--json", **environment) as child:
        try:
            child.wait(after_seconds)
        except subprocess.TimeoutExpired:
            everybody = family(child.pid)
            chosen = {"all": everybody, "crawl": everybody[1:], "parent": everybody[:1]}[whom]
            orphans += [process for process in everybody if process not in chosen] if whom == "parent" else []
            for process in chosen:
                end(process)
        return child.wait(NIGHT_SECONDS)
