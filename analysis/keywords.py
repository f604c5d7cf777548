"""Which words to search the platforms for (搜索关键词), derived from the register. Pure.

Township accounts often carry neither the unit's name nor its place, and impostors carry both: so units,
accounts, former names, place with the usual words, and names that pass for a registered one are all searched.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import islice

from records import Account, Unit

KINDS = ("账号名", "全称", "简称", "曾用名", "地名加平台词", "易混名")
GIVEN = "指定"  # a keyword that a person gave by hand
# One look-alike a name by default: each has hundreds, and a platform lets us ask for few.
VARIANTS_A_NAME = 2
SHORTEST, LONGEST = 2, 30
# A found name is like the keyword while it has so much of it.
_LIKE_SHARE = 0.75
_DIVISION = re.compile(r".{2,}?(?:自治区|自治州|自治县|地区|省|市|州|县|区|旗|盟)")
_LEVEL = re.compile(r"(?:自治区|自治州|自治县|地区|省|市|州|县|区|旗|盟|镇|乡|街道)$")
_TOWN = re.compile(r"([\u4e00-\u9fff]{2,4}?(?:镇|乡|街道))(?:人民政府|办事处|党委|党工委|政府|$)")


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word to search for, why (one of ``KINDS``, or 推文提及), and whose unit it is from; ``None`` for a place's."""

    text: str
    kind: str
    unit: str | None


def keywords(
    units: Sequence[Unit],
    accounts: Sequence[Account],
    divisions: Sequence[str] = (),
    *,
    variants: Callable[[str], Iterable[str]],
    fold: Callable[[str], str],
    variants_a_name: int = VARIANTS_A_NAME,
) -> tuple[Keyword, ...]:
    """What to search for, the names of accounts first, then by ``KINDS``; each folded text once.

    At most five a unit, four and ``variants_a_name`` an account, and some dozens a division.

    Args:
        units: The register's units.
        accounts: The register's accounts, closed ones too: their names are the first to be taken over.
        divisions: The office's own divisions (云岭县), as the configuration and the register name them.
        variants: Names that pass for a given one, the commonest first.
        fold: The text as the eye takes it; two keywords that fold alike find the same.
        variants_a_name: How many look-alikes are searched of each account's name.
    """
    found: dict[str, Keyword] = {}
    for keyword in _derived(units, accounts, _own_divisions(units, divisions), variants, variants_a_name, fold):
        text = " ".join(keyword.text.split())
        if SHORTEST <= len(text) <= LONGEST and len(fold(text)) >= SHORTEST:
            found.setdefault(fold(text), Keyword(text, keyword.kind, keyword.unit))
    return tuple(found.values())


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
    places = [_short(division) for division in divisions]
    yield from (Keyword(account.name, "账号名", account.unit) for account in accounts)
    yield from (Keyword(unit.name, "全称", unit.name) for unit in units)
    yield from (Keyword(text, "简称", unit.name) for unit in units for text in _short_names(unit, places))
    for account in accounts:
        yield from (Keyword(name, "曾用名", account.unit) for name in account.former_names[:3])
    for place in places:
        yield from (Keyword(place + word, "地名加平台词", None) for word in _words()["place_words"])
    for unit in units:
        if town := _TOWN.search(_without(unit.name, divisions)):
            yield from (Keyword(town[1] + word, "地名加平台词", unit.name) for word in _words()["town_words"])
    for account in accounts:
        alike = (name for name in variants(account.name) if fold(name) != fold(account.name))
        yield from (Keyword(name, "易混名", account.unit) for name in islice(alike, n_variants))


def _short_names(unit: Unit, places: Sequence[str]) -> Iterator[str]:
    for name in unit.short_names[:2]:
        if not name.startswith(tuple(_words()["levels"])):
            yield name
        elif places:
            yield places[0] + name


def _own_divisions(units: Sequence[Unit], divisions: Sequence[str]) -> list[str]:
    """Each division once, in its last part (澜州市云岭县 is 云岭县); without any, the commonest in the units' names."""
    named = [part for one in divisions if one for part in (_DIVISION.findall(one) or [one])[-1:]]
    if named:
        return list(dict.fromkeys(named))
    begun = Counter(found[0] for unit in units if (found := _DIVISION.match(unit.name)))
    return [name for name, _ in begun.most_common(1)]


def _short(division: str) -> str:
    short = _LEVEL.sub("", division)
    return short if len(short) >= SHORTEST else division


def _without(name: str, divisions: Iterable[str]) -> str:
    for division in divisions:
        name = name.removeprefix(division)
    return name
