"""The bulletin's words and page layout (模板): shipped ones, and the office's own beside them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources
from io import BytesIO
from pathlib import Path
from typing import Any

from reports.wording import ReportError


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The sentences an office may say in its own way; braces are filled by the composition."""

    addressees: str
    opening: str
    demands: tuple[str, ...]
    demand_due: str
    demand_clean: str
    demand_unseen: str
    closing: tuple[str, ...]


def load_text(name: str, templates: Path | None) -> str:
    """A template's text: the office's own file of that name if there is one, else the shipped one."""
    if templates is not None and (templates / name).is_file():
        return (templates / name).read_text(encoding="utf-8")
    return (resources.files("reports") / "templates" / name).read_text(encoding="utf-8")


def load_base(name: str, templates: Path | None) -> BytesIO | None:
    """An office's own Word file, its letterhead and page, to write upon; ``None`` where it has none."""
    if templates is None or not (templates / name).is_file():
        return None
    return BytesIO((templates / name).read_bytes())


def load_words(templates: Path | None) -> Words:
    """The words of the bulletin; ReportError names the file where a sentence is missing or unknown."""
    try:
        table = tomllib.loads(load_text("words.toml", templates))
        words: dict[str, Any] = {key: tuple(row) if isinstance(row, list) else row for key, row in table.items()}
        return Words(**words)
    except (tomllib.TOMLDecodeError, TypeError) as error:
        raise ReportError(f"模板文件 words.toml 不可用：{error}") from error
