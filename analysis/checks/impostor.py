"""Accounts outside the register that pass for a registered account or its unit (疑似假冒政务新媒体)."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.entities import UNCLEAR, entity_of
from analysis.leads import judged, lead, of_unit, sentence, triages_of
from analysis.triage import LABELS, SUSPECTS
from records import Candidate, Clause, Evidence, Judgement, Result
from records.evidence import Triage

_NEXT = "请人工核实其主办方：属本单位的补报备案，确属假冒的按程序处置。"
_TO_TELL = "请在手机上打开该账号核对，把看到的编号或认证主体记下来。"


def check(evidence: Evidence, clause: Clause) -> Iterator[Judgement]:
    """Judgements of every candidate that passes for the unit: breaches as leads, else one for the unit.

    ``params``: ``likeness`` (0.0 to 1.0), from which a name is put before a person; ``verified = "person"``
    restricts the clause to candidates verified as a person or not verified. What the triage cannot sort is
    ``unknown``, and so is a suspect whose page is not kept (``page_not_kept``); whatever it sorts otherwise than as a
    suspect is no judgement. Without any candidate nothing was swept: one ``unknown`` with ``not_crawled``.

    Raises:
        KeyError: The clause has no ``likeness``.
        ValueError: ``verified`` is another word than ``person``.

    Source: clauses DX-4.1d, LJ-10b, SD-4.2, ZJ-23.
    """
    least = float(clause.params["likeness"])  # type: ignore[arg-type]
    yield from of_unit(evidence, clause, _told(evidence, clause, least, persons_only=_persons_only(clause)))


def _persons_only(clause: Clause) -> bool:
    if "verified" not in clause.params:
        return False
    if clause.params["verified"] != "person":
        raise ValueError(f"verified: person expected, not {clause.params['verified']!r}")
    return True


def _told(evidence: Evidence, clause: Clause, least: float, *, persons_only: bool) -> Iterator[Judgement]:
    for found in triages_of(evidence):
        is_person = _is_person(found.candidate) if persons_only and found.kind != "private_person" else True
        if is_person is False or not _passes_for_ours(found, least):
            continue
        if found.kind in SUSPECTS:
            what = f"归类为“{LABELS[found.kind]}”"
            if is_person is None:
                yield judged(evidence, clause, found, Result.UNKNOWN, sentence(found, what, _NEXT), "unparsed")
            else:
                yield lead(evidence, clause, found, what, _NEXT)
        elif found.kind == "unknown":
            words = sentence(found, "像本单位的账号，但看到的情况不足以判断是不是假冒", _TO_TELL)
            yield judged(evidence, clause, found, Result.UNKNOWN, words, found.doubt)


def _passes_for_ours(found: Triage, least: float) -> bool:
    """Whether the name is like enough; an account without a like name that borrows pictures or texts is, too."""
    return found.match.score >= least if found.match is not None else found.account is not None


def _is_person(candidate: Candidate) -> bool | None:
    """Whether the page shows the candidate as a person's or unverified; ``None`` where it does not show that."""
    if candidate.verified_entity is not None:
        return entity_of(candidate.verified_entity).sort == UNCLEAR
    return True if candidate.verified is False else None
