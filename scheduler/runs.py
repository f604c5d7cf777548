"""How a run is recorded and what its exit code says (巡检记录)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from scheduler.workspace import Workspace

DONE, FAULT, INCOMPLETE, STOPPED = 0, 1, 3, 130


@dataclass
class Ended:
    """How a run ended: what the run table says of it."""

    run_id: int
    exit_code: int = FAULT
    counts: dict[str, Any] = field(default_factory=dict)


@contextmanager
def recorded(workspace: Workspace, kind: str) -> Iterator[Ended]:
    """A run in the run table, closed in any case: 130 if a person stopped it, 1 if it broke."""
    ended = Ended(workspace.store.begin_run(kind, workspace.clock.now(), workspace.mirror or None))
    try:
        yield ended
    except KeyboardInterrupt:
        ended.exit_code = STOPPED
        raise
    finally:
        workspace.store.finish_run(ended.run_id, workspace.clock.now(), ended.exit_code, ended.counts)
