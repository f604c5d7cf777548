"""The job verify(): derives a finding again from the stored pages (复核), and says whether anything was changed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from crawler.owners import Owners
from crawler.page import Target
from crawler.reading import Reading, read
from pipelines.archive import ArchiveError, load_stored
from pipelines.lines import FOLDER
from pipelines.manifest import Fault, verify_records
from pipelines.normalize import normalized
from pipelines.validate import refusal
from records import CRAWLED_PLATFORMS, Candidate, Finding, Post, Profile, Snapshot, as_json
from scheduler.dismissing import Memory
from scheduler.rechecking import load_kept_check, told_otherwise
from scheduler.rejudging import is_still_raised
from scheduler.removing import WHY
from scheduler.rereading import load_page
from scheduler.runs import DONE, INCOMPLETE
from scheduler.saved_rereading import is_saved, read_again
from scheduler.workspace import Workspace
from storage.dismissed import is_removed
from storage.posts import digest_of
from storage.queries import accounts, snapshots
from storage.queries.findings import findings
from storage.queries.snapshots import StoredSnapshot

SAME, PARSER, DROPPED, TAMPERED = "一致", "解析器已变", "依据已删除", "内容被改"
# Of a single piece: it is gone and no line says why, or it is whole but its line in the manifest is gone.
# Either way the finding's evidence is not whole.
LOST, UNLISTED, NOT_WHOLE = "依据不在了", "没有登记", "依据不全"
# Of the judgement, where what it rests on is not there as it was.
NOT_JUDGED = "没有重新判定"
# Account references by every known key, by platform.
Registered = Mapping[str, Mapping[str, str]]
# The gravest of the details is the outcome of the whole.
GRAVITY = (NOT_JUDGED, SAME, PARSER, DROPPED, UNLISTED, LOST, TAMPERED)
# A torn end is nobody's evidence.
_FAULTS = {"changed": TAMPERED, "missing": LOST, "lost": LOST, "removed": DROPPED, "unlisted": UNLISTED}
_BEFORE_MANIFESTS = re.compile(r"-run\d+\.warc\.gz#")
_REMOVED = f"{WHY}：这个疑似账号已由人判定与本单位无关，它的资料和存档都删了，只剩这条结论"
_PROFILE = ("name", "verified", "verified_kind", "verified_entity", "bio")
_POST = {"url": "地址", "published_at": "发布时间", "kind": "类型", "is_repost": "是否转载"}


@dataclass(frozen=True, slots=True)
class Detail:
    """What became of one piece of evidence, or of a manifest (without ``url``); no ``ref``: of the judgement itself."""

    ref: str | None
    url: str | None
    outcome: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Verification:
    """A finding derived again: 一致, 解析器已变, 依据已删除, 依据不全 or 内容被改, with the details."""

    id: str
    outcome: str
    details: tuple[Detail, ...]

    @property
    def exit_code(self) -> int:
        """0, or 3 where the evidence is not as it was kept."""
        return INCOMPLETE if self.outcome in (DROPPED, NOT_WHOLE, TAMPERED) else DONE

    @property
    def only_manifests_differ(self) -> bool:
        """Whether a manifest was changed while each piece of this finding's evidence is as it was kept."""
        pieces = [detail for detail in self.details if detail.url is not None]
        return self.outcome == TAMPERED and all(piece.outcome in (SAME, PARSER) for piece in pieces)


@dataclass(frozen=True, slots=True)
class _Known:
    """Who is registered and who was decided on; read before all else, as a reader holds the database."""

    registered: Registered
    memory: Memory


def finding_of(workspace: Workspace, given: str) -> Finding | None:
    """The finding whose id is, or begins with, what is given; ``None`` if there is none."""
    return next((one for one in findings(workspace.engine) if one.id.startswith(given)), None)


def verify(workspace: Workspace, finding: Finding) -> Verification:
    """The finding derived again: its evidence byte for byte, what it says today, and what the clauses make of it."""
    if is_removed(finding):
        return Verification(finding.id, DROPPED, (Detail(None, None, DROPPED, _REMOVED),))
    registered = {platform: accounts.owners(workspace.engine, platform) for platform in CRAWLED_PLATFORMS}
    known = _Known(registered, Memory.of(workspace))
    faults = verify_records(workspace.home, [item.ref for item in finding.evidence])
    with workspace.engine.connect() as connection:
        details = [_detail(workspace, connection, known, item, faults) for item in finding.evidence]
    judged = _judged(workspace, finding, details)
    found = [*details, *_manifest_details(faults), judged]
    outcome = max((detail.outcome for detail in found), key=GRAVITY.index)
    return Verification(finding.id, NOT_WHOLE if outcome in (UNLISTED, LOST) else outcome, tuple(found))


