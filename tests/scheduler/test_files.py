"""Files written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from scheduler.files import whole_file


def test_a_file_is_put_in_place_at_the_end(tmp_path: Path) -> None:
    target = tmp_path / "台账.xlsx"
    with whole_file(target) as part:
        part.write_text("new")
        assert not target.exists()
    assert target.read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


def test_a_failed_try_leaves_the_former_file(tmp_path: Path) -> None:
    target = tmp_path / "台账.xlsx"
    target.write_text("old")
    with pytest.raises(OSError, match="full"), whole_file(target) as part:
        part.write_text("ne")
        raise OSError("disk full")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_the_ending_of_the_hidden_file_is_that_of_the_target(tmp_path: Path) -> None:
    with whole_file(tmp_path / "名录.csv") as part:
        assert part.suffix == ".csv"
        part.touch()


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError), whole_file(tmp_path) as part:
        part.touch()
