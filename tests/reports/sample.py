"""An invented county, 云岭县 in 澜州市, with about forty accounts, breaches, unknowns and persons' looks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from records import (
    SHANGHAI,
    Account,
    Clause,
    Coverage,
    Finding,
    Judgement,
    Observation,
    Period,
    Result,
    Snapshot,
    Unit,
    Verdict,
)
from reports.bulletin import Release, Report, Upcoming, compose
from tests.reports.law import ADS, FILING, IMPOSTOR, LAW, NAMED, SHORT, SILENT

WEEK = Period(datetime(2026, 11, 9, tzinfo=SHANGHAI), datetime(2026, 11, 16, tzinfo=SHANGHAI))
DRAFTED_AT = datetime(2026, 11, 16, 0, 30, tzinfo=UTC)
OFFICE = "云岭县人民政府办公室"
TOWNS = ("青石镇", "落霞镇", "望江乡", "白鹭乡", "松坪镇", "柳溪镇", "古渡镇", "竹海乡")
BUREAUS = ("教育局", "公安局", "文化和旅游局", "交通运输局", "农业农村局", "卫生健康局", "应急管理局", "市场监督管理局")


def units() -> list[Unit]:
    """The county office, eight bureaus and eight towns."""
    names = [OFFICE, *(f"云岭县{bureau}" for bureau in BUREAUS), *(f"云岭县{town}人民政府" for town in TOWNS)]
    return [Unit(name=name) for name in names]


def _account(platform: str, number: int, name: str, unit: str, **fields: Any) -> Account:
    return Account(
        platform=platform,
        uid=f"{platform[:2]}{number:04d}",
        name=name,
        unit=unit,
        url=f"https://{platform}.example/{number}",
        **fields,
    )


def accounts() -> list[Account]:
    """Forty accounts on four platforms."""
    rows = [_account("weibo", 0, "云岭发布", OFFICE), _account("wechat", 0, "云岭发布", OFFICE)]
    for number, bureau in enumerate(BUREAUS, 1):
        unit = f"云岭县{bureau}"
        rows += [_account("weibo", number, f"云岭{bureau}", unit), _account("wechat", number, f"云岭县{bureau}", unit)]
    for number, town in enumerate(TOWNS, 11):
        unit = f"云岭县{town}人民政府"
        rows += [_account("wechat", number, f"{town}发布", unit), _account("toutiao", number, f"魅力{town}", unit)]
    rows += [_account("抖音", number, f"云岭{name}", f"云岭县{name}") for number, name in enumerate(BUREAUS[:3], 31)]
    rows[-4] = replace(rows[-4], status="暂停")
    return [
        *rows,
        _account("toutiao", 40, "云岭文旅", "云岭县文化和旅游局"),
        _account("weibo", 41, "云岭旅游", "云岭县文化和旅游局", status="关停"),
    ]


def snapshot(number: int, url: str | None = None) -> Snapshot:
    """A page kept as evidence."""
    return Snapshot(
        url=url or f"https://weibo.example/p/{number}",
        fetched_at=datetime(2026, 11, 15, 18, number % 60, tzinfo=UTC),
        sha256=f"{number:02x}" * 32,
        ref=f"evidence/2026-11-15.warc.gz#{number}",
        quote="双十一特惠，点击购买",
    )


def _judged(account: Account, clause: Clause, result: Result, reason: str | None = None) -> Judgement:
    return Judgement(
        subject="account",
        unit=account.unit,
        clause=clause.id,
        check=clause.check,
        result=result,
        account=account.ref,
        reason=reason,
    )


def finding(
    number: int,
    account: Account | None,
    clauses: tuple[Clause, ...],
    summary: str,
    verdict: Verdict = Verdict.PENDING,
    **fields: Any,
) -> Finding:
    """A finding of an account, due in ten days."""
    shape: dict[str, Any] = {
        "id": f"F{number:05d}",
        "check": clauses[0].check,
        "cause": f"{clauses[0].check}:{number}",
        "clauses": tuple(clause.id for clause in clauses),
        "severity": clauses[0].severity,
        "subject": "account",
        "account": account.ref if account else None,
        "candidate": None,
        "unit": account.unit if account else OFFICE,
        "period": WEEK,
        "summary": summary,
        "evidence": (snapshot(number), snapshot(number + 100)),
        "verdict": verdict,
        "repeats": 0,
        "first_seen_at": datetime(2026, 11, 15, 18, 0, tzinfo=UTC),
        "last_seen_at": datetime(2026, 11, 15, 18, 0, tzinfo=UTC),
        "due_on": date(2026, 11, 25),
    }
    return Finding(**{**shape, **fields})


_BREACHES = (
    (5, (SHORT,), "本周更新 2 次，少于每周 3 次", Verdict.PENDING),
    (8, (SHORT,), "本周更新 1 次，少于每周 3 次", Verdict.CONFIRMED),
    (19, (SILENT, SHORT), "最近一次更新为 10 月 20 日，已 26 天未更新", Verdict.CONFIRMED),
    (23, (SILENT, SHORT), "最近一次更新为 10 月 29 日，已 17 天未更新", Verdict.PENDING),
    (10, (ADS,), "11 月 12 日推文“冬季养生”末尾附有商品购买链接", Verdict.PENDING),
    (13, (NAMED,), "认证信息为个人，未标明主办单位名称", Verdict.PENDING),
    (29, (FILING,), "11 月 2 日开设，11 月 9 日提交备案表，超过 2 个工作日", Verdict.CONFIRMED),
    (2, (ADS,), "11 月 10 日推文疑似商业广告，经核实为公益活动", Verdict.MISTAKEN),
)
_AGES = {19: 27, 23: 18}
_WALLED = {1: "no_public_list", 7: "no_public_list", 15: "blocked", 18: "blocked", 25: "unparsed", 32: "login"}


def given(**changes: Any) -> dict[str, Any]:
    """The keyword arguments of compose for the county's draft, with changes."""
    rows = accounts()
    breached = {(rows[index].ref, clause.id) for index, clauses, _, _ in _BREACHES for clause in clauses}
    judgements = []
    for index, account in enumerate(rows):
        for clause in (FILING, SHORT, SILENT, ADS, NAMED):
            judgements.append(_judgement(index, account, clause, breached))
    shape: dict[str, Any] = {
        "office": OFFICE,
        "kind": "weekly",
        "period": WEEK,
        "drafted_at": DRAFTED_AT,
        "units": units(),
        "accounts": rows,
        "judgements": judgements,
        "findings": [*findings(rows), *candidate_findings()],
        "regulations": LAW,
        "coverage": {account.ref: coverage(index, account) for index, account in enumerate(rows[:35]) if index != 33},
        "observations": [_observation(rows[13]), _observation(rows[9])],
        "newest": {
            row.ref: DRAFTED_AT - timedelta(days=_AGES.get(index, 1 + index % 6)) for index, row in enumerate(rows[:30])
        },
        "candidates": 2,
        "not_reported": ["云岭县白鹭乡人民政府"],
        "notes": ["m.weibo.cn 经平台运营方书面许可采集（许可日期 2026年10月8日）。"],
        "upcoming": [
            Upcoming(unit=rows[3].unit, words="微信公众号“云岭县教育局”第 11 天未更新", due_on=date(2026, 11, 19))
        ],
    }
    return {**shape, **changes}


