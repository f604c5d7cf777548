"""A removed account's name goes out of addresses, and what else stands in them stays."""

from __future__ import annotations

from urllib.parse import parse_qs, quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from records import Judgement, Result, Snapshot
from storage.removed_names import HIDDEN, RemovedNames, remove_names
from storage.schema import JudgementRow
from storage.store import Store
from tests.storage.test_store import NOW

NAME, PLACE = "云岺发布", "evidence/x.warc.gz#0"
NAMES = RemovedNames(frozenset({NAME}), frozenset({"云岭发布"}), lambda text: "".join(text.lower().split()))
SHORT = RemovedNames(frozenset({"小王"}), frozenset(), str)


@pytest.mark.parametrize(
    ("url", "bare"),
    [
        (f"https://s.weibo.com/user?q={quote(NAME)}&page=2", f"https://s.weibo.com/user?q={quote(HIDDEN)}&page=2"),
        (f"https://s.weibo.com/user?q={quote(NAME).lower()}", f"https://s.weibo.com/user?q={quote(HIDDEN)}"),
        (f"https://s.weibo.com/user?q={NAME}", f"https://s.weibo.com/user?q={HIDDEN}"),
        ("https://s.weibo.com/user?q=%E4%BA%91%E5%B2%BA+发布", f"https://s.weibo.com/user?q={quote(HIDDEN)}"),
        (
            f"https://m.weibo.cn/api?containerid={quote(f'100103type=3&q={NAME}', safe='')}&page_type=x",
            f"https://m.weibo.cn/api?containerid={quote(f'100103type=3&q={HIDDEN}', safe='')}&page_type=x",
        ),
        (f"file:{NAME} - 微博搜索.html", f"file:{HIDDEN}"),
    ],
)
def test_the_name_goes_however_it_is_encoded(url: str, bare: str) -> None:
    assert NAMES.out_of(url) == bare


@given(st.text(min_size=1), st.integers(1, 3))
def test_an_address_without_the_name_stays_to_the_letter(text: str, layers: int) -> None:
    for _ in range(layers):
        text = quote(text, safe="")
    url = f"https://s.weibo.com/user?q={text}&page=1"
    assert NAMES.out_of(url) == url


@given(st.text(st.characters(exclude_characters="/?#&=:%", exclude_categories=["Cs"])), st.integers(1, 3))
def test_a_value_with_the_name_in_it_is_hidden_as_deep_as_it_was_encoded(before: str, layers: int) -> None:
    value, hidden = before + NAME, HIDDEN
    for _ in range(layers):
        value, hidden = quote(value, safe=""), quote(hidden, safe="")
    assert NAMES.out_of(f"https://s.weibo.com/user?q={value}") == f"https://s.weibo.com/user?q={hidden}"


def test_a_keyword_of_the_register_stays_in_an_address() -> None:
    own = RemovedNames(frozenset({NAME}), frozenset({NAME}), str)
    url = f"https://s.weibo.com/user?q={quote(NAME)}"
    assert own.out_of(url) == url


def test_a_short_name_is_no_part_of_other_words() -> None:
    assert not SHORT.are_in("小王庄镇政府") and SHORT.are_in("小王")
    assert SHORT.out_of("file:小王_微博.html") == f"file:{HIDDEN}"


def test_the_name_of_a_host_or_path_is_no_value() -> None:
    names = RemovedNames(frozenset({"user"}), frozenset(), str)
    assert names.out_of("https://s.weibo.com/user?q=user") == f"https://s.weibo.com/user?q={HIDDEN}"


@pytest.mark.parametrize(("cited", "way"), [([], HIDDEN), ([PLACE], NAME)])
def test_a_judgement_of_another_account_keeps_the_address_only_if_a_finding_cites_it(
    cited: list[str], way: str, store: Store
) -> None:
    page = Snapshot(url=f"https://s.weibo.com/user?q={quote(NAME)}", fetched_at=NOW, sha256="0", ref=PLACE)
    words = {"subject": "candidate", "unit": "x", "clause": "SD-4.2", "check": "impostor", "result": Result.BREACH}
    store.save_inspection("2026-W46", [Judgement(**words, candidate="weibo:2", evidence=(page,))], [])  # type: ignore[arg-type]
    with store.engine.begin() as connection:
        remove_names(connection, NAMES, cited)
        (kept,) = connection.execute(select(JudgementRow.evidence)).scalars().all()
    assert kept[0]["url"] == f"https://s.weibo.com/user?q={quote(way)}"


def test_what_is_hidden_still_reads_as_a_search() -> None:
    asked = urlsplit(NAMES.out_of(f"https://weixin.sogou.com/weixin?type=1&query={quote(NAME)}&ie=utf8"))
    assert parse_qs(asked.query) == {"type": ["1"], "query": [HIDDEN], "ie": ["utf8"]}