def _judged(workspace: Workspace, finding: Finding, pieces: Sequence[Detail]) -> Detail:
    if any(piece.outcome in (DROPPED, LOST, TAMPERED) for piece in pieces):
        return Detail(None, None, NOT_JUDGED, "材料不全，没有重新判定")
    if is_still_raised(workspace, finding):
        return Detail(None, None, SAME, "按当时的材料重新判定，得出同一条问题")
    return Detail(None, None, PARSER, "按当时的材料重新判定，没有得出这条问题：推文、条款或检查项已有变化，请人工核对")


def _manifest_details(faults: Sequence[Fault]) -> Iterator[Detail]:
    """Where the chain is broken; of what use a line elsewhere is to this finding, its own pieces tell."""
    for fault in faults:
        if fault.ref is None and fault.kind == "broken":
            yield Detail(f"{FOLDER}/{fault.manifest}", None, TAMPERED, fault.sentence)


def _detail(
    workspace: Workspace, connection: Connection, known: _Known, item: Snapshot, faults: Sequence[Fault]
) -> Detail:
    fault = _fault(workspace, item, [one for one in faults if one.ref == item.ref])
    if fault is not None:
        return Detail(item.ref, item.url, *fault)
    stored = snapshots.stored_snapshot(connection, item.ref)
    if stored is None:
        # A picture that a person brought, or a page whose row was lost: its bytes are all there is.
        return Detail(item.ref, item.url, SAME, None)
    try:
        differs = _differs(workspace, connection, known, stored)
    except ArchiveError as error:
        return Detail(item.ref, item.url, TAMPERED, str(error))
    return Detail(item.ref, item.url, PARSER if differs else SAME, differs)


def _fault(workspace: Workspace, item: Snapshot, faults: Sequence[Fault]) -> tuple[str, str] | None:
    """``(outcome, reason)`` of evidence that is not as it was kept; ``None`` if it is."""
    said = [(outcome, fault.sentence) for fault in faults if (outcome := _outcome(fault, item)) is not None]
    gravest = max(said, key=lambda one: GRAVITY.index(one[0]), default=None)
    if gravest is not None and gravest[0] != UNLISTED:
        return gravest
    try:
        body = load_stored(workspace.home, item.ref).body
    except ArchiveError as error:
        return TAMPERED, str(error)
    if hashlib.sha256(body).hexdigest() != item.sha256:
        return TAMPERED, "存下的内容和取得时的 sha256 不一致"
    if gravest is not None:
        return UNLISTED, "清单里没有登记它（清单或其中的行不在了），内容与取得时的 sha256 相符"
    return None


def _outcome(fault: Fault, item: Snapshot) -> str | None:
    if fault.kind == "unlisted" and ("#" not in item.ref or _BEFORE_MANIFESTS.search(item.ref)):
        # Files from before there were manifests, and those that persons brought, have no line: their digest tells.
        return None
    return _FAULTS.get(fault.kind)


def _differs(workspace: Workspace, connection: Connection, known: _Known, stored: StoredSnapshot) -> str | None:
    """What today's reading of a kept page says otherwise than what is stored; ``None`` if nothing."""
    check = snapshots.link_check_of(connection, stored.id)
    if check is not None:
        kept = load_kept_check(workspace.home, stored.snapshot.ref)
        if not _same_check(kept, as_json(check)):
            return "链接检测的存档和库里的记录不一致"
        return told_otherwise(workspace.home, stored.snapshot.ref)
    reading = _reading(workspace, connection, stored)
    if reading.platform is None and is_saved(stored):
        return reading.reason or "没有解析器认识这个文件"
    if reading.platform is None:
        return "没有解析器认识这个页面"
    rested = snapshots.gave_records(connection, stored.id)
    if rested and reading.status not in ("ok", "empty"):
        return f"这个页面现在读作 {reading.status}（{reading.reason or '没有说明'}）"
    return "；".join(_differences(connection, known, stored, reading)) or None


def _reading(workspace: Workspace, connection: Connection, stored: StoredSnapshot) -> Reading:
    if is_saved(stored):
        return read_again(workspace.home, stored)
    return read(load_page(workspace.home, stored), page_platform(connection, stored))


