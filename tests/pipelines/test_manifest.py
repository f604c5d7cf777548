"""Proving evidence unchanged: any changed byte is found, any line taken out, and what was dropped says why."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from pipelines.archive import ArchiveError, WarcArchive, drop, load_stored, note_file
from pipelines.manifest import verify_chain, verify_records
from tests.pipelines.answers import FETCHED_AT, ORDINARY, page, received

MANIFEST = "2026-11-16.manifest.jsonl"
WHY = "普通存档保存期已满 180 天"


def three_days(home: Path) -> list[str]:
    """Where two pages a day lie, on three days."""
    archive = WarcArchive(home, 1)
    moments = [FETCHED_AT + timedelta(days=number // 2) for number in range(6)]
    return [archive.keep(page(f"{moment}{n}".encode(), fetched_at=moment)).ref for n, moment in enumerate(moments)]


def kinds(home: Path, *refs: str) -> list[str]:
    """The kinds of the faults of some records, or of the whole archive."""
    return [fault.kind for fault in (verify_records(home, refs) if refs else verify_chain(home))]


def test_an_archive_that_was_never_written_has_no_fault(tmp_path: Path) -> None:
    assert verify_chain(tmp_path) == verify_records(tmp_path, []) == []
    assert kinds(tmp_path, f"evidence/{ORDINARY}#0") == ["missing"]


def test_every_changed_byte_of_a_record_is_found_and_its_place_told(tmp_path: Path) -> None:
    archive = WarcArchive(tmp_path, 1)
    refs = [archive.keep(received(body)).ref for body in (b"first", b"second")]
    file = tmp_path / "evidence" / ORDINARY
    whole = file.read_bytes()
    start = int(refs[1].partition("#")[2])
    for place in range(start, len(whole)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert kinds(tmp_path, *refs) == kinds(tmp_path) == ["changed"]
    assert verify_records(tmp_path, refs)[0].ref == refs[1]
    assert verify_records(tmp_path, refs[:1]) == []


def test_a_changed_first_is_found_for_the_revisit_that_needs_it(tmp_path: Path) -> None:
    archive = WarcArchive(tmp_path, 1)
    refs = [archive.keep(received(b"same" * 100)).ref for _ in range(2)]
    file = tmp_path / "evidence" / ORDINARY
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b"same", b"fame") if b"same" in whole else whole[:400] + b"?" + whole[401:])
    assert [(fault.kind, fault.ref) for fault in verify_records(tmp_path, refs[1:])] == [("changed", refs[1])]


def test_every_line_names_the_one_before_over_days(tmp_path: Path) -> None:
    refs = three_days(tmp_path)
    assert kinds(tmp_path) == kinds(tmp_path, *refs) == []
    names = sorted(path.name for path in (tmp_path / "evidence").glob("*.jsonl"))
    last = json.loads((tmp_path / "evidence" / names[0]).read_text().splitlines()[-1])
    assert last["next"] == names[1]


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("change", ["taken out", "doubled", "changed"])
def test_a_line_that_was_tampered_with_is_found(tmp_path: Path, number: int, change: str) -> None:
    three_days(tmp_path)
    path = tmp_path / "evidence" / MANIFEST
    lines = path.read_bytes().splitlines(keepends=True)
    changed = lines[number].replace(b"weibo", b"we1bo") if number < 2 else lines[number].replace(b"T", b"t")
    put = {"taken out": [], "doubled": [lines[number]] * 2, "changed": [changed]}
    path.write_bytes(b"".join([*lines[:number], *put[change], *lines[number + 1 :]]))
    assert "broken" in kinds(tmp_path)


@pytest.mark.parametrize("day", ["2026-11-16", "2026-11-17", "2026-11-18"])
def test_a_manifest_that_was_taken_away_is_found(tmp_path: Path, day: str) -> None:
    three_days(tmp_path)
    (tmp_path / "evidence" / f"{day}.manifest.jsonl").unlink()
    found = kinds(tmp_path)
    assert {"missing", "broken"} & set(found)
    assert "unlisted" in found


def test_a_file_that_was_taken_away_is_one_fault(tmp_path: Path) -> None:
    refs = three_days(tmp_path)
    (tmp_path / "evidence" / ORDINARY).unlink()
    assert kinds(tmp_path) == ["missing"]
    assert kinds(tmp_path, *refs) == ["missing", "missing"]
    with pytest.raises(ArchiveError, match="没有删除它的记录"):
        load_stored(tmp_path, refs[0])


def test_a_dropped_file_leaves_the_chain_whole_and_says_when_and_why(tmp_path: Path) -> None:
    refs = three_days(tmp_path)
    drop(tmp_path, ORDINARY, FETCHED_AT + timedelta(days=181), WHY)
    assert kinds(tmp_path) == ["removed"]
    assert kinds(tmp_path, *refs) == ["removed", "removed"]
    assert WHY in verify_chain(tmp_path)[0].sentence
    with pytest.raises(ArchiveError, match=f"2027-05-15 删除，原因：{WHY}"):
        load_stored(tmp_path, refs[0])
    WarcArchive(tmp_path, 2).keep(page(b"goes on"))
    assert kinds(tmp_path) == ["removed"]


def test_a_drop_that_was_cut_short_is_finished_by_the_next(tmp_path: Path) -> None:
    three_days(tmp_path)
    file = tmp_path / "evidence" / ORDINARY
    kept = file.read_bytes()
    drop(tmp_path, ORDINARY, FETCHED_AT, WHY)
    lines = sum(len(path.read_bytes().splitlines()) for path in tmp_path.rglob("*.jsonl"))
    file.write_bytes(kept)  # killed before the file was gone
    assert kinds(tmp_path) == ["removed"]
    drop(tmp_path, ORDINARY, FETCHED_AT, WHY)
    assert not file.exists()
    assert sum(len(path.read_bytes().splitlines()) for path in tmp_path.rglob("*.jsonl")) == lines


def test_a_page_of_a_dropped_day_begins_another_file(tmp_path: Path) -> None:
    archive, refs = WarcArchive(tmp_path, 1), three_days(tmp_path)
    archive.keep(page(b"known to this writer"))
    kept = (tmp_path / "evidence" / ORDINARY).read_bytes()
    drop(tmp_path, ORDINARY, FETCHED_AT, WHY)
    (tmp_path / "evidence" / ORDINARY).write_bytes(kept)  # killed before the file was gone
    ref = archive.keep(page(b"known to this writer")).ref
    assert ref == "evidence/2026-11-16-ordinary-2.warc.gz#0"
    assert not (tmp_path / "evidence" / ORDINARY).exists()
    assert kinds(tmp_path, *refs[:2]) == ["removed", "removed"]
    assert load_stored(tmp_path, ref).body == b"known to this writer"
    assert (kinds(tmp_path), kinds(tmp_path, ref, refs[2])) == (["removed"], [])


def test_a_picture_that_a_person_gave_is_listed_and_checked_as_well(tmp_path: Path) -> None:
    picture = tmp_path / "evidence" / "pictures" / "云岭.png"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"\x89PNG")
    assert kinds(tmp_path, "evidence/pictures/云岭.png") == ["unlisted"]
    note_file(tmp_path, picture, FETCHED_AT)
    assert kinds(tmp_path, "evidence/pictures/云岭.png") == kinds(tmp_path) == []
    picture.write_bytes(b"\x89PNG!")
    note_file(tmp_path, picture, FETCHED_AT)
    assert kinds(tmp_path, "evidence/pictures/云岭.png") == kinds(tmp_path) == ["changed"]


def test_what_no_line_is_about_is_told_apart_from_what_was_changed(tmp_path: Path) -> None:
    three_days(tmp_path)
    folder = tmp_path / "evidence"
    shutil.copy(folder / ORDINARY, folder / "2026-11-01-run3.warc.gz")
    shutil.copy(folder / ORDINARY, folder / "2026-11-01-search.warc.gz")
    assert [(fault.kind, fault.file) for fault in verify_chain(tmp_path)] == [("unlisted", "2026-11-01-search.warc.gz")]
    assert kinds(tmp_path, "evidence/2026-11-01-run3.warc.gz#0") == ["unlisted"]
