"""The keywords of an office (搜索关键词): its register, its divisions and the shipped tables, put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from analysis.keywords import Keyword, keywords, one_sign_off, partly_searchable
from analysis.names import fold
from analysis.shapes import lookalikes_of
from records import Unit
from scheduler.workspace import Workspace
from storage.queries import accounts

_MOST_DIVISIONS = 3
# Signs that a glance takes for each other.
_ALIKE = 0.8


def register_keywords(workspace: Workspace) -> tuple[Keyword, ...]:
    """What the register gives to search for; nothing where it is empty."""
    units = accounts.units(workspace.engine)
    if not units:
        return ()
    filed = accounts.accounts(workspace.engine)
    return keywords(units, filed, _divisions(workspace, units), variants=_variants, fold=fold)


def partly_searchable_units(workspace: Workspace) -> frozenset[str]:
    """The units of the register of which a name of their own is none of its keywords."""
    units = accounts.units(workspace.engine)
    filed = accounts.accounts(workspace.engine)
    return partly_searchable(units, filed, _divisions(workspace, units), fold=fold)


def _divisions(workspace: Workspace, units: Sequence[Unit]) -> list[str]:
    if workspace.config.office.division:
        return [workspace.config.office.division]
    named = Counter(unit.division for unit in units if unit.division)
    return [name for name, _ in named.most_common(_MOST_DIVISIONS)]


def _variants(name: str) -> Iterator[str]:
    """The name with one sign replaced by one that passes for it, the likest first."""
    near = {sign: sorted(lookalikes_of(sign), key=lambda one: -one[1]) for sign in set(name)}
    alike = {sign: [other for other, likeness in found if likeness >= _ALIKE] for sign, found in near.items()}
    return one_sign_off(name, alike)
