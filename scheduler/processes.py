"""A process and all that it started (进程), found and ended wherever they stand.

A browser has a session of its own, so that no signal to our process group reaches it, and one that hangs heeds
no word either. So families are read from ``/proc``; a system without one keeps to process groups.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_PROC = Path("/proc")
_GONE = ("Z", "X")
_NEVER = -1
_KILL_SECONDS, _PAUSE_SECONDS = 10.0, 0.02


class _Row(NamedTuple):
    """A living process; ``started`` (ticks since the boot) tells it from a later one of the same number."""

    parent: int
    session: int
    started: int


class Family:
    """A process and all its descendants, those included that lost their parent after they were first seen.

    Nobody else is ever in it: a session is left by starting one and entered by birth alone, so that all of a
    session which a descendant began descend from it.
    """

    def __init__(self, number: int) -> None:
        rows = _living()
        self._number = number
        # When each was started, by its number; the first may have ended before it was ever looked at.
        self._seen = {number: rows[number].started if number in rows else _NEVER}
        self.look()

    def look(self) -> list[int]:
        """The process numbers of those alive now, in order of their number; this process itself is left out."""
        rows = _living()
        # Who led a session and is gone still names it; a number that is another's by now names nothing.
        known = {number for number, at in self._seen.items() if number not in rows or rows[number].started == at}
        found = _grown(known, rows) & rows.keys()
        self._seen.update((number, rows[number].started) for number in found)
        return sorted(found - {os.getpid()})

    def end(self) -> None:
        """Returns when nobody of the family is left but this process; they are not asked."""
        if _PROC.is_dir():
            self.end_but(())
        else:
            self._end_group()

    def end_but(self, spared: Collection[int]) -> None:
        """Returns when nobody is left but this process and the ``spared``; without ``/proc`` nobody is found."""
        ends_at = time.monotonic() + _KILL_SECONDS
        while (living := [one for one in self.look() if one not in spared]) and time.monotonic() < ends_at:
            for number in living:
                # A browser's own sandbox may belong to root; it goes with the browser.
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(number, signal.SIGKILL)
            time.sleep(_PAUSE_SECONDS)

    def _end_group(self) -> None:
        # Where it is not the first of a group of its own, the group is somebody else's as well.
        with suppress(ProcessLookupError, PermissionError):
            if self._number != os.getpid() or os.getsid(0) == self._number:
                os.killpg(self._number, signal.SIGKILL)


def _grown(known: set[int], rows: Mapping[int, _Row]) -> set[int]:
    """These processes with all their descendants."""
    found, n_before = set(known), -1
    while len(found) != n_before:
        n_before = len(found)
        found |= {number for number, row in rows.items() if row.parent in found or row.session in found}
    return found


def _living() -> dict[int, _Row]:
    """Every process that has not ended; nothing on a system that does not tell."""
    return dict(_rows()) if _PROC.is_dir() else {}


def _rows() -> Iterator[tuple[int, _Row]]:
    for folder in _PROC.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            stat = (folder / "stat").read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue  # it ended as we came, or is none of ours
        # The name stands in brackets and may hold anything; proc(5) counts from there.
        state, parent, _group, session, *rest = stat.rpartition(")")[2].split()
        if state not in _GONE:
            yield int(folder.name), _Row(int(parent), int(session), int(rest[15]))
