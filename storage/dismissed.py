"""Accounts that a person decided on (已处理的疑似账号), as keyed hashes; and the removal of what is known of one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Engine, and_, delete, or_, select, update

from records import Finding, as_json
from storage.posts import insert
from storage.queries.findings import finding_record
from storage.queries.mentioned import MENTIONED
from storage.schema import (
    AvatarRow,
    CandidateRow,
    DecisionRow,
    DismissedRow,
    FindingRow,
    JudgementRow,
    SearchRow,
    SightingRow,
    SnapshotRow,
)

_CAUSE = "dismissed:"
# The kind of a keyword that a person gave; as one that posts mention it is no word of the register.
GIVEN = "指定"
REMOVED = "一个疑似账号，已判定与本单位无关；它的资料已经删除。"


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


def remove_candidate(engine: Engine, platform: str, uid: str, pseudonym: str) -> None:
    """Remove all that is known of an account; its findings stay as decisions about ``pseudonym``.

    One transaction. A finding's id is a digest of platform and uid that anybody could try out, so it goes too.
    """
    reference = f"{platform}:{uid}"
    with engine.begin() as connection:
        for body in connection.execute(select(FindingRow.body).where(FindingRow.candidate == reference)).scalars():
            _anonymise(connection, finding_record(body), pseudonym)
        connection.execute(delete(JudgementRow).where(JudgementRow.candidate == reference))
        connection.execute(delete(AvatarRow).where(AvatarRow.owner == reference))
        names = select(CandidateRow.name).where(CandidateRow.platform == platform, CandidateRow.uid == uid)
        searched = (SearchRow.kind.in_((MENTIONED, GIVEN)), SearchRow.keyword.in_(names))
        connection.execute(delete(SearchRow).where(*searched))
        rows = select(CandidateRow.id).where(CandidateRow.platform == platform, CandidateRow.uid == uid)
        connection.execute(delete(SightingRow).where(SightingRow.candidate_id.in_(rows)))
        connection.execute(delete(CandidateRow).where(CandidateRow.platform == platform, CandidateRow.uid == uid))


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


def _anonymise(connection: Connection, finding: Finding, pseudonym: str) -> None:
    bare = replace(
        finding,
        id=anonymous_id(finding, pseudonym),
        cause=f"{_CAUSE}{pseudonym}:{finding.repeats}",
        candidate=None,
        summary=REMOVED,
        evidence=(),
    )
    row = select(FindingRow.__table__).where(FindingRow.id == finding.id)
    values = dict(connection.execute(row).mappings().one())
    new = {**values, "id": bare.id, "candidate": None, "body": as_json(bare)}
    connection.execute(insert(connection, FindingRow), [new])
    connection.execute(update(DecisionRow).where(DecisionRow.finding_id == finding.id).values(finding_id=bare.id))
    connection.execute(delete(FindingRow).where(FindingRow.id == finding.id))


def anonymous_id(finding: Finding, pseudonym: str) -> str:
    """The number under which a finding stays when its account is removed."""
    return f"{pseudonym[:10]}{finding.check[0]}{finding.repeats}"
