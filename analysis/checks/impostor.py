"""Accounts outside the register whose names are like a registered account or its unit (疑似假冒政务新媒体)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from analysis.names import fold, similarity
from analysis.words import platform_words, shown
from records import AccountEvidence, Candidate, Clause, Evidence, Judgement, Result

_ORGANISATION = re.compile(
    "(公司|政府|法院|检察院|委员会|办公室|中心|协会|学会|联合会|总会|基金会|事务所|工作室|合作社|服务部|经营部|报社|电视台|电台|集团|银行|"
    "医院|学校|大学|学院|幼儿园|图书馆|博物馆|文化馆|俱乐部|大队|支队|总队|局|厅|部|委|办|院|所|站|队|馆|社|会|店|厂|行|园)(（.*）)?$"
)
# The last place that a government's full name begins with: 澜州市云陵县 in 澜州市云陵县人民政府办公室.
_PLACE_OF_OFFICE = re.compile(
    "^(?:.{2,9}?(?:省|自治区|市|州|盟))?(.{1,9}?)(?:自治县|县|区|市|旗|镇|乡|街道)"
    ".*(?:人民政府|委员会|政府办公室|新闻办公室|局|融媒体中心)"
)
# What a result page shows of an account where that is not the key by which accounts are filed.
_KEY_KINDS = {"wechat": "wechat_id", "toutiao": "user_id"}


@dataclass(frozen=True, slots=True)
class _Match:
    """What a candidate's name is like: the imitated name, what that name is, and how like (0.0 to 1.0)."""

    likeness: float
    name: str
    role: str
    account: str | None


def check(evidence: Evidence, clause: Clause) -> Iterator[Judgement]:
    """Judgements of every candidate of the unit's sweep: breaches as leads, else one for the unit.

    ``params``: ``likeness`` (0.0 to 1.0), from which a name is put before a person; ``verified = "person"``
    restricts the clause to candidates verified as a person or not verified. Registered accounts,
    candidates verified for the unit itself (漏报, another clause) and those that another place's government
    has under its own name are left out. Without any candidate
    nothing was swept: one ``unknown`` with ``not_crawled``.

    Raises:
        KeyError: The clause has no ``likeness``.
        ValueError: ``verified`` is another word than ``person``.

    Source: clauses DX-4.1d, LJ-10b, SD-4.2, ZJ-23.
    """
    least = float(clause.params["likeness"])  # type: ignore[arg-type]
    persons_only = _persons_only(clause)
    if not evidence.candidates:
        yield _judgement(evidence, clause, Result.UNKNOWN, subject="unit", reason="not_crawled")
        return
    found = False
    for candidate in evidence.candidates:
        match = _closest(evidence, candidate)
        if (
            match is None
            or match.likeness < least
            or _is_known(evidence, candidate)
            or _is_neighbour(evidence, candidate)
        ):
            continue
        judgement = _judge(evidence, clause, candidate, match, persons_only)
        if judgement is not None:
            found = True
            yield judgement
    if not found:
        yield _judgement(evidence, clause, Result.PASS, subject="unit")


def _persons_only(clause: Clause) -> bool:
    if "verified" not in clause.params:
        return False
    if clause.params["verified"] != "person":
        raise ValueError(f"verified: person expected, not {clause.params['verified']!r}")
    return True


def _is_known(evidence: Evidence, candidate: Candidate) -> bool:
    """Whether the candidate is registered, or verified for the unit itself."""
    if candidate.ref in evidence.registered:
        return True
    return candidate.verified_entity is not None and fold(evidence.unit.name) in fold(candidate.verified_entity)


def _is_neighbour(evidence: Evidence, candidate: Candidate) -> bool:
    """Whether the candidate carries the name of another place and is verified for that place's own government."""
    if candidate.verified is not True or candidate.verified_entity is None:
        return False
    place = _PLACE_OF_OFFICE.match(fold(candidate.verified_entity))
    if place is None or place[1] not in fold(candidate.name):
        return False
    return place[1] not in fold(f"{evidence.unit.division or ''}{evidence.unit.name}")


