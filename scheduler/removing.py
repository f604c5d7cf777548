"""What the archive holds of an account judged unrelated goes with its data (删除存档), and the manifest says why.

A page that a finding of another account cites stays for it. What was copied for good is dropped. The result page as it
was first kept goes in the next night that finds nobody on it still to be decided, and what else rests on it is led
back there.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from pipelines.apart import take_out
from pipelines.archive import ArchiveError, file_name, is_for_good
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


def result_pages_words(workspace: Workspace) -> str:
    """One sentence for who judged an account unrelated: when the result pages that show it go."""
    most = workspace.config.evidence.search_days
    return (
        "它出现过的搜索结果页和合作单位名单：同一份里没有别的待核或无法判断的账号的，最迟在下一晚巡检时删除；有的，等那些账号核实后删除，"
        f"最多留 {most} 天；已作为别的问题的依据存下的页面随那个问题保留。"
    )


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
        take_out(
            workspace.home,
            name.removeprefix(f"{FOLDER}/"),
            refs,
            now,
            into=file_name(now, "finding"),
            why=lambda has_moved: _WHY_FILE if has_moved else WHY,
            # Whoever reads meanwhile finds the pages at the one place or the other.
            on_copied=lambda moved: move_snapshots(workspace.engine, {**moved, **_led_back(workspace, refs)}),
        )
    except ArchiveError as error:
        # Dropping it would hide what was done to it.
        words = "存档文件 %s 与清单不符，没有从中删除已判定无关的账号的页面：%s"
        logging.getLogger("xuncha").warning(words, name, error)


def _led_back(workspace: Workspace, refs: set[str]) -> Mapping[str, str]:
    """Where the pages were first kept, of those that lie there still."""
    found = {ref: origin_of(workspace.home, ref) for ref in refs}
    with workspace.engine.connect() as connection:
        return {
            ref: origin
            for ref, origin in found.items()
            if (workspace.home / origin.partition("#")[0]).is_file() and stored_snapshot(connection, origin) is None
        }
