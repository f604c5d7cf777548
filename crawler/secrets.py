"""Application secrets (接口密钥) on their way from the environment to the transport, which alone reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Secrets:
    """Application secrets by AppID; they show in no print, log or copy of the settings."""

    def __init__(self, by_app: Mapping[str, str]) -> None:
        self._by_app = dict(by_app)

    def of(self, appid: str) -> str | None:
        """The application's secret; ``None`` where none was set."""
        return self._by_app.get(appid)

    def __repr__(self) -> str:
        return f"Secrets({len(self._by_app)})"

    def __deepcopy__(self, memo: dict[int, Any]) -> Secrets:
        # Scrapy copies its settings for each crawler; these are shared, not copied.
        return self

    def __reduce__(self) -> str:
        raise TypeError("secrets are not written anywhere")
