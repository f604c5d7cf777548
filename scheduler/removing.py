"""What the archive holds of an account judged unrelated goes with its data (删除存档), and the manifest says why.

A page that a finding of another account cites stays for it. What was copied for good is dropped; the page as it was
first kept stays until its own time is over, and what else rests on it is led back there.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from pipelines.archive import ArchiveError, is_for_good, set_apart
from pipelines.lines import FOLDER
from pipelines.places import origin_of
from records import Candidate
from scheduler.retaining import Dropped, let_go
from scheduler.workspace import Workspace
from storage.dismissed import pages_needed, pages_showing
from storage.queries.snapshots import SAVED, stored_snapshot
from storage.snapshots import move_snapshots

WHY = "依 --unrelated 判定删除"
_WHY_FILE = f"{WHY}（文件里其他问题的依据已另存）"


def remove_evidence(workspace: Workspace, one: Candidate) -> None:
    """Drop the evidence that shows an account and that nobody else needs; before its rows go, so that a crash repeats.

    A page that a person saved stays as long as it shows others that were not removed, and no longer than its time.
    """
    with workspace.engine.connect() as connection:
        shown = pages_showing(connection, one.platform, one.uid)
        cited, seen = pages_needed(connection, one.platform, one.uid)
    now, free = workspace.clock.now(), sorted(shown - cited)
    by_file: dict[str, set[str]] = defaultdict(set)
    for ref in free:
        if is_for_good(ref):
            by_file[ref.partition("#")[0]].add(ref)
        elif ref.startswith(SAVED) and ref not in seen and (workspace.home / ref).is_file():
            let_go(workspace, Dropped(ref, WHY), now)
    for name, refs in by_file.items():
        if (workspace.home / name).is_file():
            _take_out(workspace, name, refs, now)


def _take_out(workspace: Workspace, name: str, refs: set[str], now: datetime) -> None:
    try:
        moved = set_apart(workspace.home, name.removeprefix(f"{FOLDER}/"), refs, now)
    except ArchiveError as error:
        # Dropping it would hide what was done to it.
        words = "存档文件 %s 与清单不符，没有从中删除已判定无关的账号的页面：%s"
        logging.getLogger("xuncha").warning(words, name, error)
        return
    # Whoever reads meanwhile finds the pages at the one place or the other.
    move_snapshots(workspace.engine, {**moved, **_led_back(workspace, refs)})
    let_go(workspace, Dropped(name, _WHY_FILE if moved else WHY), now)


def _led_back(workspace: Workspace, refs: set[str]) -> Mapping[str, str]:
    """Where the pages were first kept, of those that lie there still."""
    found = {ref: origin_of(workspace.home, ref) for ref in refs}
    with workspace.engine.connect() as connection:
        return {
            ref: origin
            for ref, origin in found.items()
            if (workspace.home / origin.partition("#")[0]).is_file() and stored_snapshot(connection, origin) is None
        }
