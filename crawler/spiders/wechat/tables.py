"""The shipped table of forms that the platform is known to use (known_fields.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any


@cache
def _table() -> Mapping[str, Any]:
    source = resources.files("crawler.spiders.wechat") / "known_fields.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


@cache
def known_fields(shape: str) -> frozenset[str]:
    """Field names that the shape (``cgiDataNew``, ``album_item``) is known to have."""
    return frozenset(_table()["fields"][shape])


def post_kind(show_type: str) -> str | None:
    """``text``, ``article``, ``picture``, ``video`` or ``other`` for an ``item_show_type``; ``None`` for a new one."""
    kind: str | None = _table()["kinds"].get(show_type)
    return kind
