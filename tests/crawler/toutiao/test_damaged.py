"""Damaged pages never make the reader fail, and never read as content without records or as emptiness."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.page import Call
from crawler.reading import read
from crawler.spiders.toutiao.markup import flat
from tests.conftest import SHARED
from tests.crawler.toutiao.shapes import answer, article, call, micro_post, profile_page, reading_of

RECORDINGS = SHARED / "recordings" / "toutiao"
SMALL = ["m_article_info_v2_7652913480072167972_daxiang.json", "pc_article_7404384826024935990_render_data.html"]
LEGACY = ["pc_article_2019_base_data_nfdsb.html", "pc_gallery_2019_base_data.html"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def sound(reading):
    """Whether a reading of a damaged page claims nothing that it did not see."""
    return reading.status != "empty" and (reading.status != "ok" or bool(reading.records))


@pytest.mark.skipif(not RECORDINGS.exists(), reason="recorded pages are not on this machine")
@pytest.mark.parametrize("file", [*SMALL, *LEGACY])
@few
@given(cut=st.floats(0, 1), hole=st.floats(0, 1), length=st.integers(0, 3000), patch=st.binary(max_size=12))
def test_a_recorded_page_with_a_hole_is_read_soundly(file, cut, hole, length, patch):
    body = (RECORDINGS / file).read_bytes()
    at = int(hole * len(body))
    damaged = (body[:at] + patch + body[at + length :])[: int((1 - cut / 4) * len(body))]
    assert sound(reading_of("", damaged))


@few
@given(field=st.sampled_from(sorted(article(1))), value=JSON)
def test_any_value_in_any_field_of_an_item_is_read_soundly(field, value):
    reading = read(profile_page(call(answer([article(1, **{field: value}), micro_post(2)]))))
    assert sound(reading)
    assert len(reading.records) >= 1


@few
@given(body=st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_body_of_a_list_call_is_never_emptiness(body):
    assert sound(read(profile_page(call(body), more="<p>暂无内容</p>")))


@few
@given(data=st.dictionaries(st.sampled_from(["initialFeedList", "initialVideo", "mediaInfo", "groupId"]), JSON))
def test_any_render_data_is_read_soundly(data):
    block = f'<script id="RENDER_DATA" type="application/json">{quote(json.dumps({"data": data}))}</script>'
    for url in ("", "https://www.toutiao.com/article/7652913480072167972/", "https://www.toutiao.com/"):
        assert sound(reading_of(url, f"<html><head><title>x</title></head><body>{block}</body></html>"))


@few
@given(url=st.text(max_size=40), status=st.integers(100, 599))
def test_any_call_address_is_passed_over(url, status):
    assert sound(read(profile_page(Call(url, status, b"{}"))))


@few
@given(markup=st.text(alphabet="<>/ap bri\"'=&;#x云\n\x00\u200b", max_size=80))
def test_any_markup_gives_text_without_lost_lines(markup):
    text = flat(markup).text
    assert text == text.strip()
    assert "\n\n" not in text
