"""Finds the commands by file and brings in no more of them than a call needs (命令加载).

The first line of every file in ``cli/groups`` begins with the commands that it adds to, parted by commas.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from pathlib import Path

GROUPS = "cli.groups"
# Global options that are followed by a value.
_WITH_VALUE = frozenset({"--home", "--now"})


def load_commands(arguments: Sequence[str] = ()) -> None:
    """Bring in the files with the command of these arguments; all files where none or no known one is named."""
    word = _command(arguments)
    modules = [module for module, words in commands_by_file() if word in words]
    for module in modules or [module for module, _ in commands_by_file()]:
        importlib.import_module(module)


def commands_by_file() -> Iterator[tuple[str, frozenset[str]]]:
    """``(module, first words of its commands)`` of every file, in order of name."""
    folder = Path(__file__).parent / "groups"
    for entry in sorted(pkgutil.iter_modules([str(folder)]), key=lambda item: item.name):
        text = (folder / f"{entry.name}.py").read_text(encoding="utf-8")
        named = (ast.get_docstring(ast.parse(text.split("\n\n", 1)[0])) or "").partition(":")[0]
        yield f"{GROUPS}.{entry.name}", frozenset(words.split()[0] for words in named.split(",") if words.strip())


def _command(arguments: Sequence[str]) -> str:
    is_value = False
    for word in arguments:
        if not is_value and not word.startswith("-"):
            return word
        is_value = word in _WITH_VALUE
    return ""
