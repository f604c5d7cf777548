"""What the crawler hands to the archive, as this room sees it: crawler/page.py has the types."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

Headers = tuple[tuple[str, str], ...]
MISSING = "missing"
"""The kind of the record with a host's answer to an address that cannot exist."""


class Exchange(Protocol):
    """A request and its answer below decompression, as crawler/page.py has them."""

    @property
    def method(self) -> str: ...
    @property
    def request_headers(self) -> Headers: ...
    @property
    def request_body(self) -> bytes: ...
    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Headers: ...
    @property
    def body(self) -> bytes: ...


class Call(Protocol):
    """A data answer that a page loaded in the browser."""

    @property
    def url(self) -> str: ...
    @property
    def status(self) -> int: ...
    @property
    def body(self) -> bytes: ...


class Page(Protocol):
    """An answer of a platform, as crawler/page.py has it."""

    @property
    def url(self) -> str: ...
    @property
    def final_url(self) -> str: ...
    @property
    def status(self) -> int: ...
    @property
    def content_type(self) -> str: ...
    @property
    def kind(self) -> str | None: ...
    @property
    def body(self) -> bytes: ...
    @property
    def fetched_at(self) -> datetime: ...
    @property
    def calls(self) -> Sequence[Call]: ...
    @property
    def exchange(self) -> Exchange | None: ...


class LinkAnswer(Protocol):
    """The answer that a link check rests on, as crawler/link_states.py has it."""

    @property
    def url(self) -> str: ...
    @property
    def exchange(self) -> Exchange: ...
    @property
    def truncated(self) -> bool: ...
    @property
    def missing(self) -> LinkAnswer | None: ...
