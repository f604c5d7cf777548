"""Writes of probes (探测): what one run found of the websites and services that the register names."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine

from records import Probe
from storage.posts import upsert
from storage.schema import ProbeRow

_KEYS = ("run_id", "kind", "unit", "address")
_COLUMNS = ("state", "reason", "proven", "checked_at")


def save_probes(engine: Engine, run_id: int, probes: Sequence[Probe]) -> None:
    """Keep what a run found, one row for each unit and address; of an address asked twice the later answer."""
    rows = [{"run_id": run_id, **{name: getattr(probe, name) for name in (*_KEYS[1:], *_COLUMNS)}} for probe in probes]
    if rows:
        with engine.begin() as connection:
            connection.execute(upsert(connection.dialect.name, ProbeRow, _KEYS, _COLUMNS), rows)
