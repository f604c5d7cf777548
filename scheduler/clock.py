"""The clock of one run (本次运行的时钟): starts at ``--now`` if given and runs on."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class Clock:
    """Reads the time, shifted by a fixed offset from the machine's clock."""

    def __init__(self, start: datetime | None = None) -> None:
        self.offset_seconds = 0.0 if start is None else start.timestamp() - time.time()

    def now(self) -> datetime:
        """The time of this run, in UTC."""
        return datetime.fromtimestamp(time.time() + self.offset_seconds, UTC)


def parse_now(text: str) -> datetime:
    """The start that ``--now`` gives.

    Raises:
        ValueError: It is not ISO 8601 with a zone.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("没有时区")
    return moment
