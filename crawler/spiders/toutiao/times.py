"""Publish times of Toutiao's payloads: epoch seconds, sometimes milliseconds, as a number or as digits."""

from __future__ import annotations

from datetime import UTC, datetime

from crawler.strict import Fields

_EARLIEST = datetime(2010, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)
_MILLISECONDS_FROM = 100_000_000_000


def published_at(fields: Fields, key: str) -> datetime:
    """The moment in ``key``, in UTC; ParseError where it is absent or no time of this site (2010 to 2099)."""
    number = fields.integer(key)
    seconds = number / 1000 if number >= _MILLISECONDS_FROM else number
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise fields.error(key) from error
    if not _EARLIEST <= moment < _LATEST:
        raise fields.error(key)
    return moment
