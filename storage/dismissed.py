"""Accounts that a person decided on (已处理的疑似账号), as keyed hashes; and the removal of what is known of one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count

from sqlalchemy import ColumnElement, Connection, Engine, and_, delete, or_, select, true, update

from records import Finding, Verdict, as_json
from storage.database import empty_log
from storage.posts import insert
from storage.queries.findings import finding_record
from storage.removed_names import Fold, RemovedNames, remove_names
from storage.schema import (
    AvatarRow,
    CandidateRow,
    DecisionRow,
    DismissedRow,
    FindingRow,
    JudgementRow,
    SightingRow,
    SnapshotRow,
)

_CAUSE = "dismissed:"
REMOVED = "一个疑似账号，已判定与本单位无关；它的资料已经删除。"
NOTE_REMOVED = "（原说明写有这个账号的名称或编号，已随资料删除）"
# What is concluded of a suspected account names it first.
_NAMED = re.compile(r"“(.+?)”")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dismissed:
    """An account that was decided on: the keyed hash of its key, and hashes of what it showed, as JSON text."""

    platform: str
    key: str
    state: str
    decided_at: datetime
    decided_by: str


def save_dismissed(engine: Engine, one: Dismissed) -> None:
    """Remember a decision, in place of an earlier one on the same account."""
    values = {"state": one.state, "decided_at": one.decided_at, "decided_by": one.decided_by}
    with engine.begin() as connection:
        statement = insert(connection, DismissedRow).values(platform=one.platform, key=one.key, **values)
        connection.execute(statement.on_conflict_do_update(index_elements=["platform", "key"], set_=values))


def dismissed(engine: Engine) -> dict[tuple[str, str], Dismissed]:
    """Every account that was decided on, by platform and keyed hash."""
    with engine.connect() as connection:
        rows = connection.execute(select(*DismissedRow.__table__.columns)).all()
    return {
        (row.platform, row.key): Dismissed(
            platform=row.platform,
            key=row.key,
            state=row.state,
            decided_at=row.decided_at,
            decided_by=row.decided_by,
        )
        for row in rows
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """An account to remove: the keyed hash that stays of it, and who decided so, when."""

    platform: str
    uid: str
    pseudonym: str
    decided_by: str
    decided_at: datetime

    @property
    def ref(self) -> str:
        """The reference of the account."""
        return f"{self.platform}:{self.uid}"


def remove_candidates(engine: Engine, removals: Sequence[Removal], fold: Fold) -> dict[str, str]:
    """Remove all that is known of accounts; their findings stay as decisions about the pseudonyms.

    One transaction; afterwards the log beside a SQLite file holds nothing of them either. A finding's id is a digest
    of platform and uid that anybody could try out, so it goes too. One that nobody decided on is decided with the
    removal: there is nothing left to decide on. Names go from keywords as well, those that were told before too.

    Returns:
        The number that each finding has from now on, by the one it had.
    """
    numbers: dict[str, str] = {}
    with engine.begin() as connection:
        names = {name for one in removals for name in _names_of(connection, one)}
        removed = RemovedNames.of(connection, names, fold)
        for one in removals:
            numbers |= _remove(connection, one, removed)
        remove_names(connection, removed, _cited(connection, true()))
    empty_log(engine)
    return numbers


def _names_of(connection: Connection, one: Removal) -> Iterator[str]:
    """The name of an account, and those it had when something was concluded of it."""
    mine = (CandidateRow.platform == one.platform, CandidateRow.uid == one.uid)
    yield from connection.execute(select(CandidateRow.name).where(*mine)).scalars()
    bodies = connection.execute(select(FindingRow.body).where(FindingRow.candidate == one.ref)).scalars()
    judged = connection.execute(select(JudgementRow.summary).where(JudgementRow.candidate == one.ref)).scalars()
    for words in (*(body["summary"] for body in bodies), *judged):
        if (named := _NAMED.search(words or "")) is not None:
            yield named[1]


def _remove(connection: Connection, one: Removal, names: RemovedNames) -> dict[str, str]:
    bodies = connection.execute(select(FindingRow.body).where(FindingRow.candidate == one.ref)).scalars().all()
    numbers = dict(_anonymise(connection, finding_record(body), one, names) for body in bodies)
    connection.execute(delete(JudgementRow).where(JudgementRow.candidate == one.ref))
    connection.execute(delete(AvatarRow).where(AvatarRow.owner == one.ref))
    mine = (CandidateRow.platform == one.platform, CandidateRow.uid == one.uid)
    connection.execute(delete(SightingRow).where(SightingRow.candidate_id.in_(select(CandidateRow.id).where(*mine))))
    connection.execute(delete(CandidateRow).where(*mine))
    return numbers


def pages_showing(connection: Connection, platform: str, uid: str) -> set[str]:
    """Places of the pages that showed an account: where it was seen, and what its findings cite."""
    reference = f"{platform}:{uid}"
    owns = and_(CandidateRow.platform == platform, CandidateRow.uid == uid)
    return _seen_on(connection, owns) | _cited(connection, FindingRow.candidate == reference)


def pages_needed(connection: Connection, platform: str, uid: str) -> tuple[set[str], set[str]]:
    """``(places that findings of others cite, places of pages that showed other suspected accounts)``."""
    reference = f"{platform}:{uid}"
    others = or_(CandidateRow.platform != platform, CandidateRow.uid != uid)
    cited = _cited(connection, or_(FindingRow.candidate.is_(None), FindingRow.candidate != reference))
    return cited, _seen_on(connection, others)


def _seen_on(connection: Connection, whose: ColumnElement[bool]) -> set[str]:
    newest = select(CandidateRow.snapshot_id).where(whose)
    each = select(SightingRow.snapshot_id).join(CandidateRow, CandidateRow.id == SightingRow.candidate_id).where(whose)
    query = select(SnapshotRow.ref).where(SnapshotRow.id.in_(newest.union(each)))
    return set(connection.execute(query).scalars())


def _cited(connection: Connection, which: ColumnElement[bool]) -> set[str]:
    bodies = connection.execute(select(FindingRow.body).where(which)).scalars()
    return {item["snapshot"] for body in bodies for item in body["evidence"]}


def is_removed(finding: Finding) -> bool:
    """Whether the finding is what is left of one whose account was removed."""
    return finding.cause.startswith(_CAUSE)


def _anonymise(connection: Connection, finding: Finding, one: Removal, names: RemovedNames) -> tuple[str, str]:
    """The finding as what is left of it; ``(its number until now, its number from now on)``."""
    number = _free_number(connection, f"{one.pseudonym[:10]}{finding.check[0]}", finding.repeats)
    is_undecided = finding.verdict is Verdict.PENDING
    bare = replace(
        finding,
        id=number,
        cause=f"{_CAUSE}{one.pseudonym}:{number}",
        candidate=None,
        summary=REMOVED,
        evidence=(),
        verdict=Verdict.MISTAKEN if is_undecided else finding.verdict,
    )
    row = select(FindingRow.__table__).where(FindingRow.id == finding.id)
    values = dict(connection.execute(row).mappings().one())
    new = {**values, "id": number, "candidate": None, "verdict": bare.verdict.value, "body": as_json(bare)}
    connection.execute(insert(connection, FindingRow), [new])
    connection.execute(update(DecisionRow).where(DecisionRow.finding_id == finding.id).values(finding_id=number))
    connection.execute(delete(FindingRow).where(FindingRow.id == finding.id))
    _bare_notes(connection, number, one, names)
    if is_undecided:
        decision = {"finding_id": number, "verdict": bare.verdict.value, "decided_by": one.decided_by}
        connection.execute(insert(connection, DecisionRow), [{**decision, "decided_at": one.decided_at, "note": None}])
    return finding.id, number


def _free_number(connection: Connection, begun: str, repeats: int) -> str:
    """An account that changed and was asked about again leaves more than one finding of a kind."""
    begins = FindingRow.id.startswith(begun, autoescape=True)
    taken = set(connection.execute(select(FindingRow.id).where(begins)).scalars())
    return next(number for place in count(repeats) if (number := f"{begun}{place}") not in taken)


def _bare_notes(connection: Connection, number: str, one: Removal, names: RemovedNames) -> None:
    query = select(DecisionRow.id, DecisionRow.note).where(
        DecisionRow.finding_id == number, DecisionRow.note.is_not(None)
    )
    for row in connection.execute(query).all():
        if one.uid in row.note or names.stand_in(row.note):
            connection.execute(update(DecisionRow).where(DecisionRow.id == row.id).values(note=NOTE_REMOVED))
