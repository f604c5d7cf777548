"""The names of the register that others may be like (名录名称)."""

from __future__ import annotations

from analysis.names import fold
from scheduler.workspace import Workspace
from storage.queries import accounts


def registered_names(workspace: Workspace) -> tuple[str, ...]:
    """Every name that a look-alike could borrow: of accounts, now and formerly, and of units, whole and short."""
    units = accounts.units(workspace.engine)
    filed = accounts.accounts(workspace.engine)
    found = [name for account in filed for name in (account.name, *account.former_names)]
    found += [name for unit in units for name in (unit.name, *unit.short_names)]
    return tuple(dict.fromkeys(name for name in found if fold(name)))


def own_places(workspace: Workspace) -> frozenset[str]:
    """The divisions of the office and its units, which count as real places beside the shipped ones."""
    named = [workspace.config.office.division, *(unit.division for unit in accounts.units(workspace.engine))]
    return frozenset(name for name in named if name)
