"""Which words to search the platforms for (搜索关键词), derived from the register. Pure.

Township accounts often carry neither the unit's name nor its place, and impostors carry both: so units,
accounts, former names, place with the usual words, and names that pass for a registered one are all searched.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import islice

from records import Account, Unit

KINDS = ("账号名", "全称", "简称", "曾用名", "地名加平台词", "易混名")
GIVEN = "指定"  # a keyword that a person gave by hand
# One look-alike a name by default: each has hundreds, and a platform lets us ask for few.
VARIANTS_A_NAME = 2
SHORTEST, LONGEST = 2, 30
# How many short names of a unit and former names of an account are searched for.
SHORT_NAMES, FORMER_NAMES = 2, 3
# A found name is like the keyword while it has so much of it.
_LIKE_SHARE = 0.75
_DIVISION = re.compile(r".{2,}?(?:自治区|自治州|自治县|地区|省|市|州|县|区|旗|盟)")
_LEVEL = re.compile(r"(?:自治区|自治州|自治县|地区|省|市|州|县|区|旗|盟|镇|乡|街道)$")
_TOWN = re.compile(r"([\u4e00-\u9fff]{2,4}?(?:镇|乡|街道))(?:人民政府|办事处|党委|党工委|政府|$)")


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word to search for, why (one of ``KINDS``, or 推文提及), and whose unit it is from; ``None`` for a place's.

    ``others`` are the further units that it is from as well.
    """

    text: str
    kind: str
    unit: str | None
    others: tuple[str, ...] = ()

    @property
    def units(self) -> tuple[str, ...]:
        """Every unit that it is from."""
        return self.others if self.unit is None else (self.unit, *self.others)


def keywords(
    units: Sequence[Unit],
    accounts: Sequence[Account],
    divisions: Sequence[str] = (),
    *,
    variants: Callable[[str], Iterable[str]],
    fold: Callable[[str], str],
    variants_a_name: int = VARIANTS_A_NAME,
) -> tuple[Keyword, ...]:
    """What to search for, the names of accounts first, then by ``KINDS``; each folded text once, for all its units.

    At most five a unit, four and ``variants_a_name`` an account, and some dozens a division.

    Args:
        units: The register's units.
        accounts: The register's accounts, closed ones too: their names are the first to be taken over.
        divisions: The office's own divisions (云岭县), as the configuration and the register name them.
        variants: Names that pass for a given one, the commonest first.
        fold: The text as the eye takes it; two keywords that fold alike find the same.
        variants_a_name: How many look-alikes are searched of each account's name.
    """
    found: dict[str, list[Keyword]] = {}
    for keyword in _derived(units, accounts, _own_divisions(units, divisions), variants, variants_a_name, fold):
        text = " ".join(keyword.text.split())
        if _is_searchable(text, fold):
            found.setdefault(fold(text), []).append(replace(keyword, text=text))
    return tuple(_shared(same) for same in found.values())


def partly_searchable(
    units: Sequence[Unit],
    accounts: Sequence[Account],
    divisions: Sequence[str] = (),
    *,
    fold: Callable[[str], str],
) -> frozenset[str]:
    """The units of which a name of their own is no keyword, and so is never searched for.

    Such a name is too long or too short, one more than a unit's or an account's most, or has a level and no place
    (县教育局, where nothing names the county). The arguments are those of ``keywords``.
    """
    places = _places(_own_divisions(units, divisions))
    names = (" ".join(one.text.split()) for one in _own_names(units, accounts, places, SHORT_NAMES, FORMER_NAMES))
    searched = {fold(name) for name in names if _is_searchable(name, fold)}
    every = [*_own_names(units, accounts, places, None, None), *_without_place(units, places)]
    return frozenset(one.unit for one in every if one.unit is not None and fold(one.text) not in searched)


def is_like(keyword: str, name: str, fold: Callable[[str], str]) -> bool:
    """Whether a found name still has most of the keyword's characters, in whatever order."""
    wanted, shown = Counter(fold(keyword)), Counter(fold(name))
    return bool(wanted) and (wanted & shown).total() >= _LIKE_SHARE * wanted.total()


