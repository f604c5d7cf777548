"""Accounts that the platform certifies for a unit of ours and that the register does not have (漏报)."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.folding import fold
from analysis.leads import judged, lead, of_unit, sentence, triages_of
from analysis.words import shown
from records import Clause, Evidence, Judgement, Result
from records.evidence import Triage

_NEXT = "请向该单位核实：确由其开设的补报备案，不再使用的按程序关停。"
_TO_TELL = "请核对是不是名录里的账号：是的把这个编号补进名录，不是的补报备案。"


def check(evidence: Evidence, clause: Clause) -> Iterator[Judgement]:
    """Judgements of every candidate certified for the unit, or said to be its: leads, else one for the unit.

    Only an account whose page shows the certification is a breach. What bio or list alone say is told as theirs.
    What may as well be a registered account under another key, or another place's, is ``unknown``, and so is one
    whose page is not kept (``page_not_kept``). Without any candidate nothing was swept: one ``unknown`` with
    ``not_crawled``.

    Source: clauses DX-5.4a, SD-1.4a, ZZ-4.1f.
    """
    yield from of_unit(evidence, clause, _told(evidence, clause))


def _told(evidence: Evidence, clause: Clause) -> Iterator[Judgement]:
    for found in triages_of(evidence):
        if found.entity_unit is None:
            continue
        if found.kind == "unregistered":
            whose = f"认证主体是“{shown(found.entity_unit)}”"
            yield lead(evidence, clause, found, f"{whose}，疑似漏报", _NEXT)
        elif found.doubt is not None:
            words = sentence(found, f"{_seen(found, found.entity_unit)}，尚不能确定是不是漏报", _TO_TELL)
            yield judged(evidence, clause, found, Result.UNKNOWN, words, found.doubt)


def _seen(found: Triage, unit: str) -> str:
    """What was seen of whose account it is, and where: without an entity it is the bio that names the unit."""
    mark = dict(found.facts)["认证"]
    return mark if fold(found.candidate.verified_entity or "") else f"简介自称“{shown(unit)}”，{mark}"
