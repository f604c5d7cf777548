"""The keywords of an office (搜索关键词): its register, its divisions and the shipped tables, put together."""

from __future__ import annotations

from collections import Counter
from functools import cache

from analysis import tables
from analysis.keywords import Keyword, keywords, one_sign_off
from analysis.names import fold
from scheduler.workspace import Workspace
from storage.queries import accounts

_MOST_DIVISIONS = 3


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
    similar = _similar()
    return keywords(units, filed, divisions, variants=lambda name: one_sign_off(name, similar), fold=fold)


@cache
def _similar() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for sign, other in sorted(tables.lookalikes()):
        found.setdefault(sign, []).append(other)
    return found
