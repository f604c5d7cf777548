"""What a parser gets and may ask for: Page in; records, Fetch, Extent, Notice, Drift and ParseError out.

Parsers are pure functions ``parse_<kind>(page) -> Iterator[Parsed]``. They never see a request,
a clock or a setting: ``page.fetched_at`` is the time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from crawler.searched import Search, Searched
from records import Account, Candidate, Coverage, Post, Profile, Snapshot


class ParseError(Exception):
    """A record's field is absent or in an unknown form; raised for a whole page, yielded for one item of a list."""

    def __init__(self, kind: str, field: str, found: object = None) -> None:
        self.kind, self.field, self.found = kind, field, found
        super().__init__(f"{kind}: {field} ({found!r})"[:300])


@dataclass(frozen=True, slots=True)
class Call:
    """One data answer that a page opened in the browser loaded by itself; the body as the browser gave it."""

    url: str
    status: int
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request and its answer as they went over the wire (原始应答): ``body`` is below decompression."""

    method: str
    request_headers: tuple[tuple[str, str], ...]
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    request_body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer of a platform. ``url`` is the original address asked, ``""`` where a saved page's is unknown.

    ``body`` is decoded; ``exchange`` holds what was received, ``None`` where a browser gave the body, which
    shows no more than what it decoded.
    """

    url: str
    body: bytes
    fetched_at: datetime
    status: int = 200
    final_url: str = ""
    content_type: str = ""
    kind: str | None = None
    calls: tuple[Call, ...] = ()
    exchange: Exchange | None = None

    @property
    def address(self) -> str:
        """Where the answer came from in the end."""
        return self.final_url or self.url


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """A further page a parser or spider asks for.

    ``paging`` marks the next page of the same list: followed only while the window is not covered.
    ``about`` names what the page would tell (``profile:<shown name>``, ``text:<post id>``, a post's
    address key): not fetched when the target already holds it. ``render`` opens it in a browser;
    ``until`` then says how far back its list should be unrolled. ``payload`` is a JSON body and makes it a
    POST; ``credential`` names whose secret goes with it, which only the transport knows.
    """

    url: str
    kind: str
    paging: bool = False
    about: str = ""
    render: bool = False
    until: datetime | None = None
    payload: bytes | None = None
    credential: str = ""


@dataclass(frozen=True, slots=True)
class Extent:
    """What a list page says of itself: the total it states and whether more follows (``None``: it does not say).

    ``source`` is ``page`` (the platform's own list), ``feed``, ``album`` or ``api``; ``clock`` is a feed's own
    build time; ``covers`` the stretch of time for which the platform's API says that this is everything.
    """

    total: int | None = None
    more: bool | None = None
    source: str = "page"
    clock: datetime | None = None
    covers: tuple[datetime, datetime] | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A page that is not content: ``empty``, ``gone``, ``blocked``, ``login`` or ``unparsed``, in its own words.

    ``subject`` is what they are about: the ``page`` alone, or the whole ``account`` (closed, migrated, blocked).
    """

    status: str
    reason: str
    subject: str = "page"


@dataclass(frozen=True, slots=True)
class Drift:
    """A field or item form the platform added; counted, never fatal."""

    kind: str
    field: str


Parsed = Post | Profile | Candidate | Fetch | Extent | Notice | Drift | ParseError
Parser = Callable[[Page], Iterator[Parsed]]


@dataclass(frozen=True, slots=True)
class Ending:
    """An earlier night's page that said, in the platform's words, that the account is at its end (账号终止)."""

    page_kind: str
    first_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An account to observe (采集对象) and what is already held of it.

    ``since`` is the moment back to which its list should be seen. ``held`` are ``about`` keys not
    to be fetched again. ``links`` are post addresses to fetch and prove; ``recheck`` one known post;
    ``feed_clock`` the build time of its feed when it was last read; ``endings`` what earlier nights said of
    its end; ``api_id`` the application by which a consenting unit lets the platform's API list its posts.
    ``api_proved``: an earlier run saw that this application is the account's own.
    ``alone``: nothing else is under way meanwhile, as where a process was ended while it was at this account.
    ``search``: a keyword to search for; ``account`` then only stands for it and is nobody's.
    """

    account: Account
    since: datetime
    held: frozenset[str] = frozenset()
    links: tuple[str, ...] = ()
    recheck: tuple[str, ...] = ()
    feed_clock: datetime | None = None
    endings: tuple[Ending, ...] = ()
    api_id: str | None = None
    api_proved: bool = False
    alone: bool = False
    search: Search | None = None


