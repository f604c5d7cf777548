"""Takes removed accounts' names out of what was searched (去名): keywords, sightings, addresses of result pages.

What the register gives to search for is ours and stays, though it may spell such a name. An address that a finding
cites stays too: it is part of its evidence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from sqlalchemy import Connection, delete, select, update

from storage.queries.mentioned import MENTIONED
from storage.schema import CandidateRow, JudgementRow, LinkCheckRow, SearchRow, SightingRow, SnapshotRow

Fold = Callable[[str], str]
# The kind of a keyword that a person gave; as one that posts mention it is no word of the register.
GIVEN = "指定"
HIDDEN = "已删除"
_NOT_OURS = (MENTIONED, GIVEN)
_FILE = "file:"
# What stands between the words of an address, once or more often encoded.
_BETWEEN = re.compile(r"((?:[/?#&=:]|%(?:25)*(?:2F|3F|23|26|3D|3A))+)", re.IGNORECASE)
_MOST_LAYERS = 3
# A shorter name may be part of any other word.
_TELLING_SIGNS = 4
_PART = 500


@dataclass(frozen=True)
class RemovedNames:
    """The names of removed accounts, folded; ``own`` are the keywords of the register."""

    folded: frozenset[str]
    own: frozenset[str]
    fold: Fold

    @classmethod
    def of(cls, connection: Connection, names: Iterable[str], fold: Fold) -> RemovedNames:
        """The names, and the register's keywords as they were ever searched for."""
        ours = select(SearchRow.keyword).where(SearchRow.kind.not_in(_NOT_OURS)).distinct()
        own = frozenset(connection.execute(ours).scalars())
        return cls(frozenset(fold(name) or name for name in names), own, fold)

    def are_in(self, text: str) -> bool:
        """Whether a keyword is one of the names, or has a long one in it."""
        seen = self.fold(text) or text
        return seen in self.folded or any(name in seen for name in self.folded if len(name) >= _TELLING_SIGNS)

    def stand_in(self, text: str) -> bool:
        """Whether one of the names stands anywhere in a text, however short it is."""
        seen = self.fold(text)
        return any(name in seen or name in text for name in self.folded)

    def out_of(self, url: str) -> str:
        """The address with 已删除 in place of every value that has one of the names; of a saved file, of its name."""
        if url.startswith(_FILE):
            return f"{_FILE}{HIDDEN}" if self.stand_in(url.removeprefix(_FILE)) else url
        parts = ["", *_BETWEEN.split(url)]
        pairs = zip(parts[::2], parts[1::2], strict=True)
        return "".join(before + (self._value(part) if _is_equals(before) else part) for before, part in pairs)

    def _value(self, part: str) -> str:
        text, layers = _decoded(part)
        text = text.replace("+", " ")
        if " ".join(text.split()) in self.own or not self.are_in(text):
            return part
        hidden = HIDDEN
        for _ in range(layers):
            hidden = quote(hidden, safe="")
        return hidden


def _is_equals(before: str) -> bool:
    return _decoded(before)[0].endswith("=")


def _decoded(part: str) -> tuple[str, int]:
    """``(the text, how often it was encoded)``."""
    for layers in range(_MOST_LAYERS):
        text = unquote(part)
        if text == part:
            return part, layers
        part = text
    return part, _MOST_LAYERS


def remove_names(connection: Connection, names: RemovedNames, cited: Collection[str]) -> None:
    """Take the names out of searches, sightings, other accounts' keywords, and addresses of pages.

    Args:
        connection: The transaction in which the accounts were removed.
        names: Theirs.
        cited: Places of the pages that findings cite.
    """
    asked = connection.execute(select(SearchRow.id, SearchRow.keyword).where(SearchRow.kind.in_(_NOT_OURS))).all()
    for part in _parts([row.id for row in asked if names.are_in(row.keyword)]):
        connection.execute(delete(SearchRow).where(SearchRow.id.in_(part)))
    for part in _parts(_keywords(connection, names)):
        connection.execute(update(SightingRow).where(SightingRow.keyword.in_(part)).values(keyword=None))
        _out_of_shown(connection, part)
    _out_of_addresses(connection, names, cited)
    _out_of_judgements(connection, names, cited)


def _parts(values: list[Any]) -> Iterable[list[Any]]:
    return (values[start : start + _PART] for start in range(0, len(values), _PART))


def _keywords(connection: Connection, names: RemovedNames) -> list[str]:
    """The words that have one of the names, by which accounts were found, without those of the register."""
    seen = select(SightingRow.keyword).union(select(CandidateRow.shown["keyword"].as_string()))
    found = (word for word in connection.execute(seen).scalars() if word is not None and word not in names.own)
    return [word for word in found if names.are_in(word)]


def _out_of_shown(connection: Connection, words: list[str]) -> None:
    query = select(CandidateRow.id, CandidateRow.shown).where(CandidateRow.shown["keyword"].as_string().in_(words))
    for row in connection.execute(query).all():
        shown = {**row.shown, "keyword": None}
        connection.execute(update(CandidateRow).where(CandidateRow.id == row.id).values(shown=shown))


def _out_of_addresses(connection: Connection, names: RemovedNames, cited: Collection[str]) -> None:
    """Of pages asked for no account of ours; the addresses of links come from our own posts."""
    links = select(LinkCheckRow.snapshot_id).where(LinkCheckRow.snapshot_id.is_not(None))
    query = select(SnapshotRow.id, SnapshotRow.url, SnapshotRow.ref)
    query = query.where(SnapshotRow.account_id.is_(None), SnapshotRow.id.not_in(links))
    for row in connection.execute(query).all():
        bare = row.url if row.ref in cited else names.out_of(row.url)
        if bare != row.url:
            connection.execute(update(SnapshotRow).where(SnapshotRow.id == row.id).values(url=bare))


def _out_of_judgements(connection: Connection, names: RemovedNames, cited: Collection[str]) -> None:
    query = select(JudgementRow.id, JudgementRow.evidence).where(JudgementRow.candidate.is_not(None))
    for row in connection.execute(query).all():
        free = [one if one["snapshot"] in cited else {**one, "url": names.out_of(one["url"])} for one in row.evidence]
        if free != row.evidence:
            connection.execute(update(JudgementRow).where(JudgementRow.id == row.id).values(evidence=free))
