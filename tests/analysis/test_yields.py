"""A field that every page gave and no page gives any more tells of a changed layout."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.yields import Alarm, Yielded, alarms

POSTS, PROFILE = "timeline.post", "profile.profile"


def runs(account: str, *counts: tuple[int, int], kind: str = POSTS, field: str = "media") -> list[Yielded]:
    """One row a run, each with its records and how many of them held the field."""
    return [
        Yielded(account, kind, number, n_records, {field: n_filled, "text": n_records})
        for number, (n_records, n_filled) in enumerate(counts)
    ]


def told(found: list[Alarm]) -> list[tuple[str, str, str, tuple[str, ...]]]:
    return [(alarm.platform, alarm.kind, alarm.field, alarm.accounts) for alarm in found]


def test_a_field_that_was_always_there_and_is_gone_raises_an_alarm() -> None:
    rows = runs("weibo:1", (4, 4), (4, 4), (4, 4), (3, 0))
    (alarm,) = alarms(rows)
    assert told([alarm]) == [("weibo", POSTS, "media", ("weibo:1",))]
    assert "最近 3 条记录都没有，涉及 1 个账号" in alarm.summary


@pytest.mark.parametrize(
    "counts",
    [
        pytest.param([(5, 5), (5, 5), (3, 0)], id="only two runs before"),
        pytest.param([(3, 3), (3, 3), (3, 3), (3, 0)], id="only nine records before"),
        pytest.param([(4, 4), (4, 4), (4, 4), (2, 0)], id="only two records since"),
        pytest.param([(4, 4), (4, 3), (4, 4), (3, 0)], id="it was missing once before"),
        pytest.param([(4, 4), (4, 4), (4, 4), (3, 1)], id="one record still has it"),
        pytest.param([(4, 4), (4, 4), (4, 4), (0, 0)], id="nothing was read"),
        pytest.param([(4, 0), (4, 0), (4, 0), (4, 0)], id="it never was there"),
    ],
)
def test_what_may_be_chance_raises_none(counts: list[tuple[int, int]]) -> None:
    assert alarms(runs("weibo:1", *counts)) == []


def test_the_alarm_stays_while_the_field_is_missing_and_ends_with_its_return() -> None:
    before = [(4, 4)] * 4
    assert alarms(runs("weibo:1", *before, (4, 0), (4, 0), (4, 0)))
    assert alarms(runs("weibo:1", *before, (4, 0), (4, 0), (4, 4))) == []


def test_one_layout_is_one_alarm_however_many_accounts_it_hits() -> None:
    rows = [row for number in range(3) for row in runs(f"weibo:{number}", (9, 9), (9, 9), (9, 9), (9, 0))]
    assert told(alarms(rows)) == [("weibo", POSTS, "media", ("weibo:0", "weibo:1", "weibo:2"))]


def test_accounts_with_one_record_a_run_raise_an_alarm_together() -> None:
    def profiles(*last: int) -> list[Yielded]:
        return [
            row
            for number, filled in enumerate(last)
            for row in runs(f"weibo:{number}", (1, 1), (1, 1), (1, 1), (1, filled), kind=PROFILE, field="followers")
        ]

    assert told(alarms(profiles(0, 0, 0, 0))) == [
        ("weibo", PROFILE, "followers", ("weibo:0", "weibo:1", "weibo:2", "weibo:3"))
    ]
    assert alarms(profiles(0, 0, 0, 0, 1)) == []
    assert alarms(profiles(0, 0)) == []


def test_platforms_and_kinds_are_kept_apart() -> None:
    rows = [*runs("weibo:1", (9, 9), (9, 9), (9, 9), (9, 0)), *runs("toutiao:1", (9, 9), (9, 9), (9, 9), (9, 9))]
    assert [alarm.platform for alarm in alarms(rows)] == ["weibo"]


COUNTS = st.tuples(st.integers(0, 6), st.integers(0, 6)).map(lambda drawn: (max(drawn), min(drawn)))


@given(st.dictionaries(st.sampled_from(["weibo:1", "weibo:2", "wechat:1"]), st.lists(COUNTS, max_size=7)))
def test_no_alarm_about_a_field_that_a_newest_record_holds(past: Mapping[str, list[tuple[int, int]]]) -> None:
    rows = [row for account, counts in past.items() for row in runs(account, *counts)]
    for alarm in alarms(rows):
        for account in alarm.accounts:
            newest = [row for row in rows if row.account == account and row.n_records][-1]
            assert newest.filled[alarm.field] == 0
