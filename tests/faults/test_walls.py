"""A week behind any wall accuses nobody: what rests on absence is 未能核查, with the reason that is true."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.driver import county_home, run
from tests.faults.walls import Wall, walls
from tests.faults.week import Judged, week_behind, wrongs

pytestmark = pytest.mark.slow
SAMPLE = 20  # every twentieth wall; all of them in the long suite


@pytest.fixture(scope="module")
def seen_before(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Judged]]:
    """A home after one good night before the week, and how that week is judged if nobody looks at all."""
    folder = tmp_path_factory.mktemp("walls")
    with county_home(folder) as (server, home):
        server.now = server.county.nights[0] - timedelta(days=2)
        assert run(home, server.now, "crawl", "--json").code in (0, 3)
        yield home, week_behind(home, folder / "nobody", None)


@pytest.mark.parametrize("wall", walls()[::SAMPLE], ids=lambda wall: f"{wall.platform} {wall.name}")
def test_a_week_behind_a_wall_accuses_nobody(wall: Wall, seen_before: tuple[Path, Judged], tmp_path: Path) -> None:
    home, without = seen_before
    behind = week_behind(home, tmp_path / "home", wall)
    assert behind.coverage
    assert wrongs(wall, behind, without) == []
