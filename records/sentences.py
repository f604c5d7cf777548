"""Sentences that name a command to run next (下一步): the command as a value, its full line known only to the screen.

Crawled text is text and never becomes a ``Command``: what a page says cannot be shown as our next step.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

# How the command is started from the folder of the project.
COMMAND = "uv run xuncha"
# Where no home is known, as in a paper that goes to others, the reader puts the folder's name here.
SOME_HOME = "工作文件夹"
# What every shell takes as it stands; a Chinese name does not have to be quoted.
_PLAIN = re.compile(r"[\w@%+=:,./-]+")


@dataclass(frozen=True, slots=True)
class Command:
    """A command to run next, ``Command("accounts import 名录.xlsx")``; as text it is that of no certain home."""

    words: str

    def line(self, home: Path | None) -> str:
        """The command line as a reader can give it from the project's folder, ``uv run xuncha --home … findings``."""
        folder = SOME_HOME if home is None else str(home)
        return f"{COMMAND} --home {folder if _PLAIN.fullmatch(folder) else shlex.quote(folder)} {self.words}"

    def __str__(self) -> str:
        return self.line(None)


class Sentence(str):
    """A sentence of texts and commands; as a plain text its commands are those of no certain home."""

    parts: tuple[str | Command, ...]

    def __new__(cls, *parts: str | Command) -> Sentence:
        """The sentence of these parts, in order."""
        made = super().__new__(cls, "".join(map(str, parts)))
        made.parts = parts
        return made

    def __str__(self) -> str:
        # So that str() of an error made with a sentence still gives the sentence, and its commands their home.
        return self

    def told_in(self, home: Path | None) -> str:
        """The plain text with the commands of this home."""
        return "".join(part.line(home) if isinstance(part, Command) else part for part in self.parts)
