"""``kill -9`` in the middle of a night: the next start finishes it, and nothing tells that it was ever cut off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.driver import county_home
from tests.faults.kills import Undisturbed, killed_night, undisturbed

pytestmark = pytest.mark.slow
SEEDS = (1,)  # fifty of them in the long suite


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Undisturbed]:
    folder = tmp_path_factory.mktemp("kills")
    with county_home(folder) as (server, home):
        yield undisturbed(home, server.county.nights[-1], folder / "whole")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_killed_night_ends_as_one_that_was_left_alone(seed: int, whole: Undisturbed, tmp_path: Path) -> None:
    assert killed_night(whole, seed, tmp_path / "home") is None
