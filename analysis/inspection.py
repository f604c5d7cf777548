"""Clauses x evidence -> judgements (判定): which clause is put to which unit, streamed unit by unit. Pure."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from itertools import chain
from typing import cast

import analysis.checks
from analysis.cases import run_case
from analysis.params import span, whole_number
from analysis.words import reason_words
from records import Account, Case, Clause, Evidence, Judgement, Period, Regulation, Result, TellableError

Check = Callable[[Evidence, Clause], Iterator[Judgement]]

NATIONAL = "national"
MANUAL = "manual"


class InspectionError(TellableError, ValueError):
    """A regulation or check that is named does not exist; the message is a Chinese sentence."""


def check_names() -> frozenset[str]:
    """The checks that exist, by their file names in analysis/checks."""
    return frozenset(entry.name for entry in pkgutil.iter_modules(analysis.checks.__path__))


@cache
def find_check(name: str) -> Check:
    """The check of that name.

    Raises:
        InspectionError: No file of analysis/checks has that name.
    """
    if name not in check_names():
        raise InspectionError(f"没有名为 {name} 的检查项，现有：{'、'.join(sorted(check_names()))}")
    return cast(Check, importlib.import_module(f"analysis.checks.{name}").check)


def regulations_of(account: Account, default_regulations: Iterable[str]) -> tuple[str, ...]:
    """The ids of the regulations an account answers to: its own 适用规则 or else the office's, and ``national``."""
    return tuple(dict.fromkeys((*(account.regulations or default_regulations), NATIONAL)))


def inspect(
    evidence: Iterable[Evidence],
    regulations: Mapping[str, Regulation],
    default_regulations: Sequence[str],
    only: Collection[str] = (),
) -> Iterator[Judgement]:
    """The judgement of every clause of every regulation that binds a unit or its accounts, unit by unit.

    A check sees all accounts of the unit; what it says of an account that the regulation does not bind is dropped.

    Args:
        evidence: The units' records of the period, reaching back as far as ``seen_since`` says.
        regulations: All known regulations by id, ``national`` among them.
        default_regulations: What binds accounts without their own 适用规则, and the unit itself.
        only: Ids of the regulations to judge by; all if empty.

    Raises:
        InspectionError: An account or the office names a regulation, or a clause a check, that does not exist.
    """
    for given in evidence:
        bound = {item.account.ref: regulations_of(item.account, default_regulations) for item in given.accounts}
        for regulation in _named(regulations, (*default_regulations, NATIONAL, *chain.from_iterable(bound.values()))):
            if only and regulation.id not in only:
                continue
            spared = {ref for ref, names in bound.items() if regulation.id not in names}
            for judgement in chain.from_iterable(_judge(given, clause) for clause in regulation.clauses):
                if judgement.subject != "account" or judgement.account not in spared:
                    yield judgement


def _named(regulations: Mapping[str, Regulation], names: Iterable[str]) -> Iterator[Regulation]:
    for name in dict.fromkeys(names):
        if name not in regulations:
            raise InspectionError(f"适用规则“{name}”没有对应的文件，现有：{'、'.join(regulations)}")
        yield regulations[name]


def _judge(given: Evidence, clause: Clause) -> Iterator[Judgement]:
    if clause.check != MANUAL:
        yield from find_check(clause.check)(given, clause)
        return
    yield Judgement(
        subject="unit",
        unit=given.unit.name,
        clause=clause.id,
        check=MANUAL,
        result=Result.MANUAL,
        reason="needs_person",
        summary=f"{given.unit.name}是否符合“{clause.quote}”：{reason_words('needs_person')}。",
        window=given.period,
    )


def seen_since(regulations: Iterable[Regulation], period: Period) -> datetime:
    """From when on posts and coverage must be in the evidence of a period, so that its longest look back is covered.

    A clause reaches back before the period by its ``days``, or by ``per`` where that is a number of days or weeks.
    """
    clauses = [clause for regulation in regulations for clause in regulation.clauses]
    return period.start - max((_reach(clause) for clause in clauses), default=timedelta())


def _reach(clause: Clause) -> timedelta:
    days = timedelta(days=whole_number(clause, "days")) if "days" in clause.params else timedelta()
    per = span(clause, "per") if "per" in clause.params else None
    return max(days, per or timedelta())


def failing_cases(regulation: Regulation) -> Iterator[tuple[Clause, Case, Result]]:
    """The worked examples of a regulation that come out otherwise than they say, each with what came out.

    Raises:
        InspectionError, ParamError, CaseError: A clause names no check, or a parameter or case is not as it must be.
    """
    for clause in regulation.clauses:
        for case in clause.cases:
            result = Result.MANUAL if clause.check == MANUAL else run_case(find_check(clause.check), clause, case)
            if result is not case.expect:
                yield clause, case, result
