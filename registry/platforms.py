"""Platform names (平台) as offices write them, folded to the word used in account references."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from importlib.resources import files

from records import CRAWLED_PLATFORMS
from registry.cells import CellError, fold

_NAME = re.compile(r"[\w+.\-]{1,20}")
# One wrong sign of two (微薄) halves the likeness; so do longer names that share only their kind (好看视频, 西瓜视频).
_SHORT, _ALIKE_IF_SHORT, _ALIKE = 2, 0.5, 0.6


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform: ``slug`` stands in references, ``account_type`` is the type that its spelling told, if any."""

    slug: str
    label: str
    account_type: str | None = None

    @property
    def crawled(self) -> bool:
        """Whether this software collects from it."""
        return self.slug in CRAWLED_PLATFORMS


def parse_platform(text: str) -> Platform:
    """The platform that a cell names; one that no table knows keeps its own name as slug and label.

    Raises:
        CellError: The cell names several platforms, or is no name at all.
    """
    known = known_platform(text)
    if known is not None:
        return known
    parts = [part for part in re.split(r"[\s、,，;；|｜/+和及]+", text) if part]
    if len(parts) > 1 and all(known_platform(part) for part in parts):
        raise CellError("一格里写了几个平台，请把每个平台的账号各写一行")
    name = fold(text)
    if not _NAME.fullmatch(name):
        raise CellError("认不出是哪个平台，请填平台的名称，如 微博、微信公众号、今日头条、抖音")
    return Platform(name, text)


def known_platform(text: str) -> Platform | None:
    """The platform that the tables know under this spelling or slug, else ``None``."""
    return _spellings().get(fold(text))


def likely_platform(text: str) -> Platform | None:
    """The platform that an unknown spelling most likely means, else ``None``; of equals the first in the table."""
    written = fold(text)
    least = _ALIKE_IF_SHORT if len(written) <= _SHORT else _ALIKE
    alike = {spelling: SequenceMatcher(None, written, spelling).ratio() for spelling in _spellings()}
    nearest = max(alike, key=lambda spelling: alike[spelling])
    return _spellings()[nearest] if alike[nearest] >= least else None


def platform_label(slug: str) -> str:
    """The Chinese name of a platform by its slug; an unknown slug is its own name."""
    return next((platform.label for platform in _spellings().values() if platform.slug == slug), slug)


@cache
def _spellings() -> Mapping[str, Platform]:
    table = tomllib.loads(files("registry").joinpath("platforms.toml").read_text("utf-8"))
    spellings: dict[str, Platform] = {}
    for row in table["platforms"]:
        for spelling in (row["slug"], row["label"], *row["spellings"]):
            spellings[fold(spelling)] = Platform(row["slug"], row["label"])
        for account_type, kinds in row.get("kinds", {}).items():
            for spelling in (account_type, *kinds):
                spellings[fold(spelling)] = Platform(row["slug"], row["label"], account_type)
    return spellings
