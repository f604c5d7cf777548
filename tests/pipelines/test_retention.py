"""Keeping for good and letting go: copies are exact, changed evidence is not copied, sizes are told by class."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from crawler.page import Call
from pipelines.archive import ArchiveError, WarcArchive, drop, files, load_stored, promote, usage
from pipelines.manifest import verify_chain, verify_records
from tests.pipelines.answers import FETCHED_AT, LIST, ORDINARY, exchange, page, passes_check, received

LATER = FETCHED_AT + timedelta(days=2)
FINDING = "2026-11-18-finding.warc.gz"


def test_what_a_finding_cites_outlives_the_file_it_came_from(tmp_path: Path) -> None:
    archive = WarcArchive(tmp_path, 1)
    archive.keep(received(b"not cited"))
    pages = [received(b"cited" * 50), page(b"shell", calls=(Call(LIST, 200, b"{}"),)), received(b"cited" * 50)]
    refs = [archive.keep(one).ref for one in pages]
    moved = promote(tmp_path, refs, LATER)
    before = [load_stored(tmp_path, ref) for ref in refs]
    drop(tmp_path, ORDINARY, LATER, "保存期已满")
    assert all(moved[ref].startswith(f"evidence/{FINDING}#") for ref in refs)
    assert [load_stored(tmp_path, moved[ref]) for ref in refs] == before
    assert verify_records(tmp_path, moved.values()) == []
    assert passes_check(tmp_path)


def test_a_copy_is_exact_to_the_byte(tmp_path: Path) -> None:
    archive = WarcArchive(tmp_path, 1)
    archive.keep(received(b"not cited"))
    ref = archive.keep(received(b"cited")).ref
    promote(tmp_path, [ref], LATER)
    original = (tmp_path / "evidence" / ORDINARY).read_bytes()
    assert (tmp_path / "evidence" / FINDING).read_bytes() == original[int(ref.partition("#")[2]) :]


def test_the_headers_of_a_repeated_answer_are_its_own_in_the_copy(tmp_path: Path) -> None:
    archive = WarcArchive(tmp_path, 1)
    refs = [archive.keep(page(b"x", exchange=exchange(b"x", ("Date", day), ("X", "岭".encode().decode("latin-1")))))
            for day in ("Mon", "Tue")]  # fmt: skip
    moved = promote(tmp_path, [refs[1].ref], LATER)[refs[1].ref]
    assert load_stored(tmp_path, moved).headers == (("Date", "Tue"), ("X", "岭"))


def test_promoting_twice_copies_once(tmp_path: Path) -> None:
    ref = WarcArchive(tmp_path, 1).keep(received(b"cited")).ref
    moved = promote(tmp_path, [ref, ref], LATER)
    size = (tmp_path / "evidence" / FINDING).stat().st_size
    assert promote(tmp_path, [ref], LATER) == moved
    assert promote(tmp_path, moved.values(), LATER) == {moved[ref]: moved[ref]}
    assert (tmp_path / "evidence" / FINDING).stat().st_size == size


def test_what_was_changed_stays_where_it_is_and_is_not_given_a_fresh_line(tmp_path: Path) -> None:
    ref = WarcArchive(tmp_path, 1).keep(received(b"cited")).ref
    file = tmp_path / "evidence" / ORDINARY
    file.write_bytes(file.read_bytes().replace(b"200 OK", b"404 OK"))
    others = [f"evidence/{ORDINARY}#999999", "evidence/gone.warc.gz#0", "evidence/pictures/a.png"]
    refs = [ref, *others]
    assert promote(tmp_path, refs, LATER) == {one: one for one in refs}
    assert not (tmp_path / "evidence" / FINDING).exists()


def test_a_record_whose_line_was_taken_out_is_not_given_a_fresh_one(tmp_path: Path) -> None:
    archive = WarcArchive(tmp_path, 1)
    refs = [archive.keep(page(body)).ref for body in (b"first", b"second")]
    manifest = tmp_path / "evidence" / "2026-11-16.manifest.jsonl"
    manifest.write_bytes(b"".join(manifest.read_bytes().splitlines(keepends=True)[1:]))
    assert promote(tmp_path, refs[:1], LATER) == {refs[0]: refs[0]}


def test_what_was_stored_before_there_were_manifests_is_promoted_too(tmp_path: Path) -> None:
    WarcArchive(tmp_path, 1).keep(page(b"old"))
    old = tmp_path / "evidence" / "2026-11-01-run3.warc.gz"
    (tmp_path / "evidence" / ORDINARY).rename(old)
    moved = promote(tmp_path, [f"evidence/{old.name}#0"], LATER)[f"evidence/{old.name}#0"]
    assert moved == f"evidence/{FINDING}#0"
    assert load_stored(tmp_path, moved).body == b"old"


def test_files_and_sizes_are_told_by_class(tmp_path: Path) -> None:
    archive = WarcArchive(tmp_path, 1)
    archive.keep(page())
    archive.keep(page(fetched_at=LATER), "search")
    (tmp_path / "evidence" / "2026-11-01-run3.warc.gz").write_bytes(b"12345")
    (tmp_path / "evidence" / "a.png").write_bytes(b"123")
    found = files(tmp_path)
    assert [one[:3] for one in found] == [
        ("2026-11-01-run3.warc.gz", date(2026, 11, 1), "ordinary"),
        (ORDINARY, date(2026, 11, 16), "ordinary"),
        ("2026-11-18-search.warc.gz", date(2026, 11, 18), "search"),
    ]
    sizes = usage(tmp_path)
    assert (sizes["ordinary"], sizes["search"]) == (5 + found[1].n_bytes, found[2].n_bytes)
    assert (sizes["finding"], sizes["plain"]) == (0, 3)
    assert sizes["manifest"] > 0


@pytest.mark.parametrize("name", ["2026-11-01-ordinary.warc.gz", "../xuncha.db", "2026-11-16.manifest.jsonl", ""])
def test_only_a_warc_file_that_is_there_can_be_dropped(tmp_path: Path, name: str) -> None:
    (tmp_path / "xuncha.db").write_bytes(b"")
    WarcArchive(tmp_path, 1).keep(page())
    with pytest.raises(ArchiveError):
        drop(tmp_path, name, LATER, "x")
    assert verify_chain(tmp_path) == []
