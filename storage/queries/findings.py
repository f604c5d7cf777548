"""Reads of findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, select

from records import (
    Finding,
    Period,
    Severity,
    Snapshot,
    Verdict,
)
from storage.schema import AccountRow, AliasRow, FindingRow


def findings(engine: Engine, *, open_only: bool = False) -> list[Finding]:
    """Findings, newest first, each under the key by which its account is known now."""
    query = select(FindingRow.body).order_by(FindingRow.last_seen_at.desc(), FindingRow.id)
    if open_only:
        query = query.where(FindingRow.verdict.in_([Verdict.PENDING.value, Verdict.CONFIRMED.value]))
    aliases = select(AliasRow.platform, AliasRow.key, AccountRow.uid).join(AccountRow)
    with engine.connect() as connection:
        now = {f"{row.platform}:{row.key}": f"{row.platform}:{row.uid}" for row in connection.execute(aliases)}
        found = [finding_record(body) for body in connection.execute(query).scalars()]
    return [replace(one, account=now.get(one.account.casefold(), one.account)) if one.account else one for one in found]


def finding_record(body: Mapping[str, Any]) -> Finding:
    """A finding from its JSON values."""
    return Finding(
        id=body["id"],
        check=body["check"],
        cause=body["cause"],
        clauses=tuple(body["clauses"]),
        severity=Severity(body["severity"]),
        subject=body["subject"],
        account=body["account"],
        candidate=body["candidate"],
        unit=body["unit"],
        period=Period(datetime.fromisoformat(body["period"][0]), datetime.fromisoformat(body["period"][1])),
        summary=body["summary"],
        evidence=tuple(snapshot_record(item) for item in body["evidence"]),
        verdict=Verdict(body["verdict"]),
        repeats=body["repeats"],
        first_seen_at=datetime.fromisoformat(body["first_seen_at"]),
        last_seen_at=datetime.fromisoformat(body["last_seen_at"]),
        due_on=date.fromisoformat(body["due_on"]) if body["due_on"] else None,
    )


def snapshot_record(body: Mapping[str, Any]) -> Snapshot:
    """A snapshot from its JSON values."""
    return Snapshot(
        url=body["url"],
        fetched_at=datetime.fromisoformat(body["fetched_at"]),
        sha256=body["sha256"],
        ref=body["snapshot"],
        quote=body["quote"],
    )