class Targets(Protocol):
    """Whom to observe tonight; storage knows, a spider does not."""

    def claim(self, platform: str) -> Target | None:
        """The platform's next target, now this process's to observe; ``None`` where none can be had now."""
        ...

    def left(self, platform: str) -> int:
        """How many targets are still to be observed, those that other processes are at among them."""
        ...

    def beat(self) -> None:
        """Say that this process is still at what it claimed."""
        ...

    def owners(self, platform: str) -> dict[str, str]:
        """Account reference by every known key of the platform's registered accounts, keys case-folded."""
        ...


class Hosts(Protocol):
    """Platform hosts as all processes of one office treat them: one asks at a time, and walls count together."""

    def lease(self, host: str) -> float | None:
        """Seconds since anyone last asked the host, which is now ours; ``None`` while another process has it."""
        ...

    def asked(self, host: str) -> None:
        """Note that the host has been asked, for whoever asks it next."""
        ...

    def release(self, host: str) -> None:
        """Let other processes ask the host."""
        ...

    def beat(self) -> set[str]:
        """Say that this process still has the hosts it leased; returns those that it still has."""
        ...

    def add_wall(self, host: str) -> None:
        """One more wall at the host in this run."""
        ...

    def walls(self) -> dict[str, int]:
        """Walls of this run by host, those that other processes met among them."""
        ...


class Archive(Protocol):
    """Keeps answers as received (evidence)."""

    def keep(self, page: Page, retention: str = "ordinary") -> Snapshot:
        """Store the page as received and say where it lies; ``retention`` is ``ordinary`` or ``search``."""
        ...


class Validator(Protocol):
    """What an address gave to ask it by condition next time (条件请求), and the content type of its stored answer."""

    @property
    def etag(self) -> str | None:
        """Its ETag."""
        ...

    @property
    def last_modified(self) -> str | None:
        """Its Last-Modified."""
        ...

    @property
    def content_type(self) -> str:
        """The stored answer's Content-Type."""
        ...


class Validators(Protocol):
    """Remembers by address what may be asked by condition, and has the answers that were stored then."""

    def known(self, url: str) -> Validator | None:
        """What the address gave with its last whole answer; ``None`` where it gave nothing."""
        ...

    def load(self, url: str) -> bytes | None:
        """The body of the address's last whole answer; ``None`` where it is not in the archive any more."""
        ...

    def keep(
        self, url: str, etag: str | None, last_modified: str | None, snapshot: Snapshot, content_type: str
    ) -> None:
        """Remember what a whole answer gave; with neither, forget the address."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One item of the crawl: what one page gave for one account, and the account's coverage as it stands after it.

    ``closing`` is empty while the account's visit goes on, ``done`` with its last page, and ``again`` where its
    host did not answer and may later. ``ending`` is the kind of page that says the account is at its end, and
    its words; ``refuted`` where a page shows the account after all; ``walled`` the host that turned us away;
    ``searched`` how a keyword search stands, ``None`` where an account is visited.
    """

    account: Account
    coverage: Coverage
    kind: str
    records: tuple[Post | Profile | Candidate, ...] = ()
    snapshot: Snapshot | None = None
    notice: Notice | None = None
    page_url: str = ""
    feed_clock: datetime | None = None
    drift: tuple[Drift, ...] = ()
    errors: tuple[str, ...] = ()
    closing: str = ""
    ending: tuple[str, str] | None = None
    refuted: bool = False
    walled: str | None = None
    searched: Searched | None = None
