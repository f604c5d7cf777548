"""The job read_mentions(): suspected accounts that crawled posts name (推文里提到的疑似账号).

Of everybody else that a post names nothing is kept: not a name, not a key. Names alone are no evidence that an account
exists (a warning may write out a false name), so a name counts only where a key is known: by the link itself, or by
the one suspected account of that platform and name that is stored already.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from analysis.lookalikes import Lookalikes
from analysis.names import ALIKE, fold
from analysis.signs import rows_of
from crawler.account_links import account_of, clean_name, is_name
from records import Account, Candidate, Profile
from registry.identity import parse_biz
from scheduler.dismissing import Memory
from scheduler.registered_names import own_places, registered_names
from scheduler.workspace import Workspace
from storage.pages import save_candidates
from storage.queries import accounts, runs
from storage.queries.candidates import newest_profiles, stored_candidates
from storage.queries.mentioned import NamingPost, PostLink, PostWords, is_sighted_since, post_links, post_words
from storage.queries.snapshots import shown_candidate
from storage.searches import save_sightings

# A mail address has a letter or digit before its sign; a mention has none.
_MENTION = re.compile(r"(?<![0-9A-Za-z._-])[@＠]([\w·-]{2,30})")
_BY_NAME = "name"
Known = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Mention:
    """An account as a post names it: its key, its name in the post's words, and through what it is named.

    ``is_by_name``: the post gives the name and no key that outlasts it.
    """

    platform: str
    uid: str
    name: str
    url: str | None
    source: str
    post: NamingPost
    is_by_name: bool

    @property
    def seen_at(self) -> datetime:
        """When the page that shows the post was fetched; never before the post counts as known."""
        return max(self.post.page_at, self.post.first_seen_at)


def read_mentions(workspace: Workspace) -> int:
    """The number of suspected accounts first found in posts seen since the last whole night began.

    A link, a mention or a reposted account whose name is like a registered one, and whose key is not registered,
    becomes a candidate with the post's page as its evidence; one that is stored already is only seen once more. What
    was decided on is not asked about again: a link's words are no sign that an account changed its name. Where the
    key may be another one of a registered account of that name, whose key of that kind nobody knows, it is left out.
    """
    if not registered_names(workspace):
        return 0
    since, known = runs.last_started(workspace.engine, "nightly"), _Registered(workspace)
    linked = (_linked(block) for block in post_links(workspace.engine, since))
    n_found = _save(workspace, [one for block in linked for one in known.suspected(block)])
    keys = _keys_of_candidates(workspace)
    named = (_named(block, keys) for block in post_words(workspace.engine, since))
    return n_found + _save(workspace, [one for block in named for one in known.suspected(block)])


def _linked(links: Iterable[PostLink]) -> Iterator[Mention]:
    """The accounts that links lead to under a name; the words of a link to a post are no name."""
    for link in links:
        key = account_of(link.address)
        if key is None or key.is_post:
            continue
        name, source = key.name or clean_name(link.words or ""), _source(link.post, "mention")
        if is_name(name):
            yield Mention(key.platform, key.uid, name, key.url, source, link.post, bool(key.name))


def _named(posts: Iterable[PostWords], keys: Known) -> Iterator[Mention]:
    """The accounts with a known key that posts name without a link."""
    for one in posts:
        named = [("repost", one.source_name or ""), *_mentions(one)]
        for source, name in dict.fromkeys((source, clean_name(name)) for source, name in named):
            uid = keys.get((one.post.platform, name))
            if uid is not None:
                yield Mention(one.post.platform, uid, name, None, _source(one.post, source), one.post, True)


def _mentions(one: PostWords) -> Iterator[tuple[str, str]]:
    if one.post.platform == "weibo":
        yield from (("mention", name) for name in _MENTION.findall(one.text or ""))


def _source(post: NamingPost, source: str) -> str:
    return "feed" if post.proof == "feed" else source


def _keys_of_candidates(workspace: Workspace) -> Known:
    """The key of the one stored candidate of each platform and name; of several nobody knows which is meant."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in stored_candidates(workspace.engine):
        found[one.candidate.platform, one.candidate.name].add(one.candidate.uid)
    sure = {name: {uid for uid in uids if ":" not in uid} or uids for name, uids in found.items()}
    return {name: next(iter(uids)) for name, uids in sure.items() if len(uids) == 1}


