"""Is a unit's website down too often or too long, and what must a person look up then (网站临时下线)?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from analysis.judgements import judgement
from analysis.outages import Outage, is_down, is_watched, once_a_run, outages
from analysis.params import whole_number, word
from analysis.periods import day_of, day_words, moment_words
from analysis.probed import WEBSITE, page_of, request_of, websites_of
from analysis.words import BASIS, reason_words, shown
from records import Clause, Evidence, Judgement, Period, Probe, Result, Snapshot

_LIMITS = "limits"
# What no public page shows: a person looks it up where a website was down.
_PAPERS = {"permission": "是否经审批同意并发布公告", "report": "是否及时报备"}
_A_SECOND = timedelta(seconds=1)
_N_PROOFS = 5
_N_FILERS = 5


@dataclass(frozen=True, slots=True)
class _Case:
    """An outage that gives cause to say something, of the website behind a request; ``faults`` are its breaches.

    ``counted`` are the earlier ones of its year, where it is one too many.
    """

    request: str
    outage: Outage
    faults: tuple[str, ...] = ()
    counted: tuple[Outage, ...] = ()


def check(evidence: Evidence, clause: Clause) -> Iterator[Judgement]:
    """One breach for each outage that is one too many or too long, or one request to a person for each outage.

    With ``demand = "limits"`` the ``max_events`` + 1st outage of a calendar year is a breach, and one longer than
    ``max_days`` days; it is judged in the periods in which the website was seen down. With ``permission`` or
    ``report`` every outage is for a person to look up, never a breach. An outage takes failing probes at least
    ``hours_apart`` hours apart, as every visitor would meet them; more than ``gap_days`` days without observation are
    never counted as down. A website that several units file is down once, whoever of them it was probed for and however
    they spell it: that is judged of the first of its ``filers``, and what is said of it names the others. ``http`` and
    ``https`` of one host and path may answer otherwise, so that each has its outages; one whose runs all found the
    other down too is not told beside it. A host with ``www.`` and the one without are two names of which one may be
    missing while the other works: each is judged by itself.

    Source: clauses LJ-7a, LJ-7b, LJ-7c.
    """
    demand = word(clause, "demand", (_LIMITS, *_PAPERS))
    requests = tuple(dict.fromkeys(map(request_of, websites_of(account.account for account in evidence.accounts))))
    own = [request for request in requests if _first_filer(evidence, clause, request) == evidence.unit.name]
    found = {request: _outages(evidence, clause, request) for request in _compared(evidence, clause, own)}
    cases = [one for request in found for one in _cases(evidence, clause, demand, request, found[request])]
    mine = [case for case in cases if case.request in own]
    told = [case for case in mine if not any(_is_told_by(case, other, list(found)) for other in cases)]
    yield from (_judgement(evidence, clause, demand, case) for case in told)
    left = {case.request for case in mine}
    still_open = {request: found[request] for request in own if request not in left}
    if not told and requests and not still_open:
        yield _left_to_others(evidence, clause, requests)
    elif not told:
        yield _untold(evidence, clause, demand, still_open)


def _filers(evidence: Evidence, clause: Clause, request: str) -> tuple[str, ...]:
    return evidence.filers.get(clause.id, {}).get(request, (evidence.unit.name,))


def _first_filer(evidence: Evidence, clause: Clause, request: str) -> str:
    return _filers(evidence, clause, request)[0]


def _compared(evidence: Evidence, clause: Clause, requests: Sequence[str]) -> Iterator[str]:
    """These requests of the unit and all that are filed of the same pages, in one order for all units."""
    pages = {page_of(request) for request in requests}
    known = dict.fromkeys((*evidence.filers.get(clause.id, {}), *requests))
    yield from (request for request in known if page_of(request) in pages)


def _is_told_by(case: _Case, other: _Case, order: Sequence[str]) -> bool:
    """Whether another case of the page says all of this one: its runs are more, or the same and it stands first."""
    if case.request == other.request or page_of(case.request) != page_of(other.request):
        return False
    is_first = order.index(other.request) < order.index(case.request)
    return case.outage.is_within(other.outage) and (is_first or not other.outage.is_within(case.outage))


def _left_to_others(evidence: Evidence, clause: Clause, requests: Sequence[str]) -> Judgement:
    """What is said of a unit all of whose websites are judged of other units that file them too."""
    names = dict.fromkeys(_first_filer(evidence, clause, one) for one in _compared(evidence, clause, requests))
    first = "、".join(shown(name) for name in names if name != evidence.unit.name)
    summary = f"{shown(evidence.unit.name)}：登记的网站同时由{first}登记，是否下线只在其名下判定。"
    return judgement(evidence, clause, Result.NOT_APPLICABLE, summary, reason="filed_by_another")


def _probes(evidence: Evidence, request: str) -> list[Probe]:
    websites = (probe for probe in evidence.probes if probe.kind == WEBSITE)
    before = (probe for probe in websites if probe.checked_at < evidence.period.end)
    return once_a_run(probe for probe in before if request_of(probe.address) == request)


def _gap(clause: Clause) -> timedelta:
    return timedelta(days=whole_number(clause, "gap_days"))


def _outages(evidence: Evidence, clause: Clause, request: str) -> list[Outage]:
    apart = timedelta(hours=whole_number(clause, "hours_apart"))
    return outages(_probes(evidence, request), apart, _gap(clause))


def _cases(evidence: Evidence, clause: Clause, demand: str, request: str, found: Sequence[Outage]) -> Iterator[_Case]:
    for outage in (outage for outage in found if outage.touches(evidence.period)):
        if demand != _LIMITS:
            yield _Case(request, outage)
        elif faults := _faults(clause, outage, found):
            earlier = _earlier_in_year(outage, found)
            is_too_many = len(earlier) >= whole_number(clause, "max_events")
            yield _Case(request, outage, tuple(faults), earlier if is_too_many else ())


def _judgement(evidence: Evidence, clause: Clause, demand: str, case: _Case) -> Judgement:
    if demand == _LIMITS:
        return _breach(evidence, clause, case)
    return _request(evidence, clause, case, _PAPERS[demand])


def _faults(clause: Clause, outage: Outage, found: Sequence[Outage]) -> list[str]:
    number = len(_earlier_in_year(outage, found)) + 1
    max_days = whole_number(clause, "max_days")
    is_too_many = number > whole_number(clause, "max_events")
    faults = [f"是{day_of(outage.start).year}年第{number}次下线"] if is_too_many else []
    return [*faults, *([f"下线超过{max_days}天"] if outage.length > timedelta(days=max_days) else [])]


def _earlier_in_year(outage: Outage, found: Sequence[Outage]) -> tuple[Outage, ...]:
    year = day_of(outage.start).year
    return tuple(one for one in found if day_of(one.start).year == year and one.start < outage.start)


def _website_words(evidence: Evidence, outage: Outage) -> str:
    since = day_words(day_of(outage.start))
    return f"{shown(evidence.unit.name)}的网站 {shown(outage.address)} 自{since}起无法访问"


def _other_filers(evidence: Evidence, clause: Clause, request: str) -> str:
    """Who else files the website, so that no other line is looked for; in the basis, as the register changes."""
    others = [shown(unit) for unit in _filers(evidence, clause, request) if unit != evidence.unit.name]
    named = "、".join(others[:_N_FILERS])
    rest = f"等{len(others)}个单位" if len(others) > _N_FILERS else ""
    return f"；{named}{rest}也登记了这个网站，同一次下线只列这一条" if others else ""


def _breach(evidence: Evidence, clause: Clause, case: _Case) -> Judgement:
    """How long it lasts stands in the basis: a person's decision holds while the outage goes on."""
    outage = case.outage
    seen = f"{moment_words(outage.longest[0].checked_at)}至{moment_words(outage.longest[-1].checked_at)}"
    return judgement(
        evidence,
        clause,
        Result.BREACH,
        f"{_website_words(evidence, outage)}，{'，'.join(case.faults)}"
        f"{BASIS}网站探测，{seen}之间{len(outage.longest)}次均未打开，期间没有一次打开"
        f"{_counted_words(case)}{_other_filers(evidence, clause, case.request)}）。",
        cause=f"{clause.check}:{outage.address}:{day_of(outage.start).isoformat()}",
        window=_window(evidence, outage),
        proofs=(proof for one in (*case.counted, outage) for proof in _proofs(one)),
    )


