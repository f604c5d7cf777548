"""Every made-up account of the result pages is sorted as the county's truth says; nobody honest is a suspect."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from analysis.triage import LABELS, SUSPECTS
from demo.county import County, load_county
from demo.files import write_register, write_search_pages
from demo.pages.searches import sogou_page, weibo_page
from records import SHANGHAI
from scheduler import people
from scheduler.clock import Clock
from scheduler.saved_pages import import_saved
from scheduler.triaging import sorted_candidates
from scheduler.workspace import Workspace

# Found by the nights' own searches, or sorted by posts that only the nights bring.
OF_THE_NIGHTS = {"wechat:ylxybj", "wechat:baishaxxs"}


@pytest.fixture(scope="module")
def county() -> County:
    return load_county()


def more_pages(county: County, folder: Path) -> Iterator[Path]:
    """The result pages of the second keyword."""
    keyword, rows = county.candidates["pages"]["more_keyword"], county.candidates["candidate"]
    for page, made in (("weibo_more", weibo_page), ("sogou_more", sogou_page)):
        path = folder / f"{page}.html"
        path.write_text(made(keyword, [row for row in rows if row["page"] == page]), encoding="utf-8")
        yield path


@pytest.fixture(scope="module")
def kinds(county: County, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The class of every account on the saved result pages, against the county's register."""
    home = tmp_path_factory.mktemp("office")
    (home / "xuncha.toml").write_text('[office]\nname = "云岭县人民政府办公室"\n', encoding="utf-8")
    desk = county.data["observed_at"].replace(tzinfo=SHANGHAI) + timedelta(minutes=20)
    space = Workspace.open(home, Clock(desk))
    people.import_register(space, write_register(county, home / "名录.xlsx", desk), {}, dry_run=False)
    (home / "saved").mkdir()
    import_saved(space, [*write_search_pages(county, home / "saved"), *more_pages(county, home / "saved")])
    yield {seen.candidate.ref: found.kind for seen, found in sorted_candidates(space)}
    space.engine.dispose()


def test_every_account_is_in_the_class_of_the_truth(county: County, kinds: dict[str, str]) -> None:
    truth = {row["candidate"]: row["kind"] for row in county.truth["triage"]}
    assert {ref: kind for ref, kind in kinds.items() if ref not in OF_THE_NIGHTS} == {
        ref: kind for ref, kind in truth.items() if ref not in OF_THE_NIGHTS
    }


def test_every_class_is_planted(county: County) -> None:
    assert {row["kind"] for row in county.truth["triage"]} == set(LABELS)


def test_planted_impostors_are_suspects_and_nobody_else_is(county: County, kinds: dict[str, str]) -> None:
    planted = {row["candidate"] for row in county.truth["breach"] if row["check"] == "impostor"}
    assert {ref for ref, kind in kinds.items() if kind in SUSPECTS} == planted
    assert not planted & set(county.truth["honest"]["candidates"])
