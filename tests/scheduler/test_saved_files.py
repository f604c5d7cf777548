"""Which files of a folder are read, and that each of the others is told with its reason."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.saved.document import SavedError
from demo.county import load_county
from demo.pages.searches import saved_pages
from scheduler.saved_files import (
    A_LINK,
    MAX_FILES,
    NOT_SAVED,
    TOO_DEEP,
    TOO_MANY,
    LeftOut,
    read_file,
    reading_of,
    saved_files,
)
from tests.crawler.saved import containers

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


def told(folder: Path) -> tuple[list[str], dict[str, str]]:
    """Names of the files that are read, and the reasons of those that are not."""
    entries = list(saved_files([folder]))
    read = [one.relative_to(folder).as_posix() for one in entries if isinstance(one, Path)]
    return read, {one.path.name: one.reason for one in entries if isinstance(one, LeftOut)}


def test_every_file_beyond_the_most_is_told(tmp_path: Path) -> None:
    for number in range(MAX_FILES + 3):
        (tmp_path / f"{number:05d}.html").touch()
    read, left_out = told(tmp_path)
    assert (len(read), read[-1]) == (MAX_FILES, f"{MAX_FILES - 1:05d}.html")
    assert left_out == {f"{MAX_FILES + more:05d}.html": TOO_MANY for more in range(3)}


def test_the_companion_folder_of_a_page_is_part_of_it_and_not_told(tmp_path: Path) -> None:
    for name in ("a_files", "b.files", "more"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "saved_resource.html").touch()
    (tmp_path / "a.html").touch()
    (tmp_path / ".DS_Store").touch()
    assert told(tmp_path) == (["a.html", "more/saved_resource.html"], {})


def test_links_other_files_and_folders_too_deep_are_told(tmp_path: Path) -> None:
    deep = tmp_path / "1" / "2" / "3" / "4"
    deep.mkdir(parents=True)
    (deep / "a.html").touch()
    (tmp_path / "截图.png").touch()
    (tmp_path / "loop").symlink_to(tmp_path)
    assert told(tmp_path) == ([], {"4": TOO_DEEP, "loop": A_LINK, "截图.png": NOT_SAVED})


def test_a_file_of_another_kind_is_nothing_that_should_have_been_read(tmp_path: Path) -> None:
    (tmp_path / "说明.txt").touch()
    (tmp_path / "loop").symlink_to(tmp_path)
    assert [(one.path.name, one.is_page) for one in saved_files([tmp_path]) if isinstance(one, LeftOut)] == [
        ("loop", True),
        ("说明.txt", False),
    ]


def test_what_is_not_read_of_an_archive_does_not_change_what_its_pages_say(tmp_path: Path) -> None:
    page = containers.html(saved_pages(load_county())["weibo_用户搜索.html"])
    (tmp_path / "a.zip").write_bytes(containers.packed(b__zip=b"PK", a__html=page, c__txt=b"x"))
    parts = read_file(tmp_path / "a.zip", "a.zip", NOW)
    assert [(one.name, one.layout is None) for one in parts] == [("a.html", False), ("b.zip", True), ("c.txt", True)]
    reading = reading_of(tmp_path / "a.zip", NOW)
    assert (reading.status, len(reading.records)) == ("ok", 4)


def test_an_archive_of_which_nothing_is_read_is_read_again_as_unreadable(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(containers.packed(b__zip=b"PK", c__html=b""))
    assert len(read_file(tmp_path / "a.zip", "a.zip", NOW)) == 2
    with pytest.raises(SavedError, match="压缩包里还有压缩包"):
        reading_of(tmp_path / "a.zip", NOW)
