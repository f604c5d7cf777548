"""Sorts accounts from outside the register (疑似账号归类), with the reasons. Nothing here is a verdict.

Likeness of a name is no proof of fraud, a mark no proof of honesty, and what a page does not show is not known:
what is thin or contradicts itself is ``unknown``. Private persons and strangers stay out of every finding.
"""

from __future__ import annotations

from dataclasses import replace

from analysis.certified import by_entity, same_named_place
from analysis.comparing import Compared, Resemblance, Sorted, resemblances, rivals_of
from analysis.divisions import AMBIGUOUS, ELSEWHERE, Standing
from analysis.folding import fold
from analysis.registered import CLOSED, Register
from analysis.sightings import Seen, digest_of, facts_of
from analysis.townships import by_township
from analysis.unseen import written_out
from analysis.words import account_words, shown
from records.evidence import Triage

LABELS = {
    "registered": "已登记",
    "renamed": "登记账号已更名或迁移",
    "former_name": "曾用名被他人注册",
    "neighbour": "邻近或同名地方",
    "other_institution": "其他机构或媒体",
    "unregistered": "本单位账号未登记（疑似漏报）",
    "lookalike_uncertified": "名称相似、未见认证",
    "certified_other": "名称相似、认证主体为其他机构",
    "private_person": "个人使用单位名称",
    "unrelated": "与名录无关",
    "unknown": "无法判断",
}
SUSPECTS = frozenset({"former_name", "lookalike_uncertified", "certified_other", "private_person"})
# What says of an account, or of the unit that opened it, that something is wrong: only of one that somebody saw.
_ACCUSED = SUSPECTS | {"unregistered"}
_LOOK_FIRST = "账号本身没有看过，还不能判断：请搜索这个名称或打开账号页，把网页保存下来读入，见到它后再判定。"
# What nobody has to decide on: such an account's data are dropped with its page.
STRANGERS = frozenset({"other_institution", "unrelated"})


def triage(seen: Seen, register: Register, resemblance: Resemblance | None = None) -> Triage:
    """The class of a candidate, with its reasons, rivals and the registered name that it is most like.

    Args:
        seen: The candidate.
        register: What it is held against.
        resemblance: What :func:`resemblances` found for it; found out for it alone where not given, which for
            many candidates takes long.
    """
    compared = Compared(seen, register, resemblance or resemblances([seen], register)[0])
    found = _sorted(compared)
    account = found.account or compared.imitated
    reference = account.ref if account is not None else compared.match.account if compared.match else None
    return Triage(
        candidate=seen.candidate,
        kind=found.kind,
        reasons=found.reasons,
        unit=found.unit or (account.unit if account is not None else _nearest_unit(compared, found)),
        shown=digest_of(seen),
        account=reference,
        match=compared.match,
        entity_unit=found.entity_unit,
        rivals=found.rivals,
        facts=tuple(facts_of(seen)),
        doubt=found.doubt,
    )


def _nearest_unit(compared: Compared, found: Sorted) -> str:
    return compared.nearest_unit(is_asked=found.kind not in STRANGERS)


def _sorted(compared: Compared) -> Sorted:
    """What the account is by all that is known; what only others wrote of it is no observation to accuse on."""
    found = _by_what_is_known(compared)
    is_unseen = compared.seen.is_only_listed or compared.seen.is_only_named
    if found.kind not in _ACCUSED or not is_unseen:
        return found
    return replace(found, kind="unknown", reasons=(*found.reasons, _LOOK_FIRST), doubt="cannot_tell")


def _by_what_is_known(compared: Compared) -> Sorted:
    entity = compared.one.verified_entity
    if compared.one.ref.casefold() in compared.register.keys:
        return _registered(compared)
    if entity is not None and fold(entity):
        found = by_entity(compared, entity)
        return found if found.kind not in SUSPECTS else compared.namesake() or found
    return _like(compared) if compared.is_like else _unlike(compared)


def _registered(compared: Compared) -> Sorted:
    account = compared.register.account_of(compared.one.ref)
    if account is None or compared.seen.is_only_named or compared.name in compared.register.names_of(account):
        return Sorted("registered", ("这个编号在名录里。",), account=account)
    tells = "写" if compared.seen.is_only_listed else "显示"
    now = f"{compared.seen.where}{tells}的名称是“{written_out(compared.one.name)}”"
    return Sorted("renamed", (f"这个编号在名录里登记为“{shown(account.name)}”，{now}。",), account=account)


def _like(compared: Compared) -> Sorted:
    """A name like a registered one, without a certified entity."""
    if (namesake := compared.namesake()) is not None:
        return namesake
    if compared.seen.is_only_named:
        return compared.unsure(compared.likeness(), doubt="cannot_tell")
    if compared.one.verified is True:
        return compared.unsure("已认证但看不到认证主体，可能就是本单位的账号。", doubt="unparsed")
    if compared.imitated is None and (of_elsewhere := by_township(compared)) is not None:
        return of_elsewhere
    taken = _taken_over(compared)
    if taken is not None:
        return Sorted("former_name", (compared.said, taken, *compared.signs()))
    standing = compared.register.divisions.standing_of_name(compared.one.name, compared.bio)
    if standing.where in (AMBIGUOUS, ELSEWHERE) and standing.rivals and compared.imitated is None:
        return _name_of_elsewhere(compared, standing)
    if compared.denies:
        words = (compared.said, compared.bio_words("自称个人或非官方"), compared.likeness())
        return Sorted("private_person", words)
    return Sorted("lookalike_uncertified", (compared.said, compared.likeness(), *compared.signs()))


def _name_of_elsewhere(compared: Compared, standing: Standing) -> Sorted:
    if standing.where != ELSEWHERE:
        return same_named_place(compared, standing, None)
    rivals = rivals_of(standing)
    told = f"写的是同名的另一个地方：{'、'.join(rivals)}"
    is_in_name = compared.register.divisions.standing_of_name(compared.one.name).where == ELSEWHERE
    words = f"名称（{written_out(compared.one.name)}）{told}。" if is_in_name else compared.bio_words(told)
    return Sorted("neighbour", (compared.said, words), rivals=rivals)


def _taken_over(compared: Compared) -> str | None:
    """Whose former name, or closed account's name, it has on the same platform; ``None`` if nobody's."""
    for filed in compared.register.filed.values():
        account = filed.account
        if account.platform != compared.one.platform:
            continue
        if compared.name in map(fold, account.former_names):
            return f"这个名称是名录里{account_words(account)}的曾用名，编号不是它的。"
        if account.status in CLOSED and compared.name == fold(account.name):
            return f"名录里{account_words(account)}已{account.status}，同名的账号编号不是它的。"
    return None


def _unlike(compared: Compared) -> Sorted:
    """A name like none: of interest only if the account carries an office's picture, texts or bio."""
    said = f"{compared.said.rstrip('。')}；名称与名录里的都不相似。"
    named = next((unit.name for unit in compared.register.units if fold(unit.name) in fold(compared.bio)), None)
    claims = named is not None and compared.claims
    if compared.imitated is None and not claims:
        return Sorted("unrelated", (said,))
    more = (compared.bio_words(f"写有“{named}”并自称官方"),) if claims else ()
    words = (said, *more, *compared.signs(), "只凭这些不能判断它是谁的账号。")
    # A bio that names the unit without calling itself official, or denies to be, says of nobody's account whose it is.
    return Sorted("unknown", words, "cannot_tell", unit=named, entity_unit=named if claims else None)
