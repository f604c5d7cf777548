"""Where every account stands in the period (账号状况), and the counts that must add up.

Each account has exactly one standing: ``outside`` (its platform is not crawled), ``unseen``
(something could not be observed), ``not_applicable`` (suspended, closing, opened in the period) or
``observed``. A printed line makes it a breach wherever it stands; only ``observed`` can pass.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from records import CRAWLED_PLATFORMS, Account, Judgement, Result, Verdict
from reports.given import Given
from reports.report import AccountRow, Counts, Line, UnseenRow
from reports.wording import ReportError, is_paper, plain, platform_order, reason_of

_PARTED = ("opened_mid_period", "suspended", "closing", "closed")
_STATUS_CODES = {"暂停": "suspended", "注销": "closed", "关停": "closed"}
_STATES = {"observed": Result.PASS, "not_applicable": Result.NOT_APPLICABLE}
TROUBLE = (Result.BREACH, Result.UNKNOWN, Result.MANUAL, Result.NOT_APPLICABLE, Result.PASS)


def account_rows(given: Given, lines: Sequence[Line]) -> tuple[AccountRow, ...]:
    """Every registered account with its standing, by unit in the order of trouble."""
    by_ref: dict[str, list[Line]] = {}
    for line in lines:
        if line.ref:
            by_ref.setdefault(line.ref, []).append(line)
    rows = [_row(given, account, by_ref.get(account.ref, [])) for account in given.accounts]
    return tuple(sorted(rows, key=lambda row: (TROUBLE.index(row.state), row.unit, platform_order(row.platform))))


def _row(given: Given, account: Account, lines: Sequence[Line]) -> AccountRow:
    standing, codes = _standing(given, account)
    reasons = [reason_of(code) for code in codes]
    return AccountRow(
        ref=account.ref,
        name=plain(account.name),
        platform=account.platform,
        unit=plain(account.unit),
        standing=standing,
        state=Result.BREACH if lines else _STATES.get(standing, Result.UNKNOWN),
        confirmed=any(line.verdict is Verdict.CONFIRMED for line in lines),
        codes=codes,
        words="；".join(dict.fromkeys(reason.words for reason in reasons)),
        todo="；".join(dict.fromkeys(reason.todo for reason in reasons)),
        newest_on=given.newest_on(account.ref),
        seen_how=given.seen_how(account.ref),
        n_lines=len(lines),
        url=account.url,
    )


def _standing(given: Given, account: Account) -> tuple[str, tuple[str, ...]]:
    if account.platform not in CRAWLED_PLATFORMS:
        return "outside", ("not_crawled_platform",)
    judgements = given.judged.get(account.ref, [])
    coverage = given.coverage.get(account.ref)
    fallback = (coverage.reason or "not_judged") if coverage is not None else "not_crawled"
    unknown = Counter(row.reason or fallback for row in judgements if row.result is Result.UNKNOWN)
    if unknown:
        return "unseen", tuple(code for code, _ in unknown.most_common())
    if account.status != "正常":
        return "not_applicable", (_STATUS_CODES.get(account.status, "suspended"),)
    parted = dict.fromkeys(row.reason for row in judgements if row.result is Result.NOT_APPLICABLE)
    codes = tuple(code for code in parted if code in _PARTED)
    if _looked_at(judgements, complete=coverage is not None and coverage.status == "complete"):
        return "observed", codes
    return ("not_applicable", codes) if codes else ("unseen", (fallback,))


def _looked_at(judgements: Iterable[Judgement], *, complete: bool) -> bool:
    decided = [row for row in judgements if row.result in (Result.PASS, Result.BREACH)]
    return bool(decided) and (complete or any(not is_paper(row.check) for row in decided))


def count(platform: str, rows: Sequence[AccountRow]) -> Counts:
    """The counts of these accounts; ReportError unless every one has exactly one place."""
    standing = Counter(row.standing for row in rows)
    bad = sum(1 for row in rows if row.state is Result.BREACH and row.standing == "observed")
    counts = Counts(
        platform=platform,
        registered=len(rows),
        outside=standing["outside"],
        not_applicable=standing["not_applicable"],
        observed=standing["observed"],
        unseen=standing["unseen"],
        bad=bad,
        bad_elsewhere=sum(1 for row in rows if row.state is Result.BREACH) - bad,
    )
    passing = sum(1 for row in rows if row.state is Result.PASS)
    if counts.registered != counts.outside + counts.not_applicable + counts.due or counts.good != passing:
        raise ReportError(f"{platform or '合计'}的账号数对不上：{counts}")
    return counts


def count_platforms(rows: Sequence[AccountRow]) -> tuple[Counts, ...]:
    """The counts of each platform, the crawled ones first."""
    names = sorted({row.platform for row in rows}, key=platform_order)
    return tuple(count(name, [row for row in rows if row.platform == name]) for name in names)


def unseen_rows(given: Given, rows: Sequence[AccountRow]) -> tuple[UnseenRow, ...]:
    """Accounts that were not wholly observed, then units and other subjects with an undecided clause."""
    accounts = [_unseen_account(given, row) for row in rows if row.standing == "unseen"]
    elsewhere: dict[tuple[str, str], list[Judgement]] = {}
    for judgement in given.judgements:
        if judgement.result is Result.UNKNOWN and judgement.account is None and judgement.subject != "candidate":
            elsewhere.setdefault((judgement.unit, judgement.reason or "not_judged"), []).append(judgement)
    return (*accounts, *(_unseen_unit(given, unit, code, group) for (unit, code), group in elsewhere.items()))


def _unseen_account(given: Given, row: AccountRow) -> UnseenRow:
    undecided = [item for item in given.judged.get(row.ref, []) if item.result is Result.UNKNOWN]
    return UnseenRow(
        ref=row.ref,
        account=row.name,
        platform=row.platform,
        unit=row.unit,
        words=row.words,
        todo=row.todo,
        clauses=_numbers(given, undecided),
    )


def _unseen_unit(given: Given, unit: str, code: str, judgements: Sequence[Judgement]) -> UnseenRow:
    reason = reason_of(code)
    clauses = _numbers(given, judgements)
    return UnseenRow(
        ref="", account="", platform="", unit=plain(unit), words=reason.words, todo=reason.todo, clauses=clauses
    )


def _numbers(given: Given, judgements: Iterable[Judgement]) -> str:
    return "、".join(dict.fromkeys(given.quote(row.clause).number for row in judgements))


def trouble_by_reason(rows: Sequence[AccountRow], names: Mapping[str, str]) -> dict[str, int]:
    """Number of unseen accounts by platform and main reason, ``微信验证页``, the most frequent first."""
    unseen = [row for row in rows if row.standing == "unseen"]
    words = Counter(names[row.platform] + reason_of(row.codes[0]).short for row in unseen)
    return dict(words.most_common())
