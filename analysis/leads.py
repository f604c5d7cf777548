"""What the checks on candidates share (疑似账号线索): the unit's triages, and the words and judgements made of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from analysis.registered import Filed, Register
from analysis.sightings import Seen
from analysis.triage import triage
from analysis.unseen import written_out
from analysis.words import BASIS, platform_words, shown
from records import Clause, Evidence, Judgement, Result
from records.evidence import Triage

_NAME, _LISTED = "账号名称", "名单写的名称"
_NOT_KEPT = "page_not_kept"
_SEARCH_AGAIN = "显示它的页面没有留存，不能列为问题；请重新搜索这个名称，见到它后再判定。"


def triages_of(evidence: Evidence) -> Sequence[Triage]:
    """The triages of the unit's candidates; those of evidence that nobody sorted are made from the unit alone."""
    if evidence.triages is not None:
        return evidence.triages
    filed = [Filed(account=item.account, profile=item.profile) for item in evidence.accounts]
    register = Register((evidence.unit,), filed, evidence.registered)
    return [triage(Seen(candidate=candidate), register) for candidate in evidence.candidates]


def candidate_words(found: Triage) -> str:
    """``微博“云岺发布”（7699000001）``: platform, shown name and key.

    Where it is only what a post, a feed or a partner's table calls the account, that is said:
    ``微博推文里写作“云岺发布”的账号（…）``.
    """
    one, label = found.candidate, next((label for label, _ in found.facts), _NAME)
    # What only others wrote is never a breach, so that no decision was made on these words.
    said = "名单里写作" if label == _LISTED else label
    said, whose = ("", "") if label == _NAME else (said, "的账号")
    return f"{platform_words(one.platform)}{said}“{written_out(one.name)}”{whose}（{shown(one.uid)}）"


def sentence(found: Triage, what: str, next_step: str) -> str:
    """One sentence a clerk can send on; what was observed stands before the basis and changes only with the account."""
    reasons = "；".join(reason.rstrip("。").replace(BASIS, "（") for reason in found.reasons)
    observed = f"{candidate_words(found)}不在名录中，{what}（特征码 {found.shown}）。"
    return f"{observed}{next_step}{BASIS}{reasons}）。"


def lead(given: Evidence, clause: Clause, found: Triage, what: str, next_step: str) -> Judgement:
    """The breach that a candidate is, resting on the page that showed it.

    Without that page it is ``unknown``: nobody could check what is said of the account, so it must be searched again.
    """
    if found.candidate.ref in given.candidate_snapshots:
        return judged(given, clause, found, Result.BREACH, sentence(found, what, next_step))
    return judged(given, clause, found, Result.UNKNOWN, sentence(found, what, _SEARCH_AGAIN), _NOT_KEPT)


def judged(
    given: Evidence, clause: Clause, found: Triage, result: Result, summary: str, reason: str | None = None
) -> Judgement:
    """A judgement about a candidate, with the page that showed it."""
    seen = given.candidate_snapshots
    reference = found.candidate.ref
    return Judgement(
        subject="candidate",
        unit=given.unit.name,
        clause=clause.id,
        check=clause.check,
        result=result,
        account=found.account,
        candidate=reference,
        reason=reason,
        summary=summary,
        cause=f"{clause.check}:{reference}",
        window=given.period,
        evidence=(seen[reference],) if reference in seen and result is Result.BREACH else (),
    )


def of_unit(given: Evidence, clause: Clause, told: Iterable[Judgement]) -> Iterable[Judgement]:
    """The judgements of a clause about a unit's candidates; one for the unit where there are none.

    That nobody imitates it can be said only where its names were searched: else it is ``unknown``, and so it is where
    nobody searched at all.
    """
    gap = given.search_gap if given.triages is not None or given.candidates else "not_crawled"
    return list(told) or [_unit_judgement(given, clause, Result.UNKNOWN if gap else Result.PASS, gap)]


def _unit_judgement(given: Evidence, clause: Clause, result: Result, reason: str | None) -> Judgement:
    return Judgement(
        subject="unit",
        unit=given.unit.name,
        clause=clause.id,
        check=clause.check,
        result=result,
        reason=reason,
        window=given.period,
    )
