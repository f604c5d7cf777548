"""Accounts that a person decided on (已处理的疑似账号), as keyed hashes; and the removal of what is known of one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, select, update

from records import Finding, as_json
from storage.posts import insert
from storage.queries.findings import finding_record
from storage.schema import (
    AvatarRow,
    CandidateRow,
    DecisionRow,
    DismissedRow,
    FindingRow,
    JudgementRow,
    SightingRow,
)

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
        rows = select(CandidateRow.id).where(CandidateRow.platform == platform, CandidateRow.uid == uid)
        connection.execute(delete(SightingRow).where(SightingRow.candidate_id.in_(rows)))
        connection.execute(delete(CandidateRow).where(CandidateRow.platform == platform, CandidateRow.uid == uid))


def _anonymise(connection: Connection, finding: Finding, pseudonym: str) -> None:
    bare = replace(
        finding,
        id=anonymous_id(finding, pseudonym),
        cause=f"dismissed:{pseudonym}:{finding.repeats}",
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
