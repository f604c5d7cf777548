"""How long evidence is kept (留存): that of findings for good, the rest for a set time; each drop is written down."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from analysis.periods import day_of
from pipelines.archive import EvidenceFile, drop, files, promote
from pipelines.ledger import Ledger
from pipelines.lines import FOLDER, SUFFIX, manifests, read_lines
from pipelines.manifest import Fault, verify_records
from pipelines.warc import warc_date
from records import Finding, Judgement, Result, Snapshot, Verdict
from scheduler.workspace import Workspace
from storage.queries.findings import findings as stored_findings
from storage.queries.snapshots import SAVED, candidates_on, cited_places
from storage.snapshots import move_snapshots

ORDINARY, SEARCH = "ordinary", "search"
# What a dropped file or a writer that was killed leaves is as it should be.
_WRONG = ("broken", "changed", "missing", "lost", "unlisted")
# Whole days whose files tell how fast the archive grows.
GROWTH_DAYS = 7


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file of the archive that was dropped, by its place below the home folder, and why."""

    name: str
    why: str


def keep_evidence(
    workspace: Workspace, judgements: Sequence[Judgement], findings: Sequence[Finding]
) -> tuple[list[Judgement], list[Finding]]:
    """The judgements and findings, citing copies of their evidence that are kept for good.

    What the database already holds of the same pages cites the copies too.
    """
    cited = {item.ref: None for finding in findings for item in finding.evidence}
    moved = _promoted(workspace, list(cited))
    kept = [
        replace(one, evidence=_moved(one.evidence, moved)) if one.result is Result.BREACH else one for one in judgements
    ]
    return kept, [replace(one, evidence=_moved(one.evidence, moved)) for one in findings]


def _promoted(workspace: Workspace, refs: Sequence[str]) -> Mapping[str, str]:
    """The place of each piece of evidence among what is kept for good; one that is gone stays where it was."""
    present = [ref for ref in refs if (workspace.home / ref.partition("#")[0]).is_file()]
    moved = promote(workspace.home, present, workspace.clock.now())
    move_snapshots(workspace.engine, moved)
    return moved


def _moved(evidence: tuple[Snapshot, ...], moved: Mapping[str, str]) -> tuple[Snapshot, ...]:
    return tuple(replace(item, ref=moved.get(item.ref, item.ref)) for item in evidence)


def retain(workspace: Workspace) -> list[Dropped]:
    """Drop what has been kept long enough, and say what; evidence of a finding is copied first and never dropped."""
    _promoted(workspace, sorted(cited_places(workspace.engine)))
    now = workspace.clock.now()
    cited = {ref.partition("#")[0] for ref in cited_places(workspace.engine)}
    dropped = [one for one in _due(workspace, now) if one.name not in cited]
    for one in dropped:
        _drop(workspace, one, now)
    return dropped


def _drop(workspace: Workspace, due: Dropped, now: datetime) -> None:
    name = due.name.removeprefix(f"{FOLDER}/")
    if due.name.startswith(SAVED):
        # The line first: a crash between the two leaves a file that is dropped again.
        Ledger(workspace.home).note(now, {"removed": name, "at": warc_date(now), "why": due.why})
        (workspace.home / due.name).unlink()
    else:
        drop(workspace.home, name, now, due.why)


def _due(workspace: Workspace, now: datetime) -> Iterator[Dropped]:
    today, limits = day_of(now), workspace.config.evidence
    undecided = _undecided(workspace)
    for file, day, kind, _ in files(workspace.home):
        name, age_days = f"{FOLDER}/{file}", (today - day).days
        if kind == ORDINARY and age_days > limits.keep_days:
            yield Dropped(name, f"超过留存期 {limits.keep_days} 天")
        elif kind == SEARCH and age_days > 0:
            yield from _search_due(name, age_days, limits.search_days, undecided)
    for name, age_days in _saved_pages(workspace, today).items():
        if age_days > 0:
            yield from _search_due(name, age_days, limits.search_days, undecided)


def _search_due(name: str, age_days: int, search_days: int, undecided: Collection[str]) -> Iterator[Dropped]:
    if age_days > search_days:
        yield Dropped(name, f"搜索结果页最多留存 {search_days} 天")
    elif name not in undecided:
        yield Dropped(name, "页上的疑似账号都已核实")


def _undecided(workspace: Workspace) -> set[str]:
    """Files with a result page on which a suspected account stands that nobody has decided on yet.

    One that no inspection since made a finding of is none to decide on.
    """
    pending = {finding.candidate for finding in stored_findings(workspace.engine) if finding.verdict is Verdict.PENDING}
    found = candidates_on(workspace.engine, f"{FOLDER}/")
    return {ref.partition("#")[0] for candidate, _, ref in found if candidate in pending}


def _saved_pages(workspace: Workspace, today: date) -> dict[str, int]:
    """Age in days by name of the result pages that persons saved and that are still there."""
    found: dict[str, int] = {}
    for _, fetched_at, ref in candidates_on(workspace.engine, SAVED):
        if (workspace.home / ref).is_file():
            found[ref] = (today - day_of(fetched_at)).days
    return found


@dataclass(frozen=True, slots=True)
class DiskUse:
    """How fast the archive grows: bytes that a day adds, and days until the disk is full at that rate."""

    growth_bytes_a_day: float
    days_left: int | None


def disk_use(archive: Sequence[EvidenceFile], free_bytes: int, today: date) -> DiskUse:
    """The growth of the WARC files.

    The rate is that of the last whole days, at most ``GROWTH_DAYS``; without any, of today so far.
    """
    first = today - timedelta(days=GROWTH_DAYS)
    recent = [(day, size) for _, day, _, size in archive if first <= day < today] or [
        (day, size) for _, day, _, size in archive if day == today
    ]
    if not recent:
        return DiskUse(0.0, None)
    n_days = max(1, (today - min(day for day, _ in recent)).days)
    growth = sum(size for _, size in recent) / n_days
    return DiskUse(growth, int(free_bytes / growth) if growth else None)


def manifest_state(home: Path) -> tuple[str | None, list[Fault]]:
    """The name of the newest manifest, and what does not hold of it and of the records that it lists."""
    newest = manifests(home)[-1:]
    if not newest:
        return None, []
    day = newest[0].name.removesuffix(SUFFIX)
    facts = [line.facts() or {} for line in read_lines(home, day)]
    places = {
        f"{FOLDER}/{one['file']}#{one['offset']}"
        for one in facts
        if "offset" in one and one["offset"] is not None and "file" in one
    }
    return newest[0].name, [one for one in verify_records(home, sorted(places)) if one.kind in _WRONG]
