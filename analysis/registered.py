"""The register as candidates are held against it (比对用名录): names, entities, bios and pictures."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from analysis import tables
from analysis.avatars import look_alike
from analysis.divisions import ABOVE, OURS, UNNAMED, Divisions
from analysis.entities import BODY, MEDIA, OFFICE, Entity, entity_of, place_codes_of, split_places
from analysis.folding import fold
from analysis.known_names import Known, KnownNames
from records import Account, Profile, Unit

CLOSED = ("注销", "关停")
_SHORTEST_BIO = 10
_LEVEL = re.compile("^(?:自治)?[省市州县区旗](?=[\u4e00-\u9fff]{2})")
# What remains of an entity after the unit's own name, where it is a department within the unit: 公安局 政治处.
_DEPARTMENT = re.compile("[\u4e00-\u9fff]{1,10}(?:[处科股室办站所队台组部]|中心|支部|党委|团委|窗口|大厅)")
_PROVINCE, _CITY = 2, 4  # digits of their codes
# The forms of a platform's keys; a key of none of them (name:, sogou:, a Weibo domain, a Toutiao token, which the
# platform gives in several forms for one account) never proves that an account is another one.
_KEY_FORMS = {
    "weibo": {"uid": re.compile("[0-9]+")},
    "toutiao": {"user_id": re.compile("[0-9]+")},
    "wechat": {
        "gh_id": re.compile("gh_[0-9a-z_-]+", re.I),
        "biz": re.compile("[0-9a-z+/]+={1,2}", re.I),
        "wechat_id": re.compile("[a-z][0-9a-z_-]{4,39}", re.I),
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A registered account with what is known of it: its newest profile and its picture's hash."""

    account: Account
    profile: Profile | None = None
    avatar: str | None = None


class Register:
    """Everything of the register that candidates are held against.

    Args:
        units, filed: In the register's order.
        keys: Every known ``platform:key``, case-folded.
        divisions: The office's own divisions, besides those that the units name.
    """

    def __init__(
        self, units: Sequence[Unit], filed: Sequence[Filed], keys: Iterable[str], divisions: Sequence[str] = ()
    ) -> None:
        self.units = tuple(units)
        self.filed = {one.account.ref: one for one in filed}
        self.keys = frozenset(key.casefold() for key in keys)
        self.places = frozenset(filter(None, (*divisions, *map(_division_of, units))))
        self.divisions = Divisions(self.places)
        names = (*_account_names(filed), *_unit_names(units))
        self.names = KnownNames([one for one in names if fold(one.name)], self.places)
        self._units_by_entity = dict(self._entities())
        self._pictures = _pictures(filed)
        self._bios = _bios(filed)

    def with_pictures(self, pictures: Mapping[str, str]) -> Register:
        """The same register with these hashes of pictures, by account; the index of names is shared."""
        seen = copy.copy(self)
        seen.filed = {ref: replace(one, avatar=pictures.get(ref)) for ref, one in self.filed.items()}
        seen._pictures = _pictures(seen.filed.values())
        return seen

    def names_of(self, account: Account) -> frozenset[str]:
        """The folded names by which an account is or was known."""
        one = self.filed[account.ref]
        shown = (one.profile.name,) if one.profile is not None else ()
        return frozenset(map(fold, (account.name, *account.former_names, *shown)))

    def account_of(self, reference: str) -> Account | None:
        """The registered account of a ``platform:key``, by any of its keys."""
        platform, _, key = reference.casefold().partition(":")
        for one in self.filed.values():
            keys = {value.casefold() for value in (one.account.uid, *one.account.aliases.values())}
            if one.account.platform == platform and key in keys:
                return one.account
        return None

    def _entities(self) -> Iterator[tuple[str, str]]:
        for one in self.filed.values():
            for shown in (one.account.verified_entity, one.profile.verified_entity if one.profile else None):
                if shown is not None and self.divisions.standing(self.entity(shown).places).where in (
                    OURS,
                    UNNAMED,
                ):
                    yield _entity_key(self.entity(shown)), one.account.unit
        for unit in self.units:
            for name in (*unit.short_names, unit.name):
                yield _entity_key(self.entity(name)), unit.name

    def entity(self, shown: str) -> Entity:
        """A certified entity taken apart, with the office's own places known."""
        return entity_of(shown, self.divisions.forms)

    def unit_of(self, entity: Entity) -> str | None:
        """The registered unit that an entity of our own place is, with or without the place and in other words."""
        return self._units_by_entity.get(_entity_key(entity)) or self._unit_within(entity)

    def _unit_within(self, entity: Entity) -> str | None:
        """The unit whose department an office is, told by the longest unit's name that it begins with."""
        if entity.sort != OFFICE:
            return None
        own = {_LEVEL.sub("", self.entity(unit.name).rest): unit.name for unit in self.units}
        rest = _LEVEL.sub("", entity.rest)
        found = [name for name in own if name and rest.startswith(name) and _DEPARTMENT.fullmatch(rest[len(name) :])]
        return own[max(found, key=len)] if found else None

    def may_be_our_own(self, entity: Entity, where: str) -> bool:
        """Whether it is a public body, or media, of our place or one above it as far as its words tell."""
        if entity.sort not in (OFFICE, MEDIA, BODY):
            return False
        return where in (OURS, ABOVE, UNNAMED) or self._is_perhaps_above(entity)

    def _is_perhaps_above(self, entity: Entity) -> bool:
        """Whether its place holds ours by its code, or may, as our own divisions do not say what holds them."""
        theirs = place_codes_of(entity.places)
        chains = [split_places(fold(place), self.divisions.forms)[0] for place in self.places]
        ours = {code for chain in chains for code in place_codes_of(chain)}
        if any(own != code and own.startswith(code) for own in ours for code in theirs):
            return True
        widths = {len(code) for code in theirs}
        is_city = _CITY in widths or (not theirs and entity.places[-1:] != () and entity.places[-1].endswith("市"))
        return not ours and (_PROVINCE in widths or (is_city and all(len(chain) < 2 for chain in chains)))

    def accounts_of(self, unit: str, platform: str) -> list[Account]:
        """The unit's registered accounts on a platform."""
        return [
            one.account for one in self.filed.values() if (one.account.unit, one.account.platform) == (unit, platform)
        ]

    def picture_of(self, picture: str) -> Account | None:
        """Whose profile picture it looks like; ``None`` where it is that of several units (an emblem, a default)."""
        return _of_one_unit([account for known, account in self._pictures if look_alike(known, picture)])

    def bio_of(self, bio: str | None) -> str | None:
        """The account whose bio it is; ``None`` where it is that of several units (an invitation to subscribe)."""
        owner = _of_one_unit(self._bios.get(fold(bio or ""), ()))
        return owner.ref if owner is not None else None

    def namesake(self, platform: str, key: str, name: str) -> Account | None:
        """A registered account that was ever of the very name, and whose key of this key's kind is not known."""
        kind = _key_kind(platform, key)
        own = (one.account for one in self.filed.values() if one.account.platform == platform)
        return next(
            (one for one in own if fold(name) in self.names_of(one) and (kind is None or kind not in _kinds_of(one))),
            None,
        )


