"""The table of a case file compares pictures as the triage does, and gives the page of each side's data."""

from __future__ import annotations

from dataclasses import replace

import pytest

from records import Snapshot
from reports.agreement import ALMOST_SAME, DIFFERENT, NOT_COMPARED, NOT_HAD, SAME
from reports.case_file import UNKNOWN, CaseFile, Row, compared
from reports.case_papers import render_comparison
from tests.reports.reading import words
from tests.reports.sample import DRAFTED_AT
from tests.reports.test_case_file import CALLED, CASE, FINDING, REGISTERED, SUSPECTED

OURS, THEIRS = "https://tva1.example/ours.jpg", "https://tva2.example/theirs.jpg"
PICTURE, RETOUCHED, OTHER = "ffff0000ffff0000", "ffff0000ffff0007", "00ff00ff00ff00ff"
LABEL = "头像（按特征比较）"
PAGE = Snapshot(url="https://weibo.com/u/1000000001", fetched_at=DRAFTED_AT, sha256="cd" * 32, ref="e.warc.gz#1")


def pictured(ours: str | None, theirs: str | None, *, alike: bool | None) -> CaseFile:
    """The case whose two accounts have these pictures, at two addresses."""
    registered = replace(REGISTERED, avatar=OURS, avatar_feature=ours)
    suspected = replace(SUSPECTED, avatar=THEIRS, avatar_feature=theirs)
    return replace(CASE, registered=registered, suspected=suspected, avatars_alike=alike)


def row(case: CaseFile, label: str) -> Row:
    return next(one for one in compared(case) if one.label == label)


@pytest.mark.parametrize(
    ("ours", "theirs", "alike", "said"),
    [
        (PICTURE, PICTURE, True, SAME),
        (PICTURE, RETOUCHED, True, ALMOST_SAME),
        (PICTURE, OTHER, False, DIFFERENT),
        (None, OTHER, None, NOT_HAD),
        (PICTURE, None, None, NOT_HAD),
        (None, None, None, NOT_HAD),
    ],
)
def test_pictures_are_compared_by_their_features_and_never_by_their_addresses(
    ours: str | None, theirs: str | None, alike: bool | None, said: str
) -> None:
    found = row(pictured(ours, theirs, alike=alike), LABEL)
    assert found.agrees == said
    for cell, address, feature in ((found.registered, OURS, ours), (found.suspected, THEIRS, theirs)):
        assert cell == f"{address}，{f'头像特征 {feature}' if feature else '没有取得头像特征'}"


def test_one_address_without_a_feature_makes_no_same_picture() -> None:
    case = pictured(None, None, alike=None)
    assert row(replace(case, suspected=replace(case.suspected, avatar=OURS)), LABEL).agrees == NOT_HAD


def test_two_features_that_nobody_compared_are_an_error() -> None:
    with pytest.raises(ValueError, match="nobody compared"):
        compared(pictured(PICTURE, OTHER, alike=None))


def test_a_picture_is_compared_with_no_account_and_with_none_that_nobody_saw() -> None:
    case = pictured(PICTURE, RETOUCHED, alike=True)
    assert row(replace(case, registered=None), LABEL).agrees == NOT_COMPARED
    assert row(replace(case, suspected=CALLED), LABEL).agrees == NOT_COMPARED


def test_the_printed_table_does_not_gainsay_the_letter() -> None:
    table = words(render_comparison(pictured(PICTURE, RETOUCHED, alike=True)))
    assert f"{LABEL}\n{OURS}，头像特征 {PICTURE}\n{THEIRS}，头像特征 {RETOUCHED}\n几乎相同" in table


def test_the_page_of_the_registered_account_is_given_by_address_and_time() -> None:
    found = row(replace(CASE, registered=replace(REGISTERED, pages=(PAGE,))), "所见页面")
    assert found.registered.startswith(f"{PAGE.url}（") and found.registered.endswith(" 取得）")
    assert found.suspected.startswith("https://s.weibo.com/user?q=x（")


def test_without_a_kept_page_of_the_registered_account_that_alone_is_said() -> None:
    found = row(CASE, "所见页面")
    assert found.registered == "（没有留存的账号页面）" != UNKNOWN


def test_where_no_page_is_known_the_table_has_no_line_for_pages() -> None:
    bare = replace(CASE, finding=replace(FINDING, evidence=()))
    assert "所见页面" not in {one.label for one in compared(bare)}
    assert "所见页面" in {one.label for one in compared(replace(bare, registered=replace(REGISTERED, pages=(PAGE,))))}
