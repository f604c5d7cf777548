"""What a person reads in the terminal: tables, one-sentence errors, progress; crawled text is made harmless first."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from records import as_json

SIGNS = {
    "pass": "● 合格",
    "breach": "■ 不合格",
    "unknown": "▨ 未能核查",
    "not_applicable": "– 不适用",
    "manual": "✎ 人工",
}

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False)


def plain(value: object) -> str:
    """A value as text without control characters: a crawled name cannot steer the terminal."""
    if value is None:
        return "—"
    return "".join(c if c in "\n" or unicodedata.category(c)[0] != "C" else "�" for c in str(value))


def json_text(value: object) -> str:
    """A value as JSON text, ending with a line break."""
    return json.dumps(as_json(value), ensure_ascii=False, indent=2) + "\n"


def print_json(value: object) -> None:
    """Exactly one JSON value on standard output."""
    sys.stdout.write(json_text(value))


def say(sentence: str) -> None:
    """A line on standard output."""
    out.print(Text(plain(sentence)))


def tell(sentence: str) -> None:
    """A line on standard error: progress and remarks, so that ``--json`` stays one value."""
    err.print(Text(plain(sentence)))


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[object]], *, limit: int = 0) -> None:
    """A table; with ``limit`` only its first rows and a line that says how many more."""
    shown = rows[:limit] if limit else rows
    grid = Table(title=Text(plain(title)), title_justify="left", show_lines=False, expand=False)
    for head in heads:
        grid.add_column(head, overflow="fold")
    for row in shown:
        grid.add_row(*(Text(plain(cell)) for cell in row))
    Console(highlight=False).print(grid)
    if len(shown) < len(rows):
        say(f"……另有 {len(rows) - len(shown)} 行，加 --json 可看全部。")


def rows_of(items: Sequence[dict[str, Any]], keys: Sequence[str]) -> list[list[object]]:
    """The named fields of each item, for a table."""
    return [[item[key] for key in keys] for item in items]