def one_sign_off(name: str, similar: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The name with one sign replaced by one that passes for it, the first of each sign before the second of any.

    Args:
        name: An account's name.
        similar: The signs that pass for a sign, the likest first.
    """
    most = max((len(similar[sign]) for sign in name if sign in similar), default=0)
    for rank in range(most):
        for place, sign in enumerate(name):
            if rank < len(others := similar.get(sign, ())):
                yield name[:place] + others[rank] + name[place + 1 :]


def _is_searchable(text: str, fold: Callable[[str], str]) -> bool:
    return SHORTEST <= len(text) <= LONGEST and len(fold(text)) >= SHORTEST


def _shared(same: Sequence[Keyword]) -> Keyword:
    """The first of the keywords that find the same, for the units of all."""
    units = dict.fromkeys(one.unit for one in same if one.unit is not None and one.unit != same[0].unit)
    return replace(same[0], others=tuple(units))


@cache
def _words() -> dict[str, list[str]]:
    return tomllib.loads((resources.files("analysis") / "keywords.toml").read_text(encoding="utf-8"))


def _derived(
    units: Sequence[Unit],
    accounts: Sequence[Account],
    divisions: Sequence[str],
    variants: Callable[[str], Iterable[str]],
    n_variants: int,
    fold: Callable[[str], str],
) -> Iterator[Keyword]:
    places = _places(divisions)
    yield from _own_names(units, accounts, places, SHORT_NAMES, FORMER_NAMES)
    for place in places:
        yield from (Keyword(place + word, "地名加平台词", None) for word in _words()["place_words"])
    for unit in units:
        if town := _TOWN.search(_without(unit.name, divisions)):
            yield from (Keyword(town[1] + word, "地名加平台词", unit.name) for word in _words()["town_words"])
    for account in accounts:
        alike = (name for name in variants(account.name) if fold(name) != fold(account.name))
        yield from (Keyword(name, "易混名", account.unit) for name in islice(alike, n_variants))


def _own_names(
    units: Sequence[Unit], accounts: Sequence[Account], places: Sequence[str], n_short: int | None, n_former: int | None
) -> Iterator[Keyword]:
    """The units' and accounts' names, at most so many short and former ones each (``None``: all)."""
    yield from (Keyword(account.name, "账号名", account.unit) for account in accounts)
    yield from (Keyword(unit.name, "全称", unit.name) for unit in units)
    for unit in units:
        yield from (Keyword(text, "简称", unit.name) for text in _short_names(unit.short_names[:n_short], places))
    for account in accounts:
        yield from (Keyword(name, "曾用名", account.unit) for name in account.former_names[:n_former])


def _short_names(names: Iterable[str], places: Sequence[str]) -> Iterator[str]:
    for name in names:
        if not _needs_place(name):
            yield name
        elif places:
            yield places[0] + name


def _without_place(units: Iterable[Unit], places: Sequence[str]) -> Iterator[Keyword]:
    """The short names that nobody can search for because no place is known to put before them."""
    for unit in units if not places else ():
        yield from (Keyword(name, "简称", unit.name) for name in unit.short_names if _needs_place(name))


def _needs_place(short_name: str) -> bool:
    return short_name.startswith(tuple(_words()["levels"]))


def _own_divisions(units: Sequence[Unit], divisions: Sequence[str]) -> list[str]:
    """Each division once, in its last part (澜州市云岭县 is 云岭县); without any, the commonest in the units' names."""
    named = [part for one in divisions if one for part in (_DIVISION.findall(one) or [one])[-1:]]
    if named:
        return list(dict.fromkeys(named))
    begun = Counter(found[0] for unit in units if (found := _DIVISION.match(unit.name)))
    return [name for name, _ in begun.most_common(1)]


def _places(divisions: Iterable[str]) -> list[str]:
    return [_short(division) for division in divisions]


def _short(division: str) -> str:
    short = _LEVEL.sub("", division)
    return short if len(short) >= SHORTEST else division


def _without(name: str, divisions: Iterable[str]) -> str:
    for division in divisions:
        name = name.removeprefix(division)
    return name
