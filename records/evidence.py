"""What was observed, what a check may see, and what it concluded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from records.law import Period, Result, Severity, Verdict
from records.pages import Candidate, LinkCheck, Post, Probe, Profile, Snapshot
from records.register import Account, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What was observed of an account in one run, and why not more (采集情况)."""

    account: str
    status: str  # complete, partial, none
    source: str  # page, feed, api, unit, person
    checked_at: datetime
    reason: str | None = None
    observer: str | None = None
    covered_from: datetime | None = None
    covered_to: datetime | None = None
    pages: int = 0
    posts_new: int = 0
    posts_seen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What a named person saw of an account on a phone or screen (人工查看)."""

    account: str
    observed_at: datetime
    observer: str
    newest_on: date | None
    n_updates: int | None
    pictures: tuple[Snapshot, ...]
    period: Period | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEvidence:
    """All records of one account that the checks may see, posts oldest first."""

    account: Account
    posts: tuple[Post, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    observations: tuple[Observation, ...] = ()
    profile: Profile | None = None
    link_checks: Mapping[str, tuple[LinkCheck, ...]] = field(default_factory=dict)
    answers: Mapping[LinkCheck, Snapshot] = field(default_factory=dict)  # what was kept of each link check
    snapshots: Mapping[str, Snapshot] = field(default_factory=dict)  # by post id or account
    first_post_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The registered name that a candidate's name is most like (最相近的登记名称), and why.

    ``role`` says in Chinese what the name is (账号名称, 账号曾用名, 主办单位名称, 主办单位简称); ``account`` is whose,
    ``None`` for a unit's own name. ``score`` is 0.0 to 1.0; ``why``, ``keeps_place``
    and ``keeps_unit`` are those of the contract's lookalikes.
    """

    name: str
    role: str
    account: str | None
    unit: str
    score: float
    why: tuple[str, ...] = ()
    keeps_place: bool | None = None
    keeps_unit: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Triage:
    """Where a candidate was sorted, and why (归类): never a verdict, which stays 待核 until a person decides.

    ``kind`` is one of analysis/triage.py; ``reasons`` are Chinese sentences, each naming what was seen and where.
    ``match`` is ``None`` where no registered name is like it; ``account`` is the registered account that it is
    taken for, ``unit`` the unit that has to look at it; ``rivals`` are the other places that its words may
    mean (``东乡区（江西省抚州市）``). ``facts`` are labels and values for a table side by side. ``shown`` is a
    digest of what the account showed: name, mark, entity and picture.
    """

    candidate: Candidate
    kind: str
    reasons: tuple[str, ...]
    unit: str
    shown: str
    account: str | None = None
    match: Match | None = None
    entity_unit: str | None = None
    rivals: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    doubt: str | None = None  # for ``unknown``: a reason code of judgements


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything known of one unit in one period (材料), streamed unit by unit.

    ``triages`` are those of this unit's candidates out of all ``candidates``; ``None`` where nobody sorted them yet.
    ``probes`` are those of the unit's services and of its websites, whoever filed them then, from 400 days before the
    period on, oldest first; of a website that other units answer for perhaps only its own.
    ``filers`` are, by clause and request (analysis/probed.py), the units bound by the clause that file the same
    website, the one that answers for it first; websites filed once are left out.
    ``search_gap`` says why the unit's names were not all searched in time, ``None`` where they were.
    """

    unit: Unit
    period: Period
    looked_at: datetime
    accounts: tuple[AccountEvidence, ...]
    candidates: tuple[Candidate, ...] = ()
    candidate_snapshots: Mapping[str, Snapshot] = field(default_factory=dict)
    registered: frozenset[str] = frozenset()  # every known platform:key of the whole register
    triages: tuple[Triage, ...] | None = None
    search_gap: str | None = None
    probes: tuple[Probe, ...] = ()
    filers: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The result of one clause for one subject (判定).

    ``subject`` is ``account``, ``unit``, ``office``, ``candidate``, ``source`` or ``host``.
    ``reason`` is a short code (for ``unknown`` one of the coverage reasons), ``summary`` one
    Chinese sentence a clerk can send on. ``cause`` joins breaches of several clauses and periods
    into one finding.
    """

    subject: str
    unit: str
    clause: str
    check: str
    result: Result
    account: str | None = None
    candidate: str | None = None
    reason: str | None = None
    summary: str | None = None
    cause: str = ""
    window: Period | None = None
    evidence: tuple[Snapshot, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A lead until a person decides (问题线索): one (check, subject, cause) from first sight until closed.

    ``id`` stays what it was at first sight, also when the account is later known by another key.
    """

    id: str
    check: str
    cause: str
    clauses: tuple[str, ...]
    severity: Severity
    subject: str
    account: str | None
    candidate: str | None
    unit: str
    period: Period
    summary: str
    evidence: tuple[Snapshot, ...]
    verdict: Verdict
    repeats: int
    first_seen_at: datetime
    last_seen_at: datetime
    due_on: date | None
