"""Reads of the judgements of the newest inspection (判定)."""

from __future__ import annotations

from sqlalchemy import Engine, select

from records import Result
from storage.schema import JudgementRow


def candidates_in_doubt(engine: Engine) -> set[str]:
    """The suspected accounts, as ``platform:uid``, of which the newest inspection could not tell what they are.

    The newest is the one written last, of whatever period: each sorts all accounts anew.
    """
    newest = select(JudgementRow.period).order_by(JudgementRow.id.desc()).limit(1).scalar_subquery()
    query = select(JudgementRow.candidate).where(
        JudgementRow.period == newest,
        JudgementRow.result == Result.UNKNOWN.value,
        JudgementRow.candidate.is_not(None),
    )
    with engine.connect() as connection:
        return {one for one in connection.execute(query).scalars() if one is not None}
