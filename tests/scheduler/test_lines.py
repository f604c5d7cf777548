"""Text files line by line, whatever their encoding and their length."""

from __future__ import annotations

from pathlib import Path

import pytest

from scheduler import lines
from scheduler.lines import NoTextError, load_lines


def read(path: Path, longest: int = 100) -> list[str]:
    return list(load_lines(path, "网址", longest))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_lines_are_read_without_blanks_around_them(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.txt").write_bytes("\n 云岭 \r\n\n发布\n末行".encode(encoding))
    assert read(tmp_path / "a.txt") == ["云岭", "发布", "末行"]


def test_a_unicode_file_of_either_byte_order_is_read(tmp_path: Path) -> None:
    for encoding in ("utf-16-le", "utf-16-be"):
        (tmp_path / "a.txt").write_bytes("\ufeff云岭\r\n发布\r\n".encode(encoding))
        assert read(tmp_path / "a.txt") == ["云岭", "发布"]


@pytest.mark.parametrize("block", [3, 5, 8])
def test_a_unicode_file_may_be_cut_anywhere(tmp_path: Path, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "_LOOK_BYTES", block)
    (tmp_path / "a.txt").write_text("云岭\n𠮷县\n末", encoding="utf-16")
    assert read(tmp_path / "a.txt") == ["云岭", "𠮷县", "末"]


@pytest.mark.parametrize("block", [1, 2, 3, 7])
def test_no_line_is_lost_where_two_blocks_meet(tmp_path: Path, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "_LOOK_BYTES", block)
    (tmp_path / "a.txt").write_text("ab\ncd\n\nefg\nh", encoding="utf-8")
    assert read(tmp_path / "a.txt") == ["ab", "cd", "efg", "h"]


def test_a_line_that_does_not_end_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a\n" + "x" * 5_000_000 + "\nb", encoding="utf-8")
    assert read(tmp_path / "a.txt") == ["a", "b"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "没有网址"),
        (b"\n \n", "没有网址"),
        (b"PK\x03\x04rest", "表格或文档"),
        (b"a\0b", "不是文本文件"),
        (b"\xff\xfe\0\0a\0\0\0", "不是文本文件"),
        (b"\xff\xfea\0\0\0b\0", "不是文本文件"),
        (b"\xff\xfe", "没有网址"),
        (b"\xff\xfe\0\xd8a\0", "读不懂"),
        ("云岭".encode() + b"\n\xff\xff\xff\n", "读不懂"),
    ],
)
def test_what_holds_no_lines_is_said_in_one_sentence(tmp_path: Path, body: bytes, told: str) -> None:
    (tmp_path / "a.txt").write_bytes(body)
    with pytest.raises(NoTextError, match=told) as caught:
        read(tmp_path / "a.txt")
    assert (str(caught.value).endswith("。") and "网址" in str(caught.value)) or told == "读不懂"


def test_a_table_of_one_column_is_a_list(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("云岭发布\n玉河发布\n", encoding="utf-8")
    assert read(tmp_path / "a.csv") == ["云岭发布", "玉河发布"]
