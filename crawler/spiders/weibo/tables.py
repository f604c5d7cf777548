"""The tables beside this file, read once."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def known_fields(item: str) -> frozenset[str]:
    """The fields that ``post`` or ``user`` objects are known to have."""
    table = _load_table("known_fields.toml")
    return frozenset(table[item]["fields"])


@cache
def verified_kinds() -> dict[int, str]:
    """What a verified account's ``verified_type`` means (认证类型)."""
    return {int(number): str(kind) for number, kind in _load_table("verified_kinds.toml")["kinds"].items()}


def _load_table(name: str) -> dict[str, Any]:
    text = (resources.files("crawler.spiders.weibo") / name).read_text(encoding="utf-8")
    return tomllib.loads(text)
