"""What a person reads in the terminal: tables, one-sentence errors, progress; crawled text is made harmless first."""

from __future__ import annotations

import io
import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from records import SHANGHAI, as_json, sentences
from records.sentences import Command, Sentence

COMMAND = sentences.COMMAND
# Signs that the character sets of older Chinese terminals have.
SIGNS = {
    "pass": "● 合格",
    "breach": "■ 不合格",
    "unknown": "□ 未能核查",
    "not_applicable": "— 不适用",
    "manual": "△ 人工",
}
_TURNED = str.maketrans("“”‘’", "‘’“”")
# A column narrower than this, its rules included, is a pile of single characters.
NARROWEST = 12
_RULES = 3
# What the head of a column whose cells are copied ends with: they are never broken over lines.
_COPIED = "编号"
CARDS = 20

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


@dataclass
class _Reader:
    """Whoever reads the screen, and the home folder that the next steps are for."""

    home: Path | None = None


_reader = _Reader()


def set_home(home: Path) -> None:
    """From here on the commands in sentences are those of this home folder."""
    _reader.home = home


def plain(value: object) -> str:
    """A value as text, its commands in full, without control characters: a crawled name cannot steer the terminal."""
    if value is None:
        return "—"
    text = value.told_in(_reader.home) if isinstance(value, Sentence) else str(value)
    return "".join(c if c in "\n" or unicodedata.category(c)[0] != "C" else "?" for c in text)


def print_anything() -> None:
    """Let no character of a page stop the program: what the terminal's character set lacks becomes a question mark."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def command(home: Path, words: str) -> str:
    """A command line as a reader can give it from the project's folder, ``uv run xuncha --home … findings``."""
    return Command(words).line(home)


def json_text(value: object, *, escaped: bool = False) -> str:
    """The JSON of a value, a line to a field; ``escaped`` leaves only ASCII."""
    return json.dumps(as_json(value), ensure_ascii=escaped, indent=2) + "\n"


def print_json(value: object) -> None:
    """Exactly one JSON value on standard output, its characters escaped where the terminal may lack them."""
    is_utf8 = (sys.stdout.encoding or "").replace("-", "").lower() == "utf8"
    sys.stdout.write(json_text(value, escaped=not is_utf8))


def print_json_list(values: Iterable[object]) -> None:
    """Exactly one JSON list on standard output, its items written as they come."""
    is_utf8 = (sys.stdout.encoding or "").replace("-", "").lower() == "utf8"
    before = "[\n"
    for value in values:
        sys.stdout.write(before + json.dumps(as_json(value), ensure_ascii=not is_utf8))
        before = ",\n"
    sys.stdout.write("[]\n" if before == "[\n" else "\n]\n")


def say(sentence: str) -> None:
    """A line on standard output."""
    out.print(Text(plain(sentence)))


def tell(sentence: str) -> None:
    """A line on standard error: progress and remarks, so that ``--json`` stays one value."""
    err.print(Text(plain(sentence)))


def moment(at: datetime) -> str:
    """A time as the office's clock shows it, to the minute."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def quoted(text: str) -> str:
    """A text in quotation marks, its own marks made inner ones (and inner ones outer) as Chinese writing has it."""
    return f"“{text.translate(_TURNED)}”"


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[object]], *, limit: int = 0) -> None:
    """A table, or a card a row where its columns would be too narrow; with ``limit`` only its first rows.

    A column whose head ends with 编号 stays as wide as its longest cell: the others give way.
    """
    screen = Console(highlight=False)
    as_cards = _is_too_narrow(screen.width, heads, rows)
    if as_cards and limit:
        limit = min(limit, CARDS)
    shown = rows[:limit] if limit else rows
    if not rows:
        say(f"{title}。")
    elif as_cards:
        _cards(title, heads, shown)
    else:
        grid = Table(title=Text(plain(title)), title_justify="left", show_lines=False, expand=False)
        for head in heads:
            grid.add_column(head, overflow="fold", no_wrap=head.endswith(_COPIED))
        for row in shown:
            grid.add_row(*(Text(plain(cell)) for cell in row))
        screen.print(grid)
    if len(shown) < len(rows):
        say(f"……另有 {len(rows) - len(shown)} 行，加 --json 可看全部。")


def _is_too_narrow(width: int, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> bool:
    """Whether the columns that give way have too little room beside those that do not."""
    copied = [number for number, head in enumerate(heads) if head.endswith(_COPIED)]
    longest = (max(cell_len(plain(cell)) for cell in (heads[n], *(row[n] for row in rows))) for n in copied)
    return width - sum(cells + _RULES for cells in longest) < (len(heads) - len(copied)) * NARROWEST


def _cards(title: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    say(title)
    for number, row in enumerate(rows, 1):
        say(f"[{number}]")
        for head, cell in zip(heads, row, strict=True):
            if cell is not None:
                say(f"  {head}：{plain(cell).replace(chr(10), ' ')}")
