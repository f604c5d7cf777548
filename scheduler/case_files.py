"""The case file (线索材料) of a finding: everything stored of a suspected account and of the one it is like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from analysis.names import sound_key
from analysis.sightings import flag_words, mark_words
from records import SHANGHAI, Account, Candidate, Finding
from records.evidence import Triage
from reports.case_file import CaseFile, Cited, Enclosure, Side
from scheduler.judging import clause_of
from scheduler.workspace import Workspace
from storage.queries import accounts, snapshots
from storage.queries.candidates import candidate_record
from storage.register import find_account

_TEMPLATES = "templates"


def case_of(
    workspace: Workspace,
    finding: Finding,
    enclosures: Sequence[Enclosure],
    triage: Triage | None = None,
    kind: str | None = None,
) -> CaseFile | None:
    """What letter and table of a finding say; ``None`` if it is about no candidate, or nothing is kept of that.

    Args:
        workspace: The home folder.
        finding: About a candidate.
        enclosures: The evidence as written, in order.
        triage: Where the candidate was sorted; without it likeness is only told sign by sign.
        kind: The class of the triage in Chinese.

    Raises:
        ValueError: The triage is of another candidate.
    """
    if triage is not None and triage.candidate.ref != finding.candidate:
        raise ValueError(f"triage of {triage.candidate.ref}, finding about {finding.candidate}")
    shown = None if finding.candidate is None else _suspected(workspace, finding.candidate)
    if shown is None:
        return None
    suspected, candidate = shown
    reference = (triage.account if triage is not None else None) or finding.account
    account = None if reference is None else accounts.resolve(workspace.engine, reference)
    folder = workspace.home / _TEMPLATES
    return CaseFile(
        finding=finding,
        office=workspace.config.office.name,
        contact=workspace.config.office.contact,
        suspected=suspected if triage is None else _as_sorted(suspected, candidate, triage),
        registered=None if account is None else _registered(workspace, account),
        cited=tuple(Cited(*clause_of(workspace, clause_id)) for clause_id in finding.clauses),
        enclosures=tuple(enclosures),
        made_at=workspace.clock.now(),
        match=triage.match if triage is not None else None,
        kind=kind,
        reasons=triage.reasons if triage is not None else (finding.summary,),
        notes=tuple(workspace.notes()),
        templates=folder if folder.is_dir() else None,
    )


def _suspected(workspace: Workspace, reference: str) -> tuple[Side, Candidate] | None:
    platform, _, uid = reference.partition(":")
    with workspace.engine.connect() as connection:
        row = snapshots.shown_candidate(connection, platform, uid)
    if row is None:
        return None
    one = candidate_record(row.shown)
    first, last = _minute(row.found_at), _minute(row.last_seen_at)
    side = Side(
        platform=one.platform,
        name=one.name,
        sound=sound_key(one.name),
        source=f"公开页面，{last} 所见",
        uid=one.uid,
        url=one.url,
        verified=flag_words(one.verified),
        mark=mark_words(one),
        verified_entity=one.verified_entity,
        bio=one.bio,
        avatar=one.avatar_url,
        followers=_count(None if one.followers is None else row.shown["followers"]),
        seen=first if first == last else f"{first}，最近 {last}",
    )
    return side, one


def _as_sorted(side: Side, candidate: Candidate, triage: Triage) -> Side:
    """The suspected account with where it was seen, and the hash by which its picture is compared if there is one."""
    told = dict(triage.facts)
    mark = f"头像特征 {told['头像特征']}" if "头像特征" in told else None
    avatar = "，".join(filter(None, (candidate.avatar_url, mark))) or None
    return replace(side, avatar=avatar, source=told["见于"])


def _registered(workspace: Workspace, account: Account) -> Side:
    """The registered account: filed name and address, else what its own page said last."""
    with workspace.engine.connect() as connection:
        row_id = find_account(connection, account.platform, [account.uid])
        row = None if row_id is None else snapshots.newest_profile(connection, row_id)
    page: Mapping[str, Any] = {} if row is None else row.shown
    at = "" if row is None else f"；账号页面，{_minute(row.last_seen_at)} 所见"
    opened = account.dates["opened_on"].isoformat() if "opened_on" in account.dates else None
    return Side(
        platform=account.platform,
        name=account.name,
        sound=sound_key(account.name),
        source=f"本单位名录{at}",
        former_names=account.former_names,
        uid="、".join(dict.fromkeys((account.uid, *account.aliases.values()))),
        url=account.url,
        verified=flag_words(page["verified"]) if page else None,
        verified_entity=(page["verified_entity"] if page else None) or account.verified_entity,
        bio=page["bio"] if page else None,
        avatar=page["avatar_url"] if page else None,
        followers=_count(page["followers"]) if page else None,
        seen=f"{opened} 创建（名录）" if opened else None,
    )


def _count(shown: int | Mapping[str, Any] | None) -> str | None:
    if shown is None:
        return None
    return str(shown) if isinstance(shown, int) else str(shown["text"])


def _minute(moment: Any) -> str:
    return str(moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"))
