"""Whose a page's records are (归属): registered accounts' are kept, the visited one's tell how far it was seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from crawler.page import Target
from records import Candidate, Post, Profile

Record = Post | Profile | Candidate


class Owners:
    """Account references by every known key, case-folded; profiles that pages show add to them.

    With ``keep_others`` a page's records are handed on whoever they belong to: one account is looked at alone.
    """

    def __init__(self, by_key: Mapping[str, str], *, keep_others: bool = False) -> None:
        self._by_key = dict(by_key)
        self._keep_others = keep_others

    def kept(self, target: Target, records: tuple[Record, ...]) -> tuple[Record, ...]:
        """The records that belong to registered accounts, in their order; a page of someone else gives nothing."""
        posts = [record for record in records if isinstance(record, Post)]
        tied = tuple(self._tied(record, posts) if isinstance(record, Profile) else record for record in records)
        for record in tied:
            if isinstance(record, Profile):
                self._learn(record)
        return tuple(self._kept(target, tied))

    def _tied(self, profile: Profile, posts: list[Post]) -> Profile:
        """The profile with the address under which its account was filed, where one of its posts has that address."""
        keys = [key for post in posts if post.account == profile.account for key in post.addresses]
        filed = next((key for key in keys if key.casefold() in self._by_key), None)
        return profile if filed is None else replace(profile, aliases={**profile.aliases, "address": filed})

    def _kept(self, target: Target, records: tuple[Record, ...]) -> Iterator[Record]:
        for record in records:
            if isinstance(record, Post) and record.proof == "feed" and self._speaks_for(target, record):
                yield replace(record, account=target.account.ref)
            elif isinstance(record, Candidate) or record.account is None or self._keep_others:
                yield record
            elif self._owner(record.account) is not None:
                yield record

    def _speaks_for(self, target: Target, post: Post) -> bool:
        """Whether a feed's post is taken for the account that filed the feed.

        So it is where the feed names nobody (short addresses), and where the register does not know yet the
        key that the feed names.
        """
        if post.account is None:
            return True
        known = "biz" in target.account.aliases or self._owner(post.account) is not None
        return not known

    def of_account(self, target: Target, records: tuple[Record, ...]) -> tuple[Record, ...]:
        """The records that tell how far the target was seen: a post of another one in its list does not."""
        return tuple(
            record
            for record in records
            if not isinstance(record, Candidate)
            and record.account is not None
            and target.account.ref in (record.account, self._owner(record.account))
        )

    def _owner(self, reference: str) -> str | None:
        return self._by_key.get(reference.partition(":")[2].casefold())

    def _learn(self, profile: Profile) -> None:
        """An article shows the stable key of an account that was filed by another one."""
        keys = [profile.uid.casefold(), *(value.casefold() for value in profile.aliases.values())]
        owner = next((self._by_key[key] for key in keys if key in self._by_key), None)
        if owner is not None:
            self._by_key.setdefault(profile.uid.casefold(), owner)


def drops_posts(found: tuple[Record, ...], kept: tuple[Record, ...]) -> bool:
    """Whether posts of a page were not kept.

    A feed that holds posts of nobody we know is another account's feed, or ours under a key not learned yet:
    what it does not show proves nothing.
    """
    return sum(isinstance(one, Post) for one in kept) < sum(isinstance(one, Post) for one in found)
