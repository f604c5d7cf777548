"""The ledger's plain lists (台账各表): judgements, coverage and persons' observations, worded row by row."""

from __future__ import annotations

from records import Coverage, Judgement, Result
from reports.given import Given
from reports.report import CoverageRow, JudgementRow, SeenRow
from reports.wording import heading_of, plain, reason_of

_STATUS = {"complete": "看全", "partial": "部分看到", "none": "未看到"}
_SOURCES = {"page": "公开页面", "feed": "订阅源", "api": "平台接口", "unit": "单位报送", "person": "人工查看"}
_SUBJECTS = {
    "account": "账号",
    "unit": "主办单位",
    "office": "主管单位",
    "candidate": "疑似账号",
    "source": "数据来源",
    "host": "网站",
}


def judgement_rows(given: Given) -> tuple[JudgementRow, ...]:
    """Every judgement as given, with the verdict on its finding where there is one."""
    return tuple(_judgement(given, judgement) for judgement in given.judgements)


def _judgement(given: Given, judgement: Judgement) -> JudgementRow:
    name, platform = given.name_of(judgement.account)
    quote = given.quote(judgement.clause)
    reason = reason_of(judgement.reason).words if judgement.reason and judgement.result is not Result.PASS else ""
    return JudgementRow(
        subject=_SUBJECTS.get(judgement.subject, judgement.subject),
        name=name or plain(judgement.candidate or ""),
        platform=platform,
        unit=plain(judgement.unit),
        cite=quote.cite,
        clause=quote.id,
        heading=heading_of(judgement.check),
        result=judgement.result,
        verdict=given.verdict_on(judgement) if judgement.result is Result.BREACH else None,
        words=plain(judgement.summary or reason),
        n_evidence=len(judgement.evidence),
    )


def coverage_rows(given: Given) -> tuple[CoverageRow, ...]:
    """The last run's look at every registered account that it came to."""
    return tuple(_coverage(given, ref, row) for ref, row in given.coverage.items() if ref in given.registered)


def _coverage(given: Given, ref: str, row: Coverage) -> CoverageRow:
    name, platform = given.name_of(ref)
    return CoverageRow(
        account=name,
        platform=platform,
        unit=plain(given.account(ref).unit),
        status=_STATUS.get(row.status, row.status),
        words="" if row.reason is None else reason_of(row.reason).words,
        source=_SOURCES.get(row.source, row.source),
        observer=plain(row.observer or ""),
        covered_from=row.covered_from,
        covered_to=row.covered_to,
        pages=row.pages,
        posts_new=row.posts_new,
        posts_seen=row.posts_seen,
        checked_at=row.checked_at,
    )


def seen_rows(given: Given) -> tuple[SeenRow, ...]:
    """Every person's look, by time: who, when, what, with the pictures kept."""
    rows = sorted(given.observations, key=lambda row: row.observed_at)
    return tuple(
        SeenRow(
            account=given.name_of(row.account)[0],
            platform=given.name_of(row.account)[1],
            unit=plain(given.account(row.account).unit),
            observer=plain(row.observer),
            observed_at=row.observed_at,
            newest_on=row.newest_on,
            n_updates=row.n_updates,
            pictures=row.pictures,
        )
        for row in rows
    )
