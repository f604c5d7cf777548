"""The field names of Toutiao's payloads that are known, read once from known_fields.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources


@cache
def known_fields(shape: str) -> frozenset[str]:
    """The top-level field names that a shape (``item``, ``article``, ``info``, ``answer``) is known to have."""
    table = resources.files("crawler.spiders.toutiao") / "known_fields.toml"
    return frozenset(tomllib.loads(table.read_text(encoding="utf-8"))[shape])
