"""The keywords of an office (搜索关键词): its register, its divisions and the shipped tables, put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from analysis.keywords import Keyword, keywords, one_sign_off
from analysis.names import fold
from analysis.shapes import lookalikes_of
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
    divisions = [workspace.config.office.division] if workspace.config.office.division else []
    if not divisions:
        named = Counter(unit.division for unit in units if unit.division)
        divisions = [name for name, _ in named.most_common(_MOST_DIVISIONS)]
    filed = accounts.accounts(workspace.engine)
    return keywords(units, filed, divisions, variants=_variants, fold=fold)


def _variants(name: str) -> Iterator[str]:
    """The name with one sign replaced by one that passes for it, the likest first."""
    near = {sign: sorted(lookalikes_of(sign), key=lambda one: -one[1]) for sign in set(name)}
    alike = {sign: [other for other, likeness in found if likeness >= _ALIKE] for sign, found in near.items()}
    return one_sign_off(name, alike)
