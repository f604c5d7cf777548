"""Evidence of findings is kept for good; what is dropped otherwise is written down with the day and the reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from analysis.periods import last_week
from crawler.page import Page
from pipelines.archive import ArchiveError, EvidenceFile, WarcArchive, drop, files, load_stored
from pipelines.manifest import verify_chain
from records import Candidate, Judgement, Result, Verdict
from scheduler.clock import Clock
from scheduler.judging import decide, inspect
from scheduler.retaining import disk_use, keep_evidence, manifest_state, retain
from scheduler.workspace import Workspace
from storage.queries.findings import findings
from storage.queries.snapshots import candidates_on, stored_snapshot
from tests.scheduler.archived import NIGHT, Office, listing, open_office, post

OLD = listing([post(1, 2), post(2, 1)])


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office with one finding, and one page that no finding rests on."""
    office = open_office(tmp_path)
    office.crawl(NIGHT - timedelta(seconds=60), [OLD], since=NIGHT - timedelta(days=13))
    inspect(office.workspace, last_week(NIGHT))
    return office


def after(office: Office, days: int) -> Workspace:
    """The office so many days later."""
    return replace(office.workspace, clock=Clock(NIGHT + timedelta(days=days)))


def classes(office: Office) -> list[str]:
    return [file.retention for file in files(office.workspace.home)]


def search_page(office: Office, name: str, *uids: str, body: bytes = b"{}") -> str:
    """The place of a result page that shows accounts of one name, fetched on the night."""
    archive = WarcArchive(office.workspace.home, 1)
    page = Page(url="https://m.weibo.cn/search", body=body, fetched_at=NIGHT, kind="mobile_search")
    kept = archive.keep(page, "search")
    found = [Candidate(platform="weibo", uid=uid, name=name, found_at=NIGHT, verified=False) for uid in uids or ("7",)]
    office.workspace.store.save_candidates(found, kept)
    return kept.ref


def put_before_a_person(office: Office, uid: str) -> None:
    """A finding of a suspected account that nobody has decided on."""
    (found, *_) = findings(office.workspace.engine)
    pending = replace(found, subject="candidate", account=None, candidate=f"weibo:{uid}", evidence=())
    office.workspace.store.save_findings([replace(pending, id=uid * 12, cause=f"impostor:{uid}")])


def test_the_evidence_of_a_finding_moves_to_its_class_and_everything_cites_it_there(office: Office) -> None:
    known = findings(office.workspace.engine)
    _, kept = keep_evidence(office.workspace, [], known)
    refs = {item.ref for finding in kept for item in finding.evidence}
    assert refs and all("-finding.warc.gz#" in ref for ref in refs)
    assert {item.ref for finding in findings(office.workspace.engine) for item in finding.evidence} == refs
    with office.workspace.engine.connect() as connection:
        assert all(stored_snapshot(connection, ref) is not None for ref in refs)
    assert all(load_stored(office.workspace.home, item.ref).sha256 == item.sha256 for item in kept[0].evidence)


def test_keeping_it_again_copies_nothing(office: Office) -> None:
    _, kept = keep_evidence(office.workspace, [], findings(office.workspace.engine))
    before = files(office.workspace.home)
    assert keep_evidence(after(office, 1), [], kept)[1] == kept
    assert files(office.workspace.home) == before


def test_ordinary_pages_go_after_their_time_and_evidence_stays(office: Office) -> None:
    assert retain(after(office, 180)) == []
    (dropped,) = retain(after(office, 182))
    assert dropped.why == "超过留存期 180 天"
    assert classes(office) == ["finding"]
    (found, *_) = findings(office.workspace.engine)
    assert load_stored(office.workspace.home, found.evidence[0].ref).sha256 == found.evidence[0].sha256
    assert {fault.kind for fault in verify_chain(office.workspace.home)} == {"removed"}


def test_what_a_finding_cites_stays_even_where_it_cannot_be_copied(tmp_path: Path) -> None:
    office = open_office(tmp_path)
    office.crawl(NIGHT - timedelta(seconds=60), [OLD], since=NIGHT - timedelta(days=13))
    path = next((tmp_path / "evidence").glob("*-ordinary.warc.gz"))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    inspect(office.workspace, last_week(NIGHT))
    assert retain(after(office, 400)) == []
    assert path.exists()


def test_result_pages_go_when_nobody_on_them_is_to_be_decided_and_never_on_their_day(office: Office) -> None:
    search_page(office, "无关的名字")
    assert retain(office.workspace) == []
    assert [one.why for one in retain(after(office, 1))] == ["页上没有待核账号，或其依据已另存"]