class _Registered:
    """The register as mentions are held against it."""

    def __init__(self, workspace: Workspace) -> None:
        filed = accounts.accounts(workspace.engine)
        units = {unit.name: unit for unit in accounts.units(workspace.engine)}
        profiles = newest_profiles(workspace.engine)
        self._workspace = workspace
        self._keys = accounts.registered_keys(workspace.engine)
        self._own_names = {(one.platform, name) for one in filed for name in _names_of(one, _profile(one, profiles))}
        self._kinds = {one.ref: _kinds_of(one, _profile(one, profiles)) for one in filed}
        self._owners: dict[str, list[Account]] = defaultdict(list)
        for one in filed:
            for name in {one.name, *one.former_names, one.unit, *units[one.unit].short_names}:
                self._owners[name].append(one)

    def suspected(self, mentions: Iterable[Mention]) -> list[Mention]:
        """The mentions of accounts outside the register whose names are like registered ones."""
        others = [one for one in mentions if not self._is_registered(one)]
        like = self._like(list(dict.fromkeys(one.name for one in others)))
        return [one for one in others if one.name in like and not self._may_be(one, like[one.name])]

    @cached_property
    def _index(self) -> Lookalikes:
        """Built only once a post names somebody: it costs more than all the rest."""
        return Lookalikes(registered_names(self._workspace), own_places(self._workspace))

    def _is_registered(self, one: Mention) -> bool:
        is_own_name = one.is_by_name and (one.platform, fold(one.name)) in self._own_names
        return is_own_name or f"{one.platform}:{one.uid}".casefold() in self._keys

    def _like(self, names: list[str]) -> dict[str, list[str]]:
        """The registered names that each of these is like."""
        found: dict[str, list[str]] = defaultdict(list)
        if names:
            for known, other, score in zip(*self._index.match(rows_of(names)), strict=True):
                if score >= ALIKE:
                    found[names[other]].append(self._index.names[known])
        return found

    def _may_be(self, one: Mention, names: Iterable[str]) -> bool:
        """Whether it may be a registered account of one of these names, under a key that is not known."""
        kind = _kind_of(one.platform, one.uid)
        own = (account for name in names for account in self._owners[name] if account.platform == one.platform)
        return any(kind not in self._kinds[account.ref] for account in own)


def _profile(account: Account, profiles: Mapping[str, Profile]) -> Profile | None:
    keys = (f"{account.platform}:{key}".casefold() for key in (account.uid, *account.aliases.values()))
    return next((profiles[key] for key in keys if key in profiles), None)


def _names_of(account: Account, profile: Profile | None) -> set[str]:
    shown = [profile.name] if profile is not None else []
    return {fold(name) for name in (account.name, *account.former_names, *shown)}


def _kinds_of(account: Account, profile: Profile | None) -> set[str]:
    """The kinds of keys that are known of an account; its name on the platform is known once its page was seen."""
    by_name = {_BY_NAME} if profile is not None else set()
    return {*account.aliases, _kind_of(account.platform, account.uid), *by_name}


def _kind_of(platform: str, uid: str) -> str:
    """The kind of a key, in the words of ``Account.aliases``; for the others what stands before the colon."""
    if ":" in uid:
        return uid.partition(":")[0]
    if platform == "wechat":
        return "biz" if parse_biz(uid) else "gh_id" if uid.startswith("gh_") else "wechat_id"
    if platform == "weibo":
        return "uid" if uid.isdecimal() else "domain"
    return "user_id" if uid.isdecimal() else "token"


def _save(workspace: Workspace, mentions: Iterable[Mention]) -> int:
    """Store new candidates and where they were seen; how many were new.

    A post is shown again night after night: it adds a sighting only if there is none since it is known.
    """
    memory, n_new = Memory.of(workspace), 0
    with workspace.engine.begin() as connection:
        for one in mentions:
            is_new = shown_candidate(connection, one.platform, one.uid) is None
            sighting = (one.platform, one.uid, one.source, one.post.first_seen_at)
            if (is_new and _is_decided_on(memory, one)) or is_sighted_since(connection, *sighting):
                continue
            found = Candidate(platform=one.platform, uid=one.uid, name=one.name, found_at=one.seen_at, url=one.url)
            if is_new:
                save_candidates(connection, [found], one.post.snapshot_id)
            save_sightings(connection, [found], one.source, one.post.snapshot_id)
            n_new += is_new
    return n_new


def _is_decided_on(memory: Memory, one: Mention) -> bool:
    # The key is not made before something is to be remembered.
    return bool(memory.rows) and (one.platform, memory.hashed(one.platform, one.uid)) in memory.rows
