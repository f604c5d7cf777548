"""The fourteen kinds of disguise (仿冒手法): each gives every candidate it can make of one registered name.

Each candidate comes with a source that names the table and, where characters were put for others, writes each of
them as ``州→洲``, so that a test can hold the two halves apart.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import permutations

from pypinyin import lazy_pinyin

from bench.likeness import tables
from bench.likeness.tables import Place

Disguises = Iterator[tuple[str, str]]
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


@dataclass(frozen=True, slots=True)
class Registered:
    """A registered name: its place, its pieces in order, and the half it belongs to."""

    place: Place
    pieces: tuple[str, ...]
    half: str

    @property
    def text(self) -> str:
        """The name as registered."""
        return "".join(self.pieces)


def _swapped(table: str, name: Registered, rng: random.Random) -> Disguises:
    """One character put for another, and all of a digit's occurrences at once."""
    found = tables.swaps(table, name.half)
    for number, sign in enumerate(name.text):
        for other in found.get(sign, ()):
            source = f"{table}: {sign}→{other}"
            yield name.text[:number] + other + name.text[number + 1 :], source
            if table == "digits" and name.text.count(sign) > 1:
                yield name.text.replace(sign, other), source


def _rewritten(table: str, name: Registered, rng: random.Random) -> Disguises:
    """One character written in another script, and every character that can be."""
    yield from _swapped(table, name, rng)
    found = tables.swaps(table, name.half)
    chosen = {sign: rng.choice(found[sign]) for sign in dict.fromkeys(name.text) if sign in found}
    for n_signs in range(2, len(chosen) + 1):
        some = dict(list(chosen.items())[-n_signs:])
        source = f"{table}: " + " ".join(f"{sign}→{other}" for sign, other in some.items())
        yield "".join(some.get(sign, sign) for sign in name.text), source


def _added(name: Registered, rng: random.Random) -> Disguises:
    text, place = name.text, name.place
    for word in tables.words(name.half, "before"):
        yield word + text, f"added: {word}"
    for word in tables.words(name.half, "after"):
        if not (text[-1].isdigit() and word.isdigit()):
            yield text + word, f"added: {word}"
    if place.parent not in text:
        yield place.parent + text, f"added: parent {place.parent}"
    if len(name.pieces) > 1 and len(name.pieces[-1]) > 1:
        yield "".join(name.pieces[:-1]) + "官方" + name.pieces[-1], "added: 官方 within"
    if place.full not in text and place.short != place.full and name.pieces[0] == place.short:
        yield text.replace(place.short, place.full, 1), "added: the level of the place"


def _dropped(name: Registered, rng: random.Random) -> Disguises:
    text, place = name.text, name.place
    if place.full in text and place.short != place.full:
        yield text.replace(place.full, place.short, 1), "dropped: the level of the place"
    for word, shorter in tables.shortenings().items():
        if text.endswith(word):
            yield from ((text.removesuffix(word) + other, f"dropped: {word} as {other}") for other in shorter)
    unit = text.replace(place.full, "").replace(place.short, "")
    if len(unit) >= 4 and _HAN.fullmatch(unit):
        start = text.index(unit) if unit in text else 0
        for number in range(start + 1, start + len(unit) - 1):
            yield text[:number] + text[number + 1 :], "dropped: a character of the office"


def _reordered(name: Registered, rng: random.Random) -> Disguises:
    pieces = name.pieces
    if all(len(piece) > 1 or piece == "和" for piece in pieces):
        for order in permutations(pieces):
            moved = [one for one, other in zip(pieces, order, strict=True) if one != other]
            if 0 < len(moved) <= 3 and "和" not in moved:
                yield "".join(order), "reordered: words"
    last = pieces[-1]
    if len(name.text) >= 7 and len(last) >= 3 and _HAN.fullmatch(last):
        for number in range(len(last) - 1):
            if last[number] != last[number + 1]:
                turned = last[:number] + last[number + 1] + last[number] + last[number + 2 :]
                yield "".join(pieces[:-1]) + turned, "reordered: two characters"


def _invisible(name: Registered, rng: random.Random) -> Disguises:
    text = name.text
    for sort, found in tables.signs(name.half).items():
        for sign in found:
            number = rng.randrange(1, len(text))
            source = f"invisible: {sort} " + "+".join(f"{ord(part):04X}" for part in sign)
            if sort == "separator" and len(sign) == 2:
                yield sign[0] + text + sign[1], source
                yield f"{text[:number]}{sign[0]}{text[number:]}{sign[1]}", source
            else:
                yield text[:number] + sign + text[number:], source
                yield sign.join(text) if sort != "ornament" else text + sign, source


