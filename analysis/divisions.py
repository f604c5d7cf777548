"""Whether a place is the office's own (本级行政区划), one of the same name elsewhere, or another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from analysis import tables
from analysis.entities import Chain, place_codes_of, place_words, short_form, split_places
from analysis.folding import fold
from analysis.places import division_names

OURS, ABOVE, ELSEWHERE, AMBIGUOUS, UNNAMED = "ours", "above", "elsewhere", "ambiguous", "unnamed"
_ORDER = (OURS, AMBIGUOUS, ABOVE, ELSEWHERE)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a place stands: ``ours`` (within it too), ``above``, ``elsewhere``, ``ambiguous`` or ``unnamed``.

    ``rivals`` are codes of the other places that the words may mean.
    """

    where: str
    rivals: tuple[str, ...] = ()


class Divisions:
    """The office's own divisions (``云岭县``, ``澜州市云岭县``); two that agree are one."""

    def __init__(self, names: Iterable[str]) -> None:
        folded = frozenset(filter(None, map(fold, names)))
        self.forms = division_names(folded)
        chains = {split_places(name, self.forms)[0] for name in folded} - {()}
        longer = {chain[start:] for chain in chains for start in range(1, len(chain))}
        self._chains = tuple(sorted(chains - longer))

    def standing(self, chain: Chain, words: str = "") -> Standing:
        """Where the places of an entity stand; ``words`` (a bio) may name the province or city of one of several."""
        if not chain:
            return Standing(UNNAMED)
        found = [_compare(chain, own, words) for own in self._chains]
        found.sort(key=lambda one: (_ORDER.index(one.where), not one.rivals))
        return found[0] if found else Standing(ELSEWHERE)

    def standing_of_name(self, name: str, words: str = "") -> Standing:
        """Where our own place's name in an account's name stands: it may be that of several places (东乡)."""
        text = fold(name)
        for own in self._chains:
            before, short, after = text.partition(shortest(own))
            if short:
                place, _ = split_places(short + after, self.forms)
                return self.standing((*split_places(before, self.forms)[0], *(place[:1] or (short,))), words)
        return Standing(UNNAMED)

    def standing_of_town(self, town: str) -> Standing:
        """Where a township of that full name stands: ours only where no other county has one of the name."""
        codes = tables.towns().get(town, frozenset())
        ours = frozenset(code for chain in self._chains for code in place_codes_of(chain))
        within = frozenset(code for code in codes if any(code.startswith(one) for one in ours))
        rivals = tuple(sorted(codes - within))
        return Standing(AMBIGUOUS, rivals) if rivals else Standing(OURS)


def _compare(chain: Chain, own: Chain, words: str) -> Standing:
    shorts = [short_form(place) for place in own]
    if shorts[-1] in map(short_form, chain):
        number = [short_form(place) for place in chain].index(shorts[-1])
        return _same_short(chain[: number + 1], own, words)
    return Standing(ABOVE if short_form(chain[-1]) in shorts else ELSEWHERE)


def _same_short(chain: Chain, own: Chain, words: str) -> Standing:
    """Where a place with our own short name stands; its parents decide, else the words, else nobody can tell."""
    ours, meant = place_codes_of(own), place_codes_of(chain)
    if not ours:
        other = len(chain) > 1 and len(own) > 1 and short_form(chain[-2]) != short_form(own[-2])
        return Standing(ELSEWHERE if other else OURS)
    rivals = tuple(sorted(meant - ours))
    if not meant & ours:
        # A full name that the table does not know (东乡县) may be anybody's; one that it knows is another place's.
        return Standing(ELSEWHERE if meant else AMBIGUOUS, rivals or _rivals(shortest(own), ours))
    if not rivals:
        return Standing(OURS)
    said_ours, said_theirs = (any(_names(words, code) for code in codes) for codes in (ours, rivals))
    if said_ours == said_theirs:
        return Standing(AMBIGUOUS, rivals)
    return Standing(OURS if said_ours else ELSEWHERE, rivals)


def shortest(own: Chain) -> str:
    """The short name of the narrowest division of a chain."""
    return short_form(own[-1])


def _rivals(short: str, ours: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(tables.place_codes().get(short, frozenset()) - ours))


def _names(words: str, code: str) -> bool:
    """Whether words name the province or the city of a division."""
    return any(parent in fold(words) for parent in _parents(code))


@lru_cache(maxsize=4096)
def _parents(code: str) -> tuple[str, ...]:
    _, _, parents = place_words(code).rstrip("）").partition("（")
    chain, _ = split_places(parents)
    return tuple(dict.fromkeys(form for place in chain for form in (place, short_form(place)) if len(form) > 1))
