"""JavaScript literals are read as the page would show them, and nothing else is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.spiders.wechat.literals import NotLiteral, Scripts, parse_value, plain, plain_address


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ('"" || "" || "2651788393"', "2651788393"),
        ('"first" || "second"', "first"),
        ("'2248864730' * 1", "2248864730"),
        ('"" * 1 || 0', "0"),
        (r"JsDecode('a\x26amp;b\x0ac')", "a&amp;b\nc"),
        (r"JsDecode('\x5cx26')", "&"),
        ('htmlDecode("云岭")', "云岭"),
        (r'"\u4e91\ud83d\ude00"', "云😀"),
        ("xml ? getXmlValue('ct.DATA') * 1 : '159' * 1", "159"),
        ("{a: 'x', 'b': [\n'1' * 1,\n], c: {\n},}", {"a": "x", "b": ["1"], "c": {}}),
    ],
)
def test_a_literal_is_read(source: str, value: object) -> None:
    assert parse_value(source)[0] == value


@pytest.mark.parametrize("source", ["start + end >> 1", "list[0]", "window.biz", "function () {}", "'open", ""])
def test_an_expression_is_no_literal(source: str) -> None:
    with pytest.raises(NotLiteral):
        parse_value(source)


def test_only_assignments_of_whole_literals_count() -> None:
    scripts = Scripts(
        [
            'var mid = start + 1;\n  var mid = "" || "7";\n x = {mid: "8"}',
            'var mid = "9" ? 1 : 0;\nvar mid = "6" + n;\nif (mid == "5") {}\nfoo(); var mid = "4";',
        ]
    )
    assert scripts.values("mid") == ["7"]


def test_a_name_is_not_found_within_a_longer_one() -> None:
    assert Scripts(['var source_biz = "1";\nvar biz_new = "2";\nvar biz="3";']).values("biz") == ["3"]


def test_an_object_that_runs_code_is_refused() -> None:
    with pytest.raises(NotLiteral):
        Scripts(["window.cgiDataNew = {a: run()};"]).object("cgiDataNew")


@pytest.mark.parametrize("address", ["a?b=1&amp;amp;c=2", r"a?b=1\x26amp;c=2", "a?b=1&amp;c=2", "a?b=1&c=2"])
def test_any_number_of_escapes_gives_one_address(address: str) -> None:
    assert plain_address(address) == "a?b=1&c=2"


def test_entities_of_a_text_are_read_once() -> None:
    assert plain(" &amp;lt;b&gt;\xa0") == "&lt;b>"


@given(st.text(st.characters(blacklist_categories=["Cs"])))
def test_every_string_comes_back(text: str) -> None:
    source = json.dumps(text).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    assert parse_value(source)[0] == text


@given(st.recursive(st.text(max_size=5), lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner)))
def test_every_structure_comes_back(value: object) -> None:
    named = json.dumps(value)
    try:
        assert parse_value(named)[0] == value
    except NotLiteral:
        assert "\\" in named  # keys with escapes do not occur on pages


@given(st.text("{}[]'\"\\x26:,|* 1\n(Jabc", max_size=60))
def test_broken_literals_end_in_not_literal(text: str) -> None:
    try:
        parse_value(text)
    except NotLiteral:
        return
