"""The case file (线索材料) of a finding: everything stored of a suspected account and of the one it is like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from analysis.avatars import look_alike
from analysis.names import sound_key
from analysis.sightings import facts_of, flag_words
from analysis.triage import LABELS, SUSPECTS
from records import SHANGHAI, Account, Candidate, Counter, Finding, Snapshot, Verdict
from records.evidence import Triage
from records.sentences import Command, Sentence
from reports.case_file import CaseFile, Cited, Enclosure, Side
from scheduler.avatars import hashes, picture_of
from scheduler.judging import clause_of
from scheduler.triaging import seen_candidates
from scheduler.workspace import Workspace
from storage.queries import accounts, snapshots
from storage.queries.candidates import candidate_record
from storage.register import find_account

_TEMPLATES = "templates"
_NAME = "账号名称"
_CANNOT_TELL = Sentence(
    "现在还判断不了这是谁的账号，不能据此发函。请在浏览器里打开该账号的页面，把网页保存下来，读入后再重新导出；读入：",
    Command("sweep import 文件"),
    "。",
)


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
    suspected = None if finding.candidate is None else _suspected(workspace, finding.candidate, triage)
    if suspected is None:
        return None
    reference = (triage.account if triage is not None else None) or finding.account
    account = None if reference is None else accounts.resolve(workspace.engine, reference)
    registered = None if account is None else _registered(workspace, account)
    folder = workspace.home / _TEMPLATES
    return CaseFile(
        finding=finding,
        office=workspace.config.office.name,
        contact=workspace.config.office.contact,
        suspected=suspected,
        registered=registered,
        avatars_alike=None if registered is None else _alike(registered.avatar_feature, suspected.avatar_feature),
        cited=tuple(Cited(*clause_of(workspace, clause_id)) for clause_id in finding.clauses),
        enclosures=tuple(enclosures),
        made_at=workspace.clock.now(),
        match=triage.match if triage is not None else None,
        kind=kind,
        reasons=triage.reasons if triage is not None else (finding.summary,),
        withheld=None if triage is None else _withheld(triage, finding),
        notes=tuple(workspace.notes()),
        templates=folder if folder.is_dir() else None,
    )


def _alike(left: str | None, right: str | None) -> bool | None:
    """Whether two pictures pass for the same, as the triage has it; ``None`` where one of them was not had."""
    return None if left is None or right is None else look_alike(left, right)


def _withheld(triage: Triage, finding: Finding) -> Sentence | None:
    """Why a triage allows no letter, and what to do instead; ``None`` where it allows one.

    A person's decision stands in for what the triage cannot tell of an account whose page was seen, and for nothing
    else: what is registered by now, or has another name by now, is not what the letter would say of it.
    """
    is_seen = _NAME in dict(triage.facts)
    if triage.kind == "unknown" and not (is_seen and finding.verdict is Verdict.CONFIRMED):
        return _CANNOT_TELL
    if triage.kind != "unknown" and triage.kind not in SUSPECTS:
        return _not_suspected(triage, finding)
    return _unlike(finding) if triage.match is None else None


def _not_suspected(triage: Triage, finding: Finding) -> Sentence:
    why = f"这个账号现在归类为“{LABELS[triage.kind]}”，不是疑似假冒，不能据此发函。"
    decide = Command(f"findings decide {finding.id} 误报 --by 姓名")
    return Sentence(why, "请重新核对这条线索，记下结论（误报 或 已整改），例如：", decide, "。")


def _unlike(finding: Finding) -> Sentence:
    """The letter rests on the likeness of the names."""
    why = "这个账号的名称与名录里的名称都不相似，而函写的是名称相似，不适用。"
    decide = Command(f"findings decide {finding.id} 误报 --by 姓名")
    todo = "确属假冒的，请另行拟函写明理由，附对照表和证据；不是的，请记下结论（误报 或 已整改），例如："
    return Sentence(why, todo, decide, "。")


def _suspected(workspace: Workspace, reference: str, triage: Triage | None) -> Side | None:
    """The suspected account as its page showed it, or how others write it; ``None`` where nothing is kept of it."""
    platform, _, uid = reference.partition(":")
    with workspace.engine.connect() as connection:
        row = snapshots.shown_candidate(connection, platform, uid)
    if row is None:
        return None
    told = dict(triage.facts if triage is not None else _facts(workspace, reference))
    first, last = sorted((_minute(row.found_at), _minute(row.last_seen_at)))
    seen = first if first == last else f"{first}，最近 {last}"
    one = candidate_record(row.shown)
    return _as_shown(one, told, seen) if _NAME in told else _as_called(one, told, seen)


def _facts(workspace: Workspace, reference: str) -> Sequence[tuple[str, str]]:
    """The facts of an account that nobody sorted."""
    return next(tuple(facts_of(seen)) for seen in seen_candidates(workspace) if seen.candidate.ref == reference)


def _as_shown(one: Candidate, told: Mapping[str, str], seen: str) -> Side:
    """What its page showed, and the hash by which its picture is compared if there is one."""
    return Side(
        platform=one.platform,
        name=one.name,
        sound=sound_key(one.name),
        source=told["见于"],
        uid=one.uid,
        url=one.url,
        verified=flag_words(one.verified),
        mark=told["认证"],
        verified_entity=one.verified_entity,
        bio=one.bio,
        avatar=one.avatar_url,
        avatar_feature=told["头像特征"] if "头像特征" in told else None,
        followers=_count(one.followers),
        seen=seen,
    )


def _as_called(one: Candidate, told: Mapping[str, str], seen: str) -> Side:
    """Only how others write it: no page showed a name, a mark or anything else."""
    label = next(iter(told))  # whose words its name is
    return Side(
        platform=one.platform,
        name=None,
        sound=None,
        called=f"{label}“{one.name}”，{told['认证']}",
        source=told["见于"],
        uid=one.uid,
        url=one.url,
        seen=f"{seen}（见到的是他人的写法）",
    )


def _registered(workspace: Workspace, account: Account) -> Side:
    """The registered account: filed name and address, else what its own page said last."""
    with workspace.engine.connect() as connection:
        row_id = find_account(connection, account.platform, [account.uid])
        row = None if row_id is None else snapshots.newest_profile(connection, row_id)
        pages = () if row is None else _pages_at(connection, row.account_id, row.last_seen_at)
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
        avatar_feature=picture_of(page["avatar_url"], hashes(workspace)) if page else None,
        followers=_count(page["followers"]) if page else None,
        seen=f"{opened} 创建（名录）" if opened else None,
        pages=pages,
    )


def _pages_at(connection: Connection, account_id: int, moment: datetime) -> tuple[Snapshot, ...]:
    """The kept pages of an account that were had at a moment: those that its newest profile is of."""
    kept = (one.snapshot for one in snapshots.pages_of(connection, account_id, None))
    return tuple(one for one in kept if one.fetched_at == moment)


def _count(shown: int | Counter | Mapping[str, Any] | None) -> str | None:
    if shown is None or isinstance(shown, int):
        return None if shown is None else str(shown)
    return shown.text if isinstance(shown, Counter) else str(shown["text"])


def _minute(moment: Any) -> str:
    return str(moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"))
