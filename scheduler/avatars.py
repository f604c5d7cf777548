"""The job fetch_avatars(): the profile pictures that are to be compared (头像), those first that matter most."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeGuard
from urllib.parse import urlsplit

from analysis.avatars import MOST_BYTES, AvatarError, avatar_hash
from analysis.registered import Register
from analysis.sightings import Seen
from analysis.triage import STRANGERS
from crawler.avatars import fetch_pictures
from crawler.link_options import LinkOptions
from records.evidence import Triage
from scheduler.workspace import Workspace
from storage.avatars import NOTHING, avatar_key, avatars, save_avatar
from storage.queries.candidates import newest_profiles

_AVATAR_HOLDS = timedelta(days=30)
_ASKED_HOLDS = timedelta(days=1)
# At a second or two each a night is done with them in minutes, and no host of pictures is asked for hours. A county
# has some hundred accounts: theirs and the candidates' are had within a few nights, and hold for a month.
MOST_PICTURES = 200
MOST_SECONDS = 15 * 60
Sorted = tuple[Seen, Triage]


def hashes(workspace: Workspace) -> dict[str, str]:
    """The hash of every picture that could be compared, by the digest of its address."""
    return {key: phash for key, (phash, _) in avatars(workspace.engine).items() if phash != NOTHING}


def picture_of(url: str | None, known: Mapping[str, str]) -> str | None:
    """The hash of the picture at an address, of those ``known``; ``None`` without one."""
    return known.get(avatar_key(url)) if is_address(url) else None


def registered_pictures(workspace: Workspace, register: Register) -> dict[str, str]:
    """The hashes of registered accounts' pictures, by account."""
    known = hashes(workspace)
    urls = {ref: one.profile.avatar_url for ref, one in register.filed.items() if one.profile is not None}
    return {ref: found for ref, url in urls.items() if (found := picture_of(url, known)) is not None}


def avatars_wanted(workspace: Workspace, sorted_now: Sequence[Sorted]) -> dict[str, str]:
    """Whose picture lies at which address, of registered accounts and of candidates that are no strangers.

    Without those that were had within the month, or asked for in vain within the day, and without what is no address.
    The most alike first, with the picture of the account that they are taken for; last what was asked for in vain.
    """
    now, known = workspace.clock.now(), avatars(workspace.engine)
    fresh = {
        key for key, (phash, at) in known.items() if now - at < (_ASKED_HOLDS if phash == NOTHING else _AVATAR_HOLDS)
    }
    asked = [one for one in _pictured(workspace, sorted_now) if avatar_key(one.url) not in fresh]
    asked.sort(key=lambda one: (avatar_key(one.url) in known, -one.score))
    return {one.url: one.owner for one in asked}


@dataclass(frozen=True, slots=True)
class _Pictured:
    """A picture's address, the account that it is of, and how alike a name that it has to do with is."""

    url: str
    owner: str
    score: float


def _pictured(workspace: Workspace, sorted_now: Sequence[Sorted]) -> Iterator[_Pictured]:
    suspects = [(seen.candidate, found) for seen, found in sorted_now if found.kind not in STRANGERS]
    scores: dict[str, float] = defaultdict(float)
    for one, found in suspects:
        for reference in (one.ref, found.account):
            if reference is not None and found.match is not None:
                scores[reference] = max(scores[reference], found.match.score)
    for profile in newest_profiles(workspace.engine).values():
        if is_address(profile.avatar_url):
            yield _Pictured(profile.avatar_url, profile.account, scores[profile.account])
    for one, _ in suspects:
        if is_address(one.avatar_url):
            yield _Pictured(one.avatar_url, one.ref, scores[one.ref])


def is_address(text: str | None) -> TypeGuard[str]:
    """Whether it is a web address: what a page shows in the place of one may be anything."""
    try:
        parts = urlsplit(text or "")
        # Nothing else can be asked for, or kept.
        return parts.scheme in ("http", "https") and bool((parts.hostname or "").encode() and (text or "").encode())
    except ValueError:
        return False


def fetch_avatars(
    workspace: Workspace,
    options: LinkOptions,
    sorted_now: Sequence[Sorted],
    say: Callable[[str], None] = lambda _: None,
) -> int:
    """Fetch and compare the pictures that are wanted; how many could be had. ``options`` keep the hosts' pace.

    Args:
        workspace: The home folder.
        options: How hosts are asked.
        sorted_now: Every candidate with its triage.
        say: Told where pictures are left that were not asked for.
    """
    wanted = avatars_wanted(workspace, sorted_now)
    n_asked, n_had = asyncio.run(_fetched(workspace, options, wanted))
    if n_asked < len(wanted):
        most = f"最多取 {MOST_PICTURES} 个、{MOST_SECONDS // 60} 分钟，网站没有应答或拒绝两次的当晚不再访问"
        say(f"头像一晚{most}；还有 {len(wanted) - n_asked} 个没有取，下一晚接着取；没取到的不作比对。")
    return n_had


async def _fetched(workspace: Workspace, options: LinkOptions, wanted: dict[str, str]) -> tuple[int, int]:
    """How many had their turn, and how many could be had; the others stay as they were."""
    n_told = n_had = 0
    async for url, body in fetch_pictures(wanted, options, MOST_BYTES, MOST_PICTURES, MOST_SECONDS):
        phash, n_told = _hash_of(body), n_told + 1
        n_had += phash != NOTHING
        save_avatar(workspace.engine, url, phash, workspace.clock.now(), wanted[url])
    return n_told, n_had


def _hash_of(body: bytes | None) -> str:
    if body is None:
        return NOTHING
    try:
        return avatar_hash(body)
    except AvatarError:
        return NOTHING