def test_result_pages_stay_while_a_suspected_account_is_pending_but_thirty_days_at_most(office: Office) -> None:
    search_page(office, "云岭发布")
    (found, *_) = findings(office.workspace.engine)
    pending = replace(found, id="c" * 12, subject="candidate", account=None, candidate="weibo:7", evidence=())
    office.workspace.store.save_findings([pending])
    assert retain(after(office, 2)) == []
    assert [one.why for one in retain(after(office, 32))] == ["搜索结果页最多留存 30 天"]


def put_in_doubt(office: Office, uid: str, result: Result = Result.UNKNOWN) -> None:
    """What the newest inspection said of a suspected account: without a finding, a person is asked to look."""
    told = Judgement(subject="candidate", unit="", clause="SD-4.2", check="impostor", result=result)
    office.workspace.store.save_inspection("2026-W46", [replace(told, candidate=f"weibo:{uid}")], [])


def test_the_page_of_an_account_that_could_not_be_told_stays_but_thirty_days_at_most(office: Office) -> None:
    search_page(office, "云岭发布")
    put_in_doubt(office, "7")
    assert retain(after(office, 2)) == []
    assert [one.why for one in retain(after(office, 32))] == ["搜索结果页最多留存 30 天"]


def test_of_a_day_s_result_pages_that_of_an_account_that_could_not_be_told_stays(office: Office) -> None:
    kept = search_page(office, "云岭发布", body=b'{"page": 1}')
    search_page(office, "爱吃火锅的小王", "8", body=b'{"page": 2}')
    put_in_doubt(office, "7")
    assert len(retain(after(office, 1))) == 1
    (place,) = (ref for one, _, ref in candidates_on(office.workspace.engine, "evidence/") if one == "weibo:7")
    assert place != kept and load_stored(office.workspace.home, place).body == b'{"page": 1}'


def test_only_the_newest_inspection_keeps_a_page(office: Office) -> None:
    search_page(office, "云岭发布")
    put_in_doubt(office, "7")
    told_now = Judgement(subject="unit", unit="", clause="SD-4.2", check="impostor", result=Result.PASS)
    office.workspace.store.save_inspection("2026-W45", [told_now], [])
    assert len(retain(after(office, 1))) == 1


@pytest.mark.parametrize(("age_days", "n_dropped"), [(0, 1), (1, 0)])
def test_a_decision_holds_for_what_was_seen_by_then_and_not_for_a_later_page(
    office: Office, age_days: int, n_dropped: int
) -> None:
    search_page(office, "云岭发布")
    put_before_a_person(office, "7")
    decided = decide(office.workspace, "7" * 12, Verdict.MISTAKEN, "顾南舟", None)
    assert decided is not None
    last_seen_at = NIGHT - timedelta(days=age_days)
    office.workspace.store.save_findings([replace(decided, last_seen_at=last_seen_at)])
    put_in_doubt(office, "7")
    assert len(retain(after(office, 1))) == n_dropped


def test_a_decision_lets_the_result_page_go(office: Office) -> None:
    search_page(office, "云岭发布")
    (found, *_) = findings(office.workspace.engine)
    pending = replace(found, id="c" * 12, subject="candidate", account=None, candidate="weibo:7", evidence=())
    office.workspace.store.save_findings([pending])
    decide(office.workspace, "c" * 12, Verdict.MISTAKEN, "顾南舟", None)
    assert len(retain(after(office, 2))) == 1


def test_of_a_day_s_result_pages_only_those_with_a_pending_account_stay(office: Office) -> None:
    search_page(office, "云岭发布", body=b'{"page": 1}')
    gone = search_page(office, "爱吃火锅的小王", "8", body=b'{"page": 2}')
    search_page(office, "云陵发布", "9", body=b'{"page": 3}')
    for uid in ("7", "9"):
        put_before_a_person(office, uid)
    assert len(retain(after(office, 1))) == 1
    home, places = office.workspace.home, [ref for _, _, ref in candidates_on(office.workspace.engine, "evidence/")]
    assert [load_stored(home, ref).body for ref in places if ref != gone] == [b'{"page": 1}', b'{"page": 3}']
    with pytest.raises(ArchiveError, match="页上没有待核账号，或其依据已另存"):
        load_stored(home, gone)
    assert {fault.kind for fault in verify_chain(home)} == {"removed"} and manifest_state(home).faults == []


