"""What the mirror answers for one original address."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body and headers; ``headers`` may hold ``X-Mirror-Error`` for a failure of the original host."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def html(text: str, status: int = 200) -> Answer:
    """A web page."""
    return Answer(status, text.encode(), {"Content-Type": "text/html; charset=utf-8"})


def data(value: object, status: int = 200) -> Answer:
    """A JSON answer."""
    body = json.dumps(value, ensure_ascii=False).encode()
    return Answer(status, body, {"Content-Type": "application/json; charset=utf-8"})


def plain(text: str, status: int = 200, kind: str = "text/plain") -> Answer:
    """Plain text, or with ``kind`` an XML feed."""
    return Answer(status, text.encode(), {"Content-Type": f"{kind}; charset=utf-8"})


def moved(location: str, status: int = 302) -> Answer:
    """A redirect to an original address."""
    return Answer(status, b"", {"Location": location})


def failing(error: str) -> Answer:
    """A failure of the original host: ``dns refused reset timeout tls``."""
    return Answer(502, b"", {"X-Mirror-Error": error})
