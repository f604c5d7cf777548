"""Sorts accounts from outside the register (疑似账号归类), with the reasons. Nothing here is a verdict.

Likeness of a name is no proof of fraud, a mark no proof of honesty, and what a page does not show is not known:
what is thin or contradicts itself is ``unknown``. Private persons and strangers stay out of every finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from analysis.divisions import ABOVE, AMBIGUOUS, ELSEWHERE, OURS, UNNAMED, Standing
from analysis.entities import BODY, COMPANY, MEDIA, OFFICE, UNCLEAR, Entity, is_person, place_words, short_form
from analysis.folding import fold
from analysis.names import ALIKE
from analysis.registered import CLOSED, Register
from analysis.sightings import Seen, digest_of, facts_of, mark_words, why_words
from analysis.words import account_words, shown
from records import Account
from records.evidence import Match, Triage

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
# What nobody has to decide on: such an account's data are dropped with its page.
STRANGERS = frozenset({"other_institution", "unrelated"})
_CLAIMS = re.compile("官方|政府|政务|权威发布|指定发布")
_DENIES = re.compile("非官方|民间|个人(?:账号|号|观点)|本人|自媒体|粉丝(?:站|团)")
_MOST_RIVALS = 5


@dataclass(frozen=True, slots=True)
class _Sorted:
    """A kind with the reasons for it; ``doubt`` is the reason code of an ``unknown``."""

    kind: str
    reasons: tuple[str, ...]
    doubt: str | None = None
    rivals: tuple[str, ...] = ()
    unit: str | None = None
    account: Account | None = None
    entity_unit: str | None = None


def triage(seen: Seen, register: Register) -> Triage:
    """The class of a candidate, with its reasons, rivals and the registered name that it is most like."""
    case = _Case(seen, register)
    found = case.sort()
    match = case.match if case.is_like else None
    account = found.account or case.imitated
    reference = account.ref if account is not None else match.account if match else None
    return Triage(
        candidate=seen.candidate,
        kind=found.kind,
        reasons=found.reasons,
        unit=found.unit or (account.unit if account else case.nearest_unit),
        shown=digest_of(seen),
        account=reference,
        match=match,
        entity_unit=found.entity_unit,
        rivals=found.rivals,
        facts=tuple(facts_of(seen)),
        doubt=found.doubt,
    )


def _rivals(standing: Standing) -> tuple[str, ...]:
    return tuple(map(place_words, standing.rivals[:_MOST_RIVALS]))


class _Case:
    """One candidate held against the register."""

    def __init__(self, seen: Seen, register: Register) -> None:
        self.seen, self.one, self.register = seen, seen.candidate, register
        self.match: Match | None = register.match(self.one.name, self.one.platform)
        self.is_like = self.match is not None and self.match.score >= ALIKE
        self.name, self.bio = fold(self.one.name), self.one.bio or ""
        self.denies = bool(_DENIES.search(self.bio))
        self.claims = bool(_CLAIMS.search(self.bio)) and not self.denies
        self.picture = register.picture_of(seen.avatar) if seen.avatar is not None else None
        self.bio_of = register.bio_of(self.one.bio)
        copied = [owner for text in self.one.texts if (owner := register.texts.source_of(text)) is not None]
        self.copied = max(copied, key=copied.count) if copied else None

    @property
    def imitated(self) -> Account | None:
        """The account that its picture, texts or bio are of."""
        reference = self.copied or self.bio_of
        return self.picture or (self.register.filed[reference].account if reference is not None else None)

    @property
    def nearest_unit(self) -> str:
        """The unit that has to look at it: that of the name most like its own, else the register's first."""
        return self.match.unit if self.match is not None else self.register.units[0].name

    def sort(self) -> _Sorted:
        """The class of the candidate."""
        if self.one.ref.casefold() in self.register.keys:
            return self._registered()
        if self.one.verified_entity is not None and self.one.verified_entity.strip():
            found = self._certified(self.register.entity(self.one.verified_entity))
            return found if found.kind not in SUSPECTS else self._namesake() or found
        return self._like() if self.is_like else self._unlike()

    def _registered(self) -> _Sorted:
        account = self.register.account_of(self.one.ref)
        if account is None or self.name in self.register.names_of(account):
            return _Sorted("registered", ("这个编号在名录里。",), account=account)
        was = f"这个编号在名录里登记为“{shown(account.name)}”，{self.seen.where}显示的名称是“{shown(self.one.name)}”。"
        return _Sorted("renamed", (was,), account=account)

    # With a certified entity.

    def _certified(self, entity: Entity) -> _Sorted:
        standing = self.register.divisions.standing(entity.places, self.bio)
        said = f"{self.seen.where}：{mark_words(self.one)}。"
        unit = self.register.unit_of(entity) if standing.where in (OURS, UNNAMED, ABOVE) else None
        if standing.where == ABOVE and not self._is_our_branch(entity):
            unit = None
        if self.one.verified is not True:
            if unit is None and not self.is_like:
                return _Sorted("unrelated", (said,))
            return self._unsure(said, "认证标志和认证主体对不上，不能据此认定。", doubt="unparsed", unit=unit)
        if standing.where == AMBIGUOUS:
            return self._same_named_place(said, standing, unit)
        if unit is not None and standing.where == UNNAMED and entity.sort in (OFFICE, MEDIA, BODY):
            return self._without_place(said, entity, unit)
        if unit is not None or (entity.sort == OFFICE and (standing.where == OURS or self._is_our_branch(entity))):
            return self._of_ours(said, unit)
        return self._of_others(said, entity, standing)

    def _is_our_branch(self, entity: Entity) -> bool:
        """Whether an office of the city is the one for our place: 澜州市公安局云岭分局."""
        return any(form in entity.rest for form in self.register.divisions.forms if form not in entity.places)

    def _of_ours(self, said: str, unit: str | None) -> _Sorted:
        if unit is None:
            words = (said, "认证主体是本地的单位，名录里没有这个主办单位，也没有这个账号。")
            return _Sorted("unregistered", words, entity_unit=shown(self.one.verified_entity or ""))
        own = self.register.accounts_of(unit, self.one.platform)
        same = next((account for account in own if self.name in self.register.names_of(account)), None)
        words = (said, f"认证主体就是名录里的主办单位“{shown(unit)}”，名录里没有这个编号。")
        if same is None:
            return _Sorted("unregistered", words, unit=unit, entity_unit=unit)
        more = f"与名录里的{account_words(same)}同平台同名、同一认证主体，可能是它迁移或换了编号。"
        return _Sorted("renamed", (*words, more), doubt="same_name", unit=unit, account=same, entity_unit=unit)

    def _without_place(self, said: str, entity: Entity, unit: str) -> _Sorted:
        """An entity that names a unit of ours but no county: a township's name may be that of others."""
        rivals = self.register.divisions.standing_of_town(entity.town) if entity.town is not None else None
        if rivals is not None and rivals.where == OURS:
            return self._of_ours(said, unit)
        why = "认证主体没有写明是哪个县，别处可能有同名的单位。"
        return self._unsure(said, why, doubt="cannot_tell", unit=unit, rivals=_rivals(rivals) if rivals else ())

    def _same_named_place(self, said: str, standing: Standing, unit: str | None) -> _Sorted:
        rivals = _rivals(standing)
        why = f"同名的地方还有：{'、'.join(rivals)}，页面没有写明是哪一个。" if rivals else "页面没有写明是哪个地方。"
        return self._unsure(said, why, doubt="cannot_tell", unit=unit, rivals=rivals)

    def _of_others(self, said: str, entity: Entity, standing: Standing) -> _Sorted:
        rivals = _rivals(standing)
        is_public = entity.sort in (OFFICE, MEDIA, BODY)
        has_own_place = any(short_form(place) in self.name for place in entity.places)
        if standing.where in (ELSEWHERE, ABOVE) and is_public and (has_own_place or not self.is_like):
            which = f"，与本地同名的地方有：{'、'.join(rivals)}" if rivals else ""
            return _Sorted("neighbour", (said, f"认证主体是别处的单位，名称用的也是那里的地名{which}。"), rivals=rivals)
        if entity.sort == MEDIA and standing.where in (OURS, ABOVE):
            return _Sorted("other_institution", (said, "认证主体是本地或上级的媒体，不在名录里。"))
        if entity.sort == UNCLEAR:
            return self._of_a_person(said, entity)
        if not self.is_like:
            return _Sorted("other_institution", (said, *self._signs()))
        if self.register.may_be_our_own(entity, standing.where):
            why = "认证主体是公共机构或媒体，可能属于本地、上级或同名的单位，请核对它是否应当登记。"
            return self._unsure(said, why, self._likeness(), doubt="cannot_tell")
        what = "公司一类的单位" if entity.sort == COMPANY else "其他单位"
        return _Sorted(
            "certified_other", (said, f"认证主体是{what}，不是名录里的主办单位。", self._likeness(), *self._signs())
        )

    def _of_a_person(self, said: str, entity: Entity) -> _Sorted:
        """An entity that is no organisation by its words: a person, or a trade."""
        if not self.is_like:
            return _Sorted("unrelated", (said, "认证主体不像单位，名称与名录里的都不相似。"))
        if not is_person(entity):
            return self._unsure(said, "认证主体里有地名或单位用语，看不出是不是单位。", doubt="cannot_tell")
        return _Sorted("private_person", (said, "认证主体不像单位的名称。", self._likeness(), *self._signs()))

    # Without a certified entity.

    def _like(self) -> _Sorted:
        said = f"{self.seen.where}：{mark_words(self.one)}。"
        if (namesake := self._namesake()) is not None:
            return namesake
        if self.one.verified is True:
            return self._unsure(said, "已认证但看不到认证主体，可能就是本单位的账号。", doubt="unparsed")
        taken = self._taken_over()
        if taken is not None:
            return _Sorted("former_name", (said, taken, *self._signs()))
        standing = self.register.divisions.standing_of_name(self.one.name, self.bio)
        if standing.where in (AMBIGUOUS, ELSEWHERE) and standing.rivals and self.imitated is None:
            return self._name_of_elsewhere(said, standing)
        if self.denies:
            return _Sorted("private_person", (said, self._bio_words("自称个人或非官方"), self._likeness()))
        return _Sorted("lookalike_uncertified", (said, self._likeness(), *self._signs()))

    def _namesake(self) -> _Sorted | None:
        """Perhaps a registered account under a key that the register does not have; ``None`` if it is none's."""
        account = self.register.namesake(self.one.platform, self.one.uid, self.one.name)
        if account is None:
            return None
        said = f"{self.seen.where}：{mark_words(self.one)}。"
        same = f"与名录里的{account_words(account)}同平台同名（含曾用名）。"
        why = "看到的编号不是名录里的那一种，可能就是同一账号，请核对。"
        return self._unsure(said, same, why, doubt="same_name", account=account)

    def _name_of_elsewhere(self, said: str, standing: Standing) -> _Sorted:
        rivals = _rivals(standing)
        if standing.where == ELSEWHERE:
            words = self._bio_words(f"写的是同名的另一个地方：{'、'.join(rivals)}")
            return _Sorted("neighbour", (said, words), rivals=rivals)
        return self._same_named_place(said, standing, None)

    def _taken_over(self) -> str | None:
        """Whose former name, or closed account's name, it has on the same platform; ``None`` if nobody's."""
        for filed in self.register.filed.values():
            account = filed.account
            if account.platform != self.one.platform:
                continue
            if self.name in map(fold, account.former_names):
                return f"这个名称是名录里{account_words(account)}的曾用名，编号不是它的。"
            if account.status in CLOSED and self.name == fold(account.name):
                return f"名录里{account_words(account)}已{account.status}，同名的账号编号不是它的。"
        return None

    def _unlike(self) -> _Sorted:
        """A name like none: of interest only if the account carries an office's picture, texts or bio."""
        said = f"{self.seen.where}：{mark_words(self.one)}；名称与名录里的都不相似。"
        named = next((unit.name for unit in self.register.units if fold(unit.name) in fold(self.bio)), None)
        if self.imitated is not None or (named is not None and self.claims):
            more = (self._bio_words(f"写有“{named}”并自称官方"),) if named is not None and self.claims else ()
            return self._unsure(
                said, *more, *self._signs(), "只凭这些不能判断它是谁的账号。", doubt="cannot_tell", unit=named
            )
        return _Sorted("unrelated", (said,))

    # Reasons.

    def _likeness(self) -> str:
        match = self.match
        if match is None:
            raise ValueError("no registered name is like it")
        owner = self.register.filed[match.account].account if match.account is not None else None
        whose = account_words(owner) if owner is not None else shown(match.unit)
        alike = "看上去相同" if match.score == 1.0 else "相似"
        likeness = f"{alike}{why_words(match.why)}，相似度 {match.score:.2f}"
        return f"名称与名录里{whose}的{match.role}“{shown(match.name)}”{likeness}。"

    def _signs(self) -> Iterator[str]:
        """What else points to a registered account, each with where it was seen."""
        if self.picture is not None:
            yield f"头像与名录里{account_words(self.picture)}的头像几乎相同。"
        if self.copied is not None:
            owner = account_words(self.register.filed[self.copied].account)
            yield f"{self.seen.where}上的推文与{owner}的推文几乎相同。"
        if self.bio_of is not None:
            yield f"简介与名录里{account_words(self.register.filed[self.bio_of].account)}的简介相同。"
        elif self.claims and self.one.verified is not True:
            yield self._bio_words("自称官方或政务" + ("，页面显示未认证" if self.one.verified is False else ""))

    def _bio_words(self, what: str) -> str:
        return f"简介（{shown(self.bio)}）{what}。"

    def _unsure(
        self,
        *reasons: str,
        doubt: str,
        unit: str | None = None,
        account: Account | None = None,
        rivals: tuple[str, ...] = (),
    ) -> _Sorted:
        return _Sorted("unknown", reasons, doubt, rivals, unit, account, entity_unit=unit)
