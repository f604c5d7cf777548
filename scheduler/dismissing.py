"""Decisions on candidates (疑似账号处理): remembered by keyed hash, not asked again, private persons' data removed.

Only who holds the home folder's key can tell whether a given account was ever decided on. Without the key (a
restored backup) accounts are asked about once more; nothing else depends on it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from analysis.names import fold
from analysis.sightings import Seen, digest_of
from analysis.triage import STRANGERS
from records import Candidate, Finding, Verdict
from records.evidence import Triage
from scheduler.config import ConfigError
from scheduler.removing import remove_evidence
from scheduler.workspace import Workspace
from storage.dismissed import Dismissed, Removal, dismissed, remove_candidates, save_dismissed
from storage.queries.candidates import stored_candidates
from storage.queries.findings import findings

KEY_FILE = "keys/dismissed.key"
_KEY_BYTES = 32
_AUTOMATIC = "自动归类"
_NAMED_ONCE = ("weibo",)


def dismissed_key(home: Path) -> bytes:
    """The home folder's key, made at first use and readable by its owner only.

    Raises:
        ConfigError: The file is there and is no key.
    """
    place = home / KEY_FILE
    if not place.exists():
        place.parent.mkdir(mode=0o700, exist_ok=True)
        _make_key(place)
    key = place.read_bytes()
    if len(key) != _KEY_BYTES:
        raise ConfigError(f"{place} 不是有效的密钥（应为 {_KEY_BYTES} 字节）；请从备份找回，或删除它后重新运行。")
    return key


def _make_key(place: Path) -> None:
    part = place.with_name(f".{place.name}.{os.getpid()}")
    part.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
        try:
            os.link(part, place)  # fails where another process was first: its key holds
        except FileExistsError:
            return
    finally:
        part.unlink(missing_ok=True)


@dataclass(frozen=True)
class Memory:
    """What was decided on before, told without the names."""

    home: Path
    rows: Mapping[tuple[str, str], Dismissed]

    @classmethod
    def of(cls, workspace: Workspace) -> Memory:
        """The memory of a home folder; its key is not made before something is to be remembered."""
        return cls(workspace.home, dismissed(workspace.engine))

    @cached_property
    def _key(self) -> bytes:
        return dismissed_key(self.home)

    def hashed(self, *parts: str) -> str:
        """The keyed hash of some words, 64 hexadecimal digits."""
        return hmac.new(self._key, "\n".join(parts).encode(), hashlib.sha256).hexdigest()

    def of_candidate(self, seen: Seen) -> dict[str, Any] | None:
        """What a person decided on an account that shows what it showed then; ``None`` for any other.

        What is not shown now is no change, nor that the page now says 未认证 or shows a picture. A mark or an
        entity that was not shown then is one. What nobody decided on (自动归类) is sorted again each time.
        """
        row = self._row(seen)
        if row is None or row.decided_by == _AUTOMATIC:
            return None
        before = self._unchanged(row, seen)
        if before is None or before["digest"] is None:
            return before
        return {**before, "digest": self.masked(seen, before["digest"])}

    def knows(self, platform: str, uid: str) -> bool:
        """Whether an account was ever decided on, or dropped as a stranger, whatever it shows now."""
        # The key is not made before something is to be remembered.
        return bool(self.rows) and (platform, self.hashed(platform, uid)) in self.rows

    def was_dropped(self, seen: Seen) -> bool:
        """Whether it was dropped as a stranger before, showing what it shows now."""
        row = self._row(seen)
        return row is not None and row.decided_by == _AUTOMATIC and self._unchanged(row, seen) is not None

    def _row(self, seen: Seen) -> Dismissed | None:
        if not self.rows:
            return None
        one = seen.candidate
        return self.rows.get((one.platform, self.hashed(one.platform, one.uid)))

    def _unchanged(self, row: Dismissed, seen: Seen) -> dict[str, Any] | None:
        before: dict[str, Any] = json.loads(row.state)
        now = self.facts(seen)
        weighty = {"entity"} if seen.candidate.verified is False else {"entity", "verified"}
        same = all(
            value is None or before[name] == value or (before[name] is None and name not in weighty)
            for name, value in now.items()
        )
        return before if same else None

    def masked(self, seen: Seen, digest: str) -> str:
        """A digest as it is kept, or a kept one as it was: without the key nobody can try names against it."""
        one = seen.candidate
        mask = self.hashed(one.platform, one.uid, "digest")[: len(digest)]
        return f"{int(digest, 16) ^ int(mask, 16):0{len(digest)}x}"

    def facts(self, seen: Seen) -> dict[str, str | None]:
        """Keyed hashes of what an account shows, ``None`` for what the page does not show."""
        one = seen.candidate
        shown = {
            "name": one.name,
            "verified": None if one.verified is None else repr(one.verified),
            "entity": one.verified_entity,
            "avatar": seen.avatar,
        }
        return {
            name: None if value is None else self.hashed(one.platform, one.uid, name, value)
            for name, value in shown.items()
        }


def remember(workspace: Workspace, seen: Seen, decided_by: str, *, skip: bool) -> str:
    """Keep a decision on an account as it shows itself now; ``skip`` leaves it out of everything from now on.

    Returns:
        The keyed hash by which it is known.
    """
    memory, one = Memory.of(workspace), seen.candidate
    key = memory.hashed(one.platform, one.uid)
    digest = None if skip else memory.masked(seen, digest_of(seen))
    state = {**memory.facts(seen), "digest": digest, "skip": skip}
    row = Dismissed(
        platform=one.platform,
        key=key,
        state=json.dumps(state, sort_keys=True),
        decided_at=workspace.clock.now(),
        decided_by=decided_by,
    )
    save_dismissed(workspace.engine, row)
    return key


def decided_on(workspace: Workspace, finding: Finding, seen: Seen, decided_by: str, *, unrelated: bool) -> str:
    """What follows from 误报 on a candidate's finding: it is not asked again, and a stranger's data are removed.

    Returns:
        The number of the finding from now on: another one where the data were removed.
    """
    if finding.verdict is not Verdict.MISTAKEN:
        return finding.id
    key = remember(workspace, seen, decided_by, skip=unrelated)
    if not unrelated:
        return finding.id
    _remember_name(workspace, seen, decided_by)
    return _remove_with_evidence(workspace, seen.candidate, key, decided_by)[finding.id]


def _remember_name(workspace: Workspace, seen: Seen, decided_by: str) -> None:
    """Where a platform gives each name once, a mention of it is no new account to look for."""
    one = seen.candidate
    if one.platform in _NAMED_ONCE:
        by_name = replace(seen, candidate=replace(one, uid=f"name:{one.name}"))
        remember(workspace, by_name, decided_by, skip=True)


def _remove_with_evidence(workspace: Workspace, one: Candidate, key: str, decided_by: str) -> dict[str, str]:
    """What a person's decision asks for; one that only triage takes for a stranger leaves its pages their time.

    Returns:
        The number that each of its findings has from now on, by the one it had.
    """
    remove_evidence(workspace, one)
    return remove_candidates(workspace.engine, [_removal(workspace, one, key, decided_by)], cache(fold))


def _removal(workspace: Workspace, one: Candidate, key: str, decided_by: str) -> Removal:
    now = workspace.clock.now()
    return Removal(platform=one.platform, uid=one.uid, pseudonym=key, decided_by=decided_by, decided_at=now)


def forget_known(workspace: Workspace, found: list[Seen]) -> list[Seen]:
    """The accounts without those judged unrelated before that show nothing new; these are removed again."""
    memory, kept = Memory.of(workspace), list[Seen]()
    for seen in found:
        before = memory.of_candidate(seen)
        if before is not None and before["skip"]:
            one = seen.candidate
            key = memory.hashed(one.platform, one.uid)
            _remove_with_evidence(workspace, one, key, memory.rows[one.platform, key].decided_by)
        else:
            kept.append(seen)
    return kept


def drop_strangers(workspace: Workspace, sorted_now: list[tuple[Seen, Triage]]) -> int:
    """Remove the accounts that triage judges unrelated and that were first seen as long ago as search pages are kept.

    Those found again and again are no less strangers.

    One that was dropped before and shows nothing new goes at once, if it is a stranger still.
    What ever was a finding stays until a person decides.

    Returns:
        How many were removed.
    """
    now, time_kept = workspace.clock.now(), timedelta(days=workspace.config.evidence.search_days)
    memory = Memory.of(workspace)
    first_seen = {one.candidate.ref: one.first_seen_at for one in stored_candidates(workspace.engine)}
    asked = {finding.candidate for finding in findings(workspace.engine)}
    strangers = [
        seen
        for seen, triage in sorted_now
        if triage.kind in STRANGERS
        and seen.candidate.ref not in asked
        and (now - first_seen[seen.candidate.ref] > time_kept or memory.was_dropped(seen))
    ]
    keys = [remember(workspace, seen, _AUTOMATIC, skip=True) for seen in strangers]
    if strangers:
        pairs = zip(strangers, keys, strict=True)
        removals = [_removal(workspace, seen.candidate, key, _AUTOMATIC) for seen, key in pairs]
        remove_candidates(workspace.engine, removals, cache(fold))
    return len(strangers)