def test_a_page_of_several_stays_whole_while_one_of_them_is_pending_and_no_longer(office: Office) -> None:
    search_page(office, "云岭发布", "7", "8")
    search_page(office, "爱吃火锅的小王", "9")
    put_before_a_person(office, "7")
    assert len(retain(after(office, 1))) == 1 and retain(after(office, 2)) == []
    (file,) = (one for one in files(office.workspace.home) if one.retention == "search")
    assert file.day == date(2026, 11, 16), "what was copied is no younger"
    decide(office.workspace, "7" * 12, Verdict.MISTAKEN, "顾南舟", None)
    assert [one.why for one in retain(after(office, 2))] == ["页上没有待核账号，或其依据已另存"]
    assert "search" not in classes(office)


def test_a_changed_file_of_result_pages_is_not_thinned_for_it_would_hide_the_change(office: Office) -> None:
    place = search_page(office, "云岭发布", body=b"1" * 99)
    search_page(office, "爱吃火锅的小王", "9")
    put_before_a_person(office, "7")
    path = office.workspace.home / place.partition("#")[0]
    data = bytearray(path.read_bytes())
    data[200] ^= 1
    path.write_bytes(data)
    assert retain(after(office, 1)) == [] and path.exists()


def test_growth_is_that_of_the_last_whole_days() -> None:
    today = date(2026, 11, 16)
    sizes = {date(2026, 10, 1): 900, date(2026, 11, 14): 30, date(2026, 11, 15): 50, today: 7}
    archive = [EvidenceFile(str(day), day, "ordinary", size) for day, size in sizes.items()]
    use = disk_use(archive, 4000, today)
    assert (use.growth_bytes_a_day, use.days_left) == (40.0, 100)
    assert disk_use([], 4000, today).days_left is None


def test_the_newest_manifest_tells_of_a_changed_record(office: Office) -> None:
    assert manifest_state(office.workspace.home).faults == []
    path = next((office.workspace.home / "evidence").glob("*.warc.gz"))
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert [fault.kind for fault in manifest_state(office.workspace.home).faults] == ["changed"]


@pytest.fixture
def older(office: Office) -> Office:
    """The office with a night two days later, so that its first manifest is not the newest."""
    office.crawl(NIGHT + timedelta(days=2), [listing([post(3, 17)])], since=NIGHT)
    state = manifest_state(office.workspace.home)
    assert (state.n_manifests, state.faults) == (2, []) and state.n_lines > state.n_records > 0
    return office


def oldest(office: Office, pattern: str) -> Path:
    return min((office.workspace.home / "evidence").glob(pattern))


def test_a_line_changed_in_an_older_manifest_is_told(older: Office) -> None:
    path = oldest(older, "*.manifest.jsonl")
    path.write_bytes(path.read_bytes().replace(b'"length":', b'"length": ', 1))
    (fault,) = manifest_state(older.workspace.home).faults
    assert (fault.kind, fault.manifest) == ("broken", path.name)


def test_an_older_file_that_is_gone_is_told(older: Office) -> None:
    path = oldest(older, "*-ordinary.warc.gz")
    path.unlink()
    assert [(fault.kind, fault.file) for fault in manifest_state(older.workspace.home).faults] == [
        ("missing", path.name)
    ]


def test_a_file_that_was_dropped_by_the_rules_is_none_that_is_gone(older: Office) -> None:
    drop(older.workspace.home, oldest(older, "*-ordinary.warc.gz").name, NIGHT + timedelta(days=2), "超过留存期")
    assert manifest_state(older.workspace.home).faults == []


@pytest.mark.parametrize(("n_gone", "kinds"), [(1, {"broken", "unlisted"}), (2, {"missing"})])
def test_manifests_that_are_gone_are_told(n_gone: int, kinds: set[str], older: Office) -> None:
    for _ in range(n_gone):
        oldest(older, "*.manifest.jsonl").unlink()
    faults = manifest_state(older.workspace.home).faults
    assert {fault.kind for fault in faults} == kinds and all("备份" in fault.sentence for fault in faults)


def test_the_newest_manifest_gone_is_told_by_the_one_before(older: Office) -> None:
    max((older.workspace.home / "evidence").glob("*.manifest.jsonl")).unlink()
    assert "missing" in {fault.kind for fault in manifest_state(older.workspace.home).faults}


def test_an_archive_from_before_there_were_manifests_lacks_none(tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "2026-11-16-run1.warc.gz").write_bytes(b"x")
    assert manifest_state(tmp_path).faults == []
