"""Evidence: what is kept can be found again by its place, opened by others, and proved unchanged."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from crawler.page import Call, Page
from pipelines.archive import RAW_PER_KIND, WarcArchive
from records import SHANGHAI, Snapshot

FETCHED_AT = datetime(2026, 11, 15, 17, 30, 5, tzinfo=UTC)
LIST = "https://m.weibo.cn/api/container/getIndex?type=uid&value=1"


def page(body: bytes = "云岭".encode(), **changes: Any) -> Page:
    """A page as it was fetched."""
    fields = {"url": LIST, "body": body, "fetched_at": FETCHED_AT, "content_type": "application/json", "kind": "list"}
    return Page(**{**fields, **changes})


def kept(home: Path, snapshot: Snapshot) -> list[tuple[dict[str, str], int, bytes]]:
    """``(headers, status, body)`` of the record at a snapshot's place and of all that follow it."""
    name, _, offset = snapshot.ref.partition("#")
    found = []
    with (home / name).open("rb") as file:
        file.seek(int(offset))
        for record in ArchiveIterator(file, check_digests="raise"):
            headers = dict(record.rec_headers.headers)
            found.append((headers, int(record.http_headers.get_statuscode()), record.content_stream().read()))
    return found


def test_a_page_is_found_at_its_place_with_its_address_time_and_digest(tmp_path: Path) -> None:
    archive = WarcArchive(tmp_path, 7)
    archive.keep(page(b"first"))
    snapshot = archive.keep(page(b"second", status=404))
    headers, status, body = kept(tmp_path, snapshot)[0]
    assert (status, body) == (404, b"second")
    assert (headers["WARC-Target-URI"], headers["WARC-Date"]) == (LIST, "2026-11-15T17:30:05Z")
    assert snapshot.sha256 == hashlib.sha256(b"second").hexdigest()
    assert headers["WARC-Payload-Digest"] == f"sha256:{snapshot.sha256}"


def test_the_data_that_a_page_loaded_follow_it(tmp_path: Path) -> None:
    calls = (Call(f"{LIST}&page=1", 200, b'{"a":1}'), Call(f"{LIST}&page=2", 403, b""))
    snapshot = WarcArchive(tmp_path, 7).keep(page(b"shell", calls=calls))
    found = [(headers["WARC-Target-URI"], status, body) for headers, status, body in kept(tmp_path, snapshot)]
    assert found == [(LIST, 200, b"shell"), *((call.url, call.status, call.body) for call in calls)]


def test_a_file_holds_one_day_of_shanghai_and_one_run(tmp_path: Path) -> None:
    refs = [
        WarcArchive(tmp_path, 7).keep(page()).ref,
        WarcArchive(tmp_path, 7).keep(page(fetched_at=FETCHED_AT - timedelta(hours=3))).ref,
        WarcArchive(tmp_path, 8).keep(page()).ref,
    ]
    files = ["2026-11-16-run7", "2026-11-15-run7", "2026-11-16-run8"]
    assert [ref.partition("#")[0] for ref in refs] == [f"evidence/{name}.warc.gz" for name in files]


def test_the_time_is_kept_in_utc_whatever_zone_it_came_in(tmp_path: Path) -> None:
    snapshot = WarcArchive(tmp_path, 7).keep(page(fetched_at=FETCHED_AT.astimezone(SHANGHAI)))
    assert kept(tmp_path, snapshot)[0][0]["WARC-Date"] == "2026-11-15T17:30:05Z"


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=200), min_size=1, max_size=4), st.sampled_from(("", "text/html", "云岭", "a: b")))
def test_every_page_of_a_run_can_be_read_back(tmp_path: Path, bodies: list[bytes], content_type: str) -> None:
    archive = WarcArchive(tmp_path, 7)
    snapshots = [archive.keep(page(body, content_type=content_type)) for body in bodies]
    for snapshot, body in zip(snapshots, bodies, strict=True):
        assert kept(tmp_path, snapshot)[0][2] == body
        assert snapshot.sha256 == hashlib.sha256(body).hexdigest()


@pytest.mark.parametrize("url", ["https://www.yunling.example/公开?名=值", "https://www.yunling.example/a b"])
def test_an_address_in_chinese_is_kept(tmp_path: Path, url: str) -> None:
    snapshot = WarcArchive(tmp_path, 7).keep(page(b"x", url=url))
    assert snapshot.url == url
    assert kept(tmp_path, snapshot)[0][2] == b"x"


def test_a_changed_byte_is_noticed(tmp_path: Path) -> None:
    snapshot = WarcArchive(tmp_path, 7).keep(page(b"x" * 50))
    file = tmp_path / snapshot.ref.partition("#")[0]
    changed = bytearray(file.read_bytes())
    changed[len(changed) // 2] ^= 1
    file.write_bytes(changed)
    with pytest.raises(Exception):  # noqa: B017 (which one depends on the byte)
        assert hashlib.sha256(kept(tmp_path, snapshot)[0][2]).hexdigest() == snapshot.sha256


def test_the_first_raw_bodies_of_each_kind_are_kept_for_review(tmp_path: Path) -> None:
    archive = WarcArchive(tmp_path, 7, keep_raw=True)
    for number in range(RAW_PER_KIND + 2):
        archive.keep(page(str(number).encode(), calls=(Call(LIST, 200, b"call"),)))
    folder = tmp_path / "raw" / "m.weibo.cn" / "list"
    assert [(folder / f"{number}.body").read_text() for number in (1, 2, 3)] == ["0", "1", "2"]
    assert sorted(path.suffix for path in folder.iterdir()) == sorted([".body", ".url", ".call1"] * RAW_PER_KIND)


def test_without_that_wish_nothing_but_the_evidence_is_written(tmp_path: Path) -> None:
    WarcArchive(tmp_path, 7).keep(page())
    assert [path.name for path in tmp_path.iterdir()] == ["evidence"]
