"""Builds the Evidence of a worked example (示例) from its compact ``given`` table, and runs it. Pure.

All keys are optional; an unknown key is an error. A plain case is one account of a made-up county, open for years,
whose list was seen completely, looked at on the morning after the period:

- ``period`` (``2026-W47``), ``looked_at``; ``platform``, ``name``, ``unit``, ``account_type``, ``medium``, ``status``
- ``opened_on`` (``"unknown"`` for none), ``closing_notice_on``, ``deregistered_on``
- ``posts``: dates (known to the day), times, or tables with ``at`` and ``push``, ``pinned``, ``links``
- ``covered``: ``all``, ``none``, or the first and last day seen; ``source``, ``reason``
- ``person``: what a named person saw, with ``newest_on``, ``n_updates``, ``at``, ``n_pictures``
- ``links``: addresses of one post of the period, each with ``checks`` of ``state``, ``at``, ``status``, ``reason``,
  ``proven`` and ``run``; a dead answer is a 404 and a failing one a timeout unless it says otherwise
- ``websites``, ``services``: registered addresses, each with ``nights`` of ``state``, ``reason``, ``first``, ``last``
- ``registered``: names of the unit's accounts; ``candidates``: ``name``, ``verified``, ``entity``, ``bio``, ``uid``
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analysis.case_links import Linked, kept_answers, link_checks_of
from analysis.case_probes import Probed, probes_of
from analysis.periods import days_between, midnight, parse_period
from analysis.probed import IPV6, WEBSITE
from records import (
    SHANGHAI,
    Account,
    AccountEvidence,
    Candidate,
    Case,
    Clause,
    Coverage,
    Evidence,
    Judgement,
    Link,
    Observation,
    Period,
    Post,
    Probe,
    Result,
    Snapshot,
    Unit,
)

_LOOK_BACK = timedelta(days=400)
_MORNING = timedelta(hours=9)
# The results of one case, the one that decides first: a single breach makes the case fire.
_WEIGHT = (Result.BREACH, Result.UNKNOWN, Result.MANUAL, Result.PASS, Result.NOT_APPLICABLE)


class CaseError(ValueError):
    """A case's ``given`` table is not as it must be; the message is a Chinese sentence."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Post(_Strict):
    at: datetime | date
    push: str | None = None
    pinned: bool = False


class _Person(_Strict):
    by: str = "张某"
    at: datetime | None = None
    newest_on: date | None = None
    n_updates: int | None = None
    n_pictures: int = 1


class _Candidate(_Strict):
    name: str
    verified: bool | None = None
    entity: str | None = None
    bio: str | None = None
    platform: str | None = None
    uid: str | None = None


class _Given(_Strict):
    period: str = "2026-W47"
    looked_at: datetime | None = None
    platform: str = "weibo"
    name: str = "云岭发布"
    unit: str = "云岭县人民政府办公室"
    unit_short_names: list[str] = []
    account_type: str | None = None
    medium: str | None = None
    status: str = "正常"
    opened_on: date | Literal["unknown"] = date(2019, 1, 2)
    closing_notice_on: date | None = None
    deregistered_on: date | None = None
    posts: list[datetime | date | _Post] = []
    covered: Literal["all", "none"] | list[date] = "all"
    source: str = "page"
    reason: str | None = None
    person: _Person | None = None
    links: list[Linked] = []
    registered: list[str] = Field(default=[])
    candidates: list[_Candidate] = []
    websites: list[Probed] = []
    services: list[Probed] = []


def evidence_of(case: Case) -> Evidence:
    """The evidence that the case's ``given`` table describes.

    Raises:
        CaseError: A key is unknown or a value has another form.
    """
    try:
        given = _Given.model_validate(dict(case.given))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise CaseError(f"示例“{case.name}”的 given 中 {place} 不认识或写法不对") from error
    period = parse_period(given.period)
    looked_at = _aware(given.looked_at) if given.looked_at else period.end + _MORNING
    accounts = tuple(_accounts(given, period, looked_at))
    candidates = tuple(_candidates(given, looked_at))
    return Evidence(
        unit=Unit(name=given.unit, short_names=tuple(given.unit_short_names)),
        period=period,
        looked_at=looked_at,
        accounts=accounts,
        candidates=candidates,
        candidate_snapshots={one.ref: _snapshot(one.url or one.ref, looked_at) for one in candidates},
        registered=frozenset(account.account.ref for account in accounts),
        probes=tuple(_probes(given)),
    )


def result_of(judgements: Iterator[Judgement]) -> Result:
    """The one result of all judgements of a case: a breach if there is one, else the most open; none at all passes."""
    results = {judgement.result for judgement in judgements}
    return next((result for result in _WEIGHT if result in results), Result.NOT_APPLICABLE)


