"""Likeness of account names (名称相似度): by characters, sound and shape, with places and offices compared as units."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from opencc import OpenCC
from pypinyin import Style, lazy_pinyin

from analysis import tables
from analysis.segmenting import LEVELS, Word, division_names, segment, short_place

ALIKE = 0.8  # from here on a pair is put before a person
_NEIGHBOUR = 0.7  # at most, for names of two real places or two real offices
_REORDERED = 0.9
_NEAR_SIGN = 0.2  # cost of a character that sounds or looks the same
_ADDED_SIGN = 0.1  # cost of one character of an added platform word, level, number or parent place
_DROPPED_KINDS = frozenset("CMPSZ")  # control and format, marks, punctuation, symbols, separators
_UNIT_TAILS = ("中心", "局", "委", "厅", "院", "办", "队", "会")
_LATIN = re.compile(r"[a-z]{2,}")
_TOWN = re.compile(r"([\u4e00-\u9fff]{2,3})(?:镇|乡|街道|社区|村)")


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


@lru_cache(maxsize=65536)
def _clean(name: str) -> str:
    """Simplified, lower case, without anything that is no letter or digit; letters still as written."""
    wide = unicodedata.normalize(
        "NFKC", "".join(sign for sign in name if unicodedata.category(sign) != "Cf")
    ).casefold()
    kept = "".join(
        sign for sign in wide if unicodedata.category(sign)[0] not in _DROPPED_KINDS or sign in tables.letters()
    )
    return unicodedata.normalize("NFKC", str(_simplifier().convert(kept)))


def fold(name: str) -> str:
    """The name as the eye takes it (归一化名称): two names that fold alike differ only in disguise.

    Width, case, traditional characters, invisible signs, separators, emoji, and letters or digits of the
    same shape are made one. May be empty. Folding twice changes nothing.
    """
    letters = tables.letters()
    seen = "".join(letters.get(sign, sign) for sign in _clean(name))
    return "".join(letters.get(sign, sign) for sign in seen)


@cache
def _sound(sign: str) -> str:
    return str(lazy_pinyin(sign, style=Style.NORMAL)[0]) if "\u4e00" <= sign <= "\u9fff" else sign


def sound_key(name: str) -> str:
    """The toneless syllables of a name (读音), one a character and parted by blanks: ``泽州发布`` is ``ze zhou fa bu``.

    Each character has its commonest reading; letters and digits stand for themselves.
    """
    parts = re.findall(r"[a-z0-9]+|.", _clean(name))
    return " ".join(_sound(part) for part in parts)


@dataclass(frozen=True, slots=True)
class _Name:
    """A name taken apart: its signs, which of them an impostor may add cheaply, its places, towns and offices."""

    text: str
    signs: str
    light: tuple[bool, ...]
    places: tuple[str, ...]
    units: frozenset[str]
    town: str | None
    bare_place: bool


@lru_cache(maxsize=65536)
def _take_apart(clean: str, places: frozenset[str]) -> _Name:
    words = segment(clean, places)
    shorts = tuple(short_place(word.text) for word in words if word.kind == "place")
    last_place = max((number for number, word in enumerate(words) if word.kind == "place"), default=-1)
    light = tuple(flag for number, word in enumerate(words) for flag in _light(word, number < last_place))
    town = _TOWN.search("".join(word.text for word in words[last_place + 1 :]))
    return _Name(
        text=clean,
        signs=fold(clean),
        light=light,
        places=shorts,
        units=frozenset(tables.units()[word.text] for word in words if word.kind == "unit"),
        town=town.group(1) if town else None,
        bare_place=all(word.kind == "place" for word in words),
    )


def _light(word: Word, parent: bool) -> Iterator[bool]:
    """For each sign of the word, whether adding it leaves a name much the same."""
    whole = word.kind == "platform" or (word.kind == "place" and parent)
    whole = whole or (word.kind == "other" and (word.text.isdigit() or word.text in ("v", "i")))
    tails = {"place": LEVELS, "unit": _UNIT_TAILS}.get(word.kind, ())
    tail = next((tail for tail in tails if word.text.endswith(tail) and len(word.text) - len(tail) >= 2), "")
    body = len(word.text) - len(tail)
    return (whole or number >= body for number in range(len(word.text)))


def _swap_cost(left: str, right: str) -> float:
    if left == right:
        return 0.0
    alike = _sound(left) == _sound(right) or (left, right) in tables.lookalikes()
    return _NEAR_SIGN if alike else 1.0


def _disguise(known: _Name, shown: _Name) -> float:
    """Likeness if ``shown`` is ``known`` with signs swapped, left out, or light words added; 0.0 to 1.0."""
    free = not known.bare_place
    added = [_ADDED_SIGN if light and free else 1.0 for light in shown.light]
    row = [0.0]
    for cost in added:
        row.append(row[-1] + cost)
    for number, sign in enumerate(known.signs, start=1):
        above, row = row, [float(number)]
        for column, other in enumerate(shown.signs):
            swapped = above[column] + _swap_cost(sign, other)
            row.append(min(swapped, above[column + 1] + 1.0, row[column] + added[column]))
    n_heavy = sum(cost == 1.0 for cost in added)
    return max(0.0, 1.0 - row[-1] / max(len(known.signs), n_heavy))


def _reordered(left: _Name, right: _Name) -> float:
    return _REORDERED if len(left.signs) >= 4 and sorted(left.signs) == sorted(right.signs) else 0.0


def _spoken(mixed: _Name, other: _Name, places: frozenset[str]) -> _Name:
    """``mixed`` with every run of letters that spells characters of ``other`` put back into those (zezhou -> 泽州)."""
    sounds = [_sound(sign) for sign in other.text]
    spelt = {
        "".join(sounds[start:end]): other.text[start:end]
        for start in range(len(sounds))
        for end in range(start + 1, len(sounds) + 1)
    }
    put_back = _LATIN.sub(lambda run: spelt.get(run.group(), run.group()), mixed.text)
    return mixed if put_back == mixed.text else _take_apart(put_back, places)


def _alike_throughout(left: _Name, right: _Name) -> bool:
    """Whether every sign sounds or looks like its counterpart; 人民政负 is then no office for 民政."""
    if len(left.signs) != len(right.signs):
        return False
    return all(_swap_cost(a, b) < 1.0 for a, b in zip(left.signs, right.signs, strict=True))


def _neighbours(left: _Name, right: _Name) -> bool:
    """Whether the names are of two real places, towns or offices: honest neighbours (邻名), however near."""
    if left.places and right.places:
        if left.places[-1] != right.places[-1]:
            return True
        parents = set(left.places[:-1]), set(right.places[:-1])
        if all(parents) and not parents[0] & parents[1]:
            return True
    if left.town and right.town and any(_swap_cost(a, b) == 1.0 for a, b in zip(left.town, right.town, strict=False)):
        return True
    if _reordered(left, right) or _alike_throughout(left, right):
        return False
    return bool(left.units and right.units) and not (left.units <= right.units or right.units <= left.units)


def similarity(left: str, right: str, places: frozenset[str] = frozenset()) -> float:
    """Likeness of two account names (名称相似度).

    Args:
        left, right: Names as shown on the platform; normalised here, so width, case and script do not matter.
        places: The office's own divisions (``云岭县``, ``澜州市云岭县``), which count as real places beside
            the shipped table.

    Returns:
        0.0 (nothing shared) to 1.0 (same after normalising). Symmetric. 0.8 and above means: put before a
        person. Names of two real places or two real kinds of office stay below 0.8.

    Raises:
        ValueError: A name is empty after normalising.

    Source: clause ZJ-9b (第九条): 在不同平台的政务新媒体名称应保持一致.
    """
    own = division_names(places)
    pair = [_take_apart(_clean(name), own) for name in (left, right)]
    if not all(name.signs for name in pair):
        raise ValueError("a name is empty after normalising")
    if pair[0].signs == pair[1].signs:
        return 1.0
    one, other = _spoken(pair[0], pair[1], own), _spoken(pair[1], pair[0], own)
    score = max(_disguise(one, other), _disguise(other, one), _reordered(one, other))
    if (one, other) != (pair[0], pair[1]):
        score = min(score, 1.0 - _NEAR_SIGN / 2)
    return round(min(score, _NEIGHBOUR) if _neighbours(one, other) else score, 4)
