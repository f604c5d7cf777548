"""The job triages(): everything stored of candidates and of the register, put together and sorted (疑似账号归类)."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from analysis.avatars import MOST_BYTES, AvatarError, avatar_hash
from analysis.registered import Filed, Register
from analysis.sightings import Seen, Sighting
from analysis.triage import LABELS, STRANGERS, triage
from crawler.avatars import fetch_pictures
from crawler.link_client import LinkOptions
from records import Account, Evidence, Finding
from records.evidence import Triage
from scheduler.dismissing import Memory, drop_strangers, forget_known
from scheduler.workspace import Workspace
from storage.avatars import NOTHING, avatar_key, avatars, save_avatar
from storage.queries import accounts
from storage.queries.candidates import StoredCandidate, newest_profiles, newest_texts, stored_candidates
from storage.queries.findings import findings

_TEXTS_FOR = timedelta(days=60)
_AVATAR_HOLDS = timedelta(days=30)
_ASKED_HOLDS = timedelta(days=1)
_CHECKS = ("impostor", "unregistered")
Sorted = tuple[Seen, Triage]


def sorted_candidates(workspace: Workspace) -> list[Sorted]:
    """Every stored account from result pages with its triage, in the order of first sight.

    Accounts that were judged unrelated before and show nothing new are left out. One that was decided on and
    shows what it showed then keeps the digest of then, so that it is not asked about again.
    """
    found = seen_candidates(workspace)
    if not found or not accounts.units(workspace.engine):
        return []
    memory, register = Memory.of(workspace), register_of(workspace, found)
    told = list[Sorted]()
    for seen in found:
        before = memory.of_candidate(seen)
        if before is None:
            told.append((seen, triage(seen, register)))
        elif not before["skip"]:
            told.append((seen, replace(triage(seen, register), shown=before["digest"])))
    return told


def seen_candidates(workspace: Workspace) -> list[Seen]:
    """Every stored account from result pages, with where it was seen and the hash of its picture."""
    known = _hashes(workspace)
    return [_seen(one, known) for one in stored_candidates(workspace.engine)]


def _hashes(workspace: Workspace) -> dict[str, str]:
    return {key: phash for key, (phash, _) in avatars(workspace.engine).items() if phash != NOTHING}


def _seen(one: StoredCandidate, known: dict[str, str]) -> Seen:
    url = one.candidate.avatar_url
    return Seen(
        candidate=one.candidate,
        sightings=tuple(
            Sighting(source=row.source, seen_at=row.seen_at, keyword=row.keyword, layout_known=row.layout_known)
            for row in one.sightings
        ),
        avatar=known.get(avatar_key(url)) if url is not None else None,
    )


def register_of(workspace: Workspace, found: Sequence[Seen]) -> Register:
    """The register as these candidates are compared with it; posts are read only if a candidate shows some."""
    engine, known = workspace.engine, _hashes(workspace)
    profiles = newest_profiles(engine)
    has_texts = any(seen.candidate.texts for seen in found)
    since = workspace.clock.now() - _TEXTS_FOR
    texts = newest_texts(engine, since) if has_texts else {}
    with engine.connect() as connection:
        rows = accounts.account_rows(connection)
    filed = [_filed(account, profiles, known, texts.get(row_id, ())) for row_id, account in rows]
    divisions = [workspace.config.office.division] if workspace.config.office.division else []
    return Register(accounts.units(engine), filed, accounts.registered_keys(engine), divisions)


def _filed(account: Account, profiles: dict[str, Any], known: dict[str, str], texts: tuple[str, ...]) -> Filed:
    keys = (account.uid, *account.aliases.values())
    profile = next((profiles[key] for one in keys if (key := f"{account.platform}:{one}".casefold()) in profiles), None)
    url = profile.avatar_url if profile is not None else None
    avatar = known.get(avatar_key(url)) if url is not None else None
    return Filed(account=account, profile=profile, avatar=avatar, texts=texts)


def with_triages(workspace: Workspace, given: Iterator[Evidence]) -> Iterator[Evidence]:
    """The evidence of each unit with the triages of the candidates that it has to look at."""
    by_unit: dict[str, list[Triage]] = defaultdict(list)
    for _, found in sorted_candidates(workspace):
        if found.kind != "registered":
            by_unit[found.unit].append(found)
    for one in given:
        yield replace(one, triages=tuple(by_unit[one.unit.name]))


def tidy_candidates(workspace: Workspace) -> int:
    """Remove what need not be kept of candidates: those known as unrelated, and strangers after their time.

    Returns:
        How many strangers were removed.
    """
    forget_known(workspace, seen_candidates(workspace))
    return drop_strangers(workspace, sorted_candidates(workspace))


def listed(workspace: Workspace, kind: str | None = None) -> list[dict[str, Any]]:
    """The JSON rows of ``xuncha candidates``, of one kind or all."""
    asked = _newest_findings(findings(workspace.engine))
    return [
        _row(seen, found, asked.get(seen.candidate.ref))
        for seen, found in sorted_candidates(workspace)
        if kind is None or found.kind == kind
    ]


def _newest_findings(found: Sequence[Finding]) -> dict[str, Finding]:
    """The newest finding of each candidate."""
    newest: dict[str, Finding] = {}
    for finding in sorted(found, key=lambda one: (one.last_seen_at, one.repeats)):
        if finding.candidate is not None and finding.check in _CHECKS:
            newest[finding.candidate] = finding
    return newest


def _row(seen: Seen, found: Triage, finding: Finding | None) -> dict[str, Any]:
    one, match = seen.candidate, found.match
    names = ("name", "account", "unit", "score", "why", "keeps_place", "keeps_unit")
    return {
        "platform": one.platform,
        "uid": one.uid,
        "name": one.name,
        "kind": found.kind,
        "label": LABELS[found.kind],
        "reasons": found.reasons,
        "match": None if match is None else {name: getattr(match, name) for name in names},
        "rivals": found.rivals,
        "verified": one.verified,
        "verified_entity": one.verified_entity,
        "followers": one.followers,
        "url": one.url,
        "unit": found.unit,
        "facts": dict(found.facts),
        "sources": [
            {"source": row.source, "keyword": row.keyword, "layout_known": row.layout_known, "seen_at": row.seen_at}
            for row in seen.sightings
        ],
        "found_at": one.found_at,
        "verdict": None if finding is None else finding.verdict,
        "finding": None if finding is None else finding.id,
    }


def avatars_wanted(workspace: Workspace) -> dict[str, str]:
    """Whose picture lies at which address, of registered accounts and of candidates that are no strangers.

    Without those that were had within the month, or asked for in vain within the day.
    """
    now, known = workspace.clock.now(), avatars(workspace.engine)
    fresh = {
        key for key, (phash, at) in known.items() if now - at < (_ASKED_HOLDS if phash == NOTHING else _AVATAR_HOLDS)
    }
    owners = {one.avatar_url: one.account for one in newest_profiles(workspace.engine).values()}
    owners |= {
        seen.candidate.avatar_url: seen.candidate.ref
        for seen, found in sorted_candidates(workspace)
        if found.kind not in STRANGERS
    }
    return {url: owner for url, owner in owners.items() if url is not None and avatar_key(url) not in fresh}


def fetch_avatars(workspace: Workspace, options: LinkOptions) -> int:
    """Fetch and compare the pictures that are wanted; how many could be had. ``options`` keep the hosts' pace."""
    return asyncio.run(_fetched(workspace, options, avatars_wanted(workspace)))


async def _fetched(workspace: Workspace, options: LinkOptions, wanted: dict[str, str]) -> int:
    n_had = 0
    async for url, body in fetch_pictures(wanted, options, MOST_BYTES):
        phash = _hash_of(body)
        n_had += phash != NOTHING
        save_avatar(workspace.engine, url, phash, workspace.clock.now(), wanted[url])
    return n_had


def _hash_of(body: bytes | None) -> str:
    if body is None:
        return NOTHING
    try:
        return avatar_hash(body)
    except AvatarError:
        return NOTHING
