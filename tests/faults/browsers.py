"""The browser or one of its renderers killed at a seeded moment of a night: the night ends all the same."""

from __future__ import annotations

import shutil
import time
from datetime import timedelta
from pathlib import Path
from random import Random

from tests.faults.driver import ENDED, end, family, fresh, rows_of, run, started
from tests.faults.kills import Undisturbed

LONGEST_SECONDS = 240
OTHERS = ("weibo:", "wechat:")


def browser_killed(whole: Undisturbed, seed: int, folder: Path, chromium: str) -> str | None:
    """What was wrong after a night whose browser was killed; ``whole`` is a night without any browser.

    The seed chooses the moment after the browser came up, and whether the browser or one renderer is killed.
    """
    home, random = fresh(whole.home, folder), Random(seed)
    what, wait_seconds = random.choice(("browser", "renderer")), random.random() * 4
    told = f"seed {seed}: {what} after {wait_seconds:.1f} s"
    with started(home, whole.now, "nightly", "--json", XUNCHA_CHROMIUM=chromium) as child:
        begun = time.monotonic()
        while child.poll() is None and not _browsers(child.pid, "") and time.monotonic() < begun + LONGEST_SECONDS:
            time.sleep(0.05)
        time.sleep(wait_seconds)
        chosen = _browsers(child.pid, "--type=renderer" if what == "renderer" else "")
        for process in random.sample(chosen, min(1, len(chosen))) if what == "renderer" else chosen[:1]:
            end(process)
        code = child.wait(LONGEST_SECONDS)
    if code not in ENDED:
        return f"{told}: exit code {code}"
    wanted, got = (_posts(rows["posts"]) for rows in (whole.rows, rows_of(home)))
    again = run(home, whole.now + timedelta(minutes=5), "nightly", "--json", XUNCHA_CHROMIUM=chromium)
    shutil.rmtree(home)
    if wanted != got or again.code not in ENDED:
        return f"{told}: {len(got)} posts of the others, not {len(wanted)}; the next night ended with {again.code}"
    return None


def _posts(rows: list[dict[str, object]]) -> set[object]:
    return {row["post_id"] for row in rows if str(row["account"]).startswith(OTHERS)}


def _browsers(process: int, kind: str) -> list[int]:
    """Chromium's processes among those that a process started, of one ``--type`` or the browser itself."""
    found = []
    for one in family(process):
        try:
            line = Path(f"/proc/{one}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        program = line.partition(" ")[0].lower()
        if "chrom" in program or "headless_shell" in program:
            found += [one] if (kind in line if kind else "--type=" not in line) else []
    return found
