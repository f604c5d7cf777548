"""One form for texts and links: the same after a second time, and nothing invisible in it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.normalize import NormalizePipeline, clean_links, clean_name, clean_text, normalized
from records import Candidate, Link, Profile
from tests.pipelines.batches import ACCOUNT, NOW, batch, post

INVISIBLE = "\u200b\u200e\u200f\u202a\u202e\u2060\u2066\u2069\ufeff\u061c"
TEXTS = st.text(st.characters() | st.sampled_from(" \t\n\r\x00\x1b\x85\u2028\u2029\u3000" + INVISIBLE), max_size=40)


@given(TEXTS)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once


@given(TEXTS)
def test_a_clean_text_holds_nothing_that_steers_a_screen(text: str) -> None:
    cleaned = clean_text(text) or ""
    assert not [c for c in cleaned if unicodedata.category(c) in ("Cc", "Cs", "Co") and c not in "\n\t"]
    assert not set(cleaned) & set(INVISIBLE)
    assert "\n\n\n" not in cleaned and cleaned == cleaned.strip()


@given(st.text(st.characters(categories=("Lo", "Ll", "Nd", "Po")), max_size=40))
def test_words_and_punctuation_stay_as_they_are(text: str) -> None:
    assert clean_text(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("云岭\u200b发布", "云岭发布"),
        ("gnp.\u202efdp", "gnp.fdp"),
        ("\x1b[31m红\x1b[0m", "[31m红[0m"),
        ("一\r\n二\r三\u2028四", "一\n二\n三\n四"),
        ("一  \n\n\n\n二", "一\n\n二"),
        ("\u3000\u3000首行缩进", "首行缩进"),
        ("👍 好", "👍 好"),
    ],
)
def test_a_text_is_cleaned(text: str, expected: str) -> None:
    assert clean_text(text) == expected


def test_no_text_stays_no_text() -> None:
    assert clean_text(None) is None


def test_an_address_is_kept_once_and_without_white_space() -> None:
    links = (Link(" https://a.example/\n x ", text="一\u200b"), Link("https://a.example/x"), Link(" \u200b"))
    assert clean_links(links) == (Link("https://a.example/x", text="一"),)


def test_two_addresses_that_were_copied_together_stay_apart() -> None:
    (link,) = clean_links((Link("http://a.example/o k\n https://b.example/"),))
    assert link.url == "http://a.example/ok https://b.example/"


def test_the_address_behind_a_link_is_cleaned_too() -> None:
    (link,) = clean_links((Link("http://t.cn/A6", target="\u202ehttps://a.example/ y"),))
    assert link.target == "https://a.example/y"


@given(st.lists(st.builds(Link, TEXTS, TEXTS, TEXTS), max_size=6))
def test_links_cleaned_twice_are_links_cleaned_once(links: list[Link]) -> None:
    once = clean_links(tuple(links))
    assert clean_links(once) == once
    assert len({link.url for link in once}) == len(once)


@given(TEXTS)
def test_every_record_is_the_same_after_a_second_time(text: str) -> None:
    records = (
        post(title=text, text=text, source_name=text),
        Profile(platform="weibo", account=ACCOUNT.ref, uid="1", name=text, observed_at=NOW, verified_entity=text),
        Candidate(platform="weibo", uid="1", name=text, found_at=NOW, bio=text, verified_entity=text),
    )
    once = tuple(normalized(record) for record in records)
    assert tuple(normalized(record) for record in once) == once


def test_a_batch_is_cleaned_record_by_record() -> None:
    whole = NormalizePipeline().process_item(batch(post(1, text="一\x00"), post(2, title="二\ufeff")))
    assert [(record.text, record.title) for record in whole.records] == [("一", None), ("第2条", "二")]


def test_a_plain_record_of_a_crawl_by_hand_passes() -> None:
    assert NormalizePipeline().process_item({"type": "post"}) == {"type": "post"}


@pytest.mark.parametrize("sign", [*INVISIBLE, "\u00ad", "\ufe0f", "\u3164", "\U000e0020", "\ue000"])
def test_what_nobody_sees_in_a_suspected_accounts_name_and_entity_is_kept(sign: str) -> None:
    name = f"泽{sign}州发布{sign}"
    one = normalized(
        Candidate(platform="weibo", uid="1", name=name, found_at=NOW, bio="泽\u200b州", verified_entity=name)
    )
    assert isinstance(one, Candidate) and (one.name, one.verified_entity, one.bio) == (name, name, "泽州")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("\x1b泽\x00州\x85\ud800发布", "泽州发布"), (" \u3000泽州\r\n发布 ", "泽州\n发布"), (None, None)],
)
def test_of_a_name_only_what_no_paper_takes_goes(name: str | None, expected: str | None) -> None:
    assert clean_name(name) == expected


def test_a_registered_accounts_own_name_is_cleaned_as_a_text() -> None:
    page = Profile(platform="weibo", account=ACCOUNT.ref, uid="1", name="泽\u200b州发布", observed_at=NOW)
    assert normalized(page).name == "泽州发布"  # type: ignore[union-attr]
