"""Names of townships and districts that other places have too (同名乡镇): every other county has a 城关.

``城关发布`` is the honest name of some hundred accounts: without a place before it nobody can tell whose.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from analysis import tables
from analysis.comparing import Compared, Sorted
from analysis.entities import place_codes_of, place_words, short_form, split_places
from analysis.folding import fold
from analysis.places import short_place
from analysis.registered import Register

_LEVELS = ("镇", "乡", "街道")
_LONGEST, _SHORTEST = 8, 2
_MOST_RIVALS = 5


def by_township(compared: Compared) -> Sorted | None:
    """``unknown`` or ``neighbour`` for a name that begins with a township's or district's name that others have too.

    ``None`` where the name begins with none, names our own county besides, or the bio names ours alone.
    """
    own, ours, bio = _own_counties(compared.register), _codes(compared.register), fold(compared.bio)
    short = _shared_town(compared, own)
    rivals = dict(_rivals(short, compared.name, ours)) if short is not None else {}
    if short is None or not rivals:
        return None
    named = tuple(words for code, words in rivals.items() if _names(bio, short, code, ours))
    is_ours = any(form in bio for form in own)
    if named and not is_ours:
        reason = compared.bio_words(f"写的是同名的另一个地方：{_told(named)}")
        return Sorted("neighbour", (compared.said, reason), rivals=named[:_MOST_RIVALS])
    return None if is_ours and not named else _untold(compared, short, tuple(rivals.values()))


def _untold(compared: Compared, short: str, rivals: tuple[str, ...]) -> Sorted:
    why = f"名称以“{short}”开头，同名的地方还有：{_told(rivals)}，页面没有写明是哪一个。"
    return compared.unsure(compared.likeness(), why, doubt="cannot_tell", rivals=rivals[:_MOST_RIVALS])


def _shared_town(compared: Compared, own: frozenset[str]) -> str | None:
    """The township or district that both names begin with, where neither names a county of ours."""
    known = fold(compared.match.name) if compared.match is not None else ""
    if any(form in compared.name or form in known for form in own):
        return None
    short = _first_town(known)
    return short if short is not None and compared.name.startswith(short) else None


def _told(words: tuple[str, ...]) -> str:
    more = f"等 {len(words)} 处" if len(words) > _MOST_RIVALS else ""
    return "、".join(words[:_MOST_RIVALS]) + more


def _chains(register: Register) -> Iterator[tuple[str, ...]]:
    """Our own divisions down to counties; what is below is a township."""
    for place in register.places:
        chain = split_places(fold(place), register.divisions.forms)[0]
        while chain and chain[-1].endswith(_LEVELS):
            chain = chain[:-1]
        if chain:
            yield chain


def _own_counties(register: Register) -> frozenset[str]:
    """Our narrowest divisions above townships, in full and short: what tells a township of ours from others."""
    return frozenset(form for chain in _chains(register) for form in (chain[-1], short_form(chain[-1])))


def _codes(register: Register) -> frozenset[str]:
    return frozenset(code for chain in _chains(register) for code in place_codes_of(chain))


def _first_town(name: str) -> str | None:
    """The short name of the township or district that a name begins with; ``None`` for no known one."""
    beginnings = (name[:n_signs] for n_signs in range(_LONGEST, _SHORTEST - 1, -1))
    shorts = (short_place(one) if one.endswith(_LEVELS) else one for one in beginnings)
    return next((one for one in shorts if _is_town(one)), None)


def _is_town(short: str) -> bool:
    if len(short) < _SHORTEST or short in tables.units() or short in tables.platform_words():
        return False
    return short in tables.place_codes() or any(f"{short}{level}" in tables.towns() for level in _LEVELS)


def _rivals(short: str, name: str, ours: frozenset[str]) -> Iterator[tuple[str, str]]:
    """``(code of the county, the place with what it lies in)`` of the others that a name may mean."""
    levels = [level for level in _LEVELS if name.startswith(f"{short}{level}")] or list(_LEVELS)
    for level in levels:
        for code in sorted(tables.towns().get(f"{short}{level}", frozenset())):
            if not _is_within(code, ours):
                yield code, f"{short}{level}（{_parents_words(code)}）"
    for code in sorted(tables.place_codes().get(short, frozenset())) if len(levels) == len(_LEVELS) else ():
        if not _is_within(code, ours) and code not in ours:
            yield code, place_words(code)


def _is_within(code: str, ours: frozenset[str]) -> bool:
    return any(code.startswith(one) for one in ours)


def _parents_words(code: str) -> str:
    """``甘肃省兰州市榆中县``."""
    own, _, parents = place_words(code).rstrip("）").partition("（")
    return parents + own


def _names(bio: str, short: str, code: str, ours: frozenset[str]) -> bool:
    """Whether a bio names the county of a township, or a city or province that holds it and not ours."""
    county, *parents = _forms(code)
    if (not county[0].isdecimal() and county[0] in bio) or f"{county[1]}{short}" in bio:
        return True
    wider = (form for length, form in zip((4, 2), parents, strict=False) if not _holds(code[:length], ours))
    # What the table of places does not name is told by its number (1101), which may be that of a telephone.
    return any(name in bio for form in wider for name in form if not name.isdecimal())


def _holds(parent: str, ours: frozenset[str]) -> bool:
    return any(one.startswith(parent) for one in ours)


@lru_cache(maxsize=4096)
def _forms(code: str) -> tuple[tuple[str, str], ...]:
    """Full and short name of a county, of its city and of its province."""
    names = (place_words(part).partition("（")[0] for part in (code, code[:4], code[:2]))
    return tuple((name, short_form(name)) for name in names)
