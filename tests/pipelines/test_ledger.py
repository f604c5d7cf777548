"""Writing evidence: many processes at once, writers killed in the middle of a write, a full disk, clocks that jump."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp

import pytest

from pipelines.archive import ArchiveError, WarcArchive, files, load_stored, promote
from pipelines.ledger import Ledger
from pipelines.manifest import verify_chain, verify_records
from tests.pipelines.answers import FETCHED_AT, ORDINARY, page, passes_check, received

MANIFEST = "2026-11-16.manifest.jsonl"
CHILD = """
import resource, sys
from pathlib import Path
from pipelines.archive import WarcArchive
from tests.pipelines.answers import received
home, name, n, limit = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
archive = WarcArchive(home, 1)
for number in range(n):
    try:
        print(archive.keep(received(f"{name} {number}".encode() * 30)).ref, flush=True)
    except OSError as error:
        print("OSError", error.errno, flush=True)
        break
"""


def writer(home: Path, name: str, n_pages: int, limit_bytes: int = 0) -> subprocess.Popen[str]:
    """A process that keeps so many pages and prints where they lie."""
    arguments = [sys.executable, "-c", CHILD, str(home), name, str(n_pages), str(limit_bytes)]
    root = Path(__file__).resolve().parents[2]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, cwd=root)


def state(home: Path) -> dict[str, bytes]:
    """The bytes of the evidence files and manifests."""
    return {path.name: path.read_bytes() for path in sorted((home / "evidence").glob("2*"))}


def test_a_tail_torn_at_any_byte_is_put_right_by_the_next_write(tmp_path: Path) -> None:
    archive = WarcArchive(tmp_path, 1)
    archive.keep(received(b"first"))
    before = state(tmp_path)
    archive.keep(received(b"second"))
    after = state(tmp_path)[ORDINARY]
    ends = range(len(before[ORDINARY]), len(after) + 1)
    for end in ends:  # the record was being written, or its line not yet begun
        (tmp_path / "evidence" / ORDINARY).write_bytes(after[:end])
        (tmp_path / "evidence" / MANIFEST).write_bytes(before[MANIFEST])
        third = WarcArchive(tmp_path, 2).keep(page(b"third"))
        assert load_stored(tmp_path, third.ref).body == b"third"
        assert verify_chain(tmp_path) == []
        assert end % 20 or passes_check(tmp_path)
    assert len(ends) > 500


def test_a_line_torn_at_any_byte_is_put_right_by_the_next_write(tmp_path: Path) -> None:
    archive = WarcArchive(tmp_path, 1)
    archive.keep(received(b"first"))
    n_before = len(state(tmp_path)[MANIFEST])
    second = archive.keep(received(b"second"))
    lines = state(tmp_path)[MANIFEST]
    for end in range(n_before, len(lines), 7):
        home = Path(mkdtemp(dir=tmp_path))
        shutil.copytree(tmp_path / "evidence", home / "evidence")
        (home / "evidence" / MANIFEST).write_bytes(lines[:end])
        third = WarcArchive(home, 2).keep(received(b"third"))
        assert verify_chain(home) == verify_records(home, [second.ref, third.ref]) == []
        assert load_stored(home, second.ref).body == b"second"


def test_a_writer_that_was_already_at_work_puts_it_right_as_well(tmp_path: Path) -> None:
    mine, others = WarcArchive(tmp_path, 1), WarcArchive(tmp_path, 2)
    mine.keep(received(b"first"))
    others.keep(received(b"second"))
    with (tmp_path / "evidence" / ORDINARY).open("ab") as file:
        file.write(b"\x1f\x8b torn")
    with (tmp_path / "evidence" / MANIFEST).open("ab") as file:
        file.write(b'{"prev":"torn')
    refs = [mine.keep(received(b"third")).ref, others.keep(received(b"first")).ref]
    assert [load_stored(tmp_path, ref).body for ref in refs] == [b"third", b"first"]
    assert (verify_chain(tmp_path), passes_check(tmp_path)) == ([], True)


def test_two_processes_that_write_at_once_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    writers = [writer(tmp_path, name, 40) for name in ("one", "two")]
    found = [child.communicate()[0].split() for child in writers]
    assert len({*found[0], *found[1]}) == 80
    for name, refs in zip(("one", "two"), found, strict=True):
        bodies = [load_stored(tmp_path, ref).body for ref in refs]
        assert bodies == [f"{name} {number}".encode() * 30 for number in range(40)]
    assert (verify_chain(tmp_path), passes_check(tmp_path)) == ([], True)


def test_writers_killed_at_any_moment_leave_a_whole_archive(tmp_path: Path) -> None:
    promised = []
    for number in range(6):
        child = writer(tmp_path, str(number), 400)
        assert child.stdout
        promised += [child.stdout.readline().strip() for _ in range(3 + 5 * number)]
        child.kill()
        promised += child.communicate()[0].split("\n")[:-1]
    WarcArchive(tmp_path, 9).keep(received(b"after"))
    assert (verify_chain(tmp_path), verify_records(tmp_path, promised)) == ([], [])
    assert all(load_stored(tmp_path, ref).body for ref in promised)
    assert passes_check(tmp_path)


@pytest.mark.parametrize("limit_bytes", range(300, 6000, 900))
def test_a_full_disk_is_told_and_leaves_everything_as_it_was(tmp_path: Path, limit_bytes: int) -> None:
    refs = writer(tmp_path, "a", 20, limit_bytes).communicate()[0].split("\n")[:-1]
    assert refs.pop().startswith("OSError")
    left = state(tmp_path)
    assert len(left.get(MANIFEST, b"").splitlines()) == 2 * len(refs)
    assert set(left) == ({ORDINARY, MANIFEST} if refs else set())
    assert verify_chain(tmp_path) == []
    again = WarcArchive(tmp_path, 2).keep(received(b"there is room again"))
    assert verify_records(tmp_path, [*refs, again.ref]) == []


def test_a_clock_that_jumped_back_writes_into_the_newest_manifest(tmp_path: Path) -> None:
    archive = WarcArchive(tmp_path, 1)
    moments = [FETCHED_AT, FETCHED_AT + timedelta(days=3), FETCHED_AT - timedelta(days=2), FETCHED_AT]
    refs = [archive.keep(received(b"x", fetched_at=moment)).ref for moment in moments]
    names = sorted(path.name for path in (tmp_path / "evidence").glob("*.jsonl"))
    assert names == [MANIFEST, "2026-11-19.manifest.jsonl"]
    refs.append(WarcArchive(tmp_path, 2).keep(received(b"x", fetched_at=FETCHED_AT)).ref)
    assert len(set(refs)) == 5
    assert verify_chain(tmp_path) == verify_records(tmp_path, refs) == []


def test_a_process_that_was_at_work_follows_another_into_the_next_day(tmp_path: Path) -> None:
    late, early = WarcArchive(tmp_path, 1), WarcArchive(tmp_path, 2)
    late.keep(page(b"1"))
    early.keep(page(b"2", fetched_at=FETCHED_AT + timedelta(days=1)))
    late.keep(page(b"3"))
    early.keep(page(b"4", fetched_at=FETCHED_AT + timedelta(days=1)))
    assert verify_chain(tmp_path) == []
    lines = (tmp_path / "evidence" / "2026-11-17.manifest.jsonl").read_text().splitlines()
    files = ["2026-11-17-ordinary.warc.gz", ORDINARY, "2026-11-17-ordinary.warc.gz"]
    assert [json.loads(line)["file"] for line in lines] == files


def test_a_file_that_lost_its_end_goes_on_and_the_loss_is_told(tmp_path: Path) -> None:
    archive = WarcArchive(tmp_path, 1)
    refs = [archive.keep(received(body)).ref for body in (b"first", b"second")]
    file = tmp_path / "evidence" / ORDINARY
    file.write_bytes(file.read_bytes()[:-100])
    refs.append(archive.keep(received(b"third")).ref)
    assert verify_records(tmp_path, [refs[0], refs[2]]) == []
    assert [fault.kind for fault in verify_chain(tmp_path)] == ["lost"]
    assert "丢失" in verify_chain(tmp_path)[0].sentence


@pytest.mark.parametrize("left_bytes", [0, 10, 300])
def test_a_place_that_was_lost_is_never_given_again(tmp_path: Path, left_bytes: int) -> None:
    archive = WarcArchive(tmp_path, 1)
    first, lost = (archive.keep(received(body)).ref for body in (b"first", b"second"))
    os.truncate(tmp_path / "evidence" / ORDINARY, int(lost.partition("#")[2]) + left_bytes)
    refs = [WarcArchive(tmp_path, 2).keep(received(body)).ref for body in (b"third", b"fourth")]
    assert len({first, lost, *refs}) == 4
    assert [load_stored(tmp_path, ref).body for ref in (first, *refs)] == [b"first", b"third", b"fourth"]
    with pytest.raises(ArchiveError):
        load_stored(tmp_path, lost)
    faults = verify_records(tmp_path, [first, lost, *refs])
    assert [(fault.kind, fault.ref) for fault in faults] == [("lost", lost)]
    assert [file.retention for file in files(tmp_path)] == ["ordinary", "ordinary"]
    assert passes_check(tmp_path)


def test_what_was_copied_into_a_file_that_lost_its_end_is_not_copied_again(tmp_path: Path) -> None:
    archive = WarcArchive(tmp_path, 1)
    refs = [archive.keep(received(body)).ref for body in (b"first", b"second")]
    before = promote(tmp_path, refs, FETCHED_AT)
    os.truncate(tmp_path / before[refs[0]].partition("#")[0], int(before[refs[1]].partition("#")[2]) + 5)
    after = promote(tmp_path, refs, FETCHED_AT)
    assert after[refs[0]] == before[refs[0]] and after[refs[1]] != before[refs[1]]
    assert promote(tmp_path, refs, FETCHED_AT) == after
    assert promote(tmp_path, after.values(), FETCHED_AT) == {ref: ref for ref in after.values()}
    assert verify_records(tmp_path, after.values()) == []


def test_the_disk_is_made_to_hold_records_and_lines_but_not_for_every_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    sync = os.fsync

    def noted(number: int) -> None:
        synced.append(Path(f"/proc/self/fd/{number}").readlink().name)
        sync(number)

    monkeypatch.setattr(os, "fsync", noted)
    archive = WarcArchive(tmp_path, 1)
    for number in range(30):
        archive.keep(received(str(number).encode()))
    assert {ORDINARY, MANIFEST, "evidence"} <= set(synced) and len(synced) < 30
    archive.flush()
    assert set(synced[-2:]) == {ORDINARY, MANIFEST}
    archive.flush()
    assert synced.count(ORDINARY) < 10


def test_a_manifest_that_somebody_took_away_costs_no_record(tmp_path: Path) -> None:
    archive = WarcArchive(tmp_path, 1)
    refs = [archive.keep(received(b"first")).ref]
    (tmp_path / "evidence" / MANIFEST).unlink()
    refs += [archive.keep(received(b"second")).ref, WarcArchive(tmp_path, 2).keep(received(b"third")).ref]
    assert [load_stored(tmp_path, ref).body for ref in refs] == [b"first", b"second", b"third"]
    assert [fault.kind for fault in verify_chain(tmp_path)] == ["broken"]


@pytest.mark.parametrize("put", ["not json", "[1]", '{"file": "%s"}', '{"cut": "%s", "offset": -1}', '{"next": 1}'])
def test_a_line_that_is_not_ours_stops_no_writer_and_is_told(tmp_path: Path, put: str) -> None:
    archive = WarcArchive(tmp_path, 1)
    refs = [archive.keep(received(b"first")).ref]
    with (tmp_path / "evidence" / MANIFEST).open("a") as file:
        file.write(put.replace("%s", ORDINARY) + "\n")
    refs += [archive.keep(received(b"second")).ref, WarcArchive(tmp_path, 2).keep(received(b"third")).ref]
    assert [load_stored(tmp_path, ref).body for ref in refs] == [b"first", b"second", b"third"]
    assert {fault.kind for fault in verify_chain(tmp_path)} == {"broken"}


def test_a_removal_that_was_killed_before_the_file_went_is_finished_by_the_next_write(tmp_path: Path) -> None:
    refs = [WarcArchive(tmp_path, 1).keep(received(b"first")).ref]
    path = tmp_path / "evidence" / ORDINARY
    before = path.read_bytes()
    Ledger(tmp_path).remove(ORDINARY, FETCHED_AT, "到期")
    path.write_bytes(before)  # as the killed process left it: said, and not done
    refs.append(WarcArchive(tmp_path, 2).keep(received(b"next", fetched_at=FETCHED_AT + timedelta(days=1))).ref)
    assert not path.exists()
    assert [fault.kind for fault in verify_chain(tmp_path)] == ["removed"]
    assert load_stored(tmp_path, refs[1]).body == b"next"


def test_a_file_that_grew_since_its_records_were_copied_is_not_dropped(tmp_path: Path) -> None:
    mine, others = Ledger(tmp_path), WarcArchive(tmp_path, 2)
    others.keep(received(b"copied"))
    end = mine.end_of(ORDINARY)
    came_in = others.keep(received(b"came in meanwhile")).ref
    assert not mine.remove(ORDINARY, FETCHED_AT, "已另存", end)
    assert load_stored(tmp_path, came_in).body == b"came in meanwhile"
    assert mine.remove(ORDINARY, FETCHED_AT, "已另存", mine.end_of(ORDINARY))
    assert files(tmp_path) == []
