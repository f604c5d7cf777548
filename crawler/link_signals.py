"""The words and numbers that tell a link's state, as ``crawler/link_signals.toml`` has them."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def signals() -> dict[str, Any]:
    """The table of signals by name."""
    return tomllib.loads((resources.files("crawler") / "link_signals.toml").read_text(encoding="utf-8"))


@cache
def pattern(name: str) -> re.Pattern[str]:
    """The signal as a pattern, blind to the case of Latin letters.

    Only of those: otherwise ``k`` would also be the sign of the kelvin, which no search of bytes finds.
    """
    return re.compile(signals()[name], re.IGNORECASE | re.ASCII | re.VERBOSE)