def _counted_words(case: _Case) -> str:
    """When the earlier outages were with which it is one too many: whoever disputes it has to see each."""
    spans = (
        f"{moment_words(one.longest[0].checked_at)}至{moment_words(one.longest[-1].checked_at)}" for one in case.counted
    )
    return f"；同年此前的下线：{'、'.join(spans)}" if case.counted else ""


def _request(evidence: Evidence, clause: Clause, case: _Case, asked: str) -> Judgement:
    said = f"{_website_words(evidence, case.outage)}，{asked}：{reason_words('needs_papers')}"
    return judgement(
        evidence,
        clause,
        Result.MANUAL,
        f"{said}{_other_filers(evidence, clause, case.request)}。",
        reason="needs_papers",
        window=_window(evidence, case.outage),
        proofs=_proofs(case.outage),
    )


def _untold(evidence: Evidence, clause: Clause, demand: str, found: Mapping[str, Sequence[Outage]]) -> Judgement:
    """What is said of a unit none of whose websites gives cause for more."""
    if not found:
        return _without(evidence, clause, Result.NOT_APPLICABLE, "no_website")
    reasons = [reason for request in found if (reason := _open_reason(evidence, clause, request, found[request]))]
    if reasons:
        return _without(evidence, clause, Result.UNKNOWN, reasons[0])
    if demand != _LIMITS:
        return _without(evidence, clause, Result.NOT_APPLICABLE, "no_downtime")
    summary = f"{shown(evidence.unit.name)}：网站没有超出次数或时限的下线。"
    return judgement(evidence, clause, Result.PASS, summary)