def _widened(name: Registered, rng: random.Random) -> Disguises:
    text = name.text
    if text.isascii() or not re.search(r"[!-~]", text):
        return
    yield text.translate(_WIDE), "width: all"
    yield text.swapcase().translate(_WIDE) if text.swapcase() != text else text.translate(_WIDE), "width: all"
    for number, sign in enumerate(text):
        if sign.isascii():
            yield text[:number] + sign.translate(_WIDE) + text[number + 1 :], "width: one"
            yield text[:number] + text[number:].translate(_WIDE), "width: from there on"


def _containing(name: Registered, rng: random.Random) -> Disguises:
    if len(name.text) < 4:
        return
    before, after = (tables.words(name.half, f"contains_{where}") for where in ("before", "after"))
    for word in before:
        yield word + name.text, f"contains: {word}"
        yield from ((word + name.text + other, f"contains: {word} {other}") for other in after)
    yield from ((name.text + other, f"contains: {other}") for other in after)


@cache
def _spelt(word: str) -> tuple[str, ...]:
    return tuple(lazy_pinyin(word))


def _romanised(name: Registered, rng: random.Random) -> Disguises:
    short, sound = name.place.short, name.place.sound
    if short not in name.text or name.text[0].isascii():
        return  # letters before it would run into the sound
    forms = ("".join(sound), "".join(sound).upper(), "".join(part.title() for part in sound), " ".join(sound))
    for form in (*forms, "'".join(sound)):
        yield name.text.replace(short, form, 1), "pinyin: the place"
    for number, part in enumerate(sound):
        written = short[:number] + part + short[number + 1 :]
        yield name.text.replace(short, written, 1), "pinyin: a character of the place"
    rest = name.text.replace(name.place.full, "").replace(short, "")
    if len(rest) >= 2 and _HAN.fullmatch(rest) and rest in name.text:
        yield name.text.replace(rest, "".join(_spelt(rest))), "pinyin: the office"
        if name.place.full not in name.text:
            yield name.text.replace(rest, "".join(_spelt(rest))).replace(short, forms[0]), "pinyin: all"


Kind = Callable[[Registered, random.Random], Disguises]
KINDS: dict[str, Kind] = {
    "sound": lambda name, rng: _swapped("sound", name, rng),
    "shape": lambda name, rng: _swapped("shape", name, rng),
    "added": _added,
    "dropped": _dropped,
    "reordered": _reordered,
    "invisible": _invisible,
    "width": _widened,
    "traditional": lambda name, rng: _rewritten("traditional", name, rng),
    "radicals": lambda name, rng: _rewritten("radicals", name, rng),
    "digits": lambda name, rng: _swapped("digits", name, rng),
    "contains": _containing,
    "pinyin": _romanised,
}
# Which two a forger puts together: what changes the letters first, what goes around them second.
_TOGETHER = [
    *(
        (first, second)
        for first in ("sound", "shape")
        for second in ("sound", "shape", "added", "invisible", "traditional")
    ),
    *(
        (first, second)
        for first in ("traditional", "radicals", "reordered", "pinyin", "digits")
        for second in ("added", "invisible")
    ),
    ("dropped", "added"),
    ("dropped", "sound"),
    ("dropped", "shape"),
    ("traditional", "radicals"),
]


def _two_edits(name: Registered, rng: random.Random) -> Disguises:
    """A disguise of a disguise: the second is made of the first as if that were the registered name."""
    for first, second in _TOGETHER:
        for once, source in _few(list(KINDS[first](name, rng)), rng):
            if len(once) < 4:
                continue
            again = Registered(name.place, (once,), name.half)
            for twice, more in _few(list(KINDS[second](again, rng)), rng):
                if len(twice) >= len(name.text) - 2 and not _undone(name.text, twice):
                    yield twice, f"{source}; {more}"


def _few(found: list[tuple[str, str]], rng: random.Random) -> list[tuple[str, str]]:
    return rng.sample(found, min(2, len(found)))


def _undone(text: str, twice: str) -> bool:
    """Whether only one character is other than in the registered name after all."""
    return len(text) == len(twice) and sum(one != other for one, other in zip(text, twice, strict=True)) < 2


KINDS["two_edits"] = _two_edits
