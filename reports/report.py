"""The report as a value (通报): what every format prints, already worded, counted and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from records import Period, Result, Severity, Snapshot, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A person's release of the paper: its number 文号, who, when, and the check code of its figures."""

    number: str
    by: str
    at: datetime
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Upcoming:
    """What becomes a breach next: one sentence, whose, and the last day to act."""

    unit: str
    words: str
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseQuote:
    """A clause as printed: ``cite`` is 文件名 and 条号, ``quote`` its words, ``settings`` the 参考值 in use."""

    id: str
    title: str
    number: str
    quote: str
    second_hand: bool
    severity: Severity
    settings: Mapping[str, int | str]

    @property
    def cite(self) -> str:
        """``《××通知》四（二）``."""
        return f"《{self.title}》{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One finding as printed (问题). ``account`` is empty where the whole unit is meant."""

    id: str
    verdict: Verdict
    severity: Severity
    check: str
    heading: str
    ref: str
    platform: str
    account: str
    unit: str
    summary: str
    clauses: tuple[ClauseQuote, ...]
    newest_on: date | None
    due_on: date | None
    evidence: tuple[Snapshot, ...]
    seen_how: str
    repeats: int
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseGroup:
    """Lines that rest on the same clauses, each quoted once here."""

    quotes: tuple[ClauseQuote, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckGroup:
    """All lines of one check under its heading."""

    check: str
    heading: str
    groups: tuple[ClauseGroup, ...]

    @property
    def n_lines(self) -> int:
        """Number of lines below this heading."""
        return sum(len(group.lines) for group in self.groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Numbers of accounts. registered = outside + not_applicable + due; due = observed + unseen; observed = good + bad.

    ``bad_elsewhere`` are accounts with a printed line that were not wholly observed, or are not due.
    """

    platform: str
    registered: int
    outside: int
    not_applicable: int
    observed: int
    unseen: int
    bad: int
    bad_elsewhere: int

    @property
    def collected(self) -> int:
        """Accounts on platforms that are crawled."""
        return self.registered - self.outside

    @property
    def due(self) -> int:
        """Accounts that should have been observed (应查)."""
        return self.observed + self.unseen

    @property
    def good(self) -> int:
        """Wholly observed accounts without a printed line (合格)."""
        return self.observed - self.bad


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """One account at a glance; ``standing`` is ``observed unseen not_applicable outside``.

    ``state`` is breach wherever a line is printed, pass only for ``observed``; ``confirmed`` tells
    a filled red from an outlined one; ``codes`` are the reasons of ``unseen`` and ``not_applicable``.
    """

    ref: str
    name: str
    platform: str
    unit: str
    standing: str
    state: Result
    confirmed: bool
    codes: tuple[str, ...]
    words: str
    todo: str
    newest_on: date | None
    seen_how: str
    n_lines: int
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnseenRow:
    """What could not be observed (未能核查), why, and what the office can do; ``ref`` is empty for a whole unit."""

    ref: str
    account: str
    platform: str
    unit: str
    words: str
    todo: str
    clauses: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRow:
    """What a named person saw (人工查看)."""

    account: str
    platform: str
    unit: str
    observer: str
    observed_at: datetime
    newest_on: date | None
    n_updates: int | None
    pictures: tuple[Snapshot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgementRow:
    """One judgement as printed in the ledger (判定明细)."""

    subject: str
    name: str
    platform: str
    unit: str
    cite: str
    clause: str
    heading: str
    result: Result
    verdict: Verdict | None
    words: str
    n_evidence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageRow:
    """The last run's look at one account (采集情况)."""

    account: str
    platform: str
    unit: str
    status: str
    words: str
    source: str
    observer: str
    covered_from: datetime | None
    covered_to: datetime | None
    pages: int
    posts_new: int
    posts_seen: int
    checked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A suspected account's finding, for triage only (疑似账号（待核）)."""

    id: str
    ref: str
    unit: str
    summary: str
    verdict: Verdict
    heading: str
    evidence: tuple[Snapshot, ...]
    first_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is published (通报). Figures are checked; every text is worded; formats only lay it out.

    ``sentence`` is the one-sentence result that page and terminal share. ``problems`` are the
    printed lines grouped, ``ledger`` every finding but those of candidates. ``templates`` is the
    office's own folder of words and layout, if it has one.
    """

    office: str
    kind: str
    period: Period
    period_words: str
    span_word: str
    title: str
    addressees: str
    opening: str
    drafted_at: datetime
    release: Release | None
    sentence: str
    counts: Counts
    platforms: tuple[Counts, ...]
    overview: tuple[str, ...]
    problems: tuple[CheckGroup, ...]
    demands: tuple[str, ...]
    unseen: tuple[UnseenRow, ...]
    outside: tuple[AccountRow, ...]
    not_applicable: tuple[AccountRow, ...]
    not_reported: tuple[str, ...]
    seen: tuple[SeenRow, ...]
    accounts: tuple[AccountRow, ...]
    ledger: tuple[Line, ...]
    suspects: tuple[Suspect, ...]
    candidates: int
    judgements: tuple[JudgementRow, ...]
    coverage: tuple[CoverageRow, ...]
    upcoming: tuple[Upcoming, ...]
    settings: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    closing_words: tuple[str, ...]
    templates: Path | None

    @property
    def is_draft(self) -> bool:
        """Whether nobody has released it yet."""
        return self.release is None

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every printed line in the order of the paper."""
        return tuple(line for check in self.problems for group in check.groups for line in group.lines)

    @property
    def pending(self) -> tuple[str, ...]:
        """Ids of printed lines that nobody has decided; a release waits for them."""
        return tuple(line.id for line in self.lines if line.verdict is Verdict.PENDING)
