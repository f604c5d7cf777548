"""What the link check found, in the office's words (链接检测用语)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

_HTTP = "http_"


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads((resources.files("reports") / "link_words.toml").read_text(encoding="utf-8"))


def link_state(state: str) -> str:
    """The word for a state of the contract's ``links check``."""
    return _words()["states"][state]


def link_reason(reason: str | None, status: int | None = None) -> str:
    """Half a sentence on why a link has its state; ``""`` where the state says it all."""
    if reason is None:
        return ""
    if reason.startswith(_HTTP):
        number = status if status is not None else reason.removeprefix(_HTTP)
        return _words()["status"].get(str(number), f"对方返回 HTTP {number}")
    return _words()["reasons"][reason]
