"""The job read_mentions(): suspected accounts that crawled posts name (推文里提到的疑似账号).

Of everybody else that a post names nothing is kept: not a name, not a key. Names alone are no evidence that an account
exists (a warning may write out a false name), so a name counts only where a key is known: by the link itself, by the
page of the post where it tells the uid beside the name, or by the one suspected account of that platform and name that
is stored already. A name that is like a registered one and has no key is something to search for.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import islice

from analysis.keywords import LONGEST, Keyword
from analysis.lookalikes import Lookalikes
from analysis.names import ALIKE, fold
from analysis.sightings import is_only_named
from analysis.signs import rows_of
from crawler.account_links import account_of, clean_name, is_name
from records import Account, Candidate, Profile
from registry.identity import parse_biz
from scheduler.dismissing import Memory
from scheduler.naming_pages import NamingPages
from scheduler.registered_names import own_places, registered_names
from scheduler.search_keywords import register_keywords
from scheduler.workspace import Workspace
from storage.pages import save_candidates
from storage.queries import accounts, runs
from storage.queries.candidates import newest_profiles, stored_candidates
from storage.queries.mentioned import (
    MENTIONED,
    NamingPost,
    PostLink,
    PostWords,
    is_sighted_since,
    post_links,
    post_words,
)
from storage.queries.snapshots import shown_candidate
from storage.searches import save_sightings

# A mail address has a letter or digit before its sign; a mention has none.
_MENTION = re.compile(r"(?<![0-9A-Za-z._-])[@＠]([\w·-]{2,30})")
_BY_NAME = "name"
# As long as a search holds; and no flood of names may crowd out the register's own.
_ASKED_FOR = timedelta(days=31)
_MOST_NAMES = 50
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
    pages = NamingPages(workspace)
    named = (_named(block, keys, known, pages) for block in post_words(workspace.engine, since))
    return n_found + _save(workspace, [one for block in named for one in known.suspected(block)])


def keywords_to_search(workspace: Workspace) -> tuple[Keyword, ...]:
    """What to search the platforms for: what the register gives, then the names that crawled posts mention."""
    derived = register_keywords(workspace)
    return (*derived, *_mentioned(workspace, {fold(one.text) for one in derived})) if derived else ()


def _mentioned(workspace: Workspace, searched: Set[str]) -> Iterator[Keyword]:
    """The names that the month's posts mention, that are like registered ones and whose accounts nobody saw yet.

    Those of the newest posts first, as there may be more than are searched for.
    """
    known, memory = _Registered(workspace), Memory.of(workspace)
    since, keys = workspace.clock.now() - _ASKED_FOR, _keys_of_candidates(workspace, only_seen=True)
    found: dict[str, tuple[datetime, str]] = {}
    for block in post_words(workspace.engine, since):
        names = [(one.post, name) for one in block for _, name in _names(one)]
        alike = known.alike(name for _, name in names)
        for post, name in names:
            is_settled = (post.platform, name) in keys or memory.knows(post.platform, f"{_BY_NAME}:{name}")
            if name in alike and not is_settled and not known.is_own_name(post.platform, name):
                before, text = found.get(fold(name), (post.first_seen_at, name))
                found[fold(name)] = max(before, post.first_seen_at), text
    # A post full of names must not crowd out those of newer posts.
    newest = sorted(found.items(), key=lambda one: one[1][0], reverse=True)
    fitting = (text for folded, (_, text) in newest if folded not in searched and len(text) <= LONGEST)
    return (Keyword(text, MENTIONED, None) for text in islice(fitting, _MOST_NAMES))


def _linked(links: Iterable[PostLink]) -> Iterator[Mention]:
    """The accounts that links lead to under a name; the words of a link to a post are no name.

    The name is the post's word for the account: what that calls itself, nobody has seen (see ``is_only_named``).
    """
    for link in links:
        key = account_of(link.address)
        if key is None or key.is_post:
            continue
        name, source = key.name or clean_name(link.words or ""), _source(link.post, "mention")
        if is_name(name):
            yield Mention(key.platform, key.uid, name, key.url, source, link.post, bool(key.name))


def _named(posts: Iterable[PostWords], keys: Known, known: _Registered, pages: NamingPages) -> Iterator[Mention]:
    """The accounts that posts name without a link and whose key is known, or stands on the post's page."""
    without_key: list[tuple[NamingPost, str, str]] = []
    for one in posts:
        for source, name in _names(one):
            uid = keys.get((one.post.platform, name))
            if uid is not None:
                yield Mention(one.post.platform, uid, name, None, source, one.post, True)
            else:
                without_key.append((one.post, source, name))
    # Of nobody else is the page read again.
    alike = known.alike(name for _, _, name in without_key)
    for post, source, name in without_key:
        uid = pages.uid_of(post, name) if name in alike else None
        if uid is not None:
            yield Mention(post.platform, uid, name, f"https://weibo.com/u/{uid}", source, post, False)


def _names(one: PostWords) -> dict[tuple[str, str], None]:
    """``(source, name)`` of everybody whom a post reposts or mentions, each once."""
    named = [("repost", one.source_name or ""), *_mentions(one)]
    cleaned = ((_source(one.post, source), clean_name(name)) for source, name in named)
    return dict.fromkeys((source, name) for source, name in cleaned if is_name(name))


def _mentions(one: PostWords) -> Iterator[tuple[str, str]]:
    if one.post.platform == "weibo":
        yield from (("mention", name) for name in _MENTION.findall(one.text or ""))


def _source(post: NamingPost, source: str) -> str:
    return "feed" if post.proof == "feed" else source


def _keys_of_candidates(workspace: Workspace, *, only_seen: bool = False) -> Known:
    """The key of the one stored candidate of each platform and name; of several nobody knows which is meant.

    ``only_seen`` leaves out those of which no page is known, only a post's word for them.
    """
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in stored_candidates(workspace.engine):
        if only_seen and is_only_named(one.candidate.found_at, one.sightings):
            continue
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

    def alike(self, names: Iterable[str]) -> set[str]:
        """Those of the names that are like registered ones."""
        return set(self._like(list(dict.fromkeys(names))))

    def is_own_name(self, platform: str, name: str) -> bool:
        """Whether a registered account of a platform has or had this name."""
        return (platform, fold(name)) in self._own_names

    @cached_property
    def _index(self) -> Lookalikes:
        """Built only once a post names somebody: it costs more than all the rest."""
        return Lookalikes(registered_names(self._workspace), own_places(self._workspace))

    def _is_registered(self, one: Mention) -> bool:
        is_own = one.is_by_name and self.is_own_name(one.platform, one.name)
        return is_own or f"{one.platform}:{one.uid}".casefold() in self._keys

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
            if (is_new and memory.knows(one.platform, one.uid)) or is_sighted_since(connection, *sighting):
                continue
            found = Candidate(platform=one.platform, uid=one.uid, name=one.name, found_at=one.seen_at, url=one.url)
            if is_new:
                save_candidates(connection, [found], one.post.snapshot_id)
            save_sightings(connection, [found], one.source, one.post.snapshot_id)
            n_new += is_new
    return n_new
