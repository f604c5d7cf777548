"""What public pages said: profiles, posts, links, candidates, and the snapshots behind them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

# As far as signs that stand in addresses reach; Chinese text around one ends it.
_ADDRESS = re.compile(r"https?://[!#-;=?-Z_a-z~\[\]]{1,2000}")


@dataclass(frozen=True, slots=True)
class Counter:
    """A count that the page rounds: its text and the least number it can mean (``1.2万``, 12000)."""

    text: str
    at_least: int


@dataclass(frozen=True, slots=True)
class Link:
    """An address in a post or menu (链接); ``target`` is what a short or wrapping link leads to, if the page tells."""

    url: str
    target: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, video or sound of a post; ``kind`` is ``picture``, ``video`` or ``audio``."""

    kind: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What the public page said of an account at one moment (账号资料)."""

    platform: str
    account: str  # platform:uid
    uid: str
    name: str
    observed_at: datetime
    aliases: Mapping[str, str] = field(default_factory=dict)
    bio: str | None = None
    verified: bool | None = None
    verified_kind: str | None = None
    verified_entity: str | None = None
    followers: int | Counter | None = None
    posts_total: int | Counter | None = None
    avatar_url: str | None = None

    @property
    def links(self) -> tuple[str, ...]:
        """The web addresses that stand in the bio, in their order."""
        return tuple(found.rstrip(".,;:!?)]'\"") for found in _ADDRESS.findall(self.bio or ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One published item (推文).

    ``account`` and ``published_at`` are ``None`` only on a page that completes a post known from
    elsewhere (Weibo's long text). ``time_precision`` is ``second``, ``minute`` or ``day``;
    ``kind`` is ``text``, ``article``, ``picture``, ``video`` or ``other``. ``addresses`` are the
    keys by which the same post may come again (WeChat: ``s/<short id>`` and ``biz:mid:idx``).
    ``proof`` says who shows it: ``page`` (its own page or the account's list), ``album`` or ``api`` (the
    platform lists it, with little more than its title), ``feed`` or ``unit``.
    """

    platform: str
    account: str | None
    post_id: str
    url: str
    published_at: datetime | None
    title: str | None = None
    text: str | None = None
    text_complete: bool = True
    time_precision: str = "second"
    kind: str = "text"
    is_repost: bool = False
    declared_original: bool | None = None
    source_name: str | None = None
    pinned: bool = False
    links: tuple[Link, ...] = ()
    media: tuple[Media, ...] = ()
    counters: Mapping[str, int | Counter | None] = field(default_factory=dict)  # reads likes comments reposts
    addresses: tuple[str, ...] = ()
    proof: str = "page"
    first_seen_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCheck:
    """One answer to fetching an address (链接检测); states as in the contract's ``links check``.

    ``proven`` where a control address answered about then: our own connectivity was no part of what is told.
    ``run_id`` is the run that asked, known once the answer is stored.
    """

    url: str
    state: str  # alive dead failing moved blocked refused uncheckable
    checked_at: datetime
    final_url: str | None = None
    status: int | None = None
    reason: str | None = None
    seconds: float | None = None
    sha256: str | None = None
    proven: bool = False
    run_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What one night found of an address that the register names (探测); ``unit`` is the unit it is filed for.

    ``kind`` is ``website`` (网站地址; ``state`` and ``proven`` as of a link check) or ``ipv6`` (服务地址; ``state`` is
    ``has``, ``has_not`` or ``unknown``, ``proven`` whether the resolver gave any name's IPv6 address in the same run).
    ``snapshot`` is the answer kept as evidence, where there is one.
    """

    kind: str
    unit: str
    address: str
    state: str
    checked_at: datetime
    reason: str | None = None
    proven: bool = False
    run_id: int | None = None
    snapshot: Snapshot | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An account found by keyword search and not in the register (疑似账号).

    ``texts`` are titles or texts of its posts that the result page shows.
    """

    platform: str
    uid: str
    name: str
    found_at: datetime
    url: str | None = None
    verified: bool | None = None
    verified_entity: str | None = None
    bio: str | None = None
    keyword: str | None = None
    followers: int | Counter | None = None
    avatar_url: str | None = None
    texts: tuple[str, ...] = ()

    @property
    def ref(self) -> str:
        """``platform:uid``."""
        return f"{self.platform}:{self.uid}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Evidence behind a record (页面快照): where the raw bytes lie, their time and digest, and the words relied on."""

    url: str
    fetched_at: datetime
    sha256: str
    ref: str  # path below the home folder, with "#offset" into a WARC file
    quote: str | None = None
