"""Hashes of profile pictures (头像特征) by the address that they lay at; the pictures themselves are not kept."""

from __future__ import annotations

import hashlib
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sqlalchemy import Engine, select

from storage.posts import insert
from storage.schema import AvatarRow

# What stands in the place of a hash where the picture could not be fetched or compared.
NOTHING = ""
_SIGNATURES = frozenset({"expires", "ssig", "kid", "x-expires", "x-signature"})


def save_avatar(engine: Engine, url: str, phash: str, fetched_at: datetime, owner: str) -> None:
    """Keep the hash of the picture at an address, ``NOTHING`` for one that could not be had.

    That it could not be had takes no known hash back: only the time of asking moves.
    """
    asked = {"fetched_at": fetched_at, "owner": owner}
    again = asked if phash == NOTHING else {**asked, "phash": phash}
    with engine.begin() as connection:
        statement = insert(connection, AvatarRow).values(url_sha256=avatar_key(url), phash=phash, **asked)
        connection.execute(statement.on_conflict_do_update(index_elements=["url_sha256"], set_=again))


def avatars(engine: Engine) -> dict[str, tuple[str, datetime]]:
    """``(hash, when)`` of every picture that was asked for, by the digest of its address."""
    with engine.connect() as connection:
        rows = connection.execute(select(AvatarRow.url_sha256, AvatarRow.phash, AvatarRow.fetched_at))
        return {row.url_sha256: (row.phash, row.fetched_at) for row in rows}


def avatar_key(url: str) -> str:
    """The digest by which a picture's address is kept: without its signature, which is another every hour."""
    return hashlib.sha256(_unsigned(url).encode()).hexdigest()


def _unsigned(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url  # no address at all; nothing will be found there
    query = [pair for pair in parse_qsl(parts.query) if pair[0].lower() not in _SIGNATURES]
    return urlunsplit(parts._replace(query=urlencode(query)))
