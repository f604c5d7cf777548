"""The words that names are made of (名称用词): places, townships, offices and platform words, in all their forms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from analysis import tables
from analysis.folding import fold
from analysis.places import LEVELS

OTHER, PLACE, TOWN, UNIT, PLATFORM = range(5)
# The words of an office as it is shortened, with these behind them (文旅局): the same office.
_OFFICES = ("局", "委", "办", "厅", "处", "中心")
_UNIT_TAILS = ("中心", "局", "委", "厅", "院", "办", "队", "会")
N_BODIES = 64  # numbers of kinds below this are of other bodies than offices: firms, shops, schools
_CITY_CODE = 4  # digits of a city's code
_TAILS = {PLACE: LEVELS, TOWN: ("街道办事处", "街道", "镇", "乡"), UNIT: _UNIT_TAILS}


@dataclass(frozen=True, slots=True)
class Word:
    """A word's kind, its length without level or tail, and the numbers of what it means, without and with its level.

    ``is_wide``: it is a province or a city, whose name stands before those of its counties.
    """

    kind: int
    body: int
    number: int
    division: int
    is_wide: bool = False


def words(own_places: frozenset[str]) -> dict[str, Word]:
    """Every word as it is folded, with what it means; an office's own place goes before all other meanings."""
    numbers: dict[str, int] = {}
    offices, places = tables.units(), tables.full_places()
    shortened = [word for word in offices if len(word) <= 3 and _body(word, UNIT, places) == len(word)]
    offices = {
        **{word + tail: offices[word] for word in shortened for tail in _OFFICES},
        **offices,
        **dict(_bodies(shortened)),
    }
    kinds = _numbered(set(offices.values()))
    words: dict[str, Word] = {}

    def add(names: Iterable[str], kind: int) -> None:
        for name in names:
            word, body = fold(name), _body(name, kind, places)
            if word in words or (len(name) < 2 and kind != PLATFORM):
                continue
            if kind == UNIT:
                words[word] = Word(kind, body, kinds[offices[name]], 0)
            elif kind == PLATFORM:
                words[word] = Word(kind, body, 0, 0)
            else:
                number = numbers.setdefault(places.get(name, name[:body]) if kind == PLACE else name, len(numbers) + 1)
                whole = numbers.setdefault(f"{name}/", len(numbers) + 1) if body < len(name) and kind == PLACE else 0
                words[word] = Word(kind, body, number, whole, kind == PLACE and _is_wide(name))

    add(sorted(own_places), PLACE)
    add(offices, UNIT)
    add(sorted(tables.platform_words()), PLATFORM)
    add(places, PLACE)
    add(sorted(tables.short_places()), PLACE)
    add(tables.town_names(), TOWN)
    return words


def beginning_others(known: Mapping[str, Word]) -> list[bool]:
    """Of each word whether it is a place that another one's name begins with: 科尔沁 and 科尔沁左翼中旗."""
    longer = {
        (word[:end], row.number) for word, row in known.items() if row.kind == PLACE for end in range(2, len(word))
    }
    numbers: dict[str, set[int]] = {}
    for word, number in longer:
        numbers.setdefault(word, set()).add(number)
    return [row.kind == PLACE and bool(numbers.get(word, set()) - {row.number}) for word, row in known.items()]


def _bodies(offices: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The words of other bodies with their kinds; those that stand behind an office's word behind each of them."""
    for word, kind in tables.bodies().items():
        yield from ((word.replace("*", office), kind) for office in (offices if "*" in word else ("",)))


def _numbered(kinds: Set[str]) -> dict[str, int]:
    """The number of each kind of office; those of other bodies are the numbers below ``N_BODIES``."""
    bodies = sorted(set(tables.bodies().values()))
    if len(bodies) > N_BODIES:
        raise ValueError(f"{len(bodies)} kinds of other bodies in bodies.tsv, {N_BODIES} at most")
    numbers = {kind: number for number, kind in enumerate(bodies)}
    return {**numbers, **{kind: number for number, kind in enumerate(sorted(kinds - set(bodies)), start=N_BODIES)}}


def _is_wide(name: str) -> bool:
    return any(len(code) <= _CITY_CODE for code in tables.place_codes().get(name, ()))


def _body(word: str, kind: int, places: Mapping[str, str]) -> int:
    """The length of a word without its level or tail; of a division's full name the length of its short one."""
    short = places.get(word, "") if kind == PLACE else ""
    if short and word.startswith(short):
        return len(short)
    tail = next((tail for tail in _TAILS.get(kind, ()) if word.endswith(tail) and len(word) - len(tail) >= 2), "")
    return len(word) - len(tail)
