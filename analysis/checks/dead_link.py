"""Do the links of an account's posts and menus still lead somewhere (链接可用)?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from analysis.coverage import covered, why_not
from analysis.params import whole_number
from analysis.periods import moment_words
from analysis.proofs import without_doubles
from analysis.updates import is_crawled, published_in
from analysis.words import BASIS, account_words, reason_words, shown
from records import AccountEvidence, Clause, Evidence, Judgement, LinkCheck, Period, Post, Result

_ALIVE = frozenset({"alive", "moved"})
# An address we may not or cannot call says nothing about the account.
_NOT_JUDGED = frozenset({"refused", "uncheckable"})
_OPEN_REASONS = {"dead": "unconfirmed", "blocked": "blocked", "failing": "error", "uncheckable": "robots"}
_TITLE_LENGTH = 40
_ANSWERS = {404: "返回404，页面不存在", 410: "返回410，页面已删除", 200: "打开后写明内容不存在"}
_A_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class _Address:
    """One address of an account, the post that carries it (``None`` for a menu), and its answers, oldest first."""

    url: str
    post: Post | None
    checks: tuple[LinkCheck, ...]

    def dead_run(self) -> tuple[LinkCheck, ...]:
        """The dead answers since the address last answered alive; none if its newest answer is not dead."""
        if not self.checks or self.checks[-1].state != "dead":
            return ()
        alive_at = max((n for n, answer in enumerate(self.checks) if answer.state in _ALIVE), default=-1)
        return tuple(answer for answer in self.checks[alive_at + 1 :] if answer.state == "dead")

    def is_dead(self, apart: timedelta) -> bool:
        run = self.dead_run()
        return bool(run) and run[-1].checked_at - run[0].checked_at >= apart

    def open_reason(self) -> str | None:
        """Why it is not known whether the address works; ``None`` where it is, or where it is not judged."""
        if not self.checks:
            return "not_crawled"
        newest = self.checks[-1]
        if newest.state in _ALIVE or (newest.state in _NOT_JUDGED and newest.reason != "robots"):
            return None
        return _OPEN_REASONS[newest.state]


def check(evidence: Evidence, clause: Clause) -> Iterator[Judgement]:
    """One breach for each dead address of an account, else one judgement for the account.

    Dead means: the newest answer is ``dead``, and so was one at least ``hours_apart`` hours before it, with no sign
    of life between. Walls, outages and addresses that we do not call are never a breach.

    Source: clause SD-3.1a.
    """
    apart = timedelta(hours=whole_number(clause, "hours_apart"))
    for account in evidence.accounts:
        addresses = _addresses(account, evidence.period)
        dead = [address for address in addresses if address.is_dead(apart)]
        if dead:
            yield from (_breach(evidence, account, clause, address) for address in dead)
        else:
            yield _without_breach(evidence, account, clause, addresses)


def _addresses(account: AccountEvidence, period: Period) -> tuple[_Address, ...]:
    found: dict[str, Post | None] = dict.fromkeys(account.account.menu_links)
    for post in account.posts:
        if published_in(post, period):
            found.update({link.target or link.url: post for link in post.links})
    return tuple(_Address(url, post, _answers(account, url)) for url, post in found.items())


def _answers(account: AccountEvidence, url: str) -> tuple[LinkCheck, ...]:
    answers = account.link_checks.get(url, ())
    return tuple(sorted(answers, key=lambda answer: answer.checked_at))


def _breach(evidence: Evidence, account: AccountEvidence, clause: Clause, address: _Address) -> Judgement:
    run = address.dead_run()
    first, newest = run[0], run[-1]
    place = "登记的菜单" if address.post is None else f"推文“{_title(address.post)}”"
    answered = _ANSWERS.get(newest.status or 0, "域名已不存在")
    keys = [address.url, *([address.post.post_id] if address.post else [])]
    return _judgement(
        evidence,
        account,
        clause,
        result=Result.BREACH,
        said=f"{place}中的链接 {shown(address.url)} 已失效（{answered}）"
        f"{BASIS}链接检测，{moment_words(first.checked_at)}和{moment_words(newest.checked_at)}）。",
        cause=f"{clause.check}:{address.url}",
        window=Period(min(evidence.period.start, first.checked_at), newest.checked_at + _A_SECOND),
        keys=keys,
    )


def _title(post: Post) -> str:
    return shown(post.title or post.url)[:_TITLE_LENGTH]


def _without_breach(
    evidence: Evidence, account: AccountEvidence, clause: Clause, addresses: Sequence[_Address]
) -> Judgement:
    result, reason = _result(evidence, account, addresses)
    if result is Result.PASS:
        said = "被检测的链接均可访问。"
    elif result is Result.UNKNOWN:
        said = f"的链接是否可用未能核查：{reason_words(reason or '')}。"
    else:
        said = f"不适用链接检测：{reason_words(reason or '')}。"
    return _judgement(evidence, account, clause, result=result, said=said, reason=reason)


def _result(evidence: Evidence, account: AccountEvidence, addresses: Sequence[_Address]) -> tuple[Result, str | None]:
    reasons = [reason for address in addresses if (reason := address.open_reason()) is not None]
    if reasons:
        return Result.UNKNOWN, reasons[0]
    if any(address.checks[-1].state in _ALIVE for address in addresses):
        return Result.PASS, None
    if addresses:
        return Result.NOT_APPLICABLE, "uncheckable"
    if not is_crawled(account.account):
        return Result.NOT_APPLICABLE, "not_crawled_platform"
    if covered(account.coverage, account.observations, evidence.period):
        return Result.NOT_APPLICABLE, "no_links"
    return Result.UNKNOWN, why_not(account.coverage, account.observations, evidence.period, evidence.looked_at)


def _judgement(
    evidence: Evidence,
    account: AccountEvidence,
    clause: Clause,
    *,
    result: Result,
    said: str,
    reason: str | None = None,
    cause: str = "",
    window: Period | None = None,
    keys: Sequence[str] = (),
) -> Judgement:
    return Judgement(
        subject="account",
        account=account.account.ref,
        unit=evidence.unit.name,
        clause=clause.id,
        check=clause.check,
        result=result,
        reason=reason,
        summary=f"{account_words(account.account)}{said}",
        cause=cause,
        window=window or evidence.period,
        evidence=without_doubles(account.snapshots[key] for key in keys if key in account.snapshots),
    )