def _open_reason(evidence: Evidence, clause: Clause, request: str, found: Sequence[Outage]) -> str | None:
    """Why it is not known whether the website was down in the period; ``None`` where it is."""
    if evidence.looked_at < evidence.period.end:
        return "not_ended"
    probes = [probe for probe in _probes(evidence, request) if evidence.period.holds(probe.checked_at)]
    known = {probe.checked_at for outage in found for probe in outage.probes}
    if any(is_down(probe) and probe.checked_at not in known for probe in probes[-1:]):
        return "unconfirmed"
    if is_watched(probes, evidence.period, _gap(clause)):
        return None
    newest = probes[-1] if probes else None
    if newest is not None and newest.reason == "stopped":
        return "stopped"
    if newest is not None and newest.state in ("dead", "failing") and not newest.proven:
        return "error" if newest.reason == "own_network" else "no_control"
    if newest is not None and newest.state in ("dead", "failing") and not is_down(newest):
        return "unclear_answer"
    if newest is not None and (newest.state, newest.reason) == ("uncheckable", "unparsed"):
        return "unclear_answer"
    return newest.reason if newest is not None and newest.reason in ("robots", "robots_unread") else "not_probed"


def _without(evidence: Evidence, clause: Clause, result: Result, reason: str) -> Judgement:
    what = "网站是否下线未能核查" if result is Result.UNKNOWN else "不适用网站下线的条款"
    summary = f"{shown(evidence.unit.name)}：{what}：{reason_words(reason)}。"
    return judgement(evidence, clause, result, summary, reason=reason)


def _window(evidence: Evidence, outage: Outage) -> Period:
    return Period(min(evidence.period.start, outage.start), outage.end + _A_SECOND)


def _proofs(outage: Outage) -> Iterator[Snapshot]:
    """What was kept of the first and the newest failing probes, on which the outage rests."""
    many = len(outage.longest) > _N_PROOFS
    probes = (outage.longest[0], *outage.longest[1 - _N_PROOFS :]) if many else outage.longest
    return (probe.snapshot for probe in probes if probe.snapshot is not None)