def _key_kind(platform: str, key: str) -> str | None:
    """What kind of key it is; ``None`` for one that may stand for a registered account under another key."""
    forms = _KEY_FORMS.get(platform, {})
    return next((kind for kind, form in forms.items() if form.fullmatch(key)), None)


def _kinds_of(account: Account) -> frozenset[str | None]:
    """The kinds of key that are known of a registered account."""
    return frozenset((*account.aliases, _key_kind(account.platform, account.uid)))


def _pictures(filed: Iterable[Filed]) -> list[tuple[str, Account]]:
    return [(one.avatar, one.account) for one in filed if one.avatar is not None]


def _bios(filed: Iterable[Filed]) -> dict[str, list[Account]]:
    """The accounts of each bio that is long enough to be anybody's own, in the register's order."""
    found: dict[str, list[Account]] = {}
    for one in filed:
        if one.profile is not None and len(bio := fold(one.profile.bio or "")) >= _SHORTEST_BIO:
            found.setdefault(bio, []).append(one.account)
    return found


def _of_one_unit(owners: Sequence[Account]) -> Account | None:
    """The first of them where all are one unit's; ``None`` where there is none, or it is nobody's alone."""
    return owners[0] if len({account.unit for account in owners}) == 1 else None


def _division_of(unit: Unit) -> str:
    return unit.division or "".join(split_places(fold(unit.name))[0])


def _account_names(filed: Sequence[Filed]) -> Iterator[Known]:
    for one in filed:
        account = one.account
        yield Known(account.name, "账号名称", account.unit, account)
        if one.profile is not None and fold(one.profile.name) != fold(account.name):
            yield Known(one.profile.name, "账号页面名称", account.unit, account)
        for name in account.former_names:
            yield Known(name, "账号曾用名", account.unit, account)


def _unit_names(units: Sequence[Unit]) -> Iterator[Known]:
    for unit in units:
        yield Known(unit.name, "主办单位名称", unit.name)
        for name in unit.short_names:
            yield Known(name, "主办单位简称", unit.name)


def _entity_key(entity: Entity) -> str:
    """What two spellings of one office share: 县政府办 and 人民政府办公室 are both 政府办."""
    rest = _LEVEL.sub("", entity.rest)
    kind = tables.units().get(rest)
    return f"{kind}/" if kind is not None and entity.sort == OFFICE else rest
