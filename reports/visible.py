"""Names and texts from outside made visible (显形): every sign that is not seen as what it is, is written out."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher

from reports.wording import plain

_CUT = 300
_LINES = re.compile("[\\r\\n\\t ]+")
# What is drawn as nothing or as a blank although it is no control or format character.
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3000\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_HIDDEN = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"))
_PARTS = (
    ("汉字", r"[\u2e80-\u2fff\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"),
    ("拉丁字母", "[A-Za-z]"),
    ("数字", "[0-9]"),
)


def visible(text: str) -> str:
    """The text on one line with every sign written out that is not seen as what it is; cut where it is very long."""
    shown = "".join(_seen(sign) for sign in text[:_CUT])
    return f"{shown}……（过长，全文见证据）" if len(text) > _CUT else shown


def _seen(sign: str) -> str:
    category = unicodedata.category(sign)
    is_odd_space = category == "Zs" and sign != " "
    return f"‹U+{ord(sign):04X}›" if category in _HIDDEN or is_odd_space or _BLANK.match(sign) else sign


def script_words(name: str) -> str:
    """What a name is written with: ``汉字 4``, and the code points of it all, which no likeness can hide."""
    counts = {word: len(re.findall(signs, name)) for word, signs in _PARTS}
    n_hidden = sum(_seen(sign) != sign for sign in name)
    counts |= {"不可见字符": n_hidden, "其他字符": len(name) - n_hidden - sum(counts.values())}
    told = "、".join(f"{word} {number}" for word, number in counts.items() if number > 0)
    return f"{told}（{' '.join(f'{ord(sign):04X}' for sign in name[:_CUT])}）"


def masked(text: str) -> str:
    """Crawled text on one line, hidden signs written out and personal numbers masked: the evidence has them whole."""
    return plain(visible(_LINES.sub(" ", text)))


def difference_words(registered: str, suspected: str) -> str:
    """One sentence that says where two names differ: ``“岭”写作“岺”``."""
    told = [
        {"replace": "“{0}”写作“{1}”", "delete": "少“{0}”", "insert": "多“{1}”"}[tag].format(
            visible(registered[a:b]), visible(suspected[c:d])
        )
        for tag, a, b, c, d in SequenceMatcher(None, registered[:_CUT], suspected[:_CUT], autojunk=False).get_opcodes()
        if tag != "equal"
    ]
    return f"逐字比较：{'，'.join(told)}。" if told else "逐字比较：两个名称完全相同。"
