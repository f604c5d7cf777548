"""Links on their way through a check (待检链接): on disk, so that memory does not grow with their number.

A file of its own, gone with the check. It is no part of the office's database: plain ``sqlite3``, without its
safeguards against a crash, because nothing in it outlives the process.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from types import TracebackType

from records import LinkCheck

_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -8000;
CREATE TABLE addresses (
    id INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE, host TEXT NOT NULL, state TEXT, checked_at TEXT,
    final_url TEXT, status INTEGER, reason TEXT, seconds REAL, sha256 TEXT, proven INTEGER
);
CREATE TABLE given (id INTEGER PRIMARY KEY, url TEXT, address_id INTEGER NOT NULL);
"""
_ANSWER = "state, checked_at, final_url, status, reason, seconds, sha256, proven"
_BLOCK = 1000


class LinkList:
    """Links in the order given, the distinct addresses behind them by host, and what each answered."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="xuncha-links-", ignore_cleanup_errors=True)
        self._base = sqlite3.connect(Path(self._folder.name) / "links.db", isolation_level=None)
        self._base.executescript(_TABLES)
        self._taken: dict[str, int] = {}
        # Whether a link was given twice or in another spelling than it is asked in: only then are they listed apart.
        self._is_given_apart = False
        self.n_addresses = self.n_answered = 0
        self.stopped = False  # by a person, before all were asked

    def __enter__(self) -> LinkList:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Throws the list away."""
        self._base.close()
        self._folder.cleanup()

    def add(self, links: Iterable[tuple[str, str, str]]) -> None:
        """Links as ``(url, address, host)``: as given, as asked, and whose it is; then the list is ready."""
        rest = iter(links)
        while block := list(islice(rest, _BLOCK)):
            self._base.execute("BEGIN")
            self._add(block)
            self._base.execute("COMMIT")
        self._base.execute("CREATE INDEX IF NOT EXISTS by_host ON addresses (host, id)")
        self._base.execute("CREATE INDEX IF NOT EXISTS by_address ON given (address_id)")
        (self.n_addresses,) = self._base.execute("SELECT count(*) FROM addresses").fetchone()

    def _add(self, block: Sequence[tuple[str, str, str]]) -> None:
        (before,) = self._base.execute("SELECT coalesce(max(id), 0) FROM addresses").fetchone()
        added = self._base.executemany(
            "INSERT INTO addresses (address, host) VALUES (?, ?) ON CONFLICT DO NOTHING",
            [(address, host) for _, address, host in block],
        )
        if not self._is_given_apart:
            if added.rowcount == len(block) and all(url == address for url, address, _ in block):
                return
            self._is_given_apart = True
            self._base.execute(
                "INSERT INTO given (address_id) SELECT id FROM addresses WHERE id <= ? ORDER BY id", (before,)
            )
        self._base.executemany(
            "INSERT INTO given (url, address_id) SELECT ?, id FROM addresses WHERE address = ?",
            [(None if url == address else url, address) for url, address, _ in block],
        )

    def hosts(self) -> Iterator[tuple[str, int]]:
        """Each host with the number of its addresses, the largest first."""
        yield from self._base.execute("SELECT host, count(*) AS n FROM addresses GROUP BY host ORDER BY n DESC, host")

    def take(self, host: str, most: int) -> list[str]:
        """The next addresses of a host, none twice; asked for until there are no more, and then it begins anew."""
        query = "SELECT id, address FROM addresses WHERE host = ? AND id > ? ORDER BY id LIMIT ?"
        rows = self._base.execute(query, (host, self._taken.get(host, 0), most)).fetchall()
        if not rows:
            self._taken.pop(host, None)
            return []
        self._taken[host] = rows[-1][0]
        return [address for _, address in rows]

    def save(self, checks: Sequence[LinkCheck]) -> None:
        """What addresses answered."""
        self._base.execute("BEGIN")
        self._base.executemany(
            f"UPDATE addresses SET ({_ANSWER}) = (?, ?, ?, ?, ?, ?, ?, ?) WHERE address = ?",  # noqa: S608
            [(*_cells(check), check.url) for check in checks],
        )
        self._base.execute("COMMIT")
        self.n_answered += len(checks)

    def n_of_reason(self, reason: str) -> int:
        """How many addresses have this reason."""
        (number,) = self._base.execute("SELECT count(*) FROM addresses WHERE reason = ?", (reason,)).fetchone()
        return int(number)

    def links_of(self, addresses: Sequence[str]) -> dict[str, list[str]]:
        """The links as given, each once, by the address that they ask."""
        if not self._is_given_apart:
            return {address: [address] for address in addresses}
        query = (
            "SELECT DISTINCT address, coalesce(url, address) FROM addresses"
            " JOIN given ON given.address_id = addresses.id WHERE address IN (SELECT value FROM json_each(?))"
        )
        found: dict[str, list[str]] = {}
        for address, url in self._base.execute(query, (json.dumps(addresses),)):
            found.setdefault(address, []).append(url)
        return found

    def answers_to(self, urls: Sequence[str]) -> Iterator[LinkCheck]:
        """What these links answered, as they were given; without those that were not asked."""
        wanted = set(urls)
        return (check for check in self.answers() if check.url in wanted)

    def answers(self) -> Iterator[LinkCheck]:
        """What every link answered, in the order given; without those that were not asked."""
        query = f"SELECT address, {_ANSWER} FROM addresses WHERE state IS NOT NULL ORDER BY id"  # noqa: S608
        if self._is_given_apart:
            query = (
                f"SELECT coalesce(url, address), {_ANSWER} FROM given JOIN addresses ON addresses.id = address_id"  # noqa: S608
                " WHERE state IS NOT NULL ORDER BY given.id"
            )
        for url, state, checked_at, final_url, status, reason, seconds, sha256, proven in self._base.execute(query):
            yield LinkCheck(
                url=url,
                state=state,
                checked_at=datetime.fromisoformat(checked_at),
                final_url=final_url,
                status=status,
                reason=reason,
                seconds=seconds,
                sha256=sha256,
                proven=bool(proven),
            )


def _cells(check: LinkCheck) -> tuple[str | int | float | None, ...]:
    return (
        check.state,
        check.checked_at.isoformat(),
        check.final_url,
        check.status,
        check.reason,
        check.seconds,
        check.sha256,
        check.proven,
    )
