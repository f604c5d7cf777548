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


def link_reason(reason: str | None, status: int | None = None, led_to: str | None = None) -> str:
    """Half a sentence on why a link has its state; ``""`` where the state says it all.

    Args:
        reason: The link check's.
        status: The last answer's, where there was one.
        led_to: The address that the reason is about, where redirects led away from the link.
    """
    if reason is None:
        return ""
    words = _reason_words(reason, status)
    return f"跳转到 {led_to}，{words}" if led_to else words


def no_control() -> str:
    """A sentence without its full stop: what link checks are worth without a control address, and what to fill in."""
    return _words()["notes"]["no_control"]


def _reason_words(reason: str, status: int | None) -> str:
    if reason.startswith(_HTTP):
        number = status if status is not None else reason.removeprefix(_HTTP)
        return _words()["status"].get(str(number), f"对方返回 HTTP {number}")
    return _words()["reasons"][reason]
