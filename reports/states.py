"""The one language of states (状态): word, sign and colour for page, ledger, bulletin and terminal."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from records import Result, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How one state is shown: ``sign`` and ``word`` always stand beside the colour; ``plain`` is the GBK-safe sign."""

    key: str
    word: str
    sign: str
    plain: str
    light: str
    dark: str

    @property
    def label(self) -> str:
        """Sign and word together, ``■ 不合格``."""
        return f"{self.sign} {self.word}"


@cache
def _table() -> dict[str, dict[str, State]]:
    text = (resources.files("reports") / "states.toml").read_text(encoding="utf-8")
    rows: dict[str, dict[str, dict[str, Any]]] = tomllib.loads(text)
    return {kind: {key: State(key=key, **row) for key, row in table.items()} for kind, table in rows.items()}


def states() -> tuple[State, ...]:
    """Every state of a judgement, worst first: the order of squares and legends."""
    return tuple(_table()["states"].values())


def state_of(result: Result) -> State:
    """The state that shows a result."""
    return _table()["states"][result.value]


def verdict_state(verdict: Verdict) -> State:
    """The state that shows a verdict: 待核 outlined, 属实 filled."""
    return _table()["verdicts"][verdict.value]
