"""A township's name that others have too accuses nobody, unless the page says that it means ours."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from analysis.registered import Filed, Register
from analysis.sightings import Seen
from analysis.triage import triage
from records import Account, Candidate, Unit
from records.evidence import Triage

NOW = datetime(2026, 11, 15, 2, tzinfo=UTC)
PICTURE = "ffff0000ffff0000"
TOWN = Unit(name="云岭县城关镇人民政府", short_names=("城关镇",), division="澜州市云岭县")
COUNTY = Unit(name="云岭县人民政府办公室", division="澜州市云岭县")
OURS = Account(platform="weibo", uid="1", name="城关发布", unit=TOWN.name)
OF_COUNTY = Account(platform="weibo", uid="2", name="云岭发布", unit=COUNTY.name)
REAL = Unit(name="榆中县城关镇人民政府", division="甘肃省兰州市榆中县")


def sort(name: str, units: tuple[Unit, ...] = (TOWN, COUNTY), **fields: object) -> Triage:
    """The triage of an account on Weibo beside those of the township and the county."""
    picture = fields.pop("avatar", None)
    one = Candidate(platform="weibo", uid="9", name=name, found_at=NOW, **fields)  # type: ignore[arg-type]
    own = [Filed(account=OF_COUNTY)] if COUNTY in units else []
    town = Account(platform="weibo", uid="1", name="城关发布", unit=units[0].name, former_names=("城关微讯",))
    register = Register(units, (Filed(account=town, avatar=PICTURE), *own), {"weibo:1", "weibo:2"})
    return triage(Seen(candidate=one, avatar=picture), register)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["城关发布", "城關发布", "城关镇发布", "城关微讯"])
@pytest.mark.parametrize("division", ["澜州市云岭县", "云岭县", "澜州市云岭县城关镇"])
def test_a_same_named_township_without_a_place_is_not_told_apart(name: str, division: str) -> None:
    unit = Unit(name=TOWN.name, short_names=TOWN.short_names, division=division)
    found = sort(name, (unit,), verified=False)
    assert (found.kind, found.doubt) == ("unknown", "cannot_tell")
    assert "同名的地方还有：城关" in "".join(found.reasons) and found.rivals


@pytest.mark.parametrize("bio", ["榆中县城关镇官方微博", "榆中城关本地资讯", "兰州城关资讯", "甘肃城关资讯"])
def test_a_bio_that_names_another_place_is_an_honest_namesakes(bio: str) -> None:
    found = sort("城关发布", verified=False, bio=bio)
    assert found.kind == "neighbour" and any("甘肃省" in one for one in found.rivals)


def test_the_place_of_a_rival_township_is_told_with_its_county() -> None:
    found = sort("城关发布", verified=False, bio="榆中县城关镇官方微博")
    assert "城关镇（甘肃省兰州市榆中县）" in "".join(found.reasons)


def test_a_bio_that_names_both_places_tells_nothing() -> None:
    assert sort("城关发布", verified=False, bio="不是榆中县，是云岭县的城关").kind == "unknown"


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("城关发布", {"bio": "云岭县城关镇权威发布"}),
        ("城关发布", {"avatar": PICTURE}),
        ("云岭城关发布", {}),
        ("城関发布", {}),
        ("云岺发布", {}),
    ],
)
def test_a_name_that_means_ours_is_a_look_alike_still(name: str, fields: dict[str, object]) -> None:
    assert sort(name, verified=False, **fields).kind == "lookalike_uncertified"  # type: ignore[arg-type]


def test_our_own_county_and_province_make_no_rival_of_our_township() -> None:
    assert sort("城关发布", (REAL,), verified=False, bio="甘肃城关资讯").kind == "unknown"
    found = sort("城关发布", (REAL,), verified=False)
    assert found.kind == "unknown" and not any("榆中县" in one for one in found.rivals)


@pytest.mark.parametrize("entity", ["榆中县城关镇人民政府", "兰州市榆中县城关镇党政综合办公室"])
def test_a_certified_township_of_another_county_is_an_honest_namesake(entity: str) -> None:
    assert sort("城关发布", verified=True, verified_entity=entity).kind == "neighbour"


def test_an_office_of_another_county_that_calls_itself_ours_is_no_namesake() -> None:
    assert sort("云岭发布", verified=True, verified_entity="榆中县城关镇人民政府").kind == "certified_other"