def run_case(check: Callable[[Evidence, Clause], Iterator[Judgement]], clause: Clause, case: Case) -> Result:
    """What the check makes of one worked example of the clause."""
    return result_of(check(evidence_of(case), clause))


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def _probes(given: _Given) -> list[Probe]:
    found = [*probes_of(WEBSITE, given.unit, given.websites), *probes_of(IPV6, given.unit, given.services)]
    return sorted(found, key=lambda probe: probe.checked_at)


def _snapshot(url: str, at: datetime) -> Snapshot:
    digest = hashlib.sha256(url.encode()).hexdigest()
    return Snapshot(url=url, fetched_at=at, sha256=digest, ref=f"evidence/case.warc.gz#{digest[:6]}")


def _accounts(given: _Given, period: Period, looked_at: datetime) -> Iterator[AccountEvidence]:
    for number, name in enumerate(given.registered or [given.name]):
        yield _account(given, period, looked_at, str(1001 + number), name)


def _account(given: _Given, period: Period, looked_at: datetime, uid: str, name: str) -> AccountEvidence:
    dates = {"closing_notice_on": given.closing_notice_on, "deregistered_on": given.deregistered_on}
    dates["opened_on"] = None if given.opened_on == "unknown" else given.opened_on
    account = Account(
        platform=given.platform,
        uid=uid,
        name=name,
        unit=given.unit,
        account_type=given.account_type,
        medium=given.medium,
        status=given.status,
        dates={key: day for key, day in dates.items() if day is not None},
        fields={
            "网站地址": "、".join(one.address for one in given.websites),
            "服务地址": "、".join(one.address for one in given.services),
        },
    )
    posts = tuple(_posts(given, account, period))
    checks = link_checks_of(given.links)
    pages = [account.ref, *(post.post_id for post in posts)]
    return AccountEvidence(
        account=account,
        posts=posts,
        coverage=(_coverage(given, account, looked_at),),
        observations=tuple(_observations(given, account, period, looked_at)),
        link_checks=checks,
        answers=kept_answers(checks),
        snapshots={page: _snapshot(page, looked_at) for page in pages},
    )


def _posts(given: _Given, account: Account, period: Period) -> Iterator[Post]:
    for number, written in enumerate(given.posts):
        post = written if isinstance(written, _Post) else _Post(at=written)
        by_day = not isinstance(post.at, datetime)
        yield Post(
            platform=account.platform,
            account=account.ref,
            post_id=f"MzA=:{post.push}:{number}" if post.push else f"{5000 + number}",
            url=f"https://example.com/{number}",
            published_at=_aware(post.at) if isinstance(post.at, datetime) else midnight(post.at),
            time_precision="day" if by_day else "second",
            pinned=post.pinned,
        )
    if given.links:
        links = tuple(Link(url=link.url) for link in given.links)
        yield Post(
            platform=account.platform,
            account=account.ref,
            post_id="4999",
            url="https://example.com/links",
            title="办事指南",
            published_at=period.start + _MORNING,
            links=links,
        )


def _coverage(given: _Given, account: Account, looked_at: datetime) -> Coverage:
    row = Coverage(
        account=account.ref, status="none", source=given.source, checked_at=looked_at, reason=given.reason or "blocked"
    )
    if given.covered == "none":
        return row
    if isinstance(given.covered, list):
        seen = days_between(*given.covered)
        status, reason = "partial", given.reason
    else:
        seen = Period(looked_at - _LOOK_BACK, looked_at)
        status, reason = "complete", None
    return Coverage(
        account=account.ref,
        status=status,
        source=given.source,
        checked_at=looked_at,
        reason=reason,
        covered_from=seen.start,
        covered_to=seen.end,
    )


def _observations(given: _Given, account: Account, period: Period, looked_at: datetime) -> Iterator[Observation]:
    if given.person is not None:
        at = _aware(given.person.at) if given.person.at else looked_at
        yield Observation(
            account=account.ref,
            observed_at=at,
            observer=given.person.by,
            newest_on=given.person.newest_on,
            n_updates=given.person.n_updates,
            pictures=tuple(_snapshot(f"picture-{number}.png", at) for number in range(given.person.n_pictures)),
            period=period,
        )


def _candidates(given: _Given, looked_at: datetime) -> Iterator[Candidate]:
    for number, found in enumerate(given.candidates):
        uid = found.uid or f"{9001 + number}"
        yield Candidate(
            platform=found.platform or given.platform,
            uid=uid,
            name=found.name,
            found_at=looked_at,
            url=f"https://example.com/u/{uid}",
            verified=found.verified,
            verified_entity=found.entity,
            bio=found.bio,
        )
