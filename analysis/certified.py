"""Sorts a candidate by the entity that the platform certifies for it (按认证主体归类), with the reasons."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.comparing import Compared, Sorted, rivals_of
from analysis.divisions import ABOVE, AMBIGUOUS, ELSEWHERE, OURS, UNNAMED, Standing
from analysis.entities import BODY, COMPANY, MEDIA, OFFICE, UNCLEAR, Entity, is_person, short_form
from analysis.places import short_place
from analysis.unseen import written_out
from analysis.words import account_words, shown

_PUBLIC = (OFFICE, MEDIA, BODY)


def by_entity(compared: Compared, shown_entity: str) -> Sorted:
    """The class of a candidate whose page shows a certified entity."""
    return _ByEntity(compared, compared.register.entity(shown_entity)).sort()


class _ByEntity:
    """A candidate and its certified entity."""

    def __init__(self, compared: Compared, entity: Entity) -> None:
        self.compared, self.entity, self.register = compared, entity, compared.register
        self.said = compared.said
        self.standing = self.register.divisions.standing(entity.places, compared.bio)
        # Whether an office of the city is the one for our place: 澜州市公安局云岭分局.
        self.is_our_branch = any(
            form in entity.rest for form in self.register.divisions.forms if form not in entity.places
        )

    def sort(self) -> Sorted:
        """The class of the candidate."""
        where, unit = self.standing.where, self._unit()
        if self.compared.one.verified is not True:
            return self._without_mark(unit)
        if where == AMBIGUOUS:
            return same_named_place(self.compared, self.standing, unit)
        if unit is not None and where == UNNAMED and self.entity.sort in _PUBLIC:
            return self._without_place(unit)
        is_office_of_ours = self.entity.sort == OFFICE and (where == OURS or self.is_our_branch)
        if unit is not None:
            return self._of_unit(unit)
        return self._of_unknown_unit() if is_office_of_ours else self._of_others()

    def _unit(self) -> str | None:
        """The registered unit that the entity is."""
        where = self.standing.where
        if where not in (OURS, UNNAMED, ABOVE) or (where == ABOVE and not self.is_our_branch):
            return None
        return self.register.unit_of(self.entity)

    def _without_mark(self, unit: str | None) -> Sorted:
        """An entity without a mark: a partner's table never gives one, and what it names may be an office of ours."""
        is_near = self.standing.where in (OURS, AMBIGUOUS) or self.is_our_branch
        is_office_of_ours = unit is not None or (is_near and self.entity.sort == OFFICE)
        if not is_office_of_ours and not self.compared.is_like:
            return Sorted("unrelated", (self.said,))
        whose = unit or (written_out(self.compared.one.verified_entity or "") if is_office_of_ours else None)
        why, doubt = "认证标志和认证主体对不上，不能据此认定。", "unparsed"
        if self.compared.seen.is_only_listed:
            why, doubt = "名单没有写认证标志，不能据此认定。", "cannot_tell"
        return self.compared.unsure(why, doubt=doubt, unit=unit, entity_unit=whose)

    def _of_unknown_unit(self) -> Sorted:
        words = (self.said, "认证主体是本地的单位，名录里没有这个主办单位，也没有这个账号。")
        return Sorted("unregistered", words, entity_unit=written_out(self.compared.one.verified_entity or ""))

    def _of_unit(self, unit: str) -> Sorted:
        own = self.register.accounts_of(unit, self.compared.one.platform)
        same = next((account for account in own if self.compared.name in self.register.names_of(account)), None)
        words = (self.said, f"认证主体就是名录里的主办单位“{shown(unit)}”，名录里没有这个编号。")
        if same is None:
            return Sorted("unregistered", words, unit=unit, entity_unit=unit)
        more = f"与名录里的{account_words(same)}同平台同名、同一认证主体，可能是它迁移或换了编号。"
        return Sorted("renamed", (*words, more), doubt="same_name", unit=unit, account=same, entity_unit=unit)

    def _without_place(self, unit: str) -> Sorted:
        """An entity that names a unit of ours but no county: a township's name may be that of others."""
        town = self.entity.town
        rivals = self.register.divisions.standing_of_town(town) if town is not None else None
        if rivals is not None and rivals.where == OURS:
            return self._of_unit(unit)
        why = "认证主体没有写明是哪个县，别处可能有同名的单位。"
        return self.compared.unsure(why, doubt="cannot_tell", unit=unit, rivals=rivals_of(rivals) if rivals else ())

    def _of_others(self) -> Sorted:
        where, is_like = self.standing.where, self.compared.is_like
        has_own_place = any(short in self.compared.name for short in self._own_places())
        if where in (ELSEWHERE, ABOVE) and self.entity.sort in _PUBLIC and (has_own_place or not is_like):
            return self._of_elsewhere()
        if self.entity.sort == MEDIA and where in (OURS, ABOVE):
            return Sorted("other_institution", (self.said, "认证主体是本地或上级的媒体，不在名录里。"))
        if self.entity.sort == UNCLEAR:
            return self._of_a_person()
        if not is_like:
            return Sorted("other_institution", (self.said, *self.compared.signs()))
        return self._of_another_body()

    def _own_places(self) -> Iterator[str]:
        """The short names of the entity's places, its township among them: every county has a 城关."""
        yield from map(short_form, self.entity.places)
        if self.entity.town is not None:
            yield short_place(self.entity.town)

    def _of_elsewhere(self) -> Sorted:
        rivals = rivals_of(self.standing)
        which = f"，与本地同名的地方有：{'、'.join(rivals)}" if rivals else ""
        words = f"认证主体是别处的单位，名称用的也是那里的地名{which}。"
        return Sorted("neighbour", (self.said, words), rivals=rivals)

    def _of_another_body(self) -> Sorted:
        """A body that is none of ours, under a name like one of ours."""
        compared = self.compared
        if self.register.may_be_our_own(self.entity, self.standing.where):
            why = "认证主体是公共机构或媒体，可能属于本地、上级或同名的单位，请核对它是否应当登记。"
            return compared.unsure(why, compared.likeness(), doubt="cannot_tell")
        what = "公司一类的单位" if self.entity.sort == COMPANY else "其他单位"
        words = f"认证主体是{what}，不是名录里的主办单位。"
        return Sorted("certified_other", (self.said, words, compared.likeness(), *compared.signs()))

    def _of_a_person(self) -> Sorted:
        """An entity that is no organisation by its words: a person, or a trade."""
        compared = self.compared
        if not compared.is_like:
            return Sorted("unrelated", (self.said, "认证主体不像单位，名称与名录里的都不相似。"))
        if not is_person(self.entity):
            return compared.unsure("认证主体里有地名或单位用语，看不出是不是单位。", doubt="cannot_tell")
        words = "认证主体不像单位的名称。"
        return Sorted("private_person", (self.said, words, compared.likeness(), *compared.signs()))


def same_named_place(compared: Compared, standing: Standing, unit: str | None) -> Sorted:
    """``unknown``, as the place that the page names may be ours or another of the name."""
    rivals = rivals_of(standing)
    why = f"同名的地方还有：{'、'.join(rivals)}，页面没有写明是哪一个。" if rivals else "页面没有写明是哪个地方。"
    return compared.unsure(why, doubt="cannot_tell", unit=unit, rivals=rivals)
