"""An unknown platform (平台) is registered all the same, and noted, as it may be a slip."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.registry.tables import HEADER, one_row, register, save_csv


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("微薄", "不认识的平台“微薄”，是不是“微博”？这个账号只登记，不采集"),
        ("微信公从号", "不认识的平台“微信公从号”，是不是“微信公众号”？这个账号只登记，不采集"),
        ("某某社区", "不认识的平台“某某社区”，这个账号只登记，不采集"),
        ("好看视频", "不认识的平台“好看视频”，这个账号只登记，不采集"),
    ],
)
def test_an_unknown_platform_is_registered_and_noted(tmp_path: Path, written: str, reason: str) -> None:
    found = one_row(tmp_path, 平台=written)
    assert [(note.row, note.column, note.reason) for note in found.notes] == [(2, "平台", reason)]
    assert len(found.accounts) == 1


@pytest.mark.parametrize("written", ["抖音", "新浪微博", "移动客户端（ＡＰＰ）"])
def test_a_known_platform_is_not_noted(tmp_path: Path, written: str) -> None:
    assert one_row(tmp_path, 平台=written).notes == ()


def test_a_slip_in_many_rows_is_one_note_that_counts_them(tmp_path: Path) -> None:
    rows = [("微薄", f"云岭{number}", str(1000000000 + number), "", "云岭县教育局") for number in range(3)]
    (note,) = register(save_csv(tmp_path / "名录.csv", [HEADER, *rows])).notes
    assert (note.row, note.reason) == (2, "不认识的平台“微薄”，是不是“微博”？这样写的 3 个账号都只登记，不采集")