def findings(rows: list[Account]) -> list[Finding]:
    """The county's findings in the order of the table above."""
    return [
        finding(number, rows[index], clauses, summary, verdict, repeats=1 if index == 19 else 0)
        for number, (index, clauses, summary, verdict) in enumerate(_BREACHES, 1)
    ]


def candidate_findings() -> list[Finding]:
    """Two suspected accounts, which no bulletin may name."""
    return [
        finding(
            70 + n,
            None,
            (IMPOSTOR,),
            f"“云岭发布{n}”与登记账号名称相近，未认证",
            subject="candidate",
            candidate=f"wechat:cand{n}",
        )
        for n in (1, 2)
    ]


def _judgement(index: int, account: Account, clause: Clause, breached: set[tuple[str, str]]) -> Judgement:
    if (account.ref, clause.id) in breached:
        return _judged(account, clause, Result.BREACH)
    if clause is FILING:
        return _judged(account, clause, Result.PASS)
    if account.platform == "抖音":
        return _judged(account, clause, Result.UNKNOWN, "not_crawled")
    if account.status != "正常":
        code = "suspended" if account.status == "暂停" else "closed"
        return _judged(account, clause, Result.NOT_APPLICABLE, code)
    if index in _WALLED and clause is not NAMED:
        return _judged(account, clause, Result.UNKNOWN, _WALLED[index])
    if index == 29 and clause is SHORT:
        return _judged(account, clause, Result.NOT_APPLICABLE, "opened_mid_period")
    return _judged(account, clause, Result.PASS)


def coverage(index: int, account: Account) -> Coverage:
    """The last run's row: whole, or kept out by what the table above says."""
    reason = _WALLED.get(index)
    return Coverage(
        account=account.ref,
        status="complete" if reason is None else "partial" if reason == "no_public_list" else "none",
        source="page",
        checked_at=DRAFTED_AT - timedelta(hours=6),
        reason=reason,
        covered_from=WEEK.start if reason is None else None,
        covered_to=WEEK.end if reason is None else None,
        pages=2,
        posts_new=3,
        posts_seen=10,
    )


def _observation(account: Account) -> Observation:
    return Observation(
        account=account.ref,
        observed_at=datetime(2026, 11, 16, 1, 5, tzinfo=SHANGHAI),
        observer="办公室值班员甲",
        newest_on=date(2026, 11, 14),
        n_updates=4,
        pictures=(snapshot(90, "file://observations/90.png"),),
        period=WEEK,
    )


def draft(**changes: Any) -> Report:
    """The county's draft."""
    return compose(**given(**changes))


def decided(shape: dict[str, Any]) -> dict[str, Any]:
    """The same with every waiting line of a registered account confirmed."""
    rows = [
        row if row.candidate or row.verdict is not Verdict.PENDING else replace(row, verdict=Verdict.CONFIRMED)
        for row in shape["findings"]
    ]
    return {**shape, "findings": rows}


def released(**changes: Any) -> Report:
    """The county's released paper."""
    stamp = Release(
        number="云政办通报〔2026〕12号", by="签发人甲", at=datetime(2026, 11, 17, 2, 0, tzinfo=UTC), digest="ab12" * 16
    )
    return compose(**{**decided(given(**changes)), "release": stamp})
