"""How long evidence is kept (留存): that of findings for good, the rest for a set time; each drop is written down."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import zip_longest
from pathlib import Path

from analysis.periods import day_of
from pipelines.apart import take_out
from pipelines.archive import ArchiveError, EvidenceFile, drop, file_name, files, promote
from pipelines.ledger import Ledger, locked
from pipelines.lines import FOLDER, SUFFIX, WARC_NAME, Line, is_record, manifests, read_lines
from pipelines.manifest import Fault, verify_records
from pipelines.places import groups_of
from pipelines.warc import warc_date
from records import SHANGHAI, Finding, Judgement, Result, Snapshot, Verdict
from scheduler.workspace import Workspace
from storage.queries.findings import findings as stored_findings
from storage.queries.judged import candidates_in_doubt
from storage.queries.snapshots import SAVED, candidates_on, cited_places, places_below
from storage.snapshots import move_snapshots

ORDINARY, SEARCH = "ordinary", "search"
# What a dropped file or a writer that was killed leaves is as it should be.
_WRONG = ("broken", "changed", "missing", "lost", "unlisted")
# Every line is looked at, so without reading it as JSON; the names of our files hold no quotes.
_NAMED = re.compile(rb'"file": ?"([^"]+)"')
_DROPPED = re.compile(rb'"removed": ?"([^"]+)"')
_DECIDED = "页上没有待核账号，或其依据已另存"
_DECIDED_IN_PART = f"其中一些{_DECIDED}（还有待核账号的页已另存）"
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
        let_go(workspace, one, now)
    return [*dropped, *_thinned(workspace, now)]


def let_go(workspace: Workspace, due: Dropped, now: datetime) -> None:
    """Drop one file of the archive; its manifest says when and why."""
    name = due.name.removeprefix(f"{FOLDER}/")
    if due.name.startswith(SAVED):
        # The line first: a crash between the two leaves a file that is dropped again.
        Ledger(workspace.home).note(now, {"removed": name, "at": warc_date(now), "why": due.why})
        (workspace.home / due.name).unlink()
    elif (workspace.home / due.name).is_file():  # else what a killed process had begun was finished meanwhile
        drop(workspace.home, name, now, due.why)


def _thinned(workspace: Workspace, now: datetime) -> Iterator[Dropped]:
    """Take the result pages on which nobody is to be decided out of the files that hold others; and say which."""
    needed = _awaited(workspace) | cited_places(workspace.engine)
    for file, day, kind, _ in files(workspace.home):
        if kind != SEARCH or day >= day_of(now):
            continue
        shown = {ref for _, ref in places_below(workspace.engine, f"{FOLDER}/{file}#")}
        if shown - needed and _taken_out(workspace, file, day, set(groups_of(workspace.home, file)) - needed):
            yield Dropped(f"{FOLDER}/{file}", _DECIDED_IN_PART)


def _taken_out(workspace: Workspace, file: str, day: date, free: Collection[str]) -> bool:
    try:
        take_out(
            workspace.home,
            file,
            free,
            workspace.clock.now(),
            into=file_name(datetime.combine(day, time(), SHANGHAI), SEARCH),
            why=lambda _: _DECIDED_IN_PART,
            on_copied=lambda moved: move_snapshots(workspace.engine, moved),
        )
    except ArchiveError as error:
        # Its time ends with its day's; a copy would hide what was done to it.
        logging.getLogger("xuncha").warning("存档文件 %s 与清单不符，没有从中删除不必再留的页面：%s", file, error)
        return False
    return True


def _due(workspace: Workspace, now: datetime) -> Iterator[Dropped]:
    today, limits = day_of(now), workspace.config.evidence
    undecided = {ref.partition("#")[0] for ref in _awaited(workspace)}
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
        yield Dropped(name, _DECIDED)


def _awaited(workspace: Workspace) -> set[str]:
    """Result pages on which a suspected account stands that nobody has decided on yet.

    Of such an account there is a finding 待核, or the last inspection could not tell what it is and asks a person:
    once more is known, its page is all that a finding could rest on.
    """
    found, in_doubt = stored_findings(workspace.engine), candidates_in_doubt(workspace.engine)
    pending = {one.candidate for one in found if one.verdict is Verdict.PENDING}
    decided = {one.candidate: one.last_seen_at for one in sorted(found, key=lambda one: one.last_seen_at)}
    return {
        ref
        for candidate, fetched_at, ref in candidates_on(workspace.engine, f"{FOLDER}/")
        # What came after the last look at what was decided on may show another account under the same key.
        if candidate in pending
        or (candidate in in_doubt and (candidate not in decided or decided[candidate] < fetched_at))
    }


def _saved_pages(workspace: Workspace, today: date) -> dict[str, int]:
    """Age in days by name of the result pages that persons saved and that are still there."""
    found: dict[str, int] = {}
    for fetched_at, ref in places_below(workspace.engine, SAVED):
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


@dataclass(frozen=True, slots=True)
class ManifestState:
    """What the manifests say of the archive: their number, what was looked at, and what does not hold.

    The lines of all manifests were looked at, and the ``n_records`` records that the ``newest`` lists.
    """

    newest: str | None
    n_manifests: int
    n_lines: int
    n_records: int
    faults: list[Fault]


def manifest_state(home: Path) -> ManifestState:
    """Whether the chain of all manifests is whole, every WARC file listed and there, and the newest day's records are.

    Raises:
        OSError: The evidence folder cannot be read or locked.
    """
    if not (home / FOLDER).is_dir():
        return ManifestState(None, 0, 0, 0, [])
    with locked(home):
        # Only now: a file and the line about it are written under the same lock.
        stored = [file.name for file in files(home) if _has_lines(file.name)]
    chain = _Chain(home)
    names = [path.name for path in manifests(home)]
    if not names:
        return ManifestState(None, 0, 0, 0, _without_manifests(stored))
    records = [one for one in verify_records(home, sorted(chain.newest)) if one.ref is not None and one.kind in _WRONG]
    faults = [*chain.faults, *chain.gaps(names), *chain.files_amiss(stored), *records]
    return ManifestState(names[-1], len(names), chain.n_lines, len(chain.newest), faults)


class _Chain:
    """One reading of all manifests: their order, the files that they name, and the newest one's records."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self.n_lines, self.faults = 0, list[Fault]()
        self.newest: set[str] = set()
        self._lasts: dict[str, Line] = {}
        self._named: set[str] = set()
        self._dropped: set[str] = set()
        newest = [path.name for path in manifests(home)][-1:]
        for line in read_lines(home):
            self._take(line, is_newest=line.manifest in newest)

    def _take(self, line: Line, *, is_newest: bool) -> None:
        self.n_lines += 1
        self._lasts[line.manifest] = line
        self._named |= {name.decode() for name in _NAMED.findall(line.data)}
        self._dropped |= {name.decode() for name in _DROPPED.findall(line.data)}
        if not line.follows:
            words = (
                f"清单 {line.manifest} 第 {line.number} 行接不上前一行：这里有一行被改动、删除或插入；请与备份核对。"
            )
            self.faults.append(Fault(kind="broken", sentence=words, manifest=line.manifest, line=line.number))
        facts = line.facts() if is_newest else None
        if facts is not None and is_record(facts) and facts["offset"] is not None:
            self.newest.add(f"{FOLDER}/{facts['file']}#{facts['offset']}")

    def gaps(self, names: Sequence[str]) -> Iterator[Fault]:
        """Manifests that are gone, as the last line of the one before names them."""
        for name, following in zip_longest(names, names[1:]):
            facts = self._lasts[name].facts() if name in self._lasts else None
            if facts is not None and facts.get("next") not in (None, following):
                words = f"清单 {name} 之后应是 {facts['next']}，但它不在了；请从备份中找回。"
                yield Fault(kind="missing", sentence=words, manifest=str(facts["next"]))

    def files_amiss(self, stored: Collection[str]) -> Iterator[Fault]:
        """WARC files that no line is about, and files that the lines are about and that are gone."""
        for name in stored:
            if name not in self._named:
                words = f"存档文件 {name} 没有登记在清单里，无法证明未被改动；请从备份中找回那一天的清单。"
                yield Fault(kind="unlisted", sentence=words, file=name)
        for name in sorted(self._named - self._dropped):
            if not (self._home / FOLDER / name).is_file():
                words = f"存档文件 {name} 不在了，清单里没有删除它的记录；请从备份中找回。"
                yield Fault(kind="missing", sentence=words, file=name)


def _has_lines(name: str) -> bool:
    """Whether it is a WARC file of a retention class: those from before there were classes have no lines."""
    match = WARC_NAME.fullmatch(name)
    return match is not None and match[2] is not None


def _without_manifests(stored: Sequence[str]) -> list[Fault]:
    if not stored:
        return []
    words = (
        f"清单（{FOLDER}/日期{SUFFIX}）都不在了，而网页存档还有 {len(stored)} 个文件："
        "不能证明它们没有被改动；请从备份中找回清单，放回 evidence 文件夹。"
    )
    return [Fault(kind="missing", sentence=words)]