def _closest(evidence: Evidence, candidate: Candidate) -> _Match | None:
    """The known name that the candidate's name is most like, an account's before the unit's; ``None`` for no name."""
    if not fold(candidate.name):
        return None
    division = evidence.unit.division
    places = frozenset({division} if division else ())
    matches = [
        _Match(similarity(name, candidate.name, places), name, role, account)
        for name, role, account in _known_names(evidence)
        if fold(name)
    ]
    return max(matches, key=lambda match: match.likeness, default=None)


def _known_names(evidence: Evidence) -> Iterator[tuple[str, str, str | None]]:
    """``(name, what it is, account)`` of all names an impostor could borrow."""
    for item in evidence.accounts:
        yield from _account_names(item)
    yield evidence.unit.name, "主办单位名称", None
    for name in evidence.unit.short_names:
        yield name, "主办单位简称", None


def _account_names(item: AccountEvidence) -> Iterator[tuple[str, str, str]]:
    yield item.account.name, "账号名称", item.account.ref
    for name in item.account.former_names:
        yield name, "账号曾用名", item.account.ref


def _judge(
    evidence: Evidence, clause: Clause, candidate: Candidate, match: _Match, persons_only: bool
) -> Judgement | None:
    """A breach or ``unknown`` for a candidate with a like name; ``None`` where the clause does not mean it."""
    person = _is_person(candidate) if persons_only else True
    if person is False:
        return None
    seen = evidence.candidate_snapshots
    if _may_be_registered(evidence, candidate):
        return _judgement(
            evidence,
            clause,
            Result.UNKNOWN,
            subject="candidate",
            account=match.account,
            candidate=candidate.ref,
            reason="same_name",
            summary=f"{platform_words(candidate.platform)}“{shown(candidate.name)}”（{shown(candidate.uid)}）与名录中的账号"
            "同平台同名，页面上的编号名录里没有，可能就是同一账号：请核对后把这个编号补进名录。",
            cause=f"impostor:{candidate.ref}",
        )
    return _judgement(
        evidence,
        clause,
        Result.UNKNOWN if person is None else Result.BREACH,
        subject="candidate",
        account=match.account,
        candidate=candidate.ref,
        reason="unparsed" if person is None else None,
        summary=_summary(candidate, match),
        cause=f"impostor:{candidate.ref}",
        evidence=(seen[candidate.ref],) if candidate.ref in seen else (),
    )


def _may_be_registered(evidence: Evidence, candidate: Candidate) -> bool:
    """Whether it has a registered account's very name and the register lacks the key that would tell them apart."""
    kind = _KEY_KINDS.get(candidate.platform)
    if kind is None:
        return False
    return any(
        item.account.platform == candidate.platform
        and fold(item.account.name) == fold(candidate.name)
        and kind not in item.account.aliases
        for item in evidence.accounts
        if fold(item.account.name)
    )


def _is_person(candidate: Candidate) -> bool | None:
    """Whether the page shows the candidate as a person's or unverified; ``None`` where it does not show that."""
    if candidate.verified_entity is not None:
        return not _ORGANISATION.search(candidate.verified_entity.strip())
    return True if candidate.verified is False else None


def _summary(candidate: Candidate, match: _Match) -> str:
    platform = platform_words(candidate.platform)
    return (
        f"待核：{platform}“{shown(candidate.name)}”（{shown(candidate.uid)}）不在名录中，"
        f"名称与{match.role}“{match.name}”相似度 {match.likeness:.2f}；{_verification(candidate)}。"
        "请人工核实其主办方：属本单位的补报备案，确属假冒的按程序处置。"
    )


def _verification(candidate: Candidate) -> str:
    if candidate.verified_entity is not None:
        return f"页面显示的认证主体为“{shown(candidate.verified_entity)}”"
    if candidate.verified is None:
        return "页面未显示认证情况"
    return "页面显示已认证，未显示认证主体" if candidate.verified else "页面显示未认证"


def _judgement(given: Evidence, clause: Clause, result: Result, **fields: Any) -> Judgement:
    return Judgement(
        unit=given.unit.name, clause=clause.id, check=clause.check, result=result, window=given.period, **fields
    )
