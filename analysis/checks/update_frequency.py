"""Does an account publish as often as the clause asks (更新频次)?"""

from __future__ import annotations

from collections.abc import Iterator

from analysis.frequency import Demand, judge_demand
from analysis.params import span, whole_number, word, words
from analysis.updates import POST, PUSH, account_type, main_medium
from analysis.words import account_words, reason_words
from records import Account, Clause, Evidence, Judgement, Result

_TYPES = ("weibo", "wechat_subscription", "wechat_service", "toutiao", "app", "text_picture", "video", "any")


def check(evidence: Evidence, clause: Clause) -> Iterator[Judgement]:
    """One judgement for each account the clause speaks of and each window.

    Params: ``account_types`` (whom it speaks of), ``count`` and ``per`` (``week``, or a rolling ``14 days``), and
    ``unit`` (``post`` or ``push``). A clause without ``count`` gives no number to judge by: ``manual``.

    Source: clauses ZZ-4.2h, ZZ-4.2i, ZJ-14a, ZJ-14b, LJ-18a, N19-5.
    """
    types = words(clause, "account_types", _TYPES)
    demand = _demand(clause) if "count" in clause.params else None
    for account in evidence.accounts:
        if not _speaks_of(types, account.account):
            continue
        if demand is None:
            yield _for_a_person(evidence, clause, account.account)
        else:
            yield from judge_demand(evidence, account, clause, demand)


def _demand(clause: Clause) -> Demand:
    count, length = whole_number(clause, "count"), span(clause, "per")
    window = "week" if length is None else f"{length.days}d"
    unit = word(clause, "unit", (POST, PUSH))
    return Demand(n=count, span=length, unit=unit, cause=f"{clause.check}:{count}/{window}")


def _speaks_of(types: tuple[str, ...], account: Account) -> bool:
    return "any" in types or account_type(account) in types or main_medium(account) in types


def _for_a_person(evidence: Evidence, clause: Clause, account: Account) -> Judgement:
    return Judgement(
        subject="account",
        account=account.ref,
        unit=evidence.unit.name,
        clause=clause.id,
        check=clause.check,
        result=Result.MANUAL,
        reason="needs_person",
        summary=f"{account_words(account)}是否“{clause.quote}”：{reason_words('needs_person')}。",
    )
