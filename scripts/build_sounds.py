"""Builds analysis/tables/sounds.tsv: the toneless readings of every Han character, the commonest first.

Readings are facts of pypinyin's table of single characters (MIT licence, from the Unihan database and 汉典).

``uv run --no-project --with pypinyin==0.55.0 python scripts/build_sounds.py``
"""

from __future__ import annotations

from pathlib import Path

from pypinyin import Style, pinyin
from pypinyin.pinyin_dict import pinyin_dict

TABLE = Path(__file__).resolve().parents[1] / "analysis" / "tables" / "sounds.tsv"
HEAD = """# Toneless readings of Han characters (读音), the commonest first, a syllable a line.
# Source: pypinyin 0.55.0, its table of single characters (from the Unihan database and 汉典). Licence: MIT.
# Built by scripts/build_sounds.py.
# Columns: syllable, characters whose first reading it is, characters that have it too.
"""
HAN = range(0x3400, 0xA000)


def main() -> None:
    """Writes the table."""
    first: dict[str, list[str]] = {}
    further: dict[str, list[str]] = {}
    for code in sorted(pinyin_dict):
        if code not in HAN:
            continue
        readings = pinyin(chr(code), style=Style.NORMAL, heteronym=True)[0]
        syllables = list(dict.fromkeys(reading for reading in readings if reading.isascii() and reading.isalpha()))
        for number, syllable in enumerate(syllables):
            (further if number else first).setdefault(syllable, []).append(chr(code))
    lines = [
        f"{syllable}\t{''.join(first.get(syllable, []))}\t{''.join(further.get(syllable, []))}"
        for syllable in sorted({*first, *further})
    ]
    TABLE.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
