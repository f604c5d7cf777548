"""Text files line by line, whatever their encoding and their length."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
@pytest.mark.parametrize("block", [1, 2, 3, 1 << 20])
def test_lines_end_as_any_system_ends_them(
    tmp_path: Path, end: str, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "_LOOK_BYTES", block)
    (tmp_path / "a.txt").write_bytes(end.join(["http://a.example/", "http://b.example/", "", "云岭"]).encode())
    assert read(tmp_path / "a.txt") == ["http://a.example/", "http://b.example/", "云岭"]


@given(
    text=st.text(st.sampled_from("ab \t,云岭𠮷\r\n"), max_size=40),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    block=st.integers(4, 9),
)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_where_blocks_meet_changes_no_line(tmp_path: Path, text: str, encoding: str, block: int) -> None:
    path = Path(mkdtemp(dir=tmp_path)) / "a.txt"
    path.write_bytes(f"begun\n{text}".encode(encoding))
    told = [line for part in text.replace("\r", "\n").split("\n") if 0 < len(line := part.strip()) <= 7]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "_LOOK_BYTES", block)
        assert read(path, 7) == ["begun", *told]


def test_gb_18030_is_told_however_late_it_begins(tmp_path: Path) -> None:
    ascii_lines = ["http://a.example/x"] * 60_000
    (tmp_path / "a.txt").write_bytes("\n".join([*ascii_lines, "云岭发布"]).encode("gb18030"))
    assert (tmp_path / "a.txt").stat().st_size > 1 << 20
    assert read(tmp_path / "a.txt") == [*ascii_lines, "云岭发布"]


@pytest.mark.parametrize("block", range(1, 8))
def test_a_character_of_gb_18030_may_be_cut_where_it_first_shows(
    tmp_path: Path, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "_LOOK_BYTES", block)
    (tmp_path / "a.txt").write_bytes("abcdef\n云岭\n发".encode("gb18030"))
    assert read(tmp_path / "a.txt") == ["abcdef", "云岭", "发"]


def test_what_was_utf_8_before_is_not_taken_for_gb_18030(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "_LOOK_BYTES", 7)
    (tmp_path / "a.txt").write_bytes("云岭\n".encode() + "发布\n".encode("gb18030"))
    with pytest.raises(NoTextError, match="读不懂"):
        read(tmp_path / "a.txt")


def test_a_line_that_never_ends_fills_no_memory(tmp_path: Path) -> None:
    with (tmp_path / "a.txt").open("wb") as file:
        file.write(b"a\n")
        file.writelines(b" x" * (1 << 19) for _ in range(24))
    tracemalloc.start()
    found = read(tmp_path / "a.txt")
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == ["a"] and peak_bytes < 16 << 20


@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
@pytest.mark.parametrize("first", ["http://a.example/x?a=1,2", "HTTPS://云岭.example/a,b,c.html", "http://a.example/"])
def test_one_column_of_addresses_may_hold_commas(tmp_path: Path, name: str, first: str) -> None:
    (tmp_path / name).write_text(f"{first}\nhttp://b.example/1,2\n", encoding="utf-8")
    assert read(tmp_path / name) == [first, "http://b.example/1,2"]


@pytest.mark.parametrize(
    "first",
    [
        "平台,账号名称",
        "平台\t账号名称",
        "序号,http://a.example/",
        "http://a.example/,云岭发布",
        "http://a.example/\t200",
        "http://a.example/,http://b.example/",
        "http://a.example/,,",
        'http://a.example/,"a"',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_table_of_several_columns_is_no_list(tmp_path: Path, first: str, encoding: str) -> None:
    (tmp_path / "a.csv").write_text(f"{first}\r\n1,2\r\n", encoding=encoding)
    with pytest.raises(NoTextError, match="请把网址那一列复制出来"):
        read(tmp_path / "a.csv")