def page_platform(connection: Connection, stored: StoredSnapshot) -> str | None:
    """The platform for which a page was asked; ``None`` where only the page itself can tell."""
    if stored.account_id is None:
        return None
    return accounts.account_of_row(connection, stored.account_id).platform


def _same_check(kept: dict[str, object], row: dict[str, object]) -> bool:
    # The archive keeps an address without what grants access, the row as it stood in the post.
    names = ("state", "checked_at", "status", "reason")
    return all(kept[name] == row[name] for name in names)


def _differences(connection: Connection, known: _Known, stored: StoredSnapshot, reading: Reading) -> Iterator[str]:
    records = [normalized(record) for record in _own_records(connection, known.registered, stored, reading)]
    yield from _post_differences(connection, stored, reading, [one for one in records if isinstance(one, Post)])
    for record in records:
        if isinstance(record, Profile):
            yield from _profile_differences(connection, stored, record)
        elif isinstance(record, Candidate):
            yield from _candidate_differences(connection, stored, record, known.memory)


def _own_records(
    connection: Connection, registered: Registered, stored: StoredSnapshot, reading: Reading
) -> tuple[Post | Profile | Candidate, ...]:
    """The records that the crawl would store: those of registered accounts, and candidates."""
    if stored.account_id is None or reading.platform is None:
        return reading.records
    account = accounts.account_of_row(connection, stored.account_id)
    owners = Owners(registered[reading.platform])
    return owners.kept(Target(account=account, since=stored.snapshot.fetched_at), reading.records)


def _post_differences(
    connection: Connection, stored: StoredSnapshot, reading: Reading, posts: list[Post]
) -> Iterator[str]:
    keys = [key for post in posts for key in (post.post_id, *post.addresses)]
    known = snapshots.known_posts(connection, reading.platform or "", keys)
    read_here = set()
    for post in posts:
        row = next((known[key] for key in (post.post_id, *post.addresses) if key in known), None)
        if row is not None:
            read_here.add(row.id)
            yield from _post_difference(connection, stored, post, row)
        elif post.published_at is not None and stored.account_id is not None:
            if refusal(post, stored.snapshot.fetched_at) is None:
                yield f"现在从页面里读出推文 {post.post_id}，库里没有"
    for key, row_id in snapshots.posts_of_page(connection, stored.id).items():
        if row_id not in read_here:
            yield f"库里的推文 {key} 现在从页面里读不出来"


def _post_difference(
    connection: Connection, stored: StoredSnapshot, post: Post, row: Row[*tuple[Any, ...]]
) -> Iterator[str]:
    is_own = row.snapshot_id == stored.id
    if is_own and post.published_at is not None:
        for name, word in _POST.items():
            now, before = getattr(post, name), getattr(row, name)
            if now != before:
                yield f"推文 {post.post_id} 的{word}现在读作 {as_json(now)}，库里是 {as_json(before)}"
    if post.text is None or not post.text_complete or post.published_at is None or post.proof != row.proof:
        return
    # On an older page the post may still carry another title: of titles no former versions are kept.
    said = {digest_of(post.title, post.text), *([] if is_own else [digest_of(row.title, post.text)])}
    if not said & {row.digest, *snapshots.version_digests(connection, row.id)}:
        yield f"推文 {post.post_id} 的标题或正文和库里的不同"


def _profile_differences(connection: Connection, stored: StoredSnapshot, profile: Profile) -> Iterator[str]:
    if stored.account_id is None:
        return
    row = snapshots.profile_at(connection, stored.account_id, profile.observed_at)
    shape = as_json(profile)
    if row is None:
        yield "现在从页面里读出账号资料，库里没有"
        return
    for name in _PROFILE:
        if shape[name] is not None and row.shown[name] != shape[name]:
            yield f"账号资料的 {name} 现在读作 {shape[name]}，库里是 {row.shown[name]}"


def _candidate_differences(
    connection: Connection, stored: StoredSnapshot, candidate: Candidate, memory: Memory
) -> Iterator[str]:
    row = snapshots.shown_candidate(connection, candidate.platform, candidate.uid)
    if row is None and memory.knows(candidate.platform, candidate.uid):
        return  # its data were removed; the page stays for somebody else's sake
    if row is None:
        yield f"现在从页面里读出账号 {candidate.ref}，库里没有"
    elif row.snapshot_id == stored.id and row.name != candidate.name:
        yield f"账号 {candidate.ref} 的名称现在读作 {candidate.name}，库里是 {row.name}"
