"""Search finds exactly what was typed, from one character on; the views read as an office reads them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.search import SearchError, find_posts, folded, index_posts, pairs, prepare, read_view
from storage.store import Store
from tests.storage.test_store import post, seen

NOW = datetime(2026, 11, 15, 17, 30, tzinfo=UTC)
TEXTS = [
    "云岭县医保缴费办理指南",
    "反诈宣传：不轻信，不转账",
    "关于2026年“秋冬季”道路施工的通知 A12路",
    "泽州发布",
    "布告",
]


def words(text: str) -> list[str]:
    return [text[at : at + 3] for at in range(0, len(text), 3)]


@pytest.fixture
def index(store: Store, tmp_path: Path) -> Path:
    run = store.begin_run("crawl", NOW, None)
    store.save_page(run, seen(), [post(n, text=text) for n, text in enumerate(TEXTS, 1)], None, None)
    path = tmp_path / "xuncha.db"
    assert index_posts(path, words) == len(TEXTS)
    return path


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("反诈", {2}),
        ("布", {4, 5}),
        ("布告", {5}),
        ("医保 指南", {1}),
        ("秋冬季", {3}),
        ("“秋冬季”道路", {3}),
        ("a12", {3}),
        ("诈反", set()),
    ],
)
def test_words_of_any_length_are_found(index: Path, asked: str, expected: set[int]) -> None:
    assert set(find_posts(index, asked, words)) == expected


def test_an_edited_post_is_found_by_its_new_words_only(store: Store, index: Path) -> None:
    run = store.begin_run("crawl", NOW, None)
    store.save_page(run, seen(), [post(4, text="澜州发布")], None, None)
    assert index_posts(index, words) == 1
    assert find_posts(index, "泽州", words) == []
    assert find_posts(index, "澜州", words) == [4]


def test_punctuation_alone_is_refused_with_a_sentence(index: Path) -> None:
    with pytest.raises(SearchError, match="请输入"):
        find_posts(index, "！？", words)


@pytest.mark.parametrize("hostile", ['"', '反诈" OR bi:*', "NEAR(", "反诈'); DROP TABLE posts;--", "*", "col:x"])
def test_query_signs_are_only_text(index: Path, hostile: str) -> None:
    try:
        found = find_posts(index, hostile, words)
    except SearchError:
        return
    assert found == []


@given(st.text(alphabet="云岭县医保缴费，a1 ", min_size=1, max_size=12))
@settings(max_examples=50, deadline=None)
def test_every_run_of_letters_is_in_its_pairs(text: str) -> None:
    tokens = pairs(text).split()
    for run in re.findall(r"\w+", folded(text)):
        assert run[-1] in tokens
        assert all(run[at : at + 2] in tokens for at in range(len(run) - 1))


def test_every_view_can_be_read(store: Store, index: Path) -> None:
    prepare(index)
    heads, rows = read_view(index, "推文")
    assert heads[0] == "平台"
    assert len(rows) == len(TEXTS)
    for name in ("账号", "判定", "问题", "采集情况"):
        read_view(index, name)


def test_an_unknown_view_names_those_there_are(index: Path) -> None:
    with pytest.raises(SearchError, match="账号、推文"):
        read_view(index, "sqlite_master")
