"""Complete or refused: a record that could not be judged by later is not stored, and its loss is remembered.

A refused post may be the very update an account needs, so the page that held it no longer proves
that nothing else was published.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from records import Coverage, Post

EARLIEST = datetime(2006, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)  # clocks differ; a post dated later than this is misread
PRECISIONS = ("second", "minute", "day")
KINDS = ("text", "article", "picture", "video", "other")


def refusal(post: Post, seen_at: datetime) -> str | None:
    """Why a post cannot be stored, as the name of the field; ``None`` if it can."""
    if not post.post_id.strip():
        return "post_id"
    if not _is_web_address(post.url):
        return "url"
    if post.published_at is None:
        return None if post.account is None else "published_at"
    if post.account is None or not post.account.partition(":")[2]:
        return "account"
    if post.published_at.tzinfo is None or not EARLIEST <= post.published_at <= seen_at + AHEAD:
        return "published_at"
    if post.time_precision not in PRECISIONS or post.kind not in KINDS:
        return "kind"
    return None


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def weakened(coverage: Coverage) -> Coverage:
    """The coverage of a page that held an item which could not be kept: it proves no absence."""
    if coverage.covered_from is None:
        return coverage
    return replace(coverage, status="partial", reason="unparsed", covered_from=None, covered_to=None)


class ValidatePipeline:
    """Takes out of a batch what cannot be stored.

    Each batch carries the account's coverage as it stands, so an account that lost a post on one page
    has every later coverage of the run weakened too.
    """

    def __init__(self) -> None:
        self._incomplete: set[str] = set()

    def process_item(self, item: Any) -> Any:
        """The batch with complete records only."""
        if not hasattr(item, "coverage"):
            return item
        seen_at = item.coverage.checked_at
        reasons = {id(r): refusal(r, seen_at) for r in item.records if isinstance(r, Post)}
        bad = [f"{r.post_id}: {reasons[id(r)]}" for r in item.records if reasons.get(id(r)) is not None]
        if bad:
            self._incomplete.add(item.coverage.account)
        if item.coverage.account not in self._incomplete:
            return item
        kept = tuple(record for record in item.records if reasons.get(id(record)) is None)
        return replace(item, records=kept, coverage=weakened(item.coverage), errors=(*item.errors, *bad))
