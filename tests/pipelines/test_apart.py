"""Records are taken out of a file without losing one, whoever writes meanwhile and wherever it breaks off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from pipelines.apart import take_out
from pipelines.archive import ArchiveError, WarcArchive, files, load_stored
from pipelines.manifest import verify_chain, verify_records
from tests.pipelines.answers import FETCHED_AT, received

FILE = "2026-11-16-search.warc.gz"


def kept(home: Path, *bodies: bytes) -> list[str]:
    """Where pages with these bodies lie."""
    archive = WarcArchive(home, 1)
    return [archive.keep(received(body), "search").ref for body in bodies]


def without(home: Path, ref: str, on_copied: Callable[[Mapping[str, str]], None]) -> None:
    take_out(home, FILE, {ref}, FETCHED_AT, into=FILE, why=lambda _: "已核实", on_copied=on_copied)


def test_the_others_lie_in_the_next_file_of_their_day_and_the_one_is_gone(tmp_path: Path) -> None:
    first, gone, third = kept(tmp_path, b"first", b"gone", b"third")
    moved: dict[str, str] = {}
    without(tmp_path, gone, moved.update)
    assert list(moved) == [first, third]
    assert [load_stored(tmp_path, ref).body for ref in moved.values()] == [b"first", b"third"]
    assert [file.name for file in files(tmp_path)] == ["2026-11-16-search-2.warc.gz"]
    assert verify_records(tmp_path, moved.values()) == []


def test_what_comes_in_while_the_others_are_copied_is_copied_as_well(tmp_path: Path) -> None:
    first, gone = kept(tmp_path, b"first", b"gone")
    came_in: list[str] = []
    moved: dict[str, str] = {}

    def copied(places: Mapping[str, str]) -> None:
        moved.update(places)
        came_in.extend(kept(tmp_path, b"came in") if not came_in else [])

    without(tmp_path, gone, copied)
    assert list(moved) == [first, *came_in]
    assert load_stored(tmp_path, moved[came_in[0]]).body == b"came in"


def test_broken_off_before_the_file_went_it_is_done_again_with_the_same_places(tmp_path: Path) -> None:
    _, gone = kept(tmp_path, b"first", b"gone")
    places: list[Mapping[str, str]] = []

    def broken_off(moved: Mapping[str, str]) -> None:
        places.append(moved)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        without(tmp_path, gone, broken_off)
    without(tmp_path, gone, places.append)
    assert places[0] == places[1]
    assert {fault.kind for fault in verify_chain(tmp_path)} == {"removed"}


def test_a_file_with_a_changed_record_stays(tmp_path: Path) -> None:
    _, gone = kept(tmp_path, b"first" * 40, b"gone")
    path = tmp_path / "evidence" / FILE
    data = bytearray(path.read_bytes())
    data[300] ^= 1
    path.write_bytes(data)
    with pytest.raises(ArchiveError):
        without(tmp_path, gone, lambda moved: None)
    assert path.exists()
