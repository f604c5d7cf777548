"""Names from outside with every sign that nobody sees written out (显形): ``云‹U+200B›岭发布``."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

# Drawn as nothing or as a blank although they are no control or format characters.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
# Behind a symbol, a mark like !! or a digit these choose how that is drawn, as in ❤️: nothing is hidden.
_DRAWN_AS = "\ufe0e\ufe0f"


def written_out(name: str) -> str:
    """The name on one line, each sign that nobody sees by its number: whoever reads it knows of it.

    White space is one blank, as everywhere in what is told of a page.
    """
    return "".join(_told(before, sign) for before, sign in pairwise(f" {' '.join(name.split())}"))


def _told(before: str, sign: str) -> str:
    is_drawn_so = sign in _DRAWN_AS and before != " " and unicodedata.category(before)[0] in "SPN"
    is_seen = sign.isprintable() and sign not in _BLANK and not any(ord(sign) in part for part in _SELECTORS)
    return sign if is_seen or is_drawn_so else f"‹U+{ord(sign):04X}›"
