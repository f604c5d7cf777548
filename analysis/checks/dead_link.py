"""Do the links of an account's posts and menus still lead somewhere (链接可用)?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from analysis.answers import ALIVE, Address, DeadHost, Pair, addresses_of, dead_hosts
from analysis.coverage import covered, why_not
from analysis.judgements import judgement
from analysis.params import whole_number
from analysis.periods import moment_words
from analysis.updates import is_crawled
from analysis.words import BASIS, account_words, reason_words, shown
from records import AccountEvidence, Clause, Evidence, Judgement, Period, Post, Result, Snapshot

# An address we may not or cannot call says nothing about the account.
_NOT_JUDGED = frozenset({"refused", "uncheckable"})
# Not asked for the host's rules: nothing is known of it.
_CLOSED = frozenset({"robots", "robots_unread"})
_OPEN_REASONS = {"blocked": "blocked", "failing": "error", "uncheckable": "robots"}
_TITLE_LENGTH = 40
# What was seen of a dead address, by the reason of its answer.
_SEEN = {
    "http_404": "返回404，页面不存在",
    "http_410": "返回410，页面已删除",
    "soft_404": "打开后写明页面不存在",
    "same_as_missing": "与肯定不存在的地址得到同样的页面",
    "gone": "平台写明内容不存在",
    "dns": "域名已不存在",
}
_A_SECOND = timedelta(seconds=1)
# Of a whole host's dead addresses so many are shown with what they answered.
_N_PROOFS = 5


def check(evidence: Evidence, clause: Clause) -> Iterator[Judgement]:
    """One breach for each dead host and each dead address elsewhere, else one judgement for the account.

    Dead means: two ``dead`` answers of two runs, at least ``hours_apart`` hours apart, each with our own connectivity
    proven, with no sign of life between them or since. Walls, outages and addresses that we do not call are never a
    breach. A host is dead as a whole if its name does not exist, or if three or more of its addresses are dead and
    all others were seen not to work since; that breach takes the place of its addresses' own, and its cause does not
    change with their number.

    Source: clause SD-3.1a.
    """
    apart = timedelta(hours=whole_number(clause, "hours_apart"))
    for account in evidence.accounts:
        addresses = addresses_of(account, evidence.period, apart)
        hosts = {host.host: host for host in dead_hosts(addresses)}
        judged = [address for address in addresses if address.is_judged]
        pages = [address for address in judged if address.pair is not None and address.host not in hosts]
        yield from (_host_breach(evidence, account, clause, host) for host in hosts.values())
        yield from (_page_breach(evidence, account, clause, address) for address in pages)
        if not hosts and not pages:
            yield _without_breach(evidence, account, clause, judged)


def _page_breach(evidence: Evidence, account: AccountEvidence, clause: Clause, address: Address) -> Judgement:
    pair = _pair_of([address])
    whose = account_words(account.account)
    return judgement(
        evidence,
        clause,
        Result.BREACH,
        f"{whose}{_place(address)}中的链接 {shown(address.url)} 已失效（{_seen(pair)}）"
        f"{BASIS}链接检测，{_times(pair)}）。",
        account=account.account,
        cause=f"{clause.check}:{address.url}",
        window=_window(evidence, pair),
        proofs=_proofs(account, [address]),
    )


def _host_breach(evidence: Evidence, account: AccountEvidence, clause: Clause, host: DeadHost) -> Judgement:
    """The number of addresses stands in the basis: a person's decision holds as further links of the host die."""
    judged = [address for address in host.addresses if address.is_judged]
    newest = sorted(judged, key=lambda one: _pair_of([one])[1].checked_at, reverse=True)[:_N_PROOFS]
    pair = _pair_of(host.addresses)
    why = "该域名已不存在" if host.is_missing else "已检测的页面都不存在"
    posts = {post.post_id for address in judged for post in address.posts}
    example = f"{_place(newest[0])}中的 {shown(newest[0].url)}"
    return judgement(
        evidence,
        clause,
        Result.BREACH,
        f"{account_words(account.account)}指向 {shown(host.host)} 的链接已全部失效（{why}）"
        f"{BASIS}链接检测，{_times(pair)}；本期{len(judged)}个地址，"
        f"见于{_carriers(judged, len(posts))}，例如{example}）。",
        account=account.account,
        cause=f"{clause.check}:host:{host.host}",
        window=_window(evidence, pair),
        proofs=_proofs(account, newest),
    )


