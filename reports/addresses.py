"""Pages told address by address (网址): each once, how often and when it was had; addresses are hostile text."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol, TypeVar

from reports.visible import visible
from reports.wording import minute


class Fetched(Protocol):
    """What has an address and a time."""

    @property
    def url(self) -> str:
        """Its address."""

    @property
    def fetched_at(self) -> datetime:
        """When it was had."""


_Fetched = TypeVar("_Fetched", bound=Fetched)


def by_address(pages: Iterable[_Fetched]) -> list[list[_Fetched]]:
    """Pages of the same address together, oldest first; the address that was seen last comes first."""
    found: dict[str, list[_Fetched]] = {}
    for one in sorted(pages, key=lambda page: page.fetched_at):
        found.setdefault(one.url, []).append(one)
    return sorted(found.values(), key=lambda same: same[-1].fetched_at, reverse=True)


def address_words(url: str) -> str:
    """The address of a page, or the name of the file that a person saved."""
    is_brought = url.startswith("file:")
    return f"人工保存的文件 {visible(url.removeprefix('file:'))}" if is_brought else visible(url)


def snapshots_words(same: list[_Fetched]) -> str:
    """How often and when the pages of one address were had."""
    first, last = minute(same[0].fetched_at), minute(same[-1].fetched_at)
    return f"{last} 取得" if len(same) == 1 else f"共 {len(same)} 份快照，最早 {first}，最近 {last} 取得"
