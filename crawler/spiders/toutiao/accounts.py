"""The author of a post as Toutiao's payloads show it: four names of one account, and its verification (认证).

The same key holds different things: ``user_id`` and ``id`` are the token in feeds and a number in video
cells, ``media_user.id`` is the media id. An id is therefore told by its form, never by its key alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from crawler.page import ParseError
from crawler.spiders.toutiao.address import PLATFORM, is_token
from crawler.strict import Fields, load_json
from records import Counter, Profile

_UID_IN_SCHEME = re.compile(r"sslocal://profile\?(?:[^#]*&)?uid=([1-9][0-9]*)")


@dataclass(frozen=True, slots=True)
class Verification:
    """What the platform certifies: the text (认证信息) and its undocumented type number, ``None`` where not shown."""

    shown: bool
    text: str | None = None
    kind: str | None = None

    @property
    def verified(self) -> bool | None:
        """True only with a text; False where the page shows an empty one; ``None`` where it shows nothing."""
        return bool(self.text) if self.shown else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """The account that a post or page names."""

    name: str | None = None
    token: str | None = None
    user_id: str | None = None
    media_id: str | None = None
    verification: Verification = Verification(False)
    bio: str | None = None
    avatar_url: str | None = None

    @property
    def uid(self) -> str | None:
        """The token, else the numeric user id."""
        return self.token or self.user_id

    @property
    def account(self) -> str | None:
        """``toutiao:<token>``, with the numeric user id where the page has no token."""
        return f"{PLATFORM}:{self.uid}" if self.uid else None

    def completed(self, other: Author) -> Author:
        """This author with what only ``other`` tells of the same account."""
        return Author(
            name=self.name or other.name,
            token=self.token or other.token,
            user_id=self.user_id or other.user_id,
            media_id=self.media_id or other.media_id,
            verification=self.verification if self.verification.shown else other.verification,
            bio=self.bio or other.bio,
            avatar_url=self.avatar_url or other.avatar_url,
        )

    def profile(self, kind: str, observed_at: datetime, followers: int | Counter | None = None) -> Profile:
        """The account's profile as this page shows it; ParseError without an id or a name."""
        if self.uid is None or self.name is None:
            raise ParseError(kind, "author", (self.uid, self.name))
        keys = {"token": self.token, "user_id": self.user_id, "media_id": self.media_id}
        return Profile(
            platform=PLATFORM,
            account=f"{PLATFORM}:{self.uid}",
            uid=self.uid,
            name=self.name,
            observed_at=observed_at,
            aliases={key: value for key, value in keys.items() if value},
            bio=self.bio,
            verified=self.verification.verified,
            verified_kind=self.verification.kind,
            verified_entity=self.verification.text,
            followers=followers,
            avatar_url=self.avatar_url,
        )


def number_id(value: object) -> str | None:
    """A numeric id as text; ``None`` for a token, 0, an empty or absent value."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value)
    return text if text.isascii() and text.isdigit() and text.strip("0") else None


def parse_verification(holder: Fields) -> Verification:
    """The verification of an object that may hold ``user_auth_info``.

    Seen forms: a JSON string, an object, ``{}``, ``""``, null, absent; and, for creators of micro posts,
    an object whose only key is ``thread``: an honour, not a verification. An empty text beside a verified
    mark contradicts itself: then nothing is taken as shown.

    Source: recorded home page (2025-11) and info answer (2026-06).
    """
    value = holder.data.get("user_auth_info")
    if isinstance(value, str) and value.strip():
        try:
            value = load_json(value)
        except (ValueError, RecursionError) as error:
            raise holder.error("user_auth_info") from error
    if value is None or value == "":
        marked = holder.flag("user_verified")
        return Verification(marked is False or (marked is None and value == ""))
    if not isinstance(value, Mapping):
        raise holder.error("user_auth_info")
    fields = Fields(holder.kind, dict(value), f"{holder.path}user_auth_info.")
    text = fields.words("auth_info")
    return Verification(True, text, fields.words("auth_type") if text else None)


def parse_author(holder: Fields) -> Author:
    """The author in a ``user_info``, ``user``, ``user.info`` or ``media_info`` object; parts it lacks are ``None``."""
    ids = [holder.data.get(key) for key in ("user_id", "userId", "id")]
    scheme = _UID_IN_SCHEME.match(holder.words("schema") or "")
    return Author(
        name=holder.words("name") or holder.words("screen_name"),
        token=next((str(value) for value in ids if is_token(value)), None),
        user_id=scheme[1] if scheme else number_id(holder.data.get("user_id")),
        media_id=number_id(holder.data.get("media_id")),
        verification=parse_verification(holder),
        bio=holder.words("description") or holder.words("desc"),
        avatar_url=holder.words("avatar_url"),
    )


def author_of(item: Fields) -> Author:
    """The author of a feed item, put together from the places where items name it; empty where none does."""
    author = Author()
    for holder in _holders(item):
        author = author.completed(parse_author(holder))
    cell = item.perhaps("itemCell")
    named = cell.perhaps("userInfo") if cell else None
    if named:
        numbers = Author(user_id=number_id(named.data.get("userID")), media_id=number_id(named.data.get("mediaID")))
        author = numbers.completed(author)
    log = item.perhaps("log_pb")
    if log and (author.token or author.name):
        author = author.completed(Author(user_id=number_id(log.data.get("author_id"))))
    return author


def _holders(item: Fields) -> list[Fields]:
    user = item.perhaps("user")
    inner = user.perhaps("info") if user else None
    found = [item.perhaps("user_info"), inner or user, item.perhaps("media_info")]
    return [holder for holder in found if holder is not None]