def _pair_of(addresses: Sequence[Address]) -> Pair:
    """The first and the newest of the answers that prove these addresses dead."""
    answers = [answer for address in addresses for answer in address.pair or ()]
    return min(answers, key=lambda one: one.checked_at), max(answers, key=lambda one: one.checked_at)


def _proofs(account: AccountEvidence, addresses: Sequence[Address]) -> list[Snapshot]:
    """Both answers that each address is dead by, then the newest post that carries each."""
    carriers = [post.post_id for address in addresses for post in address.posts[-1:]]
    posts = [account.snapshots[key] for key in carriers if key in account.snapshots]
    return [*(answer for address in addresses for answer in address.proofs), *posts]


def _seen(pair: Pair) -> str:
    """What both answers showed, said once where it is the same; a reason without words here is an error."""
    return "；".join(dict.fromkeys(_SEEN[answer.reason or ""] for answer in pair))


def _times(pair: Pair) -> str:
    return f"{moment_words(pair[0].checked_at)}和{moment_words(pair[1].checked_at)}"


def _window(evidence: Evidence, pair: Pair) -> Period:
    return Period(min(evidence.period.start, pair[0].checked_at), pair[1].checked_at + _A_SECOND)


def _carriers(addresses: Sequence[Address], n_posts: int) -> str:
    others = dict.fromkeys(_place(address) for address in addresses if not address.posts)
    return "和".join([*([f"{n_posts}篇推文"] if n_posts else []), *others])


def _place(address: Address) -> str:
    if address.posts:
        return f"推文“{_title(address.posts[-1])}”"
    return "账号简介" if address.is_bio else "登记的菜单"


def _title(post: Post) -> str:
    return shown(post.title or post.url)[:_TITLE_LENGTH]


def _open_reason(address: Address) -> str | None:
    """Why it is not known whether the address works; ``None`` where it is, or where it is not judged."""
    if not address.checks:
        return "not_crawled"
    newest = address.checks[-1]
    if newest.state == "dead":
        return "unconfirmed" if newest.proven else "no_control"
    if newest.state in ALIVE or (newest.state in _NOT_JUDGED and newest.reason not in _CLOSED):
        return None
    return "robots_unread" if newest.reason == "robots_unread" else _OPEN_REASONS[newest.state]


def _without_breach(
    evidence: Evidence, account: AccountEvidence, clause: Clause, addresses: Sequence[Address]
) -> Judgement:
    result, reason = _result(evidence, account, addresses)
    if result is Result.PASS:
        said = "被检测的链接均可访问。"
    elif result is Result.UNKNOWN:
        said = f"的链接是否可用未能核查：{reason_words(reason or '')}。"
    else:
        said = f"不适用链接检测：{reason_words(reason or '')}。"
    summary = f"{account_words(account.account)}{said}"
    return judgement(evidence, clause, result, summary, account=account.account, reason=reason)


def _result(evidence: Evidence, account: AccountEvidence, addresses: Sequence[Address]) -> tuple[Result, str | None]:
    reasons = [reason for address in addresses if (reason := _open_reason(address)) is not None]
    if reasons:
        return Result.UNKNOWN, reasons[0]
    # Menu and bio say nothing of posts that nobody saw.
    if is_crawled(account.account) and not any(address.posts for address in addresses):
        unseen = _unseen(evidence, account)
        if unseen is not None:
            return Result.UNKNOWN, unseen
    if any(address.checks[-1].state in ALIVE for address in addresses):
        return Result.PASS, None
    if addresses:
        return Result.NOT_APPLICABLE, "uncheckable"
    return Result.NOT_APPLICABLE, "no_links" if is_crawled(account.account) else "not_crawled_platform"


def _unseen(evidence: Evidence, account: AccountEvidence) -> str | None:
    """Why the account's posts of the period were not seen; ``None`` where they were."""
    if covered(account.coverage, account.observations, evidence.period):
        return None
    return why_not(account.coverage, account.observations, evidence.period, evidence.looked_at)
