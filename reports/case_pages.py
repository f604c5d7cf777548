"""The pages of one side of a case file's table (所见页面): each address once, with how often and when it was had."""

from __future__ import annotations

from records import Snapshot
from reports.addresses import address_words, by_address, snapshots_words

_MOST = 10


def pages_words(had: tuple[Snapshot, ...]) -> str:
    """Pages by address, the newest first, further ones counted; nothing without any."""
    pages = by_address(had)
    told = [f"{address_words(same[-1].url)}（{snapshots_words(same)}）" for same in pages[:_MOST]]
    more = [f"另有 {len(pages) - _MOST} 个地址，见清单.txt"] if len(pages) > _MOST else []
    return "；".join([*told, *more])
