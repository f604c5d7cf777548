"""What one page read gives an account (结算): its own records, how far it was seen, what is to be asked next. Pure.

The crawl and replay both settle pages here, so that a page read again tells the same as on its night.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from crawler.owners import Owners, Record, drops_posts
from crawler.page import Fetch, Target
from crawler.progress import Progress
from crawler.reading import Reading, platform_modules


@dataclass(frozen=True, slots=True)
class Settled:
    """The records of a page that belong to registered accounts, and the further pages that it asks for.

    ``refuted``: what is stored of the account's end is to be forgotten.
    """

    records: tuple[Record, ...]
    fetches: tuple[Fetch, ...]
    refuted: bool


def is_list(platform: str, kind: str) -> bool:
    """Whether pages of this kind can cover time."""
    return kind in platform_modules()[platform].LIST_KINDS


def settle(
    target: Target,
    progress: Progress,
    owners: Owners,
    reading: Reading,
    fetched_at: datetime,
    kind: str,
    address: str = "",
) -> Settled:
    """What a page gives; ``progress`` is brought up to date.

    Args:
        target: The account for which the page was asked.
        progress: How far it was seen before this page.
        owners: Whose records are whose; learns the keys that the page shows.
        reading: What the page says.
        fetched_at: When the page was answered.
        kind: The page kind that was asked for.
        address: The address that was asked for; ``""``, where it is not known, proves nothing of whose page it is.
    """
    platform = target.account.platform
    records = owners.kept(target, reading.records)
    own = reading if target.search is not None else replace(reading, records=owners.of_account(target, records))
    if own.subject == "account" and not platform_modules()[platform].is_own(target, address):
        # A feed or a register may name another account's post: its end is not this account's.
        own = replace(own, subject="page")
    progress.take(own, fetched_at, is_list=is_list(platform, kind))
    if reading.extent is not None and reading.extent.source == "feed" and drops_posts(reading.records, records):
        progress.spoil("unparsed")
    fetches = reading.fetches
    if is_list(platform, kind) and reading.status == "empty":
        # Silence is proven only where a second kind of page states a total of 0 in the same run.
        fetches = (*fetches, *platform_modules()[platform].second_look(target))
    return Settled(records, fetches, progress.endings.is_refuted)
