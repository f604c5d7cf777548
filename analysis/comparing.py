"""A candidate held against the register (比对): what of it is like what there, and the sentences that tell it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from analysis.copying import Copies
from analysis.divisions import Standing
from analysis.entities import place_words
from analysis.folding import fold
from analysis.known_names import Nearest
from analysis.registered import Register
from analysis.sightings import Seen, why_words
from analysis.words import account_words, shown
from records import Account

_CLAIMS = re.compile("官方|政府|政务|权威发布|指定发布")
_DENIES = re.compile("非官方|民间|个人(?:账号|号|观点)|本人|自媒体|粉丝(?:站|团)")
_MOST_RIVALS = 5


@dataclass(frozen=True, slots=True)
class Resemblance:
    """What takes long to find out of a candidate: the registered name nearest to its own, and whose texts it carries.

    It holds whatever pictures are fetched and decisions made, as long as register, name and texts stay the same.
    """

    nearest: Nearest
    copied: str | None = None


def resemblances(
    found: Sequence[Seen], register: Register, posts: Iterable[tuple[str, str, datetime]] = ()
) -> list[Resemblance]:
    """The resemblance of each candidate, in order.

    Args:
        found: All candidates together, as the register's names and posts are gone through once.
        register: What they are held against.
        posts: ``(account, text, when it was out at the latest)`` of registered accounts' posts, streamed past; not
            touched where no candidate shows a text that is long enough to tell. Only what was out before a
            candidate was first seen showing the like can have been copied by it.
    """
    copies = Copies(dated for one in found for dated in one.dated_texts)
    for owner, text, published_by in posts if copies else ():
        copies.compare(owner, text, published_by)
    nearest = register.names.nearest((one.candidate.name, one.candidate.platform) for one in found)
    return [Resemblance(near, _copied(one, copies)) for one, near in zip(found, nearest, strict=True)]


def _copied(one: Seen, copies: Copies) -> str | None:
    """The account that most of a candidate's texts are of."""
    owners = [owner for text, shown_at in one.dated_texts if (owner := copies.source_of(text, shown_at)) is not None]
    return max(owners, key=owners.count) if owners else None


@dataclass(frozen=True, slots=True)
class Sorted:
    """A kind with the reasons for it; ``doubt`` is the reason code of an ``unknown``."""

    kind: str
    reasons: tuple[str, ...]
    doubt: str | None = None
    rivals: tuple[str, ...] = ()
    unit: str | None = None
    account: Account | None = None
    entity_unit: str | None = None


class Compared:
    """One candidate held against the register.

    ``match`` is the registered name that its own is like, ``None`` where it is like none. ``said`` opens the reasons:
    where it was seen, and what the page shows of its certification. ``claims`` and ``denies`` say whether the bio
    calls itself official or the contrary.
    """

    def __init__(self, seen: Seen, register: Register, resemblance: Resemblance) -> None:
        self.seen, self.one, self.register = seen, seen.candidate, register
        self.match = resemblance.nearest.match
        self.is_like = self.match is not None
        self.name, self.bio = fold(self.one.name), self.one.bio or ""
        self.denies = bool(_DENIES.search(self.bio))
        self.claims = bool(_CLAIMS.search(self.bio)) and not self.denies
        self._nearest_unit = resemblance.nearest.unit
        self.said = f"{seen.where}：{seen.mark}。"
        self._picture = register.picture_of(seen.avatar) if seen.avatar is not None else None
        self._bio_of, self._copied = register.bio_of(self.one.bio), resemblance.copied

    @property
    def imitated(self) -> Account | None:
        """The account that its picture, texts or bio are of."""
        reference = self._copied or self._bio_of
        return self._picture or (self.register.filed[reference].account if reference is not None else None)

    def nearest_unit(self, *, is_asked: bool) -> str:
        """The unit that has to look at it: that of the name most like its own, else the register's first.

        Without ``is_asked``, as of a stranger, nobody has to look: what is hardly alike is not looked for.
        """
        near = self._nearest_unit
        if near is None and is_asked:
            near = self.register.names.unit_like(self.one.name)
        return near or self.register.units[0].name

    def namesake(self) -> Sorted | None:
        """Perhaps a registered account under a key that the register does not have; ``None`` if it is none's."""
        account = self.register.namesake(self.one.platform, self.one.uid, self.one.name)
        if account is None:
            return None
        same = f"与名录里的{account_words(account)}同平台同名（含曾用名）。"
        why = "看到的编号不是名录里的那一种，可能就是同一账号，请核对。"
        return self.unsure(same, why, doubt="same_name", account=account)

    def likeness(self) -> str:
        """Which registered name its own is like, in what and how much.

        Raises:
            ValueError: It is like none.
        """
        match = self.match
        if match is None:
            raise ValueError("no registered name is like it")
        owner = self.register.filed[match.account].account if match.account is not None else None
        whose = account_words(owner) if owner is not None else shown(match.unit)
        alike = "看上去相同" if match.score == 1.0 else "相似"
        likeness = f"{alike}{why_words(match.why)}，相似度 {match.score:.2f}"
        name = "名称" if self.seen.name_label == "账号名称" else "这个写法"
        return f"{name}与名录里{whose}的{match.role}“{shown(match.name)}”{likeness}。"

    def signs(self) -> Iterator[str]:
        """What else points to a registered account, each with where it was seen."""
        if self._picture is not None:
            yield f"头像与名录里{account_words(self._picture)}的头像几乎相同。"
        if self._copied is not None:
            owner = account_words(self.register.filed[self._copied].account)
            yield f"{self.seen.where}上的推文与{owner}的推文几乎相同。"
        if self._bio_of is not None:
            yield f"简介与名录里{account_words(self.register.filed[self._bio_of].account)}的简介相同。"
        elif self.claims and self.one.verified is not True:
            yield self.bio_words("自称官方或政务" + ("，页面显示未认证" if self.one.verified is False else ""))

    def bio_words(self, what: str) -> str:
        """What the bio says of itself, with its words."""
        return f"简介（{shown(self.bio)}）{what}。"

    def unsure(
        self,
        *reasons: str,
        doubt: str,
        unit: str | None = None,
        account: Account | None = None,
        rivals: tuple[str, ...] = (),
        entity_unit: str | None = None,
    ) -> Sorted:
        """``unknown``, as what is seen does not say enough; ``unit`` is registered, ``entity_unit`` need not be."""
        return Sorted("unknown", (self.said, *reasons), doubt, rivals, unit, account, entity_unit or unit)


def rivals_of(standing: Standing) -> tuple[str, ...]:
    """The other places that words may mean, as they are told: ``东乡区（江西省抚州市）``."""
    return tuple(map(place_words, standing.rivals[:_MOST_RIVALS]))
