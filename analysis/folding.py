"""Folds names (归一化): what the eye takes for the same becomes the same, sign by sign.

Every sign is folded by itself, so that a name can be folded through a table of signs, one at a time or a
million together (analysis/signs.py).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import islice, product

from opencc import OpenCC

from analysis import tables
from analysis.sounds import read_letters, sound_of

_DROPPED_KINDS = frozenset("CMPSZ")  # control and format, marks, punctuation, symbols, separators
_LATIN = re.compile(r"[a-z][a-z']*[a-z]")
# Letters by their category, but nothing is seen of them, or a stroke that parts words.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0丨")
# Signs that pass for a digit where a digit stands beside them.
STROKES = "|｜¦∣丨ⅠⅡⅢⅣⅤⅥⅦⅧⅨ"
NUMERALS = "〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖"
_STROKE = re.compile(rf"(?<=\d)[{STROKES}]|[{STROKES}](?=\d)")
_COUNTED = re.compile(rf"[0-9{NUMERALS}]{{2,}}")
_DIGITS = str.maketrans(STROKES + NUMERALS, "11111" + "123456789" + "00" + "123456789" * 2)
_LONGEST_NUMBER = 5
# Endings and beginnings of letters that are no syllables.
_ABBREVIATIONS = ("iptv", "tv", "app", "ai", "v", "e")
# Scripts whose letters carry marks that a glance passes over (é, ё); those of Han, kana and Hangul are no marks.
_MARKED_BELOW = "\u2000"
_MOST_SPELLINGS = 4


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


@lru_cache(maxsize=131072)
def clean_sign(sign: str) -> str:
    """One sign simplified and in lower case, or nothing where it is no letter or digit; letters still as written."""
    if sign in _BLANK or unicodedata.category(sign) == "Cf":
        return ""
    wide = unicodedata.normalize("NFKC", tables.radicals().get(sign, sign)).casefold()
    bare = "".join(_unmarked(one) for one in unicodedata.normalize("NFKC", wide))
    kept = "".join(one for one in bare if unicodedata.category(one)[0] not in _DROPPED_KINDS or one in tables.letters())
    done = unicodedata.normalize("NFKC", "".join(str(_simplifier().convert(one)) for one in kept))
    return done if done == sign else clean(done)


def _unmarked(sign: str) -> str:
    return unicodedata.normalize("NFD", sign)[0] if sign < _MARKED_BELOW else sign


@lru_cache(maxsize=131072)
def fold_sign(sign: str) -> str:
    """One sign as the eye takes it; letters and digits of the same shape are made one."""
    done = clean_sign(sign)
    while (seen := "".join(tables.letters().get(one, one) for one in done)) != done:
        done = seen
    return done


def clean(name: str) -> str:
    """Simplified, lower case, without anything that is no letter or digit; letters still as written."""
    return "".join(map(clean_sign, _without_strokes(name)))


def fold(name: str) -> str:
    """The name as the eye takes it (归一化名称): two names that fold alike differ only in disguise.

    Width, case, traditional characters, radicals, invisible signs, separators, emoji, and letters or digits of
    the same shape are made one. May be empty. Folding twice changes nothing.
    """
    return _counted("".join(map(fold_sign, _without_strokes(name))))


def _without_strokes(name: str) -> str:
    """The name with a digit for every stroke that stands beside one (1|0)."""
    while (seen := _STROKE.sub(lambda found: found[0].translate(_DIGITS), name)) != name:
        name = seen
    return name


def _counted(folded: str) -> str:
    """The name with digits for the numerals among digits: all in a short number, else those between digits."""
    return _COUNTED.sub(lambda found: _digits(found[0]), folded)


def _digits(run: str) -> str:
    places = [place for place, sign in enumerate(run) if sign.isascii()]
    if not places:
        return run
    begin, end = (0, len(run)) if len(run) <= _LONGEST_NUMBER else (places[0], places[-1] + 1)
    return run[:begin] + run[begin:end].translate(_DIGITS) + run[end:]


def sound_key(name: str) -> str:
    """The toneless syllables of a name (读音), one a character and parted by blanks: ``泽州发布`` is ``ze zhou fa bu``.

    Each character has its commonest reading; letters and digits stand for themselves.
    """
    return " ".join(sound_of(part) if len(part) == 1 else part for part in re.findall(r"[a-z0-9]+|.", clean(name)))


def spellings(name: str) -> tuple[str, ...]:
    """The folded name, once for every way to read its runs of letters as syllables (zezhou), at most four ways.

    A syllable spelt in letters is one sign of the private use area; an apostrophe parts two (lu'an). Runs that
    are no syllables stay letters.
    """
    pieces = [clean(piece) for piece in re.split(r"(?<=[A-Za-z])['’＇](?=[A-Za-z])", name)]
    parted = "'".join(pieces)
    if not _LATIN.search(parted):
        return (fold(name),)
    parts, end = list[tuple[str, ...]](), 0
    for run in _LATIN.finditer(parted):
        parts.append((fold(parted[end : run.start()]),))
        parts.append(_readings(run.group()) or (fold(run.group()),))
        end = run.end()
    parts.append((fold(parted[end:]),))
    return tuple(_counted("".join(one)) for one in islice(product(*parts), _MOST_SPELLINGS))


def _readings(run: str) -> tuple[str, ...]:
    """The ways to read letters as syllables, an abbreviation before or behind them left as letters."""
    found = _read(run)
    for short in _ABBREVIATIONS:
        rest = len(run) - len(short)
        if not found and rest > 0 and run.endswith(short):
            found = tuple(way + fold(short) for way in _read(run[:rest]))
        if not found and rest > 0 and run.startswith(short):
            found = tuple(fold(short) + way for way in _read(run[len(short) :]))
    return found


def _read(run: str) -> tuple[str, ...]:
    each = [read_letters(piece) for piece in run.split("'") if piece]
    return tuple("".join(way) for way in islice(product(*each), _MOST_SPELLINGS)) if each and all(each) else ()
