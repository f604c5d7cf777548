"""The job triages(): everything stored of candidates and of the register, put together and sorted (疑似账号归类)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from analysis.comparing import Resemblance, resemblances
from analysis.registered import Filed, Register
from analysis.sightings import Seen, Sighting
from analysis.triage import LABELS, triage
from records import Account, Candidate, Evidence, Finding, Profile
from records.evidence import Triage
from scheduler.avatars import Sorted, hashes, picture_of, registered_pictures
from scheduler.dismissing import Memory, drop_strangers, forget_known
from scheduler.search_gaps import search_gaps
from scheduler.workspace import Workspace
from storage.queries import accounts
from storage.queries.candidates import StoredCandidate, newest_profiles, newest_texts, stored_candidates
from storage.queries.findings import findings

_TEXTS_FOR = timedelta(days=60)
_CHECKS = ("impostor", "unregistered")


class Sorting:
    """The candidates held against the register once: what takes long is found out here and holds for a night.

    Args:
        workspace: The home folder.
        only: The one candidate (``platform:uid``) that is asked about; all without it.
    """

    def __init__(self, workspace: Workspace, only: str | None = None) -> None:
        self._workspace, self._only = workspace, only
        self._register: Register | None = None
        self._resemblances: dict[Candidate, Resemblance] = {}
        self._pictures: dict[str, str] = {}
        self._triages: dict[Hashable, Triage] = {}

    def candidates(self) -> list[Sorted]:
        """Every stored account from result pages with its triage, in the order of first sight.

        By the pictures and decisions known now, and with the accounts that came since. Accounts that were judged
        unrelated before and show nothing new are left out. One that was decided on and shows what it showed then
        keeps the digest of then, so that it is not asked about again.
        """
        found = [one for one in seen_candidates(self._workspace) if self._only in (None, one.candidate.ref)]
        if not found or not accounts.units(self._workspace.engine):
            return []
        memory, register = Memory.of(self._workspace), self._compared(found)
        told = list[Sorted]()
        for seen in found:
            before = memory.of_candidate(seen)
            if before is None or not before["skip"]:
                sorted_ = self._triage(seen, register)
                told.append((seen, sorted_ if before is None else replace(sorted_, shown=before["digest"])))
        return told

    def _triage(self, seen: Seen, register: Register) -> Triage:
        sightings = tuple((one.source, one.seen_at, one.keyword, one.layout_known) for one in seen.sightings)
        posters = tuple(one.poster.ref for one in seen.sightings if one.poster is not None)
        key = (seen.candidate, seen.avatar, sightings, posters)
        if key not in self._triages:
            self._triages[key] = triage(seen, register, self._resemblances[seen.candidate])
        return self._triages[key]

    def _compared(self, found: Sequence[Seen]) -> Register:
        """The register with the pictures known now, after all these candidates were held against it."""
        if self._register is None:
            self._register = register_of(self._workspace)
        new = {one.candidate: one for one in found if one.candidate not in self._resemblances}
        if new:
            told = resemblances(tuple(new.values()), self._register, _posts(self._workspace))
            self._resemblances.update(zip(new, told, strict=True))
        pictures = registered_pictures(self._workspace, self._register)
        if pictures != self._pictures:
            self._pictures, self._triages = pictures, {}
        return self._register.with_pictures(pictures)


def sorted_candidates(workspace: Workspace, only: str | None = None) -> list[Sorted]:
    """Every stored account from result pages, or ``only`` one, with its triage: see :class:`Sorting`."""
    return Sorting(workspace, only).candidates()


def seen_candidates(workspace: Workspace) -> list[Seen]:
    """Every stored account from result pages, with where it was seen and the hash of its picture."""
    known = hashes(workspace)
    return [_seen(one, known) for one in stored_candidates(workspace.engine)]


def _seen(one: StoredCandidate, known: dict[str, str]) -> Seen:
    return Seen(
        candidate=one.candidate,
        sightings=tuple(
            Sighting(
                source=row.source,
                seen_at=row.seen_at,
                keyword=row.keyword,
                layout_known=row.layout_known,
                poster=row.poster,
            )
            for row in one.sightings
        ),
        avatar=picture_of(one.candidate.avatar_url, known),
        texts_since=one.texts_since,
    )


def register_of(workspace: Workspace) -> Register:
    """The register as candidates are compared with it, without its pictures."""
    engine, profiles = workspace.engine, newest_profiles(workspace.engine)
    filed = [Filed(account=one, profile=_profile(one, profiles)) for one in accounts.accounts(engine)]
    divisions = [workspace.config.office.division] if workspace.config.office.division else []
    return Register(accounts.units(engine), filed, accounts.registered_keys(engine), divisions)


def _profile(account: Account, profiles: dict[str, Profile]) -> Profile | None:
    keys = (f"{account.platform}:{key}".casefold() for key in (account.uid, *account.aliases.values()))
    return next((profiles[key] for key in keys if key in profiles), None)


def _posts(workspace: Workspace) -> Iterator[tuple[str, str, datetime]]:
    """``(account, text, when it was out at the latest)`` of the registered accounts' newest posts.

    Nothing is read before the first is asked for.
    """
    with workspace.engine.connect() as connection:
        owners = {row_id: account.ref for row_id, account in accounts.account_rows(connection)}
    for row_id, text, published_by in newest_texts(workspace.engine, workspace.clock.now() - _TEXTS_FOR):
        if row_id in owners:
            yield owners[row_id], text, published_by


def with_triages(
    workspace: Workspace, given: Iterator[Evidence], until: datetime, sorting: Sorting | None = None
) -> Iterator[Evidence]:
    """The evidence of each unit with the triages of its candidates, and whether its names were searched up to then."""
    gaps = search_gaps(workspace, until)
    by_unit: dict[str, list[Triage]] = defaultdict(list)
    for _, found in (sorting or Sorting(workspace)).candidates():
        if found.kind != "registered":
            by_unit[found.unit].append(found)
    for one in given:
        yield replace(one, triages=tuple(by_unit[one.unit.name]), search_gap=gaps.get(one.unit.name))


def tidy_candidates(workspace: Workspace, sorting: Sorting | None = None) -> int:
    """Remove what need not be kept of candidates: those known as unrelated, and strangers after their time.

    Returns:
        How many strangers were removed.
    """
    forget_known(workspace, seen_candidates(workspace))
    return drop_strangers(workspace, (sorting or Sorting(workspace)).candidates())


def listed(workspace: Workspace, kind: str | None = None, only: str | None = None) -> list[dict[str, Any]]:
    """The JSON rows of ``xuncha candidates``: all, those of one kind, or ``only`` one (``platform:uid``)."""
    asked = _newest_findings(findings(workspace.engine))
    return [
        _row(seen, found, asked.get(seen.candidate.ref))
        for seen, found in sorted_candidates(workspace, only)
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
